// Where values and times go on a chart, and round numbers for its axes.

const STEPS_MS = [1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 2_592_000]
  .map((seconds) => seconds * 1_000);

/** A linear scale from a domain to a range. */
export function linear([from, to], [start, end]) {
  const span = to - from || 1;
  return (value) => start + ((value - from) / span) * (end - start);
}

/** A few round whole numbers from 0 to at least `most`. */
export function roundTicks(most, about = 3) {
  const rough = Math.max(1, most / about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].find((factor) => factor * power >= rough) * power);
  const ticks = [0];
  while (ticks.at(-1) < most || ticks.length < 2) ticks.push(ticks.at(-1) + step);
  return ticks;
}

/** Instants at round times of the reader's day, at most `most` of them. */
export function timeTicks(from, to, most) {
  const step = STEPS_MS.find((size) => (to - from) / size <= most) ?? (to - from) / most;
  const shift = new Date(from).getTimezoneOffset() * 60_000;
  const ticks = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to; at += step) ticks.push(at);
  return { ticks, step };
}

/** An instant as the length of the chart asks for. */
export function timeLabel(at, step) {
  const date = new Date(at);
  if (step >= STEPS_MS[12]) return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return date.toLocaleTimeString('en-GB', step >= 60_000 ? { hour: '2-digit', minute: '2-digit' } : {});
}
