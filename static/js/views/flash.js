// The flash sale's controls, and how far the crowd is: to be seen always, to be heard now and then.

import { byId, keepFocus, setText } from '../dom.js';
import { number, units } from '../words.js';
import { clearProblem, showProblem } from './problem.js';

const RESTOCKED_UNITS = 10;
const QUARTERS = { 1: 'A quarter has asked.', 2: 'Half of them have asked.', 3: 'Three quarters have asked.' };

export function showFlash(sale, crowd, story) {
  const form = byId('flash');
  const error = byId('flash-error');
  const start = byId('flash-start');
  const stop = byId('flash-stop');

  async function attempt(action) {
    clearProblem(error);
    try {
      await action();
    } catch (problem) {
      showProblem(error, problem);
    }
    render();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (story.isPlaying) return;
    story.abandon();
    attempt(() => crowd.rush(asked(form)));
    if (byId('line-title').getBoundingClientRect().top > window.innerHeight) byId('stage').scrollIntoView();
  });
  stop.addEventListener('click', () => {
    crowd.stop();
    start.focus();
  });
  byId('flash-restock').addEventListener('click', ({ currentTarget }) => keepFocus(currentTarget, () => attempt(() => sale.restock(RESTOCKED_UNITS))));

  function render() {
    const busy = crowd.state !== 'idle' && !isOver(sale);
    document.body.dataset.flash = crowd.state !== 'idle';
    start.disabled = story.isPlaying || crowd.state === 'arriving';
    stop.hidden = !busy;
    byId('flash-restock').disabled = !sale.isOpen || crowd.state !== 'deciding' || sale.restocking;
    byId('flash-progress').value = crowd.size ? crowd.sent / crowd.size : 0;
    setText(byId('flash-state'), told(sale, crowd));
    setText(byId('flash-said'), said(sale, crowd));
  }

  crowd.addEventListener('change', render);
  sale.addEventListener('change', render);
  sale.addEventListener('opened', () => clearProblem(error));
  story.addEventListener('change', render);
  render();
}

function asked(form) {
  const { units: stock, shoppers } = form.elements;
  const clamp = (input) => {
    const value = Math.round(input.valueAsNumber);
    const kept = Math.min(Number(input.max), Math.max(Number(input.min), Number.isNaN(value) ? Number(input.min) : value));
    input.value = kept;
    return kept;
  };
  return { units: clamp(stock), shoppers: clamp(shoppers) };
}

/** Everything is sold, or nobody is left to sell to. */
function isOver({ inventory }) {
  return inventory !== null && inventory.reserved_inventory === 0
    && (inventory.available_inventory === 0 || inventory.waitlist_size === 0) && inventory.sold_inventory > 0;
}

function told(sale, crowd) {
  const { inventory } = sale;
  if (crowd.state === 'arriving') return `${number(crowd.sent)} of ${number(crowd.size)} shoppers have asked.`;
  if (crowd.state === 'idle' || !inventory) return 'Some buy, some change their mind, some walk away. Watch who gets it next.';
  if (!isOver(sale)) return `All ${number(crowd.size)} have asked. Holds that end pass to the next in line.`;
  const { sold_inventory: sold, total_inventory: total, waitlist_size: waiting } = inventory;
  const rest = waiting > 0 ? ` ${number(waiting)} still wait, in order: add ${units(RESTOCKED_UNITS)} and see who is served.` : '';
  return `Over: ${number(sold)} of ${units(total)} sold, each once.${rest}`;
}

/** The start, each quarter, and the end: more would be too much to listen to. */
function said(sale, crowd) {
  if (crowd.state !== 'arriving') return crowd.state === 'idle' ? '' : told(sale, crowd);
  const quarter = Math.min(3, Math.floor((4 * crowd.sent) / crowd.size));
  return QUARTERS[quarter] ?? `The sale begins: ${number(crowd.size)} shoppers ask.`;
}
