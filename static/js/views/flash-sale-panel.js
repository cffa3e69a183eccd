// The controls and the progress of the flash sale. The progress is always visible and seldom announced.

import { byId, keepFocus, setText } from '../dom.js';
import { number, plural, units } from '../format.js';
import { clearProblem, showProblem } from './problem.js';

const RESTOCK_UNITS = 10;
const QUARTERS = ['', 'A quarter of the shoppers have arrived.', 'Half of the shoppers have arrived.', 'Three quarters of the shoppers have arrived.'];

export function showFlashSale(sale, flashSale, walkthrough) {
  const form = byId('flash-sale');
  const error = byId('flash-sale-error');
  const start = byId('flash-sale-start');
  const stop = byId('flash-sale-stop');
  const restock = byId('flash-sale-restock');

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
    if (walkthrough.isPlaying) return;
    walkthrough.abandon();
    attempt(() => flashSale.start(inputs(form)));
    if (byId('arrivals-title').getBoundingClientRect().top > window.innerHeight) byId('sale').scrollIntoView();
  });
  stop.addEventListener('click', () => {
    flashSale.stop();
    start.focus();
  });
  restock.addEventListener('click', () => keepFocus(restock, () => attempt(() => sale.restock(RESTOCK_UNITS))));

  function render() {
    const isRunning = flashSale.state !== 'idle' && !isOver(sale);
    document.body.dataset.flashSale = flashSale.state !== 'idle';
    start.disabled = walkthrough.isPlaying || flashSale.state === 'arriving';
    stop.hidden = !isRunning;
    restock.disabled = !sale.isOpen || flashSale.state !== 'deciding' || sale.isRestocking;
    byId('flash-sale-progress').value = flashSale.size ? flashSale.sent / flashSale.size : 0;
    setText(byId('flash-sale-status'), statusText(sale, flashSale));
    setText(byId('flash-sale-announcement'), announcement(sale, flashSale));
  }

  flashSale.addEventListener('change', render);
  sale.addEventListener('change', render);
  sale.addEventListener('opened', () => clearProblem(error));
  walkthrough.addEventListener('change', render);
  render();
}

/** The numbers in the form, corrected to what it allows. */
function inputs(form) {
  const { units: stock, shoppers } = form.elements;
  const clamp = (input) => {
    const typed = Number.isNaN(input.valueAsNumber) ? Number(input.min) : Math.round(input.valueAsNumber);
    const value = Math.min(Number(input.max), Math.max(Number(input.min), typed));
    input.value = value;
    return value;
  };
  return { units: clamp(stock), shoppers: clamp(shoppers) };
}

/** Sold out, or nobody is left to buy. */
function isOver({ inventory }) {
  return inventory !== null && inventory.reserved_inventory === 0
    && (inventory.available_inventory === 0 || inventory.waitlist_size === 0) && inventory.sold_inventory > 0;
}

function statusText(sale, { state, sent, size }) {
  const { inventory } = sale;
  if (state === 'arriving') return `${number(sent)} of ${plural(size, 'shopper')} have arrived.`;
  if (state === 'idle' || !inventory) return 'Most shoppers buy, some cancel, some let their hold expire. Watch who gets the units that come free.';
  if (!isOver(sale)) return `All ${plural(size, 'shopper')} have arrived. Units of cancelled and expired holds go to the next in line.`;
  const { sold_inventory: sold, total_inventory: total, waitlist_size: waiting } = inventory;
  const rest = waiting > 0 ? ` ${plural(waiting, 'shopper')} still waiting: add ${units(RESTOCK_UNITS)} and watch who gets them.` : '';
  return `Sale over: ${number(sold)} of ${units(total)} sold, each once.${rest}`;
}

/** The start, each quarter, and the end: more would be too much to listen to. */
function announcement(sale, flashSale) {
  const { state, sent, size } = flashSale;
  if (state !== 'arriving') return state === 'idle' ? '' : statusText(sale, flashSale);
  const quarter = Math.min(3, Math.floor((4 * sent) / size));
  return QUARTERS[quarter] || `The sale starts with ${plural(size, 'shopper')}.`;
}
