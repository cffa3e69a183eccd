// The seven steps: what each one asks of the server, and what it shows.

import { get, Problem } from './api.js';
import { units } from './words.js';

// Long enough to read along by hand, short enough to see the time run.
const HOLD_SECONDS = 120;
const PROMOTION_PATIENCE_MS = 6_000;
const PACE_MS = 2_400;

export const STEPS = [
  { title: 'One unit goes on sale', call: 'POST /inventory/init', run: stockOne },
  { title: 'Shopper A reserves it', call: 'POST /inventory/reserve', run: firstReserves },
  { title: 'Shopper B wants it too', call: 'POST /inventory/reserve', run: secondWaits },
  { title: 'Shopper A cancels', call: 'POST /checkout/cancel', run: firstCancels },
  { title: 'Shopper B is promoted', call: 'GET /reservations/{id}', run: secondIsPromoted },
  { title: 'Shopper B confirms', call: 'POST /checkout/confirm', run: secondConfirms },
  { title: 'The stock adds up', call: 'GET /analytics/inventory/{sku}', run: readHealth },
];

async function stockOne(sale) {
  await sale.open({ quantity: 1, holdSeconds: HOLD_SECONDS, newShoppers: true });
  return `One unit of ${sale.sku} is in stock, free for whoever asks first.`;
}

async function firstReserves(sale) {
  await sale.reserve('A', 1);
  return 'A asked first, so the unit is held for A. The ring shows how long: A can pay in peace, and nobody can take it away.';
}

async function secondWaits(sale) {
  await sale.reserve('B', 1);
  const position = sale.shoppers.get('B').reservation.waitlist?.position;
  return position
    ? `Nothing is left, so B waits, at position ${position} of the line. No error, no race: whoever waits longest is next.`
    : 'The unit came free again in the meantime, so B holds it at once.';
}

async function firstCancels(sale) {
  try {
    await sale.cancel('A');
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'reservation-expired') throw error;
    return 'A’s time had run out already, which comes to the same: the unit passes to the next in line.';
  }
  return 'A changes plans. The very transaction that frees the unit gives it to the next in line.';
}

async function secondIsPromoted(sale, signal) {
  const id = sale.shoppers.get('B').reservation.reservation_id;
  const deadline = performance.now() + PROMOTION_PATIENCE_MS;
  for (;;) {
    const reservation = await get(`/reservations/${encodeURIComponent(id)}`);
    sale.hear(reservation);
    if (reservation.status === 'RESERVED') {
      return `B did nothing, and holds the unit now, for ${reservation.ttl_seconds} seconds: someone promoted gets twice the time, since they may be away.`;
    }
    if (reservation.status !== 'WAITLISTED' || performance.now() > deadline) throw notPromoted(reservation);
    await pause(500, signal);
    if (signal.aborted) return null;
  }
}

function notPromoted({ status }) {
  return new Problem(0, { title: 'B does not hold the unit', detail: `B’s reservation is ${status}. Begin again with step 1.` });
}

async function secondConfirms(sale) {
  await sale.confirm('B');
  return 'B pays. The unit is sold, once, to one shopper.';
}

async function readHealth(sale) {
  const health = await get(`/analytics/inventory/${encodeURIComponent(sale.sku)}`);
  sale.hearInventory(health);
  const { available_inventory: available, reserved_inventory: held, sold_inventory: sold } = health;
  return `${health.status}: ${units(available)} available, ${held} held, ${sold} sold, ${health.waitlist_size} waiting. The ledger accounts for each step. Now try it yourself.`;
}

/** Walks through the steps, by itself or one at a time. Events: `change`; `narration` with the text; `problem`. */
export class Story extends EventTarget {
  done = 0;
  running = null;
  #sale;
  #playing = null;

  constructor(sale) {
    super();
    this.#sale = sale;
  }

  get isPlaying() { return this.#playing !== null; }
  get isUnderWay() { return this.done > 0 && this.done < STEPS.length; }

  /** Step 1 begins anew at any time; the others go in order. */
  may(step) {
    return this.running === null && !this.isPlaying && (step === 1 || step === this.done + 1);
  }

  /** Plays what is left, or everything from the start. */
  async play() {
    if (this.isPlaying || this.running !== null) return;
    const playing = new AbortController();
    this.#playing = playing;
    const first = this.done === STEPS.length ? 1 : this.done + 1;
    for (let step = first; step <= STEPS.length && !playing.signal.aborted; step += 1) {
      if (!await this.#run(step, playing.signal)) break;
      if (step < STEPS.length) await pause(PACE_MS, playing.signal);
    }
    if (this.#playing === playing) this.#playing = null;
    this.#changed();
  }

  stop() {
    this.#playing?.abort();
    this.#playing = null;
    this.#changed();
  }

  async take(step) {
    if (this.may(step)) await this.#run(step, new AbortController().signal);
  }

  /** The visitor took over: what the shoppers hold no longer follows an unfinished story. */
  abandon() {
    if (this.done === STEPS.length) return;
    this.done = 0;
    this.#changed();
  }

  async #run(step, signal) {
    this.running = step;
    if (step === 1) this.done = 0;
    this.#changed();
    let text = null;
    try {
      text = await STEPS[step - 1].run(this.#sale, signal);
      if (text) this.done = step;
    } catch (error) {
      this.dispatchEvent(new CustomEvent('problem', { detail: error }));
    }
    this.running = null;
    this.#changed();
    if (text) this.dispatchEvent(new CustomEvent('narration', { detail: text }));
    return text !== null;
  }

  #changed() {
    this.dispatchEvent(new Event('change'));
  }
}

/** Waits, but no longer than until the signal. */
function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
