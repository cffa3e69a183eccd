// Parses server-sent events (the text/event-stream format of the HTML standard).

/**
 * Returns a function that takes the text of a stream in chunks, cut anywhere. It calls
 * `onEvent({ event, data, id })`, and `onRetry(milliseconds)` for the reconnection time that the
 * server asks for. Lines end with LF, CR or both; an empty line ends an event; an event without data
 * is dropped.
 */
export function sseParser(onEvent, onRetry = () => {}) {
  let rest = '';
  let lastId = '';
  let event = '';
  let data = [];

  function dispatch() {
    if (data.length > 0) onEvent({ event: event || 'message', data: data.join('\n'), id: lastId });
    event = '';
    data = [];
  }

  function parseLine(line) {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'data') data.push(value);
    else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) lastId = value;
    else if (name === 'retry' && /^[0-9]+$/.test(value)) onRetry(Number(value));
  }

  return (chunk) => {
    const text = rest + chunk;
    // A CR at the very end may be the first half of CRLF.
    const complete = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = complete.split(/\r\n|\n|\r/);
    rest = lines.pop() + text.slice(complete.length);
    lines.forEach(parseLine);
  };
}
