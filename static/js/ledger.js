// The ledger entries of one SKU, read page by page. The ledger is append-only.

import { get } from './api.js';

const PAGE_SIZE = 200;

export class Ledger {
  entries = [];
  #known = new Set();
  #cursor = null;
  #sku;
  #reading = Promise.resolve();

  constructor(sku) {
    this.#sku = sku;
  }

  /** Reads the entries added since. One read at a time, so that entries keep their order. */
  readNew() {
    // A failed read was reported to its own caller.
    this.#reading = this.#reading.catch(() => {}).then(() => this.#readPages());
    return this.#reading;
  }

  async #readPages() {
    for (;;) {
      const page = await get(this.#path(), { background: true });
      page.items.forEach((entry) => this.#add(entry));
      if (!page.next_cursor || page.items.length < PAGE_SIZE) return;
      this.#cursor = page.next_cursor;
    }
  }

  #path() {
    const query = new URLSearchParams({ limit: PAGE_SIZE });
    if (this.#cursor) query.set('cursor', this.#cursor);
    return `/inventory/${encodeURIComponent(this.#sku)}/ledger?${query}`;
  }

  #add(entry) {
    if (this.#known.has(entry.entry)) return;
    this.#known.add(entry.entry);
    this.entries.push(entry);
  }
}
