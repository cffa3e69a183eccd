// Server-sent events over fetch: unlike EventSource it can send headers and read why a stream was refused.

import { apiKey } from './api-key.js';
import { openStream } from './api.js';
import { sseParser } from './sse-parser.js';

// The server sends at least a comment every 15 seconds.
const IDLE_TIMEOUT_MS = 40_000;
const MAX_DELAY_MS = 15_000;

/**
 * Subscribes to a stream until `stop()` and reconnects whenever it ends. A hidden tab keeps no
 * stream, because a browser opens six connections to a server for all of its tabs. The listener has
 * `event({ event, data, id })`, where data is parsed JSON, and `connected(isConnected)`.
 */
export function subscribe(path, listener) {
  const stopping = new AbortController();
  const backoff = reconnectBackoff();
  let endDelay = () => {};
  let isConnected = false;
  let lastId = null;

  async function run() {
    while (!stopping.signal.aborted) {
      await untilVisible(stopping.signal);
      // However a stream ends, the next attempt follows; what the page shows of it is the connection’s state.
      await read().catch(() => {});
      setConnected(false);
      if (stopping.signal.aborted || document.hidden) continue;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, backoff.next());
        endDelay = () => { clearTimeout(timer); resolve(); };
      });
    }
  }

  async function read() {
    if (stopping.signal.aborted) return;
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const abortIfHidden = () => { if (document.hidden) abort(); };
    stopping.signal.addEventListener('abort', abort);
    document.addEventListener('visibilitychange', abortIfHidden);
    let idleTimer = null;
    let keyListener = null;
    try {
      const { body } = await openStream(path, { lastId, signal: attempt.signal });
      idleTimer = setTimeout(abort, IDLE_TIMEOUT_MS);
      keyListener = onNewKey(abort);
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      setConnected(true);
      const parse = sseParser(receive, backoff.setFirst);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(idleTimer);
        idleTimer = setTimeout(abort, IDLE_TIMEOUT_MS);
        parse(value);
      }
    } finally {
      clearTimeout(idleTimer);
      apiKey.removeEventListener('change', keyListener);
      stopping.signal.removeEventListener('abort', abort);
      document.removeEventListener('visibilitychange', abortIfHidden);
    }
  }

  function setConnected(value) {
    const now = value && !stopping.signal.aborted;
    if (isConnected === now) return;
    isConnected = now;
    listener.connected(now);
  }

  function receive({ event, data, id }) {
    if (stopping.signal.aborted) return;
    lastId = id || lastId;
    backoff.reset();
    try {
      listener.event({ event, data: JSON.parse(data), id });
    } catch (error) {
      // A bug in this page, which reconnecting would hide.
      reportError(error);
    }
  }

  run();
  return {
    stop: () => { stopping.abort(); setConnected(false); endDelay(); },
    /** Reconnects now, as when the server is known to be back. */
    retry: () => { backoff.reset(); endDelay(); },
  };
}

/**
 * Delays before reconnecting: first what the server asked for, which differs for each of its streams,
 * then doubled each time, give or take half, so that not all clients reconnect at the same moment.
 */
function reconnectBackoff() {
  let first = 500 + 1_000 * Math.random();
  let attempts = 0;
  return {
    reset() { attempts = 0; },
    setFirst(milliseconds) { first = Math.min(milliseconds, MAX_DELAY_MS); },
    next() {
      const delay = Math.min(first * 2 ** attempts, MAX_DELAY_MS);
      attempts += 1;
      return attempts === 1 ? delay : delay * (0.5 + Math.random());
    },
  };
}

/** Resolves once the tab is visible, or the signal aborts. */
function untilVisible(signal) {
  if (!document.hidden || signal.aborted) return null;
  return new Promise((resolve) => {
    const end = () => {
      document.removeEventListener('visibilitychange', end);
      signal.removeEventListener('abort', end);
      resolve();
    };
    document.addEventListener('visibilitychange', end);
    signal.addEventListener('abort', end);
  });
}

/** Another key may see other events. Returns the listener, to be removed. */
function onNewKey(act) {
  const { current } = apiKey;
  const listener = () => { if (apiKey.current !== current) act(); };
  apiKey.addEventListener('change', listener);
  return listener;
}
