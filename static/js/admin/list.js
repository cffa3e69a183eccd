// The table of SKUs: searched, filtered, sorted, a page at a time.

import { access } from '../access.js';
import { byId, element, setBadge, setText } from '../dom.js';
import { cell, figure, row, rowHead } from '../rows.js';
import { number, statusLabel } from '../words.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { Problem } from '../api.js';
import { pathOf } from './route.js';

const ROWS = 50;
const COLUMNS = { available_inventory: 'Available', reserved_inventory: 'Held', sold_inventory: 'Sold', waitlist_size: 'Waiting' };
const TOTALS = { available: 'available_inventory', reserved: 'reserved_inventory', sold: 'sold_inventory', waiting: 'waitlist_size' };

export function showList(catalog, route) {
  const view = { by: 'sku', down: false, page: 0, search: '', health: '' };
  const heads = Array.from(document.querySelectorAll('#skus [data-sort]'));
  const filters = byId('filters');

  for (const head of heads) head.firstElementChild.addEventListener('click', () => sortBy(head.dataset.sort));
  filters.addEventListener('input', () => {
    Object.assign(view, { search: filters.elements.search.value.trim().toLowerCase(), health: filters.elements.health.value, page: 0 });
    render();
  });
  filters.addEventListener('submit', async (event) => {
    event.preventDefault();
    const wanted = filters.elements.search.value.trim();
    if (wanted) route.go(await catalog.has(wanted) ? wanted : matching()[0]?.sku ?? wanted);
  });
  byId('page-before').addEventListener('click', () => turn(-1));
  byId('page-after').addEventListener('click', () => turn(1));

  function sortBy(by) {
    view.down = view.by === by ? !view.down : by !== 'sku' && by !== 'status';
    Object.assign(view, { by, page: 0 });
    render();
  }

  function turn(by) {
    view.page += by;
    render();
    byId('skus-scroll').scrollTop = 0;
  }

  const matching = () => Array.from(catalog.rows.values())
    .filter(({ sku, status }) => sku.toLowerCase().includes(view.search) && (!view.health || status === view.health))
    .sort(order(view));

  function render() {
    const found = matching();
    const pages = Math.max(1, Math.ceil(found.length / ROWS));
    view.page = Math.min(Math.max(view.page, 0), pages - 1);
    const first = view.page * ROWS;
    const shown = found.slice(first, first + ROWS);
    renderRows(shown, route.sku);
    catalog.show(shown.map(({ sku }) => sku));
    for (const head of heads) head.setAttribute('aria-sort', head.dataset.sort !== view.by ? 'none' : view.down ? 'descending' : 'ascending');
    byId('page-before').disabled = view.page === 0;
    byId('page-after').disabled = view.page === pages - 1;
    setText(byId('page-text'), found.length === 0 ? '' : `${number(first + 1)}–${number(Math.min(first + ROWS, found.length))} of ${number(found.length)}`);
    renderEmpty(found.length, catalog, view);
    renderTotals(catalog);
    renderTrouble(catalog);
  }

  catalog.addEventListener('change', render);
  route.addEventListener('change', render);
  access.addEventListener('change', render);
  render();
}

function order({ by, down }) {
  const sign = down ? -1 : 1;
  const name = (a, b) => (a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0);
  if (by === 'sku') return (a, b) => sign * name(a, b);
  if (by === 'status') return (a, b) => sign * a.status.localeCompare(b.status) || name(a, b);
  return (a, b) => sign * (a[by] - b[by]) || name(a, b);
}

// A row stays that of its SKU, so that focus stays with it while numbers change and rows move.
function renderRows(shown, open) {
  const body = byId('skus-rows');
  const kept = new Map(Array.from(body.children, (made) => [made.dataset.sku, made]));
  const rows = shown.map(({ sku }) => kept.get(sku) ?? emptyRow());
  const focused = rows.find((made) => made.contains(document.activeElement));
  const lost = !focused && body.contains(document.activeElement);
  const stay = new Set(rows);
  for (const made of kept.values()) if (!stay.has(made)) made.remove();
  rows.forEach((made, at) => put(body, made, at, made === focused));
  shown.forEach((health, at) => fill(rows[at], health, open));
  if (lost) byId('skus-scroll').focus();
}

// What has the focus would lose it if it were moved: then the others make room.
function put(body, made, at, hasFocus) {
  if (!hasFocus && body.children[at] !== made) body.insertBefore(made, body.children[at] ?? null);
  while (body.children[at] !== made) body.append(body.children[at]);
}

const emptyRow = () => row({},
  rowHead(element('a', {})),
  cell(null, {}, element('span', { class: 'badge' })),
  ...Object.values(COLUMNS).map((column) => figure(column, '')));

function fill(made, health, open) {
  const link = made.firstElementChild.firstElementChild;
  if (made.dataset.sku !== health.sku) {
    made.dataset.sku = health.sku;
    link.setAttribute('href', pathOf(health.sku));
    setText(link, health.sku);
  }
  if (health.sku === open) link.setAttribute('aria-current', 'true');
  else link.removeAttribute('aria-current');
  setBadge(made.children[1].firstElementChild, health.status, statusLabel(health.status));
  Object.keys(COLUMNS).forEach((field, at) => setText(made.children[at + 2], number(health[field])));
}

function renderEmpty(found, { rows, complete, truncated }, { search }) {
  const text = found > 0 ? '' : rows.size > 0 ? `No SKU fits.${search ? ' Press Enter to open one of exactly that name.' : ''}`
    : complete ? 'There is no SKU yet. Create the first one.' : access.state === 'declined' ? 'Without a key there is nothing to read.' : 'Reading …';
  const more = `The first ${number(rows.size)} by name: those shown here are asked for every few seconds, the others now and then. Others than these open by their exact name: type it and press Enter.`;
  setText(byId('skus-empty'), truncated && found > 0 ? more : text);
}

function renderTotals({ rows, complete }) {
  const sums = { available: 0, reserved: 0, sold: 0, waiting: 0 };
  for (const health of rows.values()) for (const [name, field] of Object.entries(TOTALS)) sums[name] += health[field];
  setText(byId('total-skus'), rows.size || complete ? `${number(rows.size)}${complete ? '' : '+'}` : '–');
  for (const [name, sum] of Object.entries(sums)) setText(byId(`total-${name}`), rows.size || complete ? number(sum) : '–');
}

function renderTrouble({ trouble }) {
  const region = byId('skus-error');
  if (!(trouble instanceof Problem)) clearProblem(region);
  else if (!region.hasChildNodes()) showProblem(region, trouble);
}
