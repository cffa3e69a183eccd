// Puts states, ledger entries and times into words.

/** 75 s as `1:15`, from an hour on `1:00:00`. A started second counts whole. */
export function countdown(milliseconds) {
  const left = Math.max(0, Math.ceil(milliseconds / 1_000));
  const two = (number) => String(number).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(left / 3_600), Math.floor(left / 60) % 60, left % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

export function units(count) {
  return count === 1 ? '1 unit' : `${number(count)} units`;
}

export const number = (value) => (Number.isFinite(value) ? value.toLocaleString('en') : '–');

export const statusLabel = (status) => status.replaceAll('_', ' ');

/** What the card of a shopper says about their reservation. */
export function sentenceFor({ reservation }) {
  if (!reservation) return 'Looks at the item and has not reserved yet.';
  const { quantity, waitlist, ttl_seconds: hold } = reservation;
  switch (reservation.status) {
    case 'RESERVED': return `${units(quantity)} held, for ${hold} seconds in all.`;
    case 'WAITLISTED': return `Waits for ${units(quantity)}. ${ahead(waitlist?.position)}`;
    case 'CONFIRMED': return `Bought ${units(quantity)}.`;
    case 'CANCELLED': return 'Gave up the place. Someone else may have it.';
    case 'EXPIRED': return 'Did not confirm in time. The hold is over.';
    default: return '';
  }
}

function ahead(position) {
  if (position === 1) return 'Next in line.';
  return position > 1 ? `${position - 1} ahead in line.` : '';
}

/** What the page says aloud when a shopper's status changes by itself or by a click. */
export function announcement({ name, reservation }, before) {
  switch (reservation.status) {
    case 'RESERVED': return before === 'WAITLISTED'
      ? `${name} is promoted from the line: the hold begins.` : `${name} holds ${units(reservation.quantity)}.`;
    case 'WAITLISTED': return `${name} waits in line, at position ${reservation.waitlist?.position ?? '?'}.`;
    case 'CONFIRMED': return `${name} confirmed: sold.`;
    case 'CANCELLED': return `${name} cancelled.`;
    case 'EXPIRED': return `${name} ran out of time: the hold expired.`;
    default: return `${name}: ${reservation.status}.`;
  }
}

const EVENTS = [
  [/^(init|stock|creat)/, () => 'Put into stock'],
  [/^restock/, () => 'Restocked'],
  [/^reserve/, (who) => `Held for ${who}`],
  [/^(wait|enqueue)/, (who) => `${who} joins the line`],
  [/^promot/, (who) => `Passed on to ${who}`],
  [/^confirm/, (who) => `Sold to ${who}`],
  [/^cancel/, (who, freed) => (freed ? `${who} cancels, stock is freed` : `${who} leaves the line`)],
  [/^expire/, (who) => `Time ran out for ${who}`],
];

/** A ledger entry as a sentence; a kind that this page does not know stands as it is. */
export function ledgerEvent(entry, owner) {
  const kind = String(entry.kind).toLowerCase();
  const who = owner ?? (entry.reservation_id ? `…${entry.reservation_id.slice(-6)}` : 'someone');
  const known = EVENTS.find(([pattern]) => pattern.test(kind));
  return known ? known[1](who, entry.reserved_delta !== 0) : kind.replaceAll('_', ' ');
}

export const signed = (delta) => (delta > 0 ? `+${number(delta)}` : delta < 0 ? `−${number(-delta)}` : '·');

export const timeOfDay = (time) => new Date(time).toLocaleTimeString('en-GB');
