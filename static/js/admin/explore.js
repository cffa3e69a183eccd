// Moving through the chart by pointer and by key. The chosen instant stays, however often it is drawn.

import { byId, setText } from '../dom.js';
import { number } from '../words.js';
import { drawChart } from './chart.js';

/** `show(history)` draws it, or nothing; `leave()` forgets what was chosen. */
export function explorable(host) {
  let items = [];
  let drawn = null;
  /** Milliseconds since the epoch: places shift whenever the stretch does. */
  let chosen = null;

  function show(history) {
    items = history?.items ?? [];
    drawn = items.length > 0 ? drawChart(host, history) : null;
    if (!drawn) host.replaceChildren();
    render();
  }

  function render() {
    const item = items[place()] ?? null;
    drawn?.mark(chosen === null ? null : item);
    setText(byId('chart-readout'), item ? told(item) : '');
  }

  /** Of the chosen instant, or of the latest. */
  function place() {
    if (chosen === null) return items.length - 1;
    const near = items.findIndex(({ at }) => Date.parse(at) >= chosen);
    return near < 0 ? items.length - 1 : near;
  }

  function choose(next) {
    chosen = Date.parse(items[Math.min(Math.max(next, 0), items.length - 1)].at);
    render();
  }

  function leave() {
    chosen = null;
    setText(byId('chart-said'), '');
    render();
  }

  host.addEventListener('pointermove', ({ clientX }) => {
    if (!drawn) return;
    const near = drawn.nearest(clientX - host.getBoundingClientRect().left);
    choose(near < 0 ? items.length - 1 : near);
  });
  host.addEventListener('pointerleave', leave);
  host.addEventListener('blur', leave);
  host.addEventListener('keydown', (event) => {
    const next = { ArrowLeft: place() - 1, ArrowRight: place() + 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined || !drawn) return;
    event.preventDefault();
    choose(next);
    // Said when somebody moves, and not when the figures do.
    setText(byId('chart-said'), byId('chart-readout').textContent);
  });

  return { show, leave };
}

const told = (item) => `${new Date(item.at).toLocaleString('en-GB')}: ${number(item.available_quantity)} available, `
  + `${number(item.reserved_quantity)} held, ${number(item.sold_quantity)} sold, ${number(item.waitlist_size)} waiting`;
