// A crowd of shoppers: real requests, a few at a time, as many browsers would send them.

import { post, Problem } from './api.js';
import { freshKey, freshUser } from './random.js';

// A browser opens six connections to a server: one is the stream's, and one is left for the visitor.
const AT_ONCE = 4;
const HOLD_SECONDS = 8;
const TRIES = 20;

/** What a shopper does with a hold: most buy, some change their mind, some just walk away. */
const FATES = [
  { share: 0.7, action: 'confirm', from: 900, to: 4_000 },
  { share: 0.18, action: 'cancel', from: 900, to: 3_000 },
  { share: 0.12, action: null },
];

/** Events: `change`. `state` is `idle`, `arriving`, `deciding`. */
export class Crowd extends EventTarget {
  state = 'idle';
  sent = 0;
  size = 0;
  #sale;
  #mine = new Set();
  #planned = new Set();
  #shown = false;
  #run = 0;

  constructor(sale) {
    super();
    this.#sale = sale;
    sale.addEventListener('opened', () => this.#disperse());
    sale.addEventListener('line', ({ detail }) => detail.forEach((arrival) => this.#plan(arrival)));
  }

  /** Opens a sale and sends the crowd. Throws when the sale can't be opened. */
  async rush({ units, shoppers }) {
    await this.#sale.open({ quantity: units, holdSeconds: HOLD_SECONDS, newShoppers: true });
    const run = this.#run;
    Object.assign(this, { sent: 0, size: shoppers });
    this.#become('arriving');
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.#arrive(run)));
    if (run === this.#run) this.#become('deciding');
  }

  /** Nobody else comes, and nobody decides any more: holds run out by themselves. */
  stop() {
    this.#disperse();
  }

  #disperse() {
    this.#run += 1;
    [this.#mine, this.#planned].forEach((set) => set.clear());
    this.#shown = false;
    this.#become('idle');
  }

  async #arrive(run) {
    while (run === this.#run && this.sent < this.size) {
      this.sent += 1;
      const body = { sku: this.#sale.sku, user_id: freshUser(`crowd-${this.sent}`), quantity: 1 };
      const reservation = await this.#send(run, '/inventory/reserve', body, freshKey());
      if (run !== this.#run) return;
      if (reservation) this.#joined(reservation);
      this.dispatchEvent(new Event('change'));
    }
  }

  // The ledger may have told of the hold before the answer did.
  #joined({ reservation_id: id }) {
    this.#mine.add(id);
    const arrival = this.#sale.line.arrivalOf(id);
    if (arrival) this.#plan(arrival);
  }

  #plan({ id, state }) {
    if (state !== 'held' || !this.#mine.has(id) || this.#planned.has(id)) return;
    this.#planned.add(id);
    const { action, from, to } = pickFate();
    if (!action) return;
    const run = this.#run;
    setTimeout(() => {
      if (run === this.#run) this.#send(run, `/checkout/${action}`, { reservation_id: id });
    }, from + Math.random() * (to - from));
  }

  /** Sends until there is an answer: twice is harmless. Null when the server refuses for good. */
  async #send(run, path, body, key = null) {
    // The first one shows what the click sends; hundreds more would bury it.
    const background = this.#shown;
    this.#shown = true;
    for (let attempt = 1; attempt <= TRIES && run === this.#run; attempt += 1) {
      try {
        return await post(path, body, { key, background });
      } catch (error) {
        if (error instanceof Problem && error.status < 500 && error.status !== 429) return null;
        await new Promise((resolve) => { setTimeout(resolve, 500 * Math.min(attempt, 6)); });
      }
    }
    return null;
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

function pickFate() {
  let dice = Math.random();
  return FATES.find(({ share }) => (dice -= share) < 0) ?? FATES.at(-1);
}
