// Shoppers as numbered chips in order of arrival, the latest events, and the promises kept.

import { byId, element, setText } from '../dom.js';
import { number } from '../format.js';
import { lookUp } from '../text.js';

const STATES = ['waiting', 'held', 'sold', 'cancelled', 'expired'];
const PROMISES = ['oversold', 'outOfTurn', 'reoffered'];
const MAX_EVENTS = 4;

const EVENTS = {
  waiting: () => 'joined the waitlist',
  held: ({ promoted }) => (promoted ? 'was next in line and now holds a unit' : 'holds a unit'),
  sold: () => 'bought a unit',
  cancelled: () => 'cancelled',
  expired: () => 'did not confirm in time',
};

export function showArrivals(sale) {
  const list = byId('arrivals');
  const chips = [];
  let marked = null;

  function clear() {
    chips.length = 0;
    marked = null;
    list.replaceChildren();
    byId('arrival-events').replaceChildren();
    render();
  }

  function update(changed) {
    const added = [];
    for (const arrival of changed) {
      if (!chips[arrival.number]) {
        chips[arrival.number] = chip(arrival, sale.ownerOf(arrival.id));
        added.push(chips[arrival.number]);
      }
      renderChip(chips[arrival.number], arrival);
    }
    list.append(...added);
    renderEvents(changed, sale);
    render();
  }

  function render() {
    const { arrivals } = sale;
    const counts = arrivals?.counts;
    for (const state of STATES) setText(byId(`arrivals-${state}`), number(counts ? counts[state] : 0));
    byId('arrivals-empty').hidden = chips.length > 0;
    mark(arrivals?.next);
    setText(byId('arrivals-next'), arrivals?.next ? sale.nameOf(arrivals.next.id) : 'nobody');
    for (const promise of PROMISES) {
      setText(document.querySelector(`[data-promise="${promise}"]`), number(arrivals ? arrivals[promise] : 0));
    }
    byId('promises').dataset.kept = !arrivals || arrivals.oversold + arrivals.outOfTurn === 0;
  }

  function mark(next) {
    const chosen = next ? chips[next.number] : null;
    if (marked === chosen) return;
    marked?.removeAttribute('data-next');
    chosen?.setAttribute('data-next', 'true');
    marked = chosen;
  }

  sale.addEventListener('opened', clear);
  sale.addEventListener('arrivals', ({ detail }) => update(detail));
  sale.addEventListener('change', () => nameOwners(chips, sale));
  render();
}

function chip(arrival, owner) {
  return element('li', { class: 'chip', 'data-number': arrival.number, 'data-reservation': arrival.id },
    element('span', { class: 'chip-name' }, owner ?? String(arrival.number)),
    element('span', { class: 'visually-hidden' }));
}

function renderChip(made, { state, promoted }) {
  if (made.dataset.state === state) return;
  made.dataset.state = state;
  if (promoted) made.dataset.promoted = 'true';
  setText(made.lastElementChild, ` ${state}`);
}

// The ledger may show a shopper's reservation before the response says whose it is.
function nameOwners(chips, sale) {
  for (const [id, letter] of sale.owners) {
    const arrival = sale.arrivals?.find(id);
    const made = arrival && chips[arrival.number];
    if (made && made.dataset.owner !== letter) {
      made.dataset.owner = letter;
      setText(made.firstElementChild, letter);
    }
  }
}

function renderEvents(changed, sale) {
  const events = byId('arrival-events');
  for (const arrival of changed.slice(-MAX_EVENTS)) {
    const text = `${sale.nameOf(arrival.id)} ${lookUp(EVENTS, arrival.state)(arrival)}`;
    events.prepend(element('li', { 'data-state': arrival.state }, text));
  }
  while (events.children.length > MAX_EVENTS) events.lastElementChild.remove();
}
