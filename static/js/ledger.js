// Reads the ledger of one SKU and keeps what it has read. Entries are only ever added.

import { get } from './api.js';

const PAGE = 200;

export class Ledger {
  entries = [];
  #seen = new Set();
  #cursor = null;
  #sku;
  #reading = Promise.resolve();

  constructor(sku) {
    this.#sku = sku;
  }

  /** Reads what was added. One reader at a time, so that entries keep their order. */
  readOn() {
    this.#reading = this.#reading.catch(() => {}).then(() => this.#readPages());
    return this.#reading;
  }

  async #readPages() {
    for (;;) {
      const page = await get(this.#path(), { background: true });
      page.items.forEach((entry) => this.#add(entry));
      if (!page.next_cursor || page.items.length < PAGE) return;
      this.#cursor = page.next_cursor;
    }
  }

  #path() {
    const query = new URLSearchParams({ limit: PAGE });
    if (this.#cursor) query.set('cursor', this.#cursor);
    return `/inventory/${encodeURIComponent(this.#sku)}/ledger?${query}`;
  }

  #add(entry) {
    if (this.#seen.has(entry.entry)) return;
    this.#seen.add(entry.entry);
    this.entries.push(entry);
  }
}
