// Knows whether the server can be reached; while it can't, knocks until it answers.

import { calls, get } from './api.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;

/** `change` events; `state` is `fine` or `lost`. */
export const connection = new EventTarget();
connection.state = 'fine';

let timer = null;
let wait = FIRST_WAIT_MS;

calls.addEventListener('answered', () => become('fine'));
calls.addEventListener('unreachable', () => {
  become('lost');
  knockLater();
});

/** Knocks at once, as when the visitor asks or the network comes back. */
export async function knock() {
  clearTimeout(timer);
  timer = null;
  await get('/livez', { background: true }).catch(() => {});
}

function knockLater() {
  if (timer !== null) return;
  timer = setTimeout(knock, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

function become(state) {
  if (state === 'fine') {
    clearTimeout(timer);
    timer = null;
    wait = FIRST_WAIT_MS;
  }
  if (connection.state === state) return;
  connection.state = state;
  connection.dispatchEvent(new Event('change'));
}

window.addEventListener('online', () => {
  if (connection.state === 'lost') knock();
});
