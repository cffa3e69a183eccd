// Says how news come: streamed, asked for, or not at all.

import { access } from '../access.js';
import { byId, setText } from '../dom.js';
import { connection } from '../connection.js';

const WORDS = { idle: 'Ready', live: 'Live', polling: 'Asking every second', turns: 'Asking in turns', locked: 'Key needed', ill: 'Not ready', lost: 'Server away' };

/** `mode()` gives `idle`, `live`, `polling` or `turns`; the returned function renders anew. */
export function showMode(mode) {
  const pill = byId('mode');
  const render = () => {
    const now = connection.state !== 'fine' ? connection.state : access.state === 'declined' ? 'locked' : mode();
    if (pill.dataset.mode !== now) pill.dataset.mode = now;
    setText(byId('mode-text'), WORDS[now]);
  };
  connection.addEventListener('change', render);
  access.addEventListener('change', render);
  render();
  return render;
}
