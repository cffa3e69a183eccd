// What this page knows of one sale: a SKU, its stock, its shoppers, its ledger. Views listen to it.

import { post, Unreachable } from './api.js';
import { watch } from './feed.js';
import { Ledger } from './ledger.js';
import { Line } from './line.js';
import { freshKey, freshSku } from './random.js';
import { Shopper } from './shopper.js';

// An expired hold counts against its user once it is swept, which may be later than it reads EXPIRED.
const SETTLES_WITHIN_MS = 3_000;

/**
 * Events: `change` after anything, `status` when a shopper's status changed, `opened` for a new SKU,
 * `line` with the arrivals that changed, in the order of events.
 */
export class Sale extends EventTarget {
  sku = null;
  inventory = null;
  trouble = null;
  ledger = null;
  ledgerTrouble = null;
  line = null;
  live = false;
  shoppers = new Map(['A', 'B', 'C'].map((letter) => [letter, new Shopper(letter)]));
  #owners = new Map();
  #feed = null;
  restocking = false;
  /** Restocks whose answer never came: sent again under their keys, they can't take effect twice. */
  #unanswered = new Map();

  get isOpen() { return this.sku !== null; }

  /** Stocks a fresh SKU and watches it. The sale before is left as it is. */
  async open({ quantity, holdSeconds, newShoppers = false }) {
    const sku = freshSku();
    await post('/inventory/init', { sku, quantity, hold_ttl_seconds: holdSeconds });
    this.#feed?.stop();
    this.#owners.clear();
    this.shoppers.forEach((shopper) => (newShoppers ? shopper.becomeSomeoneNew() : shopper.leave()));
    Object.assign(this, { sku, inventory: null, trouble: null, ledgerTrouble: null, live: false, ledger: new Ledger(sku), line: new Line() });
    this.#feed = watch(sku, {
      inventory: (news) => this.#hearInventory(news),
      reservation: (news) => this.#hearReservation(news),
      trouble: (problem) => this.#setTrouble(problem),
      calm: () => this.#setTrouble(null),
      live: (yes) => this.#setLive(yes),
    });
    this.dispatchEvent(new Event('opened'));
    await this.#changed();
  }

  async reserve(letter, quantity) {
    const shopper = this.shoppers.get(letter);
    const body = { sku: this.sku, user_id: shopper.userId, quantity };
    try {
      const reservation = await post('/inventory/reserve', body, { key: shopper.keyFor(body) });
      shopper.answered();
      this.#owners.set(reservation.reservation_id, letter);
      this.#hearReservation(reservation);
    } catch (error) {
      if (!isUncertain(error)) shopper.answered();
      throw error;
    }
    await this.#changed();
  }

  confirm(letter) { return this.#checkout('confirm', letter); }
  cancel(letter) { return this.#checkout('cancel', letter); }

  /** One at a time: while it is `restocking`, whoever asks is not heard. */
  async restock(quantity) {
    if (this.restocking) return;
    const body = { sku: this.sku, quantity, reason: 'demo page' };
    const text = JSON.stringify(body);
    const key = this.#unanswered.get(text) ?? freshKey();
    this.#unanswered.set(text, key);
    this.#setRestocking(true);
    try {
      await post('/inventory/restock', body, { key });
      this.#unanswered.delete(text);
    } catch (error) {
      if (!isUncertain(error)) this.#unanswered.delete(text);
      throw error;
    } finally {
      this.#setRestocking(false);
    }
    await this.#changed();
  }

  /** Asks for news now instead of within a second. */
  async refresh() { await this.#feed?.refresh(); }

  hear(reservation) { this.#hearReservation(reservation); }
  hearInventory(inventory) { this.#hearInventory(inventory); }

  /** Who made a reservation of the ledger, as far as this page knows. */
  ownerOf(reservationId) { return this.#owners.get(reservationId) ?? null; }

  /** The shopper of a reservation, else its number in the order of arrival. */
  nameOf(reservationId) {
    const place = this.line?.arrivalOf(reservationId)?.number;
    return this.ownerOf(reservationId) ?? (place ? `#${place}` : null);
  }

  /** Reservations with the letters of their shoppers. */
  get owners() { return this.#owners; }

  async #checkout(action, letter) {
    const { reservation_id } = this.shoppers.get(letter).reservation;
    try {
      this.#hearReservation(await post(`/checkout/${action}`, { reservation_id }));
    } finally {
      await this.#changed();
    }
  }

  async #changed() {
    this.dispatchEvent(new Event('change'));
    await this.refresh();
  }

  #hearInventory(news) {
    if (news.sku !== this.sku || news.version < (this.inventory?.version ?? 0)) return;
    const isNew = news.version !== this.inventory?.version;
    this.inventory = news;
    this.dispatchEvent(new Event('change'));
    if (isNew || this.ledgerTrouble) this.#readLedger(this.ledger);
  }

  #hearReservation(news) {
    const shopper = this.shoppers.get(this.#owners.get(news.reservation_id));
    if (!shopper || news.sku !== this.sku) return;
    const before = shopper.status;
    const changed = shopper.hear(news);
    if (changed) this.#followOrLetGo(shopper);
    this.dispatchEvent(new Event('change'));
    if (changed) this.dispatchEvent(new CustomEvent('status', { detail: { shopper, before } }));
  }

  #followOrLetGo({ isLive, reservation: { reservation_id: id } }) {
    const feed = this.#feed;
    if (isLive) feed.follow(id);
    else setTimeout(() => feed.unfollow(id), SETTLES_WITHIN_MS);
  }

  #setRestocking(yes) {
    this.restocking = yes;
    this.dispatchEvent(new Event('change'));
  }

  #setTrouble(problem) {
    if (this.trouble === problem) return;
    this.trouble = problem;
    this.dispatchEvent(new Event('change'));
  }

  #setLive(yes) {
    if (this.live === yes) return;
    this.live = yes;
    this.dispatchEvent(new Event('change'));
  }

  async #readLedger(ledger) {
    let trouble = null;
    await ledger.readOn().catch((error) => { trouble = error; });
    if (ledger !== this.ledger) return;
    this.ledgerTrouble = trouble;
    const touched = this.line.readOn(ledger.entries);
    if (touched.length > 0) this.dispatchEvent(new CustomEvent('line', { detail: touched }));
    this.dispatchEvent(new Event('change'));
  }
}

const isUncertain = (error) => error instanceof Unreachable || error.status >= 500;
