// What both pages call the states of stock and reservations, and the events of the ledger.

import { duration, number, plural, units } from './format.js';

const LABELS = {
  HEALTHY: 'Healthy',
  HIGH_DEMAND: 'High demand',
  OUT_OF_STOCK: 'Out of stock',
  WAITLISTED: 'Waiting',
  RESERVED: 'Held',
  CONFIRMED: 'Sold',
  CANCELLED: 'Cancelled',
  EXPIRED: 'Expired',
};

const TIERS = { full: 'Full tier', reduced: 'Reduced tier', minimal: 'Minimal tier' };

/** The value that belongs to a key. A key that this page does not know is a bug in it. */
export function lookUp(table, key) {
  if (!Object.hasOwn(table, key)) throw new Error(`unknown value ${key}`);
  return table[key];
}

/** A reservation's status or a SKU's health, for people. */
export const statusLabel = (status) => lookUp(LABELS, status);

export const tierLabel = (tier) => lookUp(TIERS, tier);

const SENTENCES = {
  RESERVED: ({ quantity, ttl_seconds: hold }) => `Holding ${units(quantity)} for ${duration(hold)}.`,
  WAITLISTED: ({ quantity, waitlist }) => `Waiting for ${units(quantity)}${waitlist.servable
    ? `. ${peopleAhead(waitlist.position - 1)}` : ', more than are left to sell. A restock may still serve you; you keep your place.'}`,
  CONFIRMED: ({ quantity }) => `Bought ${units(quantity)}.`,
  CANCELLED: ({ quantity, expires_at: end }) => (end === null ? 'Cancelled. Left the waitlist.'
    : `Cancelled. The ${quantity === 1 ? 'unit goes' : 'units go'} to the next in line.`),
  EXPIRED: () => 'Not confirmed in time. The hold expired.',
};

/** What the card of a shopper says about their reservation. */
export function reservationSentence(reservation) {
  return reservation ? lookUp(SENTENCES, reservation.status)(reservation) : 'Browsing. No reservation yet.';
}

const peopleAhead = (count) => (count === 0 ? 'Next in line.' : `${plural(count, 'person', 'people')} ahead.`);

const ANNOUNCEMENTS = {
  RESERVED: ({ quantity }, before) => (before === 'WAITLISTED'
    ? `was next in line and now holds ${units(quantity)}.` : `holds ${units(quantity)}.`),
  WAITLISTED: ({ waitlist }) => `is waiting at position ${number(waitlist.position)}.`,
  CONFIRMED: ({ quantity }) => `bought ${units(quantity)}.`,
  CANCELLED: () => 'cancelled.',
  EXPIRED: () => 'did not confirm in time: the hold expired.',
};

/** What a screen reader says when a shopper's status changes, by a click or by itself. */
export function statusAnnouncement({ name, reservation }, before) {
  return `${name} ${lookUp(ANNOUNCEMENTS, reservation.status)(reservation, before)}`;
}

const LEDGER_EVENTS = {
  INITIALIZED: () => 'SKU created',
  RESTOCKED: (who, { total_delta: change }) => (change > 0 ? 'Stock added' : 'Stock removed'),
  RESERVED: (who) => `Held for ${who}`,
  WAITLISTED: (who) => `${who} joined the waitlist`,
  PROMOTED: (who) => `Re-offered to ${who}`,
  CONFIRMED: (who) => `Sold to ${who}`,
  CANCELLED: (who, { reserved_delta: held }) => (held === 0 ? `${who} left the waitlist` : `${who} cancelled the hold`),
  EXPIRED: (who) => `Hold of ${who} expired`,
};

/** A ledger entry as a sentence; without an owner it names the end of the reservation's id. */
export function ledgerEvent(entry, owner) {
  const who = owner ?? `…${entry.reservation_id?.slice(-6)}`;
  return lookUp(LEDGER_EVENTS, entry.kind)(who, entry);
}
