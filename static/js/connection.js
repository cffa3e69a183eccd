// Knows whether the server can be reached, and whether it can work. It is asked now and then, since
// an open stream is silent both when nothing happens and when the server's database is away.

import { calls, get } from './api.js';

const PATH = '/readyz';
const PERIOD_MS = 5_000;
const FIRST_WAIT_MS = 1_000;

/**
 * `change` events; `state` is `fine`, `ill` when the server answers that it can't work, or `lost`;
 * `trouble` is what it says when it is ill.
 */
export const connection = new EventTarget();
connection.state = 'fine';
connection.trouble = null;

let timer = null;
let wait = PERIOD_MS;
let isKnocking = false;

calls.addEventListener('answered', ({ detail }) => hear(detail));
calls.addEventListener('unreachable', () => become('lost'));

/** Asks at once, as when the visitor wants it or the network comes back; later while nobody looks. */
export async function knock() {
  if (isKnocking) return;
  isKnocking = true;
  clearTimeout(timer);
  if (!document.hidden) await get(PATH, { background: true }).catch(() => {});
  isKnocking = false;
  timer = setTimeout(knock, wait);
  wait = Math.min(wait * 2, PERIOD_MS);
}

// Any answer may tell that the database is away, only this one that all is well.
function hear({ path, status, answer }) {
  const isIll = path === PATH ? status >= 500 : answer?.code === 'database-unavailable';
  if (isIll) become('ill', answer?.title ?? `${status} for ${path}`);
  else if (path === PATH || connection.state === 'lost') become('fine');
}

function become(state, trouble = null) {
  if (connection.state === state && connection.trouble === trouble) return;
  Object.assign(connection, { state, trouble });
  wait = state === 'fine' ? PERIOD_MS : FIRST_WAIT_MS;
  if (!isKnocking) {
    clearTimeout(timer);
    timer = setTimeout(knock, wait);
  }
  connection.dispatchEvent(new Event('change'));
}

window.addEventListener('online', knock);
document.addEventListener('visibilitychange', () => { if (!document.hidden) knock(); });
knock();
