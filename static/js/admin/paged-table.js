// A table that reads a list page by page, and reads all loaded pages again on updates.

import { get } from '../api.js';
import { byId, setText } from '../dom.js';
import { number } from '../format.js';
import { clearProblem, showProblem } from '../views/problem.js';

const PAGE_SIZE = 50;

/**
 * Fills the table body `name`; the page also has `name-more`, `name-error`, `name-empty` and
 * `name-count`. `row(item)` makes a row; `total()` gives the length of the whole list, or null.
 */
export function pagedTable(name, { row, total = () => null }) {
  const body = byId(name);
  const more = byId(`${name}-more`);
  const error = byId(`${name}-error`);
  let source = null;
  let pages = 1;
  let latest = 0;

  async function read() {
    if (!source) return;
    latest += 1;
    const mine = latest;
    try {
      const { items, hasMore } = await readPages(source, pages);
      if (mine !== latest) return;
      clearProblem(error);
      render(items, hasMore);
    } catch (problem) {
      if (mine === latest) showProblem(error, problem);
    }
  }

  function render(items, hasMore) {
    const restoreFocus = focusIn(body);
    body.replaceChildren(...items.map(row));
    restoreFocus?.();
    more.hidden = !hasMore;
    byId(`${name}-empty`).hidden = items.length > 0;
    setText(byId(`${name}-count`), countText(items.length, hasMore, total()));
  }

  more.addEventListener('click', () => {
    pages += 1;
    read();
  });

  return {
    read,
    open(path, query) {
      source = { path, query };
      pages = 1;
      body.replaceChildren();
      more.hidden = true;
      setText(byId(`${name}-count`), '');
      clearProblem(error);
      return read();
    },
  };
}

function countText(shown, hasMore, total) {
  if (!hasMore) return shown === 0 ? '' : number(shown);
  return total === null ? `Showing the first ${number(shown)}` : `Showing ${number(shown)} of ${number(Math.max(total, shown))}`;
}

/** Remembers the focused button of a row; the function returned focuses its successor. */
function focusIn(body) {
  const focused = document.activeElement;
  const key = body.contains(focused) ? focused.closest('[data-key]')?.dataset.key : null;
  if (!key) return null;
  const position = Array.from(focused.closest('[data-key]').querySelectorAll('button')).indexOf(focused);
  return () => {
    const successor = body.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (successor?.querySelectorAll('button')[position] ?? body.closest('.scroll')).focus();
  };
}

async function readPages({ path, query }, pages) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < pages; page += 1) {
    const parameters = new URLSearchParams({ ...query, limit: PAGE_SIZE });
    if (cursor) parameters.set('cursor', cursor);
    const body = await get(`${path}?${parameters}`, { background: true });
    items.push(...body.items);
    cursor = body.next_cursor;
    if (!cursor) break;
  }
  return { items, hasMore: cursor !== null };
}
