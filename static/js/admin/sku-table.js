// The table of SKUs: searched, filtered, sorted, one page at a time.

import { apiKey } from '../api-key.js';
import { byId, element, setBadge, setText } from '../dom.js';
import { NO_VALUE, number } from '../format.js';
import { cell, numberCell, row, rowHeader } from '../table.js';
import { statusLabel } from '../text.js';
import { renderProblem } from '../views/problem.js';
import { hashOf } from './route.js';

const PAGE_SIZE = 50;
const COLUMNS = { available_inventory: 'Available', reserved_inventory: 'Held', sold_inventory: 'Sold', waitlist_size: 'Waiting' };
const TOTALS = { available: 'available_inventory', held: 'reserved_inventory', sold: 'sold_inventory', waiting: 'waitlist_size' };

export function showSkuTable(catalog, route) {
  const view = { sortedBy: 'sku', isDescending: false, page: 0, search: '', health: '' };
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
  byId('page-previous').addEventListener('click', () => turnPage(-1));
  byId('page-next').addEventListener('click', () => turnPage(1));

  // Text starts ascending, numbers descending.
  function sortBy(column) {
    const isText = column === 'sku' || column === 'status';
    view.isDescending = view.sortedBy === column ? !view.isDescending : !isText;
    Object.assign(view, { sortedBy: column, page: 0 });
    render();
  }

  function turnPage(by) {
    view.page += by;
    render();
    byId('skus-scroll').scrollTop = 0;
  }

  const matching = () => Array.from(catalog.rows.values())
    .filter(({ sku, status }) => sku.toLowerCase().includes(view.search) && (!view.health || status === view.health))
    .sort(comparison(view));

  function render() {
    const found = matching();
    const pages = Math.max(1, Math.ceil(found.length / PAGE_SIZE));
    view.page = Math.min(Math.max(view.page, 0), pages - 1);
    const first = view.page * PAGE_SIZE;
    const shown = found.slice(first, first + PAGE_SIZE);
    renderRows(shown, route.sku);
    catalog.setVisible(shown.map(({ sku }) => sku));
    for (const head of heads) head.setAttribute('aria-sort', head.dataset.sort !== view.sortedBy ? 'none' : view.isDescending ? 'descending' : 'ascending');
    byId('page-previous').disabled = view.page === 0;
    byId('page-next').disabled = view.page === pages - 1;
    setText(byId('page-text'), found.length === 0 ? '' : `${number(first + 1)}–${number(Math.min(first + PAGE_SIZE, found.length))} of ${number(found.length)}`);
    renderEmpty(found.length, catalog, view);
    renderTotals(catalog);
    renderProblem(byId('skus-error'), catalog.problem);
  }

  catalog.addEventListener('change', render);
  route.addEventListener('change', render);
  apiKey.addEventListener('change', render);
  render();
}

function comparison({ sortedBy, isDescending }) {
  const sign = isDescending ? -1 : 1;
  const name = (a, b) => (a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0);
  if (sortedBy === 'sku') return (a, b) => sign * name(a, b);
  if (sortedBy === 'status') return (a, b) => sign * a.status.localeCompare(b.status) || name(a, b);
  return (a, b) => sign * (a[sortedBy] - b[sortedBy]) || name(a, b);
}

// A row element stays with its SKU, so that the focus does too while numbers change and rows move.
function renderRows(shown, selected) {
  const body = byId('skus-rows');
  const kept = new Map(Array.from(body.children, (made) => [made.dataset.sku, made]));
  const rows = shown.map(({ sku }) => kept.get(sku) ?? emptyRow());
  const focused = rows.find((made) => made.contains(document.activeElement));
  const isFocusLost = !focused && body.contains(document.activeElement);
  const stays = new Set(rows);
  for (const made of kept.values()) if (!stays.has(made)) made.remove();
  rows.forEach((made, at) => put(body, made, at, made === focused));
  shown.forEach((health, at) => fill(rows[at], health, selected));
  if (isFocusLost) byId('skus-scroll').focus();
}

// Moving the focused row would take its focus, so the rows before it are moved instead.
function put(body, made, at, hasFocus) {
  if (!hasFocus && body.children[at] !== made) body.insertBefore(made, body.children[at] ?? null);
  while (body.children[at] !== made) body.append(body.children[at]);
}

const emptyRow = () => row({},
  rowHeader(element('a', {})),
  cell(null, {}, element('span', { class: 'badge' })),
  ...Object.values(COLUMNS).map((column) => numberCell(column, '')));

function fill(made, health, selected) {
  const link = made.firstElementChild.firstElementChild;
  if (made.dataset.sku !== health.sku) {
    made.dataset.sku = health.sku;
    link.setAttribute('href', hashOf(health.sku));
    setText(link, health.sku);
  }
  if (health.sku === selected) link.setAttribute('aria-current', 'true');
  else link.removeAttribute('aria-current');
  setBadge(made.children[1].firstElementChild, health.status, statusLabel(health.status));
  Object.keys(COLUMNS).forEach((field, at) => setText(made.children[at + 2], number(health[field])));
}

function renderEmpty(found, catalog, { search }) {
  const { rows, isTruncated } = catalog;
  const truncated = `Showing the first ${number(rows.size)} SKUs by name. Rows on this page refresh every few seconds, the others less often. To open any other SKU, type its exact name and press Enter.`;
  setText(byId('skus-empty'), found === 0 ? emptyText(catalog, search) : isTruncated ? truncated : '');
}

function emptyText({ rows, isComplete }, search) {
  if (rows.size > 0) return `No SKUs match.${search ? ' Press Enter to open an exact SKU.' : ''}`;
  if (isComplete) return 'No SKUs yet. Create the first one.';
  return apiKey.state === 'dismissed' ? 'Enter an API key to see SKUs.' : 'Loading…';
}

function renderTotals({ rows, isComplete }) {
  const isKnown = rows.size > 0 || isComplete;
  const sums = { available: 0, held: 0, sold: 0, waiting: 0 };
  for (const health of rows.values()) for (const [name, field] of Object.entries(TOTALS)) sums[name] += health[field];
  setText(byId('total-skus'), isKnown ? `${number(rows.size)}${isComplete ? '' : '+'}` : NO_VALUE);
  for (const [name, sum] of Object.entries(sums)) setText(byId(`total-${name}`), isKnown ? number(sum) : NO_VALUE);
}
