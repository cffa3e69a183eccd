// All SKUs with their health: read page by page, kept fresh by one stream, or page by page again.

import { get, Problem } from '../api.js';
import { connection, knock } from '../connection.js';
import { follow } from '../stream.js';

const PAGE = 200;
const PERIOD_MS = 1_000;
// Who has more opens the others by name: a browser is no place for a million rows.
const MOST = 20_000;

/** Events: `change`. `rows` maps a name to its health; `complete` tells whether all were read. */
export class Catalog extends EventTarget {
  rows = new Map();
  complete = false;
  truncated = false;
  live = false;
  trouble = null;
  #cursor = null;
  #told = false;
  #stream = null;
  #busy = false;
  #open = null;

  start() {
    this.#walk();
    setInterval(() => this.#tick(), PERIOD_MS);
    connection.addEventListener('change', () => {
      if (connection.state === 'fine') this.#stream?.retry();
      this.#tick();
      this.#changed();
    });
  }

  /** The SKU that is looked at, which is asked for first. */
  watch(sku) {
    this.#open = sku;
    this.#listen();
    this.refresh();
  }

  /** Asks for the SKU that is looked at now. */
  async refresh() {
    if (this.#open) await this.#ask(this.#open);
  }

  hear(health) {
    const known = this.rows.get(health.sku);
    if (known && known.version >= health.version) return;
    this.rows.set(health.sku, health);
    this.#changed();
  }

  async #walk() {
    while (!this.complete && !this.truncated) {
      if (connection.state !== 'fine' || !await this.#page()) await new Promise((resolve) => { setTimeout(resolve, PERIOD_MS); });
    }
    this.#listen();
  }

  /** Reads the next page; behind the last one comes the first again. */
  async #page() {
    const query = new URLSearchParams({ limit: PAGE });
    if (this.#cursor) query.set('cursor', this.#cursor);
    try {
      const page = await get(`/analytics/inventory?${query}`, { background: true });
      page.items.forEach((health) => this.hear(health));
      this.#cursor = page.next_cursor;
      if (!page.next_cursor) this.complete = true;
      else if (this.rows.size >= MOST) this.truncated = true;
      this.trouble = null;
      this.#changed();
      return true;
    } catch (error) {
      // That nobody answers is told by the connection.
      if (error instanceof Problem) this.trouble = error;
      this.#changed();
      return false;
    }
  }

  async #ask(sku) {
    try {
      this.hear(await get(`/analytics/inventory/${encodeURIComponent(sku)}`, { background: true }));
    } catch {
      // Whoever shows the SKU says so.
    }
  }

  async #tick() {
    if (document.hidden || this.live || this.#busy || connection.state !== 'fine') return;
    this.#busy = true;
    if (this.#open) await this.#ask(this.#open);
    if (this.complete) await this.#page();
    this.#busy = false;
  }

  // One stream for all SKUs, or for the one that is looked at when they are too many.
  #listen() {
    if (!this.complete && !this.truncated) return;
    const path = this.complete ? '/live/inventory' : this.#open && `/live/inventory/${encodeURIComponent(this.#open)}`;
    if (path === this.#stream?.path) return;
    this.#stream?.stop();
    this.#stream = path && { path, ...follow(path, {
      event: ({ event, data }) => { if (event === 'inventory') this.hear(data); },
      live: (yes) => this.#setLive(yes),
    }) };
  }

  #setLive(yes) {
    if (this.live === yes) return;
    if (yes) this.trouble = null;
    else knock();
    this.live = yes;
    this.#changed();
  }

  // Many news make one event.
  #changed() {
    if (this.#told) return;
    this.#told = true;
    setTimeout(() => {
      this.#told = false;
      this.dispatchEvent(new Event('change'));
    }, 50);
  }
}
