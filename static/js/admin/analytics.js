// Analytics of the selected SKU over a time range: the chart of its stock, and how its holds ended.

import { get } from '../api.js';
import { serverNow } from '../clock.js';
import { byId, element, setText } from '../dom.js';
import { dateTime, NO_VALUE, number, numberOrDash, percent } from '../format.js';
import { numberCell, row, rowHeader } from '../table.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { chartRows } from './chart.js';
import { chartWithCursor } from './chart-cursor.js';
import { userButton } from './user-dialog.js';

const RANGES = [['15 min', 900], ['1 h', 3_600], ['24 h', 86_400], ['7 d', 604_800], ['31 d', 2_678_400], ['All', null]];
// The server accepts 31 days by its own clock, at the time when the request arrives.
const MAX_HOLDS_SECONDS = 2_678_400 - 60;
const DAY_SECONDS = 86_400;

export function showAnalytics() {
  let open = null;
  let seconds = null;
  let latest = null;
  const chart = chartWithCursor(byId('chart'));

  byId('ranges').append(...RANGES.map(([label, length]) => rangeButton(label, length)));
  byId('ranges').addEventListener('change', ({ target }) => {
    seconds = target.value === '' ? null : Number(target.value);
    read();
  });
  new ResizeObserver(() => { if (latest) chart.show(latest); }).observe(byId('chart'));

  async function read() {
    if (!open) return;
    await Promise.all([readHistory(open, seconds), readHolds(open, seconds)]);
  }

  async function readHistory(inventory, length) {
    const isCurrent = () => inventory === open && length === seconds;
    const history = await request(inventory, 'history', since(length ?? age(inventory)), 'chart-error', isCurrent);
    if (!isCurrent()) return;
    latest = history;
    chart.show(history);
    byId('chart-table').replaceChildren(...(history ? chartRows(history) : []));
  }

  async function readHolds(inventory, length) {
    const span = Math.min(length ?? age(inventory), MAX_HOLDS_SECONDS);
    const isCurrent = () => inventory === open && length === seconds;
    const holds = await request(inventory, 'holds', since(span), 'holds-error', isCurrent);
    if (isCurrent()) renderHolds(holds);
  }

  return {
    read,
    /** Starts with the whole life of a SKU, or with the last day if it is older. */
    open(inventory) {
      open = inventory;
      latest = null;
      seconds = age(inventory) > DAY_SECONDS ? DAY_SECONDS : null;
      byId(`range-${seconds ?? 'all'}`).checked = true;
      chart.reset();
      chart.show(null);
      renderHolds(null);
      return read();
    },
  };
}

function rangeButton(label, length) {
  const radio = element('input', { type: 'radio', name: 'range', value: length ?? '', id: `range-${length ?? 'all'}` });
  return element('label', { class: 'range' }, radio, element('span', {}, label));
}

// One second more than the age of the SKU, so that the range is not empty.
const age = ({ created_at: created }) => (serverNow() - Date.parse(created)) / 1_000 + 1;

const since = (seconds) => new Date(Math.max(0, serverNow() - seconds * 1_000)).toISOString();

/** Null on failure, so that data of another range is not left standing. */
async function request({ sku }, what, from, region, isCurrent) {
  try {
    const query = new URLSearchParams({ from });
    const body = await get(`/analytics/inventory/${encodeURIComponent(sku)}/${what}?${query}`, { background: true });
    if (isCurrent()) clearProblem(byId(region));
    return body;
  } catch (error) {
    if (isCurrent()) showProblem(byId(region), error);
    return null;
  }
}

function renderHolds(holds) {
  const share = holds?.confirmed_share ?? null;
  const users = holds?.top_users ?? [];
  setText(byId('holds-since'), holds ? `Reservations created since ${dateTime(holds.from)}` : '');
  setText(byId('holds-share'), share === null ? NO_VALUE : percent(share));
  setText(byId('holds-unsold'), holds ? unitMinutes(holds.unsold_unit_minutes) : NO_VALUE);
  for (const kind of ['cancelled', 'expired', 'active']) setText(byId(`holds-${kind}`), numberOrDash(holds ? holds[`${kind}_count`] : null));
  byId('holds-users').replaceChildren(...users.map(userRow));
  byId('holds-empty').hidden = !holds || users.length > 0;
}

function userRow(user) {
  return row({}, rowHeader(userButton(user.user_id)),
    numberCell('Holds', number(user.hold_count)),
    numberCell('Sold', number(user.confirmed_count)),
    numberCell('Unit-min.', unitMinutes(user.held_unit_minutes)),
    numberCell('Unsold', unitMinutes(user.unsold_unit_minutes)));
}

const unitMinutes = (value) => number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
