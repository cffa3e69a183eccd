// The ledger as a table that grows with each change.

import { byId, element } from '../dom.js';
import { number } from '../format.js';
import { cell, deltaCell, row, rowHeader, timeCell } from '../table.js';
import { ledgerEvent } from '../text.js';
import { renderProblem } from './problem.js';

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
    const added = entries.slice(body.children.length);
    added.forEach((entry) => body.append(ledgerRow(entry, sale.nameOf(entry.reservation_id))));
    nameOwners(body, sale, named);
    if (added.length > 0) scroll.scrollTop = scroll.scrollHeight;
    byId('ledger-empty').hidden = entries.length > 0;
    renderProblem(byId('ledger-error'), sale.ledgerError);
  });
}

// The ledger may show a shopper's reservation before the response says whose it is.
function nameOwners(body, { owners, ledger }, named) {
  for (const [id, letter] of owners) {
    if (named.has(id)) continue;
    named.add(id);
    for (const made of body.querySelectorAll(`[data-reservation="${CSS.escape(id)}"]`)) {
      made.querySelector('th').firstChild.data = ledgerEvent(ledger.entries[made.sectionRowIndex], letter);
    }
  }
}

/** An entry as a row; `owner` may be null. */
export function ledgerRow(entry, owner) {
  const event = rowHeader(ledgerEvent(entry, owner));
  if (entry.reason) event.append(element('span', { class: 'reason' }, entry.reason));
  return row({ 'data-kind': entry.kind.toLowerCase(), 'data-reservation': entry.reservation_id },
    cell('#', { class: 'number row-number' }, number(entry.entry)),
    event,
    deltaCell('Available', 'available', entry.available_delta),
    deltaCell('Held', 'held', entry.reserved_delta),
    deltaCell('Sold', 'sold', entry.sold_delta),
    timeCell('Time', entry.recorded_at));
}
