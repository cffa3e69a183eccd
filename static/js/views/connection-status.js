// The indicator of how updates arrive: streamed, polled, or not at all.

import { apiKey } from '../api-key.js';
import { connection } from '../connection.js';
import { byId, setText } from '../dom.js';
import { lookUp } from '../text.js';

const LABELS = {
  idle: 'Ready',
  live: 'Live',
  polling: 'Polling',
  'polling-in-turns': 'Polling (large catalog)',
  'key-required': 'Key required',
  degraded: 'Degraded',
  disconnected: 'Disconnected',
};

/** `mode()` gives `idle`, `live`, `polling` or `polling-in-turns`. Returns the function that renders. */
export function showConnectionStatus(mode) {
  const status = byId('connection-status');
  const render = () => {
    const now = connection.state !== 'connected' ? connection.state : apiKey.state === 'dismissed' ? 'key-required' : mode();
    if (status.dataset.mode !== now) status.dataset.mode = now;
    setText(byId('connection-status-text'), lookUp(LABELS, now));
  };
  connection.addEventListener('change', render);
  apiKey.addEventListener('change', render);
  render();
  return render;
}
