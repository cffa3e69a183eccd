// Brings news of one SKU and of some reservations: by the SKU's stream, and by asking every second
// while there is none. A page keeps one stream only, since a browser opens six connections to a
// server in all of its tabs: whatever happens to a reservation raises its SKU's version as well.

import { get, Problem } from './api.js';
import { connection, knock } from './connection.js';
import { follow } from './stream.js';

const PERIOD_MS = 1_000;

/**
 * Watches until `stop()`. The listener has `inventory(analytics)`, `reservation(reservation)`,
 * `trouble(problem)` for what the server can't answer, `calm()` once it can again, and
 * `live(yes)`: whether news are streamed, or asked for.
 */
export function watch(sku, listener) {
  const inventoryPath = `/analytics/inventory/${encodeURIComponent(sku)}`;
  const followed = new Set();
  let stopped = false;
  let live = false;
  let busy = false;
  let again = false;

  const stream = follow(`/live/inventory/${encodeURIComponent(sku)}`, {
    event({ event, data }) {
      if (event !== 'inventory') return;
      listener.inventory(data);
      refresh();
    },
    live(yes) {
      live = yes;
      if (stopped) return;
      if (!yes) knock();
      listener.live(yes);
    },
  });

  async function refresh() {
    if (stopped || connection.state !== 'fine') return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    const asked = Array.from(followed, (id) => ask(`/reservations/${encodeURIComponent(id)}`, listener.reservation));
    if (!live) asked.push(ask(inventoryPath, listener.inventory));
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

  const whenDue = () => { if (!document.hidden && !live) refresh(); };
  const whenSeen = () => { if (!document.hidden) refresh(); };
  const whenBack = () => {
    if (connection.state === 'fine') stream.retry();
    whenSeen();
  };
  const timer = setInterval(whenDue, PERIOD_MS);
  document.addEventListener('visibilitychange', whenSeen);
  connection.addEventListener('change', whenBack);

  return {
    refresh,
    follow: (id) => followed.add(id),
    unfollow: (id) => followed.delete(id),
    stop() {
      stopped = true;
      stream.stop();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', whenSeen);
      connection.removeEventListener('change', whenBack);
    },
  };
}
