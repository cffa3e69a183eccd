// Table rows and cells. Where there is little room CSS turns rows into cards, each cell labeled with
// its column. Roles are explicit, because elements not displayed as a table lose their implicit ones.

import { element } from './dom.js';
import { exactTime, shortTime, signed } from './format.js';

export const row = (attributes, ...cells) => element('tr', { role: 'row', ...attributes }, ...cells);

export const rowHeader = (...children) => element('th', { role: 'rowheader', scope: 'row' }, ...children);

export const cell = (column, attributes, ...children) => element('td', { role: 'cell', 'data-column': column, ...attributes }, ...children);

export const numberCell = (column, text, attributes = {}) => cell(column, { class: 'number', ...attributes }, text);

/** How much a ledger entry moved one of the counters `available`, `held` and `sold`. */
export function deltaCell(column, counter, delta) {
  const made = numberCell(column, signed(delta), { 'data-delta': counter, 'data-sign': Math.sign(delta) });
  if (delta === 0) made.append(element('span', { class: 'visually-hidden' }, ' unchanged'));
  return made;
}

/** A time in short; its tooltip has the date and the time zone. */
export function timeCell(column, time) {
  return cell(column, { class: 'time' }, element('time', { datetime: time, title: exactTime(time) }, shortTime(time)));
}
