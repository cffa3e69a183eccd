// The log of API requests, newest first, each with its response and as curl.

import { requests } from '../api.js';
import { asCurl, KEY_VARIABLE } from '../curl.js';
import { byId, copyButton, element } from '../dom.js';

const MAX_CLICKS = 100;
const MAX_BACKGROUND = 40;

export function showRequestLog() {
  const list = byId('request-log');
  const toggle = byId('show-background');

  requests.addEventListener('request', ({ detail }) => {
    list.prepend(entry(detail));
    trim(list, '.background', MAX_BACKGROUND);
    trim(list, ':not(.background)', MAX_CLICKS);
    renderEmpty();
  });
  toggle.addEventListener('change', () => {
    list.dataset.all = toggle.checked;
    renderEmpty();
  });

  function renderEmpty() {
    byId('request-log-empty').hidden = list.querySelector(toggle.checked ? 'li' : 'li:not(.background)') !== null;
  }
}

function trim(list, kind, limit) {
  const entries = list.querySelectorAll(`:scope > li${kind}`);
  for (let at = limit; at < entries.length; at += 1) entries[at].remove();
}

function entry(request) {
  const details = element('details', {}, summary(request));
  // Built when opened: most entries never are.
  details.addEventListener('toggle', () => details.append(...exchange(request)), { once: true });
  return element('li', { class: request.background ? 'background' : null }, details,
    copyButton('Copy as curl', () => asCurl(request)));
}

function summary({ method, path, status, milliseconds, replayed }) {
  return element('summary', {},
    element('span', { class: 'method', 'data-method': method }, method),
    element('code', { class: 'path' }, path),
    element('span', { class: 'outcome' },
      element('span', { class: 'status', 'data-class': statusClass(status) }, statusText(status)),
      element('span', { class: 'duration' }, `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`),
      replayed ? element('span', { class: 'duration' }, 'replayed') : null));
}

/** The first digit of a status; 0 without a response. */
export const statusClass = (status) => Math.floor((status ?? 0) / 100);

export const statusText = (status) => (status === null ? 'No response' : String(status));

function exchange({ headers, body, hasKey, status, answer, requestId }) {
  const key = headers['idempotency-key'];
  const head = [hasKey ? `Authorization: Bearer $${KEY_VARIABLE}` : null, key ? `Idempotency-Key: ${key}` : null];
  const sent = [lines(head), body === undefined ? null : pretty(body)];
  const received = [requestId ? `X-Request-Id: ${requestId}` : null, pretty(answer)];
  return [
    ...(sent.some((part) => part !== null) ? block('Request', sent) : []),
    ...(status === null ? [element('p', { class: 'exchange-title' }, 'No response')] : block(`Response ${status}`, received)),
  ];
}

const lines = (some) => some.filter((line) => line !== null).join('\n') || null;

function block(title, parts) {
  const text = parts.filter((part) => part !== null).join('\n\n');
  return [element('p', { class: 'exchange-title' }, title), element('pre', { tabindex: '0', role: 'region', 'aria-label': title }, text)];
}

const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
