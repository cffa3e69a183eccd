// The state of one sale on the demo page: a SKU, its stock, its shoppers, its ledger. Views listen to it.

import { isUncertain, post, RequestError } from './api.js';
import { Arrivals } from './arrivals.js';
import { Ledger } from './ledger.js';
import { randomIdempotencyKey, randomSku } from './random.js';
import { Shopper } from './shopper.js';
import { watchSku } from './sku-updates.js';

// An expired hold counts against its user once it is swept, which may be later than it reads EXPIRED.
const FAIRNESS_DELAY_MS = 3_000;

/**
 * Events: `change` after any change, `status` when a shopper's status changed, `opened` for a new
 * SKU, `arrivals` with those that changed, in the order of ledger entries.
 */
export class Sale extends EventTarget {
  sku = null;
  inventory = null;
  problem = null;
  ledger = null;
  ledgerError = null;
  arrivals = null;
  isStreaming = false;
  isRestocking = false;
  shoppers = new Map(['A', 'B', 'C'].map((letter) => [letter, new Shopper(letter)]));
  #owners = new Map();
  #updates = null;
  /** Keys of restocks with unknown outcome: sent again with its key, one cannot take effect twice. */
  #pendingRestocks = new Map();

  get isOpen() { return this.sku !== null; }

  /** Creates a new SKU and watches it. The previous one stays as it is. */
  async open({ quantity, holdSeconds, newShoppers = false }) {
    const sku = randomSku();
    await post('/inventory/init', { sku, quantity, hold_ttl_seconds: holdSeconds });
    this.#updates?.stop();
    this.#owners.clear();
    this.shoppers.forEach((shopper) => (newShoppers ? shopper.replace() : shopper.clear()));
    Object.assign(this, { sku, inventory: null, problem: null, ledgerError: null, isStreaming: false, ledger: new Ledger(sku), arrivals: new Arrivals() });
    this.#updates = watchSku(sku, {
      inventory: (inventory) => this.updateInventory(inventory),
      reservation: (reservation) => this.updateReservation(reservation),
      problem: (problem) => this.#set('problem', problem),
      recovered: () => this.#set('problem', null),
      streaming: (isStreaming) => this.#set('isStreaming', isStreaming),
    });
    this.dispatchEvent(new Event('opened'));
    await this.#changed();
  }

  async reserve(letter, quantity) {
    const shopper = this.shoppers.get(letter);
    const body = { sku: this.sku, user_id: shopper.userId, quantity };
    try {
      const reservation = await post('/inventory/reserve', body, { key: shopper.keyFor(body) });
      shopper.outcomeKnown();
      this.#owners.set(reservation.reservation_id, letter);
      this.updateReservation(reservation);
    } catch (error) {
      if (!isUncertain(error)) shopper.outcomeKnown();
      throw error;
    }
    await this.#changed();
  }

  confirm(letter) { return this.#checkout('confirm', letter); }
  cancel(letter) { return this.#checkout('cancel', letter); }

  /** One at a time: calls are ignored while `isRestocking`. */
  async restock(quantity) {
    if (this.isRestocking) return;
    const body = { sku: this.sku, quantity, reason: 'demo page' };
    const text = JSON.stringify(body);
    const key = this.#pendingRestocks.get(text) ?? randomIdempotencyKey();
    this.#pendingRestocks.set(text, key);
    this.#set('isRestocking', true);
    try {
      await post('/inventory/restock', body, { key });
      this.#pendingRestocks.delete(text);
    } catch (error) {
      if (!isUncertain(error)) this.#pendingRestocks.delete(text);
      throw error;
    } finally {
      this.#set('isRestocking', false);
    }
    await this.#changed();
  }

  /** Reads the state now instead of within a second. */
  async refresh() { await this.#updates?.refresh(); }

  /** The letter of the shopper who made a reservation, or null. */
  ownerOf(reservationId) { return this.#owners.get(reservationId) ?? null; }

  /** The letter of the shopper, else the reservation's number in order of arrival, else null. */
  nameOf(reservationId) {
    const arrival = this.arrivals?.find(reservationId);
    return this.ownerOf(reservationId) ?? (arrival ? `#${arrival.number}` : null);
  }

  /** The letters of shoppers by reservation id. */
  get owners() { return this.#owners; }

  updateInventory(inventory) {
    if (inventory.sku !== this.sku || inventory.version < (this.inventory?.version ?? 0)) return;
    const isNewer = inventory.version !== this.inventory?.version;
    this.inventory = inventory;
    this.dispatchEvent(new Event('change'));
    if (isNewer || this.ledgerError) this.#readLedger(this.ledger);
  }

  updateReservation(reservation) {
    const shopper = this.shoppers.get(this.#owners.get(reservation.reservation_id));
    if (!shopper || reservation.sku !== this.sku) return;
    const before = shopper.status;
    const changed = shopper.update(reservation);
    if (changed) this.#watchWhileLive(shopper);
    this.dispatchEvent(new Event('change'));
    if (changed) this.dispatchEvent(new CustomEvent('status', { detail: { shopper, before } }));
  }

  async #checkout(action, letter) {
    const { reservation_id } = this.shoppers.get(letter).reservation;
    try {
      this.updateReservation(await post(`/checkout/${action}`, { reservation_id }));
    } finally {
      await this.#changed();
    }
  }

  async #changed() {
    this.dispatchEvent(new Event('change'));
    await this.refresh();
  }

  #watchWhileLive({ isLive, reservation: { reservation_id: id } }) {
    const updates = this.#updates;
    if (isLive) updates.add(id);
    else setTimeout(() => updates.remove(id), FAIRNESS_DELAY_MS);
  }

  #set(property, value) {
    if (this[property] === value) return;
    this[property] = value;
    this.dispatchEvent(new Event('change'));
  }

  async #readLedger(ledger) {
    let failure = null;
    await ledger.readNew().catch((error) => { failure = error; });
    if (failure && !(failure instanceof RequestError)) throw failure;
    if (ledger !== this.ledger) return;
    this.ledgerError = failure;
    const changed = this.arrivals.replay(ledger.entries);
    if (changed.length > 0) this.dispatchEvent(new CustomEvent('arrivals', { detail: changed }));
    this.dispatchEvent(new Event('change'));
  }
}
