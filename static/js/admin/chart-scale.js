// Scales and round axis ticks of the chart.

import { dayOnly, minuteOfDay, secondOfDay } from '../format.js';

const DAY_MS = 86_400_000;
const STEPS_MS = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000]
  .map((seconds) => seconds * 1_000);

/** A linear scale from a domain to a range. */
export function linear([from, to], [start, end]) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/** About so many round whole numbers, from 0 to at least `max`. */
export function roundTicks(max, about = 3) {
  const rough = Math.max(1, max / about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find((factor) => factor * power >= rough) * power);
  const ticks = [0];
  while (ticks.at(-1) < max || ticks.length < 2) ticks.push(ticks.at(-1) + step);
  return ticks;
}

/** Instants at round times of the reader's day, at most `max` of them. */
export function timeTicks(from, to, max) {
  const step = STEPS_MS.find((size) => (to - from) / size <= max) ?? (to - from) / max;
  const shift = new Date(from).getTimezoneOffset() * 60_000;
  const ticks = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) ticks.push(at);
  return { ticks, step };
}

/** A tick's time, as exact as the distance between ticks. */
export function timeLabel(at, step) {
  if (step >= DAY_MS) return dayOnly(at);
  return step >= 60_000 ? minuteOfDay(at) : secondOfDay(at);
}
