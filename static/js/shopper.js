// One shopper and the reservation that they have. Knows what may be asked in which state.

import { freshKey, freshUser } from './random.js';

const LIVE = new Set(['WAITLISTED', 'RESERVED']);

export class Shopper {
  reservation = null;
  /** A reserve whose answer never came: sent again under its key, it can't take effect twice. */
  #unanswered = null;

  constructor(letter) {
    this.letter = letter;
    this.name = `Shopper ${letter}`;
    this.userId = freshUser(letter);
  }

  becomeSomeoneNew() {
    this.userId = freshUser(this.letter);
    this.leave();
  }

  leave() {
    this.reservation = null;
    this.#unanswered = null;
  }

  get status() { return this.reservation?.status ?? null; }
  get isLive() { return LIVE.has(this.status); }

  may(action) {
    if (action === 'reserve') return !this.isLive;
    if (action === 'confirm') return this.status === 'RESERVED';
    return this.isLive;
  }

  keyFor(body) {
    const text = JSON.stringify(body);
    if (this.#unanswered?.text !== text) this.#unanswered = { text, key: freshKey() };
    return this.#unanswered.key;
  }

  answered() {
    this.#unanswered = null;
  }

  /** Takes news of the own reservation, unless what is known is newer. True when the status changed. */
  hear(news) {
    const known = this.reservation;
    if (known && isStale(news, known)) return false;
    this.reservation = news;
    return known?.reservation_id !== news.reservation_id || known.status !== news.status;
  }
}

function isStale(news, known) {
  if (news.reservation_id !== known.reservation_id) return Date.parse(news.created_at) < Date.parse(known.created_at);
  if (Date.parse(news.updated_at) < Date.parse(known.updated_at)) return true;
  // An expired hold reads as EXPIRED before its row is written, and never comes back.
  return LIVE.has(news.status) && !LIVE.has(known.status);
}
