// The cursor of the chart, moved by pointer and keyboard. The chosen instant stays when the chart is redrawn.

import { byId, setText } from '../dom.js';
import { exactTime } from '../format.js';
import { drawChart, quantities } from './chart.js';

/** `show(history)` draws the chart, or none for null; `reset()` removes the cursor. */
export function chartWithCursor(host) {
  let items = [];
  let drawn = null;
  /** Milliseconds since the epoch, and not an index: indexes shift with the time range. */
  let chosen = null;

  function show(history) {
    items = history?.items ?? [];
    drawn = items.length > 0 ? drawChart(host, history) : null;
    if (!drawn) host.replaceChildren();
    render();
  }

  function render() {
    const item = items[index()] ?? null;
    drawn?.mark(chosen === null ? null : item);
    setText(byId('chart-readout'), item ? `${exactTime(item.at)}: ${quantities(item)}` : '');
  }

  /** The index of the chosen instant, or of the latest. */
  function index() {
    if (chosen === null) return items.length - 1;
    const found = items.findIndex(({ at }) => Date.parse(at) >= chosen);
    return found < 0 ? items.length - 1 : found;
  }

  function choose(next) {
    chosen = Date.parse(items[Math.min(Math.max(next, 0), items.length - 1)].at);
    render();
  }

  function reset() {
    chosen = null;
    setText(byId('chart-announcement'), '');
    render();
  }

  host.addEventListener('pointermove', ({ clientX }) => {
    if (!drawn) return;
    const near = drawn.nearest(clientX - host.getBoundingClientRect().left);
    choose(near < 0 ? items.length - 1 : near);
  });
  host.addEventListener('pointerleave', reset);
  host.addEventListener('blur', reset);
  host.addEventListener('keydown', (event) => {
    const next = { ArrowLeft: index() - 1, ArrowRight: index() + 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || !drawn) return;
    event.preventDefault();
    choose(next);
    // Announced when the reader moves, and not whenever the data changes.
    setText(byId('chart-announcement'), byId('chart-readout').textContent);
  });

  return { show, reset };
}
