// An estimate of the server’s clock. The browser’s own clock may be wrong by hours.
//
// Each response bounds the offset: the server’s clock read s at some instant between `sent` and
// `received`, so the offset lies in [s - received, s - sent]. Intersecting these intervals narrows it.

const UNKNOWN = { low: -Infinity, high: Infinity };

let fromHeader = UNKNOWN;
let fromDatabase = UNKNOWN;

/** Milliseconds of a monotonic clock. */
export const localNow = () => performance.timeOrigin + performance.now();

/** Milliseconds since the epoch, by the clock that ends holds. */
export function serverNow() {
  const known = isKnown(fromDatabase) ? fromDatabase : fromHeader;
  return localNow() + (isKnown(known) ? (known.low + known.high) / 2 : Date.now() - localNow());
}

/** From a `Date` header, which has whole seconds. */
export function updateFromHeader(date, sent, received) {
  const second = Date.parse(date);
  if (Number.isNaN(second)) return;
  const bounds = { low: second - received, high: second + 1000 - sent };
  const narrowed = intersect(fromHeader, bounds);
  // A contradiction means that a clock jumped or this computer slept: earlier bounds are stale.
  if (!narrowed) fromDatabase = UNKNOWN;
  fromHeader = narrowed ?? bounds;
}

/** From a time that the database wrote while it served this very request. */
export function updateFromDatabase(time, sent, received) {
  const instant = Date.parse(time);
  if (Number.isNaN(instant)) return;
  // `Date.parse` drops microseconds, hence one millisecond more on each side.
  const bounds = { low: instant - received - 1, high: instant - sent + 1 };
  fromDatabase = intersect(fromDatabase, bounds) ?? bounds;
}

function intersect(a, b) {
  const both = { low: Math.max(a.low, b.low), high: Math.min(a.high, b.high) };
  return both.low <= both.high ? both : null;
}

const isKnown = ({ low, high }) => Number.isFinite(low) && Number.isFinite(high);
