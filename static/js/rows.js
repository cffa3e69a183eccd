// Rows of tables. Where there is little room they are shown as cards, each figure with the name of
// its column. Roles are spelled out, since what isn't displayed as a table loses those it has.

import { element } from './dom.js';

export const row = (attributes, ...cells) => element('tr', { role: 'row', ...attributes }, ...cells);

/** What the row is about. */
export const rowHead = (...children) => element('th', { role: 'rowheader', scope: 'row' }, ...children);

export const cell = (column, attributes, ...children) => element('td', { role: 'cell', 'data-column': column, ...attributes }, ...children);

export const figure = (column, text, attributes = {}) => cell(column, { class: 'number', ...attributes }, text);
