// All SKUs with their health: read page by page, then kept fresh by one stream or by polling.

import { get, ignoreRequestError, Problem, RequestError } from '../api.js';
import { checkConnection, connection } from '../connection.js';
import { subscribe } from '../stream.js';

const PAGE_SIZE = 200;
const PERIOD_MS = 1_000;
// More rows would strain a browser. SKUs beyond these open by their exact name.
const MAX_SKUS = 20_000;
// Visible rows polled in each period; the table shows 50.
const ROWS_PER_POLL = 10;
const COALESCE_MS = 50;

/**
 * Events: `change`. `rows` maps a SKU to its health; `isComplete` once all are read, `isTruncated`
 * when there are too many. The one stream is that of all SKUs if complete, else of the selected SKU.
 */
export class Catalog extends EventTarget {
  rows = new Map();
  isComplete = false;
  isTruncated = false;
  problem = null;
  #isStreaming = false;
  #cursor = null;
  #pagesRead = 0;
  #isChangeDue = false;
  #stream = null;
  #isPolling = false;
  #selected = null;
  /** Visible rows in the order in which to poll them. */
  #visible = [];

  start() {
    this.#readAll();
    setInterval(() => this.#poll(), PERIOD_MS);
    connection.addEventListener('change', () => {
      if (connection.state === 'connected') this.#stream?.retry();
      this.#poll();
      this.#changed();
    });
  }

  /**
   * How updates arrive: `live`; `polling` when one request reads the whole list each second;
   * `polling-in-turns` when the list is too long for that; `idle` until it is read.
   */
  get mode() {
    if (this.isComplete && this.#isStreaming) return 'live';
    if (!this.isComplete && !this.isTruncated) return 'idle';
    return this.isComplete && this.rows.size <= PAGE_SIZE ? 'polling' : 'polling-in-turns';
  }

  /** Whether this exact SKU exists. */
  async has(sku) {
    if (!this.rows.has(sku) && !this.isComplete) await this.#read(sku);
    return this.rows.has(sku);
  }

  /** Polls these rows before others. Rows that were not visible before come first. */
  setVisible(skus) {
    const [now, before] = [new Set(skus), new Set(this.#visible)];
    this.#visible = [...skus.filter((sku) => !before.has(sku)), ...this.#visible.filter((sku) => now.has(sku))];
  }

  /** Keeps this SKU fresh, or none. */
  select(sku) {
    this.#selected = sku;
    this.#subscribe();
    this.refresh();
  }

  /** Reads the selected SKU now. */
  async refresh() {
    if (this.#selected) await this.#read(this.#selected);
  }

  #update(health) {
    const known = this.rows.get(health.sku);
    if (known && known.version >= health.version) return;
    this.rows.set(health.sku, health);
    this.#changed();
  }

  async #readAll() {
    while (!this.isComplete && !this.isTruncated) {
      if (connection.state !== 'connected' || !await this.#readPage()) await new Promise((resolve) => { setTimeout(resolve, PERIOD_MS); });
    }
    this.#subscribe();
  }

  /** Reads the next page; after the last page, the first one again. True on success. */
  async #readPage() {
    const query = new URLSearchParams({ limit: PAGE_SIZE });
    if (this.#cursor) query.set('cursor', this.#cursor);
    try {
      const page = await get(`/analytics/inventory?${query}`, { background: true });
      page.items.forEach((health) => this.#update(health));
      this.#advance(page.next_cursor);
      this.problem = null;
      this.#changed();
      return true;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      // The banner shows that the server is unreachable.
      if (error instanceof Problem) this.problem = error;
      this.#changed();
      return false;
    }
  }

  #advance(next) {
    this.#pagesRead += 1;
    const isFull = this.#pagesRead * PAGE_SIZE >= MAX_SKUS;
    if (!next) this.isComplete = !this.isTruncated;
    else if (isFull) this.isTruncated = !this.isComplete;
    this.#cursor = this.isTruncated && isFull ? null : next;
    if (!this.#cursor) this.#pagesRead = 0;
  }

  async #read(sku) {
    try {
      this.#update(await get(`/analytics/inventory/${encodeURIComponent(sku)}`, { background: true }));
    } catch (error) {
      // The view of this SKU shows the problem.
      ignoreRequestError(error);
    }
  }

  async #poll() {
    if (document.hidden || this.#isPolling || connection.state !== 'connected' || this.mode === 'live') return;
    this.#isPolling = true;
    const rows = this.mode === 'polling-in-turns' ? this.#visible.splice(0, ROWS_PER_POLL) : [];
    this.#visible.push(...rows);
    if (this.#selected && !this.#isStreaming) rows.push(this.#selected);
    await Promise.all(rows.map((sku) => this.#read(sku)));
    if (this.mode !== 'idle') await this.#readPage();
    this.#isPolling = false;
  }

  #subscribe() {
    if (!this.isComplete && !this.isTruncated) return;
    const path = this.isComplete ? '/live/inventory' : this.#selected && `/live/inventory/${encodeURIComponent(this.#selected)}`;
    if (path === this.#stream?.path) return;
    this.#stream?.stop();
    this.#stream = path && { path, ...subscribe(path, {
      event: ({ event, data }) => { if (event === 'inventory') this.#update(data); },
      connected: (isConnected) => this.#setStreaming(isConnected),
    }) };
  }

  #setStreaming(isStreaming) {
    if (isStreaming) this.problem = null;
    else checkConnection();
    this.#isStreaming = isStreaming;
    this.#changed();
  }

  // Many updates in a row make one event.
  #changed() {
    if (this.#isChangeDue) return;
    this.#isChangeDue = true;
    setTimeout(() => {
      this.#isChangeDue = false;
      this.dispatchEvent(new Event('change'));
    }, COALESCE_MS);
  }
}
