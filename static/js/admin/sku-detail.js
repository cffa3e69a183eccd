// The selected SKU: figures, holds, waitlist and ledger, read again when its version rises.

import { get, Problem } from '../api.js';
import { serverNow } from '../clock.js';
import { connection } from '../connection.js';
import { byId, element, setBadge, setText } from '../dom.js';
import { countdown, dateTime, number, units } from '../format.js';
import { cell, numberCell, row, rowHeader, timeCell } from '../table.js';
import { statusLabel } from '../text.js';
import { ledgerRow } from '../views/ledger-table.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { showAnalytics } from './analytics.js';
import { pagedTable } from './paged-table.js';
import { userButton } from './user-dialog.js';

const TABLES_PAUSE_MS = 1_000;
const ANALYTICS_PAUSE_MS = 3_000;
// The time range of the analytics moves on even when nothing changes.
const ANALYTICS_PERIOD_MS = 30_000;
const FIGURES = { available: 'available_inventory', held: 'reserved_inventory', sold: 'sold_inventory', waiting: 'waitlist_size' };

export function showSkuDetail(catalog, route) {
  const analytics = showAnalytics();
  const health = () => catalog.rows.get(route.sku);
  const tables = {
    reservations: pagedTable('reservations', { row: holdRow }),
    waitlist: pagedTable('waitlist', { row: waitlistRow, total: () => health()?.waitlist_size ?? null }),
    ledger: pagedTable('ledger', { row: (entry) => ledgerRow(entry, null), total: () => health()?.version ?? null }),
  };
  const readTables = throttle(TABLES_PAUSE_MS, () => Promise.all(Object.values(tables).map((table) => table.read())));
  const readAnalytics = throttle(ANALYTICS_PAUSE_MS, () => analytics.read());
  let version = null;
  let inventory = null;

  async function open() {
    const { sku } = route;
    version = null;
    document.body.dataset.view = sku ? 'detail' : 'list';
    byId('detail-none').hidden = sku !== null;
    byId('detail-missing').hidden = true;
    byId('detail-body').hidden = true;
    clearProblem(byId('detail-error'));
    catalog.select(sku);
    if (!sku) return;
    try {
      const body = await get(`/inventory/${encodeURIComponent(sku)}`, { background: true });
      if (sku === route.sku) show(body);
    } catch (error) {
      if (sku === route.sku) showError(sku, error);
    }
  }

  function showError(sku, error) {
    if (error.code === 'unknown-sku') {
      setText(byId('detail-missing-text'), `No SKU named ${sku}.`);
      byId('detail-missing').hidden = false;
      return;
    }
    showProblem(byId('detail-error'), error);
    if (!(error instanceof Problem)) setTimeout(() => { if (sku === route.sku && byId('detail-body').hidden) open(); }, ANALYTICS_PAUSE_MS);
  }

  function show(body) {
    const { sku } = body;
    const path = `/inventory/${encodeURIComponent(sku)}`;
    setText(byId('detail-title'), sku);
    inventory = body;
    byId('detail-body').hidden = false;
    byId('detail-title').focus({ preventScroll: window.innerWidth >= 1_120 });
    tables.reservations.open('/reservations', { sku, status: 'RESERVED' });
    tables.waitlist.open(`${path}/waitlist`, {});
    tables.ledger.open(`${path}/ledger`, { order: 'newest' });
    analytics.open(inventory);
    render();
  }

  const isShown = () => route.sku !== null && !byId('detail-body').hidden && !document.hidden && connection.state === 'connected';

  function render() {
    const now = health();
    if (!now || byId('detail-body').hidden) return;
    for (const [name, field] of Object.entries(FIGURES)) setText(document.querySelector(`#detail [data-stock="${name}"]`), number(now[field]));
    setText(byId('detail-settings'), settings(inventory, now));
    setBadge(byId('detail-health'), now.status, statusLabel(now.status));
    if (version !== null && version !== now.version) {
      readTables();
      readAnalytics();
    }
    version = now.version;
  }

  route.addEventListener('change', open);
  catalog.addEventListener('change', render);
  setInterval(renderCountdowns, 500);
  setInterval(() => { if (isShown()) readAnalytics(); }, ANALYTICS_PERIOD_MS);
  connection.addEventListener('change', () => {
    if (!isShown()) return;
    readTables();
    readAnalytics();
  });
  open();
}

/**
 * Runs at once; after that, calls during the work and the pause that follows are merged into one. The
 * pause is at least ten times as long as the work took, so that slow reads do not load the server.
 */
function throttle(pause, work) {
  let isBusy = false;
  let isDue = false;
  return async function run() {
    if (isBusy) {
      isDue = true;
      return;
    }
    isBusy = true;
    const began = performance.now();
    await work();
    setTimeout(() => {
      isBusy = false;
      if (isDue) {
        isDue = false;
        run();
      }
    }, Math.max(pause, 10 * (performance.now() - began)));
  };
}

function settings({ hold_ttl_seconds: hold, waitlist_limit: limit, created_at: created }, { total_inventory: total }) {
  const waitlist = limit === null ? 'unlimited waitlist' : limit === 0 ? 'no waitlist' : `waitlist limit ${number(limit)}`;
  return `${units(total)} total · ${number(hold)} s hold · ${waitlist} · created ${dateTime(created)}`;
}

function renderCountdowns() {
  for (const shown of document.querySelectorAll('#reservations [data-expires]')) {
    setText(shown, countdown(Date.parse(shown.dataset.expires) - serverNow()));
  }
}

function holdRow({ reservation_id: id, user_id: user, quantity, expires_at: expires }) {
  const cancel = element('button', { type: 'button', class: 'button small', 'data-cancel': id, 'data-holder': user, 'data-quantity': quantity, 'aria-label': `Cancel the hold of ${user}` }, 'Cancel');
  return row({ 'data-key': id },
    rowHeader(userButton(user)),
    numberCell('Units', number(quantity)),
    numberCell('Time left', countdown(Date.parse(expires) - serverNow()), { 'data-expires': expires }),
    cell(null, { class: 'action' }, cancel));
}

function waitlistRow({ reservation_id: id, user_id: user, quantity, waitlist, created_at: created }) {
  return row({ 'data-key': id },
    numberCell('Position', number(waitlist.position)),
    rowHeader(userButton(user)),
    numberCell('Units', waitlist.servable ? number(quantity) : `${number(quantity)} (more than are left)`),
    timeCell('Since', created));
}
