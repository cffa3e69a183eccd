// The open SKU: its figures, its holds, its line and its ledger, read again when its version rises.

import { get, Problem } from '../api.js';
import { serverNow } from '../clock.js';
import { connection } from '../connection.js';
import { byId, element, setBadge, setText } from '../dom.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { cell, figure, row, rowHead } from '../rows.js';
import { countdown, ledgerEvent, number, signed, statusLabel, timeOfDay, units } from '../words.js';
import { showFigures } from './figures.js';
import { pagedTable, userButton } from './pages.js';

const AGAIN_MS = 1_000;
const FIGURES_MS = 3_000;
// The window of the figures moves though nothing happens.
const WINDOW_MS = 30_000;
const DELTAS = { available: 'Available', reserved: 'Held', sold: 'Sold' };
const FIELDS = { available: 'available_inventory', reserved: 'reserved_inventory', sold: 'sold_inventory', waiting: 'waitlist_size' };

export function showDetail(catalog, route) {
  const figures = showFigures();
  const tables = {
    reservations: pagedTable('reservations', { row: holdRow }),
    waitlist: pagedTable('waitlist', { row: waitingRow }),
    ledger: pagedTable('ledger', { row: ledgerRow }),
  };
  const readTables = notTooOften(AGAIN_MS, () => Promise.all(Object.values(tables).map((table) => table.read())));
  const readFigures = notTooOften(FIGURES_MS, () => figures.read());
  let version = null;
  let opened = null;

  async function open() {
    const { sku } = route;
    version = null;
    document.body.dataset.view = sku ? 'detail' : 'list';
    byId('detail-none').hidden = sku !== null;
    byId('detail-body').hidden = true;
    clearProblem(byId('detail-error'));
    catalog.watch(sku);
    if (!sku) return;
    try {
      const inventory = await get(`/inventory/${encodeURIComponent(sku)}`, { background: true });
      if (sku === route.sku) show(inventory);
    } catch (error) {
      if (sku !== route.sku) return;
      showProblem(byId('detail-error'), error);
      if (!(error instanceof Problem)) setTimeout(() => { if (sku === route.sku && byId('detail-body').hidden) open(); }, FIGURES_MS);
    }
  }

  function show(inventory) {
    const { sku } = inventory;
    const path = `/inventory/${encodeURIComponent(sku)}`;
    setText(byId('detail-title'), sku);
    opened = inventory;
    byId('detail-body').hidden = false;
    byId('detail-title').focus({ preventScroll: window.innerWidth >= 1_120 });
    tables.reservations.open('/reservations', { sku, status: 'RESERVED' });
    tables.waitlist.open(`${path}/waitlist`, {});
    tables.ledger.open(`${path}/ledger`, { order: 'newest' });
    figures.open(inventory);
    render();
  }

  const isRead = () => route.sku !== null && !byId('detail-body').hidden && !document.hidden && connection.state === 'fine';

  function render() {
    const health = catalog.rows.get(route.sku);
    if (!health || byId('detail-body').hidden) return;
    for (const [name, field] of Object.entries(FIELDS)) setText(document.querySelector(`#detail [data-stock="${name}"]`), number(health[field]));
    setText(byId('detail-meta'), meta(opened, health));
    setBadge(byId('detail-health'), health.status, statusLabel(health.status));
    if (version !== null && version !== health.version) {
      readTables();
      readFigures();
    }
    version = health.version;
  }

  route.addEventListener('change', open);
  catalog.addEventListener('change', render);
  setInterval(tick, 500);
  setInterval(() => { if (isRead()) readFigures(); }, WINDOW_MS);
  connection.addEventListener('change', () => {
    if (!isRead()) return;
    readTables();
    readFigures();
  });
  open();
}

/**
 * Runs at once, and then no sooner than `pause` after it ended, and ten times as long as it took,
 * once for all calls in between.
 */
function notTooOften(pause, work) {
  let busy = false;
  let again = false;
  return async function run() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const began = performance.now();
    await work();
    setTimeout(() => {
      busy = false;
      if (again) {
        again = false;
        run();
      }
    }, Math.max(pause, 10 * (performance.now() - began)));
  };
}

function meta({ hold_ttl_seconds: hold, waitlist_limit: limit, created_at: created }, { total_inventory: total }) {
  const line = limit === null ? 'anyone may wait' : limit === 0 ? 'nobody may wait' : `${number(limit)} may wait`;
  return `${units(total)} in all, held for ${number(hold)} s, ${line}; since ${new Date(created).toLocaleString('en-GB')}`;
}

function tick() {
  for (const cell of document.querySelectorAll('#reservations [data-expires]')) {
    setText(cell, countdown(Date.parse(cell.dataset.expires) - serverNow()));
  }
}

function holdRow({ reservation_id: id, user_id: user, quantity, expires_at: expires }) {
  const cancel = element('button', { type: 'button', class: 'button small', 'data-cancel': id, 'data-holder': user, 'data-quantity': quantity, 'aria-label': `Cancel the hold of ${user}` }, 'Cancel');
  return row({ 'data-key': id },
    rowHead(userButton(user)),
    figure('Units', number(quantity)),
    figure('Time left', countdown(Date.parse(expires) - serverNow()), { 'data-expires': expires }),
    cell(null, { class: 'action' }, cancel));
}

function waitingRow({ reservation_id: id, user_id: user, quantity, waitlist, created_at: since }) {
  return row({ 'data-key': id },
    figure('Place', number(waitlist?.position)),
    rowHead(userButton(user)),
    figure('Units', number(quantity)),
    cell('Since', { class: 'time-cell' }, timeOfDay(since)));
}

function ledgerRow(entry) {
  const what = rowHead(ledgerEvent(entry, null));
  if (entry.reason) what.append(element('span', { class: 'reason' }, entry.reason));
  return row({ 'data-kind': entry.kind.toLowerCase() },
    figure('#', number(entry.entry), { class: 'number row-number' }),
    what,
    ...Object.entries(DELTAS).map(([kind, column]) => delta(column, kind, entry[`${kind}_delta`])),
    cell('Time', { class: 'time-cell' }, timeOfDay(entry.recorded_at)));
}

const delta = (column, kind, value) => figure(column, signed(value), { 'data-delta': kind, 'data-sign': Math.sign(value) });
