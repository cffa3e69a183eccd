// The log of API calls, newest first, each with its answer and as curl.

import { calls } from '../api.js';
import { asCurl, KEY_VARIABLE } from '../curl.js';
import { byId, copyButton, element } from '../dom.js';

const MOST_CLICKS = 100;
const MOST_BACKGROUND = 40;

export function showCalls() {
  const list = byId('calls');
  const toggle = byId('show-refresh');

  calls.addEventListener('call', ({ detail }) => {
    list.prepend(entry(detail));
    trim(list, '.background', MOST_BACKGROUND);
    trim(list, ':not(.background)', MOST_CLICKS);
    renderEmpty();
  });
  toggle.addEventListener('change', () => {
    list.dataset.all = toggle.checked;
    renderEmpty();
  });

  function renderEmpty() {
    byId('calls-empty').hidden = list.querySelector(toggle.checked ? 'li' : 'li:not(.background)') !== null;
  }
}

function trim(list, kind, most) {
  const entries = list.querySelectorAll(`:scope > li${kind}`);
  for (let at = most; at < entries.length; at += 1) entries[at].remove();
}

function entry(call) {
  const details = element('details', {}, summary(call));
  // Answers are written out when somebody looks, not before.
  details.addEventListener('toggle', () => details.append(...exchange(call)), { once: true });
  return element('li', { class: call.background ? 'background' : null }, details,
    copyButton('Copy as curl', () => asCurl(call)));
}

function summary({ method, path, status, milliseconds, replayed }) {
  return element('summary', {},
    element('span', { class: 'method', 'data-method': method }, method),
    element('code', { class: 'path' }, path),
    element('span', { class: 'outcome' },
      element('span', { class: 'http', 'data-class': status ? Math.floor(status / 100) : 0 }, String(status ?? 'no answer')),
      element('span', { class: 'took' }, `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`),
      replayed ? element('span', { class: 'took' }, 'replayed') : null));
}

function exchange({ headers, body, hasKey, status, answer, requestId }) {
  const key = headers['idempotency-key'];
  const head = [hasKey ? `Authorization: Bearer $${KEY_VARIABLE}` : null, key ? `Idempotency-Key: ${key}` : null];
  return [
    ...block('Sent', [lines(head), body === undefined ? null : pretty(body)]),
    ...block(status ? `Answer ${status}` : 'No answer', [requestId ? `X-Request-Id: ${requestId}` : null, status ? pretty(answer) : null]),
  ];
}

const lines = (some) => some.filter((line) => line !== null).join('\n') || null;

function block(title, parts) {
  const text = parts.filter((part) => part !== null).join('\n\n');
  if (text === '') return title === 'Sent' ? [] : [element('p', { class: 'exchange-title' }, title)];
  const pre = element('pre', { tabindex: '0', role: 'region', 'aria-label': title });
  pre.textContent = text;
  return [element('p', { class: 'exchange-title' }, title), pre];
}

const pretty = (value) => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
