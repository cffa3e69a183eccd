// All SKUs with their health: read page by page, kept fresh by one stream, or by asking again.

import { get, Problem } from '../api.js';
import { connection, knock } from '../connection.js';
import { follow } from '../stream.js';

const PAGE = 200;
const PERIOD_MS = 1_000;
// Who has more opens the others by name: a browser is no place for a million rows.
const MOST = 20_000;
// Of the rows on show, in each turn; a list has 50.
const AT_ONCE = 10;

/**
 * Events: `change`. `rows` maps a name to its health; `complete` tells whether all were read,
 * `truncated` that there are too many. Their one stream is that of all SKUs, or of the open one.
 */
export class Catalog extends EventTarget {
  rows = new Map();
  complete = false;
  truncated = false;
  trouble = null;
  #live = false;
  #cursor = null;
  #pages = 0;
  #told = false;
  #stream = null;
  #busy = false;
  #open = null;
  #shown = [];

  start() {
    this.#walk();
    setInterval(() => this.#tick(), PERIOD_MS);
    connection.addEventListener('change', () => {
      if (connection.state === 'fine') this.#stream?.retry();
      this.#tick();
      this.#changed();
    });
  }

  /**
   * How news of the list come: `live`, `polling` when all of it is asked for every second, `turns`
   * when it is too long for that, or `idle` while it is read.
   */
  get mode() {
    if (this.complete && this.#live) return 'live';
    if (!this.complete && !this.truncated) return 'idle';
    return this.complete && this.rows.size <= PAGE ? 'polling' : 'turns';
  }

  /** Whether there is a SKU of exactly this name. */
  async has(sku) {
    if (!this.rows.has(sku) && !this.complete) await this.#ask(sku);
    return this.rows.has(sku);
  }

  /** The rows on show, which are asked for first when news come in turns. */
  show(skus) {
    const [now, before] = [new Set(skus), new Set(this.#shown)];
    this.#shown = [...skus.filter((sku) => !before.has(sku)), ...this.#shown.filter((sku) => now.has(sku))];
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
      this.#turn(page.next_cursor);
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

  #turn(next) {
    this.#pages += 1;
    const isEnough = this.#pages * PAGE >= MOST;
    if (!next) this.complete = !this.truncated;
    else if (isEnough) this.truncated = !this.complete;
    this.#cursor = this.truncated && isEnough ? null : next;
    if (!this.#cursor) this.#pages = 0;
  }

  async #ask(sku) {
    try {
      this.hear(await get(`/analytics/inventory/${encodeURIComponent(sku)}`, { background: true }));
    } catch {
      // Whoever shows the SKU says so.
    }
  }

  async #tick() {
    if (document.hidden || this.#busy || connection.state !== 'fine' || this.mode === 'live') return;
    this.#busy = true;
    const rows = this.mode === 'turns' ? this.#shown.splice(0, AT_ONCE) : [];
    this.#shown.push(...rows);
    if (this.#open && !this.#live) rows.push(this.#open);
    await Promise.all(rows.map((sku) => this.#ask(sku)));
    if (this.mode !== 'idle') await this.#page();
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
    if (yes) this.trouble = null;
    else knock();
    this.#live = yes;
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
