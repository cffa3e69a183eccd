// A table that reads a list page by page, and reads it again when there is news.

import { get } from '../api.js';
import { byId, element, setText } from '../dom.js';
import { clearProblem, showProblem } from '../views/problem.js';

const PAGE = 50;

/**
 * The table body `name`, with `name-more`, `name-error`, `name-empty`, and `name-count` if it is there.
 * `path` is asked with `query`; `row` makes a row of an item.
 */
export function pagedTable(name, { row }) {
  const body = byId(name);
  const more = byId(`${name}-more`);
  const error = byId(`${name}-error`);
  let source = null;
  let pages = 1;
  let turn = 0;

  async function read() {
    if (!source) return;
    turn += 1;
    const mine = turn;
    try {
      const { items, next } = await readPages(source, pages);
      if (mine !== turn) return;
      clearProblem(error);
      render(items, next);
    } catch (problem) {
      if (mine === turn) showProblem(error, problem);
    }
  }

  function render(items, next) {
    const focused = focusIn(body);
    body.replaceChildren(...items.map(row));
    focused?.();
    more.hidden = !next;
    byId(`${name}-empty`).hidden = items.length > 0;
    const count = byId(`${name}-count`);
    if (count) setText(count, items.length === 0 ? '' : `${next ? 'first ' : ''}${items.length}`);
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
      clearProblem(error);
      return read();
    },
  };
}

/** Remembers which button has the focus, to give it to the one that takes its place. */
function focusIn(body) {
  const had = document.activeElement;
  const key = body.contains(had) ? had.closest('[data-key]')?.dataset.key : null;
  if (!key) return null;
  const place = Array.from(had.closest('[data-key]').querySelectorAll('button')).indexOf(had);
  return () => {
    const kept = body.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (kept?.querySelectorAll('button')[place] ?? body.parentElement.parentElement).focus();
  };
}

async function readPages({ path, query }, pages) {
  const items = [];
  let cursor = null;
  for (let page = 0; page < pages; page += 1) {
    const asked = new URLSearchParams({ ...query, limit: PAGE });
    if (cursor) asked.set('cursor', cursor);
    const answer = await get(`${path}?${asked}`, { background: true });
    items.push(...answer.items);
    cursor = answer.next_cursor;
    if (!cursor) break;
  }
  return { items, next: cursor !== null };
}

/** A user's id as a button that shows what is known of them. */
export function userButton(userId) {
  return element('button', { type: 'button', class: 'link', 'data-user': userId }, userId);
}
