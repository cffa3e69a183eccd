// The call behind the latest click, as curl.

import { calls } from '../api.js';
import { asCurl } from '../curl.js';
import { byId, copyFrom, setText } from '../dom.js';

export function showLastCall() {
  const button = byId('last-call-copy');
  let latest = null;

  calls.addEventListener('call', ({ detail }) => {
    if (detail.background) return;
    latest = detail;
    setText(byId('last-call'), asCurl(detail));
    const status = byId('last-call-status');
    setText(status, `${detail.status ?? 'no answer'}`);
    status.dataset.class = detail.status ? Math.floor(detail.status / 100) : 0;
    setText(byId('last-call-took'), `${Math.max(1, Math.round(detail.milliseconds))} ms`);
    byId('last-call-panel').dataset.empty = 'false';
    button.disabled = false;
  });
  button.addEventListener('click', () => { if (latest) copyFrom(button, asCurl(latest)); });
}
