// The walkthrough: seven steps from an empty SKU to a sale, each one request to the server.

import { get, Problem } from './api.js';
import { duration, number, units } from './format.js';
import { statusLabel } from './text.js';

// Long enough to read along by hand, short enough to watch the countdown.
const HOLD_SECONDS = 120;
const PROMOTION_TIMEOUT_MS = 6_000;
const PAUSE_MS = 2_400;

export const STEPS = [
  { title: 'Put one unit on sale', call: 'POST /inventory/init', run: createSku },
  { title: 'Shopper A reserves it', call: 'POST /inventory/reserve', run: reserveForA },
  { title: 'Shopper B joins the waitlist', call: 'POST /inventory/reserve', run: waitlistB },
  { title: 'Shopper A cancels', call: 'POST /checkout/cancel', run: cancelA },
  { title: 'Shopper B is promoted', call: 'GET /reservations/{id}', run: awaitPromotionOfB },
  { title: 'Shopper B confirms', call: 'POST /checkout/confirm', run: confirmB },
  { title: 'Check the stock', call: 'GET /analytics/inventory/{sku}', run: readStock },
];

async function createSku(sale) {
  await sale.open({ quantity: 1, holdSeconds: HOLD_SECONDS, newShoppers: true });
  return `One unit of ${sale.sku} is in stock, available to whoever reserves it first.`;
}

async function reserveForA(sale) {
  await sale.reserve('A', 1);
  return 'A was first, so the unit is held for A. The ring shows the time left to pay. Until then, nobody else can take it.';
}

async function waitlistB(sale) {
  await sale.reserve('B', 1);
  const { waitlist } = sale.shoppers.get('B').reservation;
  return waitlist
    ? `No units are available, so B joins the waitlist at position ${number(waitlist.position)}. No error and no race: first come, first served.`
    : 'The unit became available again in the meantime, so B holds it right away.';
}

async function cancelA(sale) {
  try {
    await sale.cancel('A');
  } catch (error) {
    if (error.code !== 'reservation-expired') throw error;
    return 'A’s hold had already expired, with the same result: the unit goes to the next in line.';
  }
  return 'A cancels. The same transaction that frees the unit gives it to the next in line.';
}

async function awaitPromotionOfB(sale, signal) {
  const id = sale.shoppers.get('B').reservation.reservation_id;
  const deadline = performance.now() + PROMOTION_TIMEOUT_MS;
  for (;;) {
    const reservation = await get(`/reservations/${encodeURIComponent(id)}`);
    sale.updateReservation(reservation);
    if (reservation.status === 'RESERVED') {
      return `B did nothing and now holds the unit for ${duration(reservation.ttl_seconds)}. Promoted shoppers get twice the hold time, because they may be away.`;
    }
    if (reservation.status !== 'WAITLISTED' || performance.now() > deadline) throw notPromoted(reservation);
    await pause(500, signal);
    if (signal.aborted) return null;
  }
}

function notPromoted({ status }) {
  return new Problem(0, { title: 'B does not hold the unit', detail: `The status of B’s reservation is “${statusLabel(status)}”. Start again with step 1.` });
}

async function confirmB(sale) {
  await sale.confirm('B');
  return 'B pays. The unit is sold once, to one shopper.';
}

async function readStock(sale) {
  const health = await get(`/analytics/inventory/${encodeURIComponent(sale.sku)}`);
  sale.updateInventory(health);
  const { available_inventory: available, reserved_inventory: held, sold_inventory: sold } = health;
  return `${statusLabel(health.status)}: ${units(available)} available, ${number(held)} held, ${number(sold)} sold, ${number(health.waitlist_size)} waiting. The ledger accounts for every step. Now try it yourself.`;
}

/** Runs the steps, automatically or one at a time. Events: `change`; `narration` with the text; `problem`. */
export class Walkthrough extends EventTarget {
  done = 0;
  running = null;
  #sale;
  #playing = null;

  constructor(sale) {
    super();
    this.#sale = sale;
  }

  get isPlaying() { return this.#playing !== null; }
  get isUnfinished() { return this.done > 0 && this.done < STEPS.length; }

  /** Step 1 starts over at any time; the others go in order. */
  canRun(step) {
    return this.running === null && !this.isPlaying && (step === 1 || step === this.done + 1);
  }

  /** Plays the remaining steps, or all of them again. */
  async play() {
    if (this.isPlaying || this.running !== null) return;
    const playing = new AbortController();
    this.#playing = playing;
    const first = this.done === STEPS.length ? 1 : this.done + 1;
    for (let step = first; step <= STEPS.length && !playing.signal.aborted; step += 1) {
      if (!await this.#run(step, playing.signal)) break;
      if (step < STEPS.length) await pause(PAUSE_MS, playing.signal);
    }
    if (this.#playing === playing) this.#playing = null;
    this.#changed();
  }

  stop() {
    this.#playing?.abort();
    this.#playing = null;
    this.#changed();
  }

  async runStep(step) {
    if (this.canRun(step)) await this.#run(step, new AbortController().signal);
  }

  /** Starts over once the visitor acts on their own, since the shoppers no longer match the steps. */
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

/** Resolves after the time, or as soon as the signal aborts. */
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
