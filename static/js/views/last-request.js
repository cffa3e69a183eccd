// The request that the latest click sent, as curl.

import { requests } from '../api.js';
import { asCurl } from '../curl.js';
import { byId, copyFrom, setText } from '../dom.js';
import { statusClass, statusText } from './request-log.js';

export function showLastRequest() {
  const button = byId('last-request-copy');
  let latest = null;

  requests.addEventListener('request', ({ detail }) => {
    if (detail.background) return;
    latest = detail;
    setText(byId('last-request'), asCurl(detail));
    const status = byId('last-request-status');
    setText(status, statusText(detail.status));
    status.dataset.class = statusClass(detail.status);
    setText(byId('last-request-duration'), `${Math.max(1, Math.round(detail.milliseconds))} ms`);
    byId('last-request-panel').dataset.empty = 'false';
    button.disabled = false;
  });
  button.addEventListener('click', () => copyFrom(button, asCurl(latest)));
}
