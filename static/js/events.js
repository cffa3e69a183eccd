// Server-sent events, as they are written on the wire.

/**
 * Takes a stream of text in pieces, cut anywhere, and tells each event: `{ event, data, id }`, and
 * after how many milliseconds to connect again. Lines end with LF, CR or both; an event ends with an
 * empty line; what has no data is no event.
 */
export function eventParser(tell, tellRetry = () => {}) {
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
    else if (name === 'retry' && /^[0-9]+$/.test(value)) tellRetry(Number(value));
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
