// Whether the server can be reached and is able to work. Polled, because an open stream is silent
// both when nothing changes and when the server has lost its database.

import { get, ignoreRequestError, requests } from './api.js';

const PATH = '/readyz';
const PERIOD_MS = 5_000;
const FIRST_RETRY_MS = 1_000;

/**
 * `change` events; `state` is `connected`, `degraded` when the server responds but cannot work, or
 * `disconnected`; `problem` says what a degraded server reports.
 */
export const connection = new EventTarget();
connection.state = 'connected';
connection.problem = null;

let timer = null;
let wait = PERIOD_MS;
let isChecking = false;

requests.addEventListener('response', ({ detail }) => update(detail));
requests.addEventListener('unreachable', () => setState('disconnected'));

/** Checks now instead of with the next poll. A hidden tab checks when it is shown again. */
export async function checkConnection() {
  if (isChecking) return;
  isChecking = true;
  clearTimeout(timer);
  if (!document.hidden) await get(PATH, { background: true }).catch(ignoreRequestError);
  isChecking = false;
  timer = setTimeout(checkConnection, wait);
  wait = Math.min(wait * 2, PERIOD_MS);
}

// Any response can show that the database is unavailable; only /readyz shows that all is well.
function update({ path, status, answer }) {
  const isDegraded = path === PATH ? status >= 500 : answer?.code === 'database-unavailable';
  if (isDegraded) setState('degraded', answer?.title ?? `status ${status} for ${path}`);
  else if (path === PATH || connection.state === 'disconnected') setState('connected');
}

function setState(state, problem = null) {
  if (connection.state === state && connection.problem === problem) return;
  Object.assign(connection, { state, problem });
  wait = state === 'connected' ? PERIOD_MS : FIRST_RETRY_MS;
  if (!isChecking) {
    clearTimeout(timer);
    timer = setTimeout(checkConnection, wait);
  }
  connection.dispatchEvent(new Event('change'));
}

window.addEventListener('online', checkConnection);
document.addEventListener('visibilitychange', () => { if (!document.hidden) checkConnection(); });
checkConnection();
