// One shopper of the demo page and their reservation: what they can do in which status.

import { randomIdempotencyKey, randomUser } from './random.js';

const LIVE = new Set(['WAITLISTED', 'RESERVED']);

export class Shopper {
  reservation = null;
  /** A reserve request with unknown outcome: sent again with its key, it cannot take effect twice. */
  #pending = null;

  constructor(letter) {
    this.letter = letter;
    this.name = `Shopper ${letter}`;
    this.userId = randomUser(letter);
  }

  /** A new user, without history in the fairness score. */
  replace() {
    this.userId = randomUser(this.letter);
    this.clear();
  }

  clear() {
    this.reservation = null;
    this.#pending = null;
  }

  get status() { return this.reservation?.status ?? null; }
  get isLive() { return LIVE.has(this.status); }

  can(action) {
    switch (action) {
      case 'reserve': return !this.isLive;
      case 'confirm': return this.status === 'RESERVED';
      case 'cancel': return this.isLive;
      default: throw new Error(`unknown action ${action}`);
    }
  }

  /** The idempotency key for this body: the same one until the outcome is known. */
  keyFor(body) {
    const text = JSON.stringify(body);
    if (this.#pending?.text !== text) this.#pending = { text, key: randomIdempotencyKey() };
    return this.#pending.key;
  }

  outcomeKnown() {
    this.#pending = null;
  }

  /** Takes a newer state of the reservation. True when the status changed. */
  update(reservation) {
    const known = this.reservation;
    if (known && isStale(reservation, known)) return false;
    this.reservation = reservation;
    return known?.reservation_id !== reservation.reservation_id || known.status !== reservation.status;
  }
}

function isStale(update, known) {
  if (update.reservation_id !== known.reservation_id) return Date.parse(update.created_at) < Date.parse(known.created_at);
  if (Date.parse(update.updated_at) < Date.parse(known.updated_at)) return true;
  // An expired hold reads as EXPIRED before its row is written, and never comes back.
  return LIVE.has(update.status) && !LIVE.has(known.status);
}
