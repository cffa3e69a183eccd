// A flash sale with simulated shoppers: real requests, a few at a time, as many browsers would send them.

import { post, Problem, RequestError } from './api.js';
import { randomIdempotencyKey, randomUser } from './random.js';

// A browser opens six connections to a server: one is the stream's, and one is left for the visitor.
const CONCURRENCY = 4;
const HOLD_SECONDS = 8;
const ATTEMPTS = 20;

/** What simulated shoppers do with a hold: most buy, some cancel, some let it expire. */
const DECISIONS = [
  { share: 0.7, action: 'confirm', from: 900, to: 4_000 },
  { share: 0.18, action: 'cancel', from: 900, to: 3_000 },
  { share: 0.12, action: null },
];

/** Events: `change`. `state` is `idle`, `arriving` while shoppers reserve, then `deciding`. */
export class FlashSale extends EventTarget {
  state = 'idle';
  sent = 0;
  size = 0;
  #sale;
  #ownReservations = new Set();
  #decided = new Set();
  #hasLogged = false;
  #run = 0;

  constructor(sale) {
    super();
    this.#sale = sale;
    sale.addEventListener('opened', () => this.stop());
    sale.addEventListener('arrivals', ({ detail }) => detail.forEach((arrival) => this.#decide(arrival)));
  }

  /** Opens a sale and sends the shoppers. Throws when the sale cannot be opened. */
  async start({ units, shoppers }) {
    await this.#sale.open({ quantity: units, holdSeconds: HOLD_SECONDS, newShoppers: true });
    const run = this.#run;
    Object.assign(this, { sent: 0, size: shoppers });
    this.#setState('arriving');
    await Promise.all(Array.from({ length: CONCURRENCY }, () => this.#sendShoppers(run)));
    if (run === this.#run) this.#setState('deciding');
  }

  /** Sends no more requests; holds that remain expire by themselves. */
  stop() {
    this.#run += 1;
    [this.#ownReservations, this.#decided].forEach((set) => set.clear());
    this.#hasLogged = false;
    this.#setState('idle');
  }

  async #sendShoppers(run) {
    while (run === this.#run && this.sent < this.size) {
      this.sent += 1;
      const body = { sku: this.#sale.sku, user_id: randomUser(this.sent), quantity: 1 };
      const reservation = await this.#send(run, '/inventory/reserve', body, randomIdempotencyKey());
      if (run !== this.#run) return;
      if (reservation) this.#reserved(reservation);
      this.dispatchEvent(new Event('change'));
    }
  }

  // The ledger may show the hold before the response arrives.
  #reserved({ reservation_id: id }) {
    this.#ownReservations.add(id);
    const arrival = this.#sale.arrivals.find(id);
    if (arrival) this.#decide(arrival);
  }

  #decide({ id, state }) {
    if (state !== 'held' || !this.#ownReservations.has(id) || this.#decided.has(id)) return;
    this.#decided.add(id);
    const { action, from, to } = randomDecision();
    if (!action) return;
    const run = this.#run;
    setTimeout(() => {
      if (run === this.#run) this.#send(run, `/checkout/${action}`, { reservation_id: id });
    }, from + Math.random() * (to - from));
  }

  /** Retries until there is a response, which is safe. Null when the server refuses for good. */
  async #send(run, path, body, key = null) {
    // The log shows the first request as an example; hundreds more would bury it.
    const background = this.#hasLogged;
    this.#hasLogged = true;
    for (let attempt = 1; attempt <= ATTEMPTS && run === this.#run; attempt += 1) {
      try {
        return await post(path, body, { key, background });
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        if (error instanceof Problem && error.status < 500 && error.status !== 429) return null;
        await new Promise((resolve) => { setTimeout(resolve, 500 * Math.min(attempt, 6)); });
      }
    }
    return null;
  }

  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

function randomDecision() {
  let rest = Math.random();
  return DECISIONS.find(({ share }) => (rest -= share) < 0) ?? DECISIONS.at(-1);
}
