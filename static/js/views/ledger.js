// The ledger as a table that grows with each change.

import { byId, element, setText } from '../dom.js';
import { ledgerEvent, signed, timeOfDay } from '../words.js';
import { Problem } from '../api.js';
import { clearProblem, showProblem } from './problem.js';

export function showLedger(sale) {
  const body = byId('ledger');
  const scroll = byId('ledger-scroll');

  sale.addEventListener('opened', () => body.replaceChildren());
  sale.addEventListener('change', () => {
    const entries = sale.ledger?.entries ?? [];
    const fresh = entries.slice(body.children.length);
    fresh.forEach((entry) => body.append(row(entry, body.children.length + 1, sale)));
    if (fresh.length > 0) scroll.scrollTop = scroll.scrollHeight;
    byId('ledger-empty').hidden = entries.length > 0;
    renderTrouble(sale.ledgerTrouble);
  });
}

// When the server is away the banner says so, once for the whole page.
function renderTrouble(trouble) {
  const region = byId('ledger-error');
  if (!(trouble instanceof Problem)) clearProblem(region);
  else if (!region.hasChildNodes()) showProblem(region, trouble);
}

function row(entry, number, sale) {
  const owner = sale.nameOf(entry.reservation_id);
  const kind = String(entry.kind).toLowerCase();
  const made = element('tr', { 'data-kind': kind },
    element('td', { class: 'row-number' }, String(number)),
    element('th', { scope: 'row' }, ledgerEvent(entry, owner)),
    delta('available', entry.available_delta),
    delta('reserved', entry.reserved_delta),
    delta('sold', entry.sold_delta),
    element('td', { class: 'time' }, timeOfDay(entry.recorded_at)));
  if (entry.reason) made.children[1].append(element('span', { class: 'reason' }, entry.reason));
  return made;
}

function delta(kind, value) {
  const cell = element('td', { class: 'number', 'data-delta': kind, 'data-sign': Math.sign(value) });
  setText(cell, signed(value));
  if (value === 0) cell.append(element('span', { class: 'hidden' }, ' unchanged'));
  return cell;
}
