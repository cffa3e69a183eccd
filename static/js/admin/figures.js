// For the open SKU: the chart, and how holds ended, over the same stretch of time.

import { get } from '../api.js';
import { serverNow } from '../clock.js';
import { byId, element, setText } from '../dom.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { figure, row, rowHead } from '../rows.js';
import { number } from '../words.js';
import { chartRows } from './chart.js';
import { explorable } from './explore.js';
import { userButton } from './pages.js';

const RANGES = [['15 min', 900], ['1 h', 3_600], ['24 h', 86_400], ['7 d', 604_800], ['31 d', 2_678_400], ['All', null]];
// The server looks back 31 days at most, by its own clock, when the question has come there.
const MOST_HOLDS_SECONDS = 2_678_400 - 60;
const DAY_SECONDS = 86_400;

export function showFigures() {
  let open = null;
  let seconds = null;
  let latest = null;
  const chart = explorable(byId('chart'));

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

  async function readHistory(asked, length) {
    const isWanted = () => asked === open && length === seconds;
    const history = await ask(asked, 'history', since(length ?? age(asked)), 'chart-error', isWanted);
    if (!isWanted()) return;
    latest = history;
    chart.show(history);
    byId('chart-table').replaceChildren(...(history ? chartRows(history) : []));
  }

  async function readHolds(asked, length) {
    const span = Math.min(length ?? age(asked), MOST_HOLDS_SECONDS);
    const isWanted = () => asked === open && length === seconds;
    const holds = await ask(asked, 'holds', since(span), 'holds-error', isWanted);
    if (isWanted()) renderHolds(holds);
  }

  return {
    read,
    /** Shows its whole life, or the last day of one that is older. */
    open(inventory) {
      open = inventory;
      latest = null;
      seconds = age(inventory) > DAY_SECONDS ? DAY_SECONDS : null;
      byId(`range-${seconds ?? 'all'}`).checked = true;
      chart.leave();
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

// A second more than the SKU is old, so that the stretch has a length.
const age = ({ created_at: created }) => (serverNow() - Date.parse(created)) / 1_000 + 1;

const since = (seconds) => new Date(Math.max(0, serverNow() - seconds * 1_000)).toISOString();

/** Null where there is no answer: figures of another stretch, or of before, must not stand for it. */
async function ask({ sku }, what, from, region, isWanted) {
  try {
    const query = new URLSearchParams({ from });
    const answer = await get(`/analytics/inventory/${encodeURIComponent(sku)}/${what}?${query}`, { background: true });
    if (isWanted()) clearProblem(byId(region));
    return answer;
  } catch (error) {
    if (isWanted()) showProblem(byId(region), error);
    return null;
  }
}

function renderHolds(holds) {
  const share = holds?.confirmed_share ?? null;
  const users = holds?.top_users ?? [];
  setText(byId('holds-since'), holds ? `Reservations made since ${new Date(holds.from).toLocaleString('en-GB')}` : '');
  setText(byId('holds-share'), share === null ? '–' : `${(share * 100).toFixed(share === 1 || share === 0 ? 0 : 1)} %`);
  setText(byId('holds-unsold'), holds ? minutes(holds.unsold_unit_minutes) : '–');
  for (const kind of ['cancelled', 'expired', 'active']) setText(byId(`holds-${kind}`), number(holds?.[`${kind}_count`]));
  byId('holds-users').replaceChildren(...users.map(userRow));
  byId('holds-empty').hidden = !holds || users.length > 0;
}

function userRow(user) {
  return row({}, rowHead(userButton(user.user_id)),
    figure('Holds', number(user.hold_count)),
    figure('Sold', number(user.confirmed_count)),
    figure('Unit-min.', minutes(user.held_unit_minutes)),
    figure('Unsold', minutes(user.unsold_unit_minutes)));
}

const minutes = (value) => number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
