// Server-sent events over fetch, which can send headers and tell why a stream was refused.

import { access } from './access.js';
import { openStream } from './api.js';

// The server sends at least a comment every 15 seconds.
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;

/**
 * Takes a stream of text in pieces, cut anywhere, and tells each event: `{ event, data, id }`.
 * Lines end with LF, CR or both; an event ends with an empty line; what has no data is no event.
 */
export function eventParser(tell) {
  let rest = '';
  let lastId = '';
  let event = '';
  let data = [];

  function end() {
    if (data.length > 0) tell({ event: event || 'message', data: data.join('\n'), id: lastId });
    event = '';
    data = [];
  }

  function take(line) {
    if (line === '') return end();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) lastId = value;
  }

  return (text) => {
    const whole = rest + text;
    // A CR at the very end may be half of a line's end.
    const complete = whole.endsWith('\r') ? whole.slice(0, -1) : whole;
    const lines = complete.split(/\r\n|\n|\r/);
    rest = lines.pop() + whole.slice(complete.length);
    lines.forEach(take);
  };
}

/**
 * Follows a stream until `stop()`, and connects again whenever it ends. The listener has
 * `event({ event, data, id })`, where data is parsed JSON, and `live(yes)`: whether news come by it.
 */
export function follow(path, listener) {
  const stopping = new AbortController();
  let wait = FIRST_WAIT_MS;
  let wake = () => {};
  let lastId = null;

  async function run() {
    while (!stopping.signal.aborted) {
      await read().catch(() => {});
      if (stopping.signal.aborted) return;
      listener.live(false);
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, wait);
        wake = () => { clearTimeout(timer); resolve(); };
      });
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    }
  }

  async function read() {
    const attempt = new AbortController();
    const abort = () => attempt.abort();
    stopping.signal.addEventListener('abort', abort);
    let silence = null;
    let whenKeyChanges = null;
    try {
      const { body } = await openStream(path, { lastId, signal: attempt.signal });
      silence = setTimeout(abort, SILENCE_MS);
      whenKeyChanges = onNewKey(abort);
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      if (!stopping.signal.aborted) listener.live(true);
      const parse = eventParser(hear);
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
    }
  }

  function hear({ event, data, id }) {
    if (stopping.signal.aborted) return;
    lastId = id || lastId;
    wait = FIRST_WAIT_MS;
    listener.event({ event, data: JSON.parse(data), id });
  }

  run();
  return {
    stop: () => { stopping.abort(); wake(); },
    /** Tries now instead of later, as when the server is known to be back. */
    retry: () => { wait = FIRST_WAIT_MS; wake(); },
  };
}

/** Another key may be shown other news. Returns the listener. */
function onNewKey(tell) {
  const { key } = access;
  const listener = () => { if (access.key !== key) tell(); };
  access.addEventListener('change', listener);
  return listener;
}
