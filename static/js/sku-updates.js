// Live updates of one SKU and some reservations: from the SKU's stream, or by polling while there is
// none. One stream is enough, because every change of a reservation raises its SKU's version too; a
// browser opens six connections to a server for all of its tabs.

import { get, Problem, RequestError } from './api.js';
import { checkConnection, connection } from './connection.js';
import { subscribe } from './stream.js';

const PERIOD_MS = 1_000;

/**
 * Watches until `stop()`. The listener has `inventory(analytics)`, `reservation(reservation)`,
 * `problem(problem)` when the server refuses a read, `recovered()` once it no longer does, and
 * `streaming(isStreaming)`.
 */
export function watchSku(sku, listener) {
  const inventoryPath = `/analytics/inventory/${encodeURIComponent(sku)}`;
  const reservationIds = new Set();
  let isStopped = false;
  let isStreaming = false;
  let isRefreshing = false;
  let isRefreshDue = false;

  const stream = subscribe(`/live/inventory/${encodeURIComponent(sku)}`, {
    event({ event, data }) {
      if (event !== 'inventory') return;
      listener.inventory(data);
      refresh();
    },
    connected(isConnected) {
      isStreaming = isConnected;
      if (isStopped) return;
      if (!isConnected) checkConnection();
      listener.streaming(isConnected);
    },
  });

  async function refresh() {
    if (isStopped || connection.state !== 'connected') return;
    if (isRefreshing) {
      isRefreshDue = true;
      return;
    }
    isRefreshing = true;
    const reads = Array.from(reservationIds, (id) => read(`/reservations/${encodeURIComponent(id)}`, listener.reservation));
    if (!isStreaming) reads.push(read(inventoryPath, listener.inventory));
    const problems = (await Promise.all(reads)).filter((error) => error instanceof Problem);
    isRefreshing = false;
    if (isStopped) return;
    if (problems.length > 0) listener.problem(problems[0]);
    else if (connection.state === 'connected') listener.recovered();
    if (isRefreshDue) {
      isRefreshDue = false;
      refresh();
    }
  }

  /** Returns the error of a failed read, or null. */
  async function read(path, update) {
    try {
      const body = await get(path, { background: true });
      if (!isStopped) update(body);
      return null;
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return error;
    }
  }

  const pollIfDue = () => { if (!document.hidden && !isStreaming) refresh(); };
  const refreshIfVisible = () => { if (!document.hidden) refresh(); };
  const reconnect = () => {
    if (connection.state === 'connected') stream.retry();
    refreshIfVisible();
  };
  const timer = setInterval(pollIfDue, PERIOD_MS);
  document.addEventListener('visibilitychange', refreshIfVisible);
  connection.addEventListener('change', reconnect);

  return {
    refresh,
    add: (reservationId) => reservationIds.add(reservationId),
    remove: (reservationId) => reservationIds.delete(reservationId),
    stop() {
      isStopped = true;
      stream.stop();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', refreshIfVisible);
      connection.removeEventListener('change', reconnect);
    },
  };
}
