// The ledger as a table that grows with each change.

import { byId, element } from '../dom.js';
import { cell, figure, row, rowHead } from '../rows.js';
import { ledgerEvent, signed, timeOfDay } from '../words.js';
import { Problem } from '../api.js';
import { clearProblem, showProblem } from './problem.js';

export function showLedger(sale) {
  const body = byId('ledger');
  const scroll = byId('ledger-scroll');
  const named = new Set();

  sale.addEventListener('opened', () => {
    body.replaceChildren();
    named.clear();
  });
  sale.addEventListener('change', () => {
    const entries = sale.ledger?.entries ?? [];
    const fresh = entries.slice(body.children.length);
    fresh.forEach((entry) => body.append(entryRow(entry, body.children.length + 1, sale)));
    nameOwners(body, sale, named);
    if (fresh.length > 0) scroll.scrollTop = scroll.scrollHeight;
    byId('ledger-empty').hidden = entries.length > 0;
    renderTrouble(sale.ledgerTrouble);
  });
}

// The ledger may tell of a shopper's arrival before the answer does.
function nameOwners(body, { owners, ledger }, named) {
  for (const [id, letter] of owners) {
    if (named.has(id)) continue;
    named.add(id);
    for (const made of body.querySelectorAll(`[data-reservation="${CSS.escape(id)}"]`)) {
      made.querySelector('th').firstChild.data = ledgerEvent(ledger.entries[made.sectionRowIndex], letter);
    }
  }
}

// When the server is away the banner says so, once for the whole page.
function renderTrouble(trouble) {
  const region = byId('ledger-error');
  if (!(trouble instanceof Problem)) clearProblem(region);
  else if (!region.hasChildNodes()) showProblem(region, trouble);
}

function entryRow(entry, number, sale) {
  const owner = sale.nameOf(entry.reservation_id);
  const kind = String(entry.kind).toLowerCase();
  const what = rowHead(ledgerEvent(entry, owner));
  if (entry.reason) what.append(element('span', { class: 'reason' }, entry.reason));
  return row({ 'data-kind': kind, 'data-reservation': entry.reservation_id },
    cell('#', { class: 'row-number' }, String(number)),
    what,
    delta('Available', 'available', entry.available_delta),
    delta('Held', 'reserved', entry.reserved_delta),
    delta('Sold', 'sold', entry.sold_delta),
    cell('Time', { class: 'time' }, timeOfDay(entry.recorded_at)));
}

function delta(column, kind, value) {
  const made = figure(column, signed(value), { 'data-delta': kind, 'data-sign': Math.sign(value) });
  if (value === 0) made.append(element('span', { class: 'hidden' }, ' unchanged'));
  return made;
}
