// The server's clock, as seen from here. The browser's own clock may be wrong by hours.
//
// Each answer bounds the offset: the server stood at time s at some instant between `sent` and
// `received`, so offset lies in [s - received, s - sent]. Intersecting these intervals narrows it.

const LOST = { low: -Infinity, high: Infinity };

let byHeader = LOST;
let byDatabase = LOST;

/** Milliseconds of a clock that nobody sets by hand. */
export const localNow = () => performance.timeOrigin + performance.now();

/** Milliseconds since the epoch, by the clock that decides when a hold ends. */
export function serverNow() {
  const known = isKnown(byDatabase) ? byDatabase : byHeader;
  return localNow() + (isKnown(known) ? (known.low + known.high) / 2 : Date.now() - localNow());
}

/** Learns from a `Date` header, which is cut to whole seconds. */
export function learnFromHeader(date, sent, received) {
  const second = Date.parse(date);
  if (Number.isNaN(second)) return;
  const bounds = { low: second - received, high: second + 1000 - sent };
  const narrowed = intersect(byHeader, bounds);
  // A contradiction means that a clock jumped or this computer slept: all that was known is stale.
  if (!narrowed) byDatabase = LOST;
  byHeader = narrowed ?? bounds;
}

/** Learns from a time that the database wrote while it worked on this very call. */
export function learnFromDatabase(time, sent, received) {
  const instant = Date.parse(time);
  if (Number.isNaN(instant)) return;
  // One millisecond more on each side, for what `Date.parse` cuts off.
  const bounds = { low: instant - received - 1, high: instant - sent + 1 };
  byDatabase = intersect(byDatabase, bounds) ?? bounds;
}

function intersect(a, b) {
  const both = { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
  return both.low <= both.high ? both : null;
}

const isKnown = ({ low, high }) => Number.isFinite(low) && Number.isFinite(high);
