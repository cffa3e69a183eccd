// The stock over time as SVG: stacked areas for units, and the waitlist below on its own scale.

import { compactNumber, exactTime, number } from '../format.js';
import { numberCell, row, rowHeader } from '../table.js';
import { linear, roundTicks, timeLabel, timeTicks } from './chart-scale.js';

const SVG = 'http://www.w3.org/2000/svg';
/** From the bottom of the stack to its top. */
const AREAS = [['sold', 'sold_quantity'], ['held', 'reserved_quantity'], ['available', 'available_quantity']];
const COLUMNS = { available_quantity: 'Available', reserved_quantity: 'Held', sold_quantity: 'Sold', waitlist_size: 'Waiting' };
const LEFT = 44;
const RIGHT = 10;
const HEIGHTS = { stock: [8, 190], waiting: [214, 272], times: 294 };

/** Draws the chart. Returns `mark(item)`, which shows a cursor at an item or none, and `nearest(pixel)`. */
export function drawChart(host, { from, to, items }) {
  const width = Math.max(280, host.clientWidth);
  const [begin, end] = [Date.parse(from), Date.parse(to)];
  const x = linear([begin, end], [LEFT, width - RIGHT]);
  const units = roundTicks(Math.max(1, ...items.map((item) => item.total_quantity)));
  const waiting = roundTicks(Math.max(1, ...items.map((item) => item.waitlist_size)), 1);
  const stockY = linear([0, units.at(-1)], HEIGHTS.stock.toReversed());
  const waitingY = linear([0, waiting.at(-1)], HEIGHTS.waiting.toReversed());
  const svg = shape('svg', { viewBox: `0 0 ${width} 304`, role: 'img', 'aria-label': summary(items) });
  svg.append(...grid(units, stockY, width), ...grid(waiting, waitingY, width), ...times(begin, end, x, width));
  let floor = items.map(() => 0);
  for (const [kind, field] of AREAS) {
    const top = items.map((item, at) => floor[at] + item[field]);
    svg.append(area(kind, items, begin, floor, top, x, stockY));
    floor = top;
  }
  const line = items.map((item) => item.waitlist_size);
  svg.append(area('waiting', items, begin, items.map(() => 0), line, x, waitingY));
  const cursor = shape('line', { class: 'chart-cursor', y1: HEIGHTS.stock[0], y2: HEIGHTS.waiting[1], visibility: 'hidden' });
  svg.append(cursor);
  host.replaceChildren(svg);
  return {
    mark(item) {
      cursor.setAttribute('visibility', item ? 'visible' : 'hidden');
      for (const side of ['x1', 'x2']) cursor.setAttribute(side, item ? x(Date.parse(item.at)) : 0);
    },
    nearest: (pixel) => items.findIndex((item) => x(Date.parse(item.at)) >= pixel),
  };
}

function shape(tag, attributes, text = null) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== null) made.textContent = text;
  return made;
}

function grid(ticks, y, width) {
  return ticks.flatMap((tick) => [
    shape('line', { class: 'chart-grid', x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) }),
    shape('text', { class: 'chart-label', x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, compactNumber(tick)),
  ]);
}

function times(begin, end, x, width) {
  const { ticks, step } = timeTicks(begin, end, Math.max(2, Math.floor(width / 110)));
  return ticks.filter((at) => x(at) > LEFT + 20 && x(at) < width - 28).map((at) => shape('text', {
    class: 'chart-label', x: x(at), y: HEIGHTS.times, 'text-anchor': 'middle',
  }, timeLabel(at, step)));
}

// An item holds for the time from the item before it up to its own instant, so the edges are steps.
function area(kind, items, begin, floor, top, x, y) {
  const edge = (values) => {
    let before = x(begin);
    return values.map((value, at) => {
      const here = x(Date.parse(items[at].at));
      const step = `${before.toFixed(1)},${y(value).toFixed(1)} ${here.toFixed(1)},${y(value).toFixed(1)}`;
      before = here;
      return step;
    });
  };
  const back = edge(floor).map((step) => step.split(' ').toReversed().join(' ')).toReversed();
  return shape('polygon', { class: 'chart-area', 'data-kind': kind, points: [...edge(top), ...back].join(' ') });
}

function summary(items) {
  const [first, last] = [items[0], items.at(-1)];
  return `Sold rose from ${number(first.sold_quantity)} to ${number(last.sold_quantity)}. At the end: ${quantities(last)}.`;
}

/** `3 available, 2 held, 1 sold, 0 waiting`. */
export function quantities(item) {
  return Object.entries(COLUMNS).map(([field, column]) => `${number(item[field])} ${column.toLowerCase()}`).join(', ');
}

/** The data as table rows, one for each change, newest first. */
export function chartRows({ items }) {
  const fields = Object.keys(COLUMNS);
  const changed = items.filter((item, at) => at === 0 || fields.some((field) => item[field] !== items[at - 1][field]));
  return changed.toReversed().map((item) => row({},
    rowHeader(exactTime(item.at)),
    ...fields.map((field) => numberCell(COLUMNS[field], number(item[field])))));
}
