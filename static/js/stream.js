// Server-sent events over fetch, which can send headers and tell why a stream was refused.

import { access } from './access.js';
import { openStream } from './api.js';
import { eventParser } from './events.js';

// The server sends at least a comment every 15 seconds.
const SILENCE_MS = 40_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * Follows a stream until `stop()`, and connects again whenever it ends. While nobody looks at the
 * page it has none, since a browser opens six connections to a server in all of its tabs. The
 * listener has `event({ event, data, id })`, where data is parsed JSON, and `live(yes)`: whether
 * news come by it.
 */
export function follow(path, listener) {
  const stopping = new AbortController();
  const pause = pauses();
  let wake = () => {};
  let live = false;
  let lastId = null;

  async function run() {
    while (!stopping.signal.aborted) {
      await seen(stopping.signal);
      await read().catch(() => {});
      become(false);
      if (stopping.signal.aborted || document.hidden) continue;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, pause.next());
        wake = () => { clearTimeout(timer); resolve(); };
      });
    }
  }

  async function read() {
    if (stopping.signal.aborted) return;
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    const whenHidden = () => { if (document.hidden) abort(); };
    stopping.signal.addEventListener('abort', abort);
    document.addEventListener('visibilitychange', whenHidden);
    let silence = null;
    let whenKeyChanges = null;
    try {
      const { body } = await openStream(path, { lastId, signal: attempt.signal });
      silence = setTimeout(abort, SILENCE_MS);
      whenKeyChanges = onNewKey(abort);
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      become(true);
      const parse = eventParser(hear, pause.asked);
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(abort, SILENCE_MS);
        parse(value);
      }
    } finally {
      clearTimeout(silence);
      access.removeEventListener('change', whenKeyChanges);
      stopping.signal.removeEventListener('abort', abort);
      document.removeEventListener('visibilitychange', whenHidden);
    }
  }

  function become(yes) {
    const now = yes && !stopping.signal.aborted;
    if (live === now) return;
    live = now;
    listener.live(now);
  }

  function hear({ event, data, id }) {
    if (stopping.signal.aborted) return;
    lastId = id || lastId;
    pause.begin();
    listener.event({ event, data: JSON.parse(data), id });
  }

  run();
  return {
    stop: () => { stopping.abort(); become(false); wake(); },
    /** Tries now instead of later, as when the server is known to be back. */
    retry: () => { pause.begin(); wake(); },
  };
}

/**
 * How long to wait before each attempt: first as long as the server asked for, which tells each of its
 * streams another time, then twice as long each time, give or take a half, so that not all who lost it
 * are back in the same instant.
 */
function pauses() {
  let first = 500 + 1_000 * Math.random();
  let count = 0;
  return {
    begin() { count = 0; },
    asked(milliseconds) { first = Math.min(milliseconds, LONGEST_WAIT_MS); },
    next() {
      const doubled = Math.min(first * 2 ** count, LONGEST_WAIT_MS);
      count += 1;
      return count === 1 ? doubled : doubled * (0.5 + Math.random());
    },
  };
}

/** Waits until somebody looks at the page, or the signal. */
function seen(signal) {
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

/** Another key may be shown other news. Returns the listener. */
function onNewKey(tell) {
  const { key } = access;
  const listener = () => { if (access.key !== key) tell(); };
  access.addEventListener('change', listener);
  return listener;
}
