// The line as numbered chips, in the order in which the server took them, and the promises kept.

import { byId, element, setText } from '../dom.js';
import { number } from '../words.js';

const SAID = { waiting: 'waiting', held: 'holds it', sold: 'bought it', left: 'gave up', lapsed: 'ran out of time' };
const TICKER_LINES = 4;

export function showLine(sale) {
  const list = byId('line');
  const chips = [];
  let marked = null;

  function clear() {
    chips.length = 0;
    marked = null;
    list.replaceChildren();
    byId('ticker').replaceChildren();
    render();
  }

  function take(touched) {
    const fresh = [];
    for (const arrival of touched) {
      if (!chips[arrival.number]) {
        chips[arrival.number] = chip(arrival, sale.ownerOf(arrival.id));
        fresh.push(chips[arrival.number]);
      }
      paint(chips[arrival.number], arrival);
    }
    list.append(...fresh);
    tell(touched, sale);
    render();
  }

  function render() {
    const { line } = sale;
    const counts = line?.counts ?? {};
    for (const state of Object.keys(SAID)) setText(byId(`line-${state}`), number(counts[state] ?? 0));
    byId('line-empty').hidden = chips.length > 0;
    mark(line?.next);
    setText(byId('line-next'), line?.next ? sale.nameOf(line.next.id) : 'nobody');
    for (const promise of ['oversold', 'outOfTurn', 'passedOn']) {
      setText(document.querySelector(`[data-promise="${promise}"]`), number(line?.[promise] ?? 0));
    }
    byId('promises').dataset.kept = !line || line.oversold + line.outOfTurn === 0;
  }

  function mark(next) {
    const chosen = next ? chips[next.number] : null;
    if (marked === chosen) return;
    marked?.removeAttribute('data-next');
    chosen?.setAttribute('data-next', 'true');
    marked = chosen;
  }

  sale.addEventListener('opened', clear);
  sale.addEventListener('line', ({ detail }) => take(detail));
  sale.addEventListener('change', () => nameOwners(chips, sale));
  render();
}

function chip(arrival, owner) {
  return element('li', { class: 'chip', 'data-number': arrival.number, 'data-reservation': arrival.id },
    element('span', { class: 'chip-name' }, owner ?? String(arrival.number)),
    element('span', { class: 'hidden' }));
}

function paint(made, { state, promoted }) {
  if (made.dataset.state === state) return;
  made.dataset.state = state;
  if (promoted) made.dataset.promoted = 'true';
  setText(made.lastElementChild, ` ${SAID[state]}`);
}

// The ledger may tell of a shopper's arrival before the answer does.
function nameOwners(chips, sale) {
  for (const [id, letter] of sale.owners) {
    const arrival = sale.line?.arrivalOf(id);
    const made = arrival && chips[arrival.number];
    if (made && made.dataset.owner !== letter) {
      made.dataset.owner = letter;
      setText(made.firstElementChild, letter);
    }
  }
}

/** The latest happenings, in words. */
function tell(touched, sale) {
  const ticker = byId('ticker');
  const sentences = touched.slice(-TICKER_LINES).map((arrival) => sentence(arrival, sale.nameOf(arrival.id)));
  for (const [state, text] of sentences) ticker.prepend(element('li', { 'data-state': state }, text));
  while (ticker.children.length > TICKER_LINES) ticker.lastElementChild.remove();
}

function sentence({ state, promoted }, who) {
  switch (state) {
    case 'waiting': return [state, `${who} joins the end of the line`];
    case 'held': return [state, promoted ? `${who} was first in line and holds it now` : `${who} holds a unit`];
    case 'sold': return [state, `${who} pays: sold`];
    case 'left': return [state, `${who} gives up`];
    default: return [state, `${who} ran out of time`];
  }
}
