// Brings news of one SKU and of some reservations. It polls; a stream could take its place here
// without another file noticing.

import { get, Problem } from './api.js';
import { connection } from './connection.js';

const PERIOD_MS = 1_000;

/**
 * Watches until `stop()`. The listener has `inventory(analytics)`, `reservation(reservation)`,
 * `trouble(problem)` for what the server can't answer, and `calm()` once it can again.
 */
export function watch(sku, listener) {
  const followed = new Set();
  let stopped = false;
  let busy = false;
  let again = false;

  async function refresh() {
    if (stopped || connection.state === 'lost') return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const asked = [
      ask(`/analytics/inventory/${encodeURIComponent(sku)}`, listener.inventory),
      ...Array.from(followed, (id) => ask(`/reservations/${encodeURIComponent(id)}`, listener.reservation)),
    ];
    const problems = (await Promise.all(asked)).filter((error) => error instanceof Problem);
    busy = false;
    if (stopped) return;
    if (problems.length > 0) listener.trouble(problems[0]);
    else if (connection.state === 'fine') listener.calm();
    if (again) {
      again = false;
      refresh();
    }
  }

  async function ask(path, tell) {
    try {
      const answer = await get(path, { background: true });
      if (!stopped) tell(answer);
      return null;
    } catch (error) {
      return error;
    }
  }

  const whenVisible = () => { if (!document.hidden) refresh(); };
  const timer = setInterval(whenVisible, PERIOD_MS);
  document.addEventListener('visibilitychange', whenVisible);
  connection.addEventListener('change', whenVisible);

  return {
    refresh,
    follow: (id) => followed.add(id),
    unfollow: (id) => followed.delete(id),
    stop() {
      stopped = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenVisible);
      connection.removeEventListener('change', whenVisible);
    },
  };
}
