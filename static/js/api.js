// Speaks HTTP with the server: sends, times, learns the clock, and turns refusals into errors.

import { access } from './access.js';
import { learnFromDatabase, learnFromHeader, localNow } from './clock.js';

const TIMEOUT_MS = 12_000;

/** Every finished call, as a `call` event; what the connection looks like, as `answered` and `unreachable`. */
export const calls = new EventTarget();

const replays = new WeakSet();

/** Whether an answer is that of an earlier request with the same key: this one changed nothing. */
export const isReplay = (answer) => replays.has(answer);

/** The server refused, and said why (RFC 9457). */
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body?.title ?? `The server answered ${status}`);
    this.status = status;
    this.code = body?.code ?? null;
    this.detail = body?.detail ?? null;
    this.errors = Array.isArray(body?.errors) ? body.errors : [];
    this.retryAfter = retryAfter;
  }
}

/** No answer came. Whether a call that `changes` something took effect is not known. */
export class Unreachable extends Error {
  constructor(changes) {
    super('The server can’t be reached');
    this.changes = changes;
  }
}

/** Opens a stream of events: the response, once it has begun. Throws what any call throws. */
export const openStream = (path, { lastId = null, signal }) => admitted(true, async (key) => {
  const headers = { accept: 'text/event-stream' };
  if (lastId !== null) headers['last-event-id'] = lastId;
  const response = await begin(path, withKey(headers, key), signal);
  if (response.ok && response.body) return response;
  return judge(response, parse(await response.text()));
});

/** `background` marks calls that no click asked for: the log can leave them out, and they wait for a key. */
export const get = (path, { background = false } = {}) => send({ method: 'GET', path, background });

export const post = (path, body, { key = null, background = false } = {}) => send({ method: 'POST', path, body, key, background });

/** Throws the problem if the server refuses this key. Any key that is good may read this. */
export async function tryKey(text) {
  await exchange({ method: 'GET', path: '/analytics/inventory?limit=1', background: true }, { text });
}

const send = (request) => admitted(request.background ?? false, (key) => exchange(request, key));

/** Calls with the key that there is, and again with the next one if that was refused. */
async function admitted(patient, call) {
  for (;;) {
    const { key } = access;
    try {
      return await call(key);
    } catch (error) {
      const unknown = error instanceof Problem && error.code === 'unauthenticated';
      if (!unknown || !await access.renewed(key, error, patient)) throw error;
    }
  }
}

/** Waits for the head of the answer for a while, and for its body as long as it takes. */
async function begin(path, headers, signal) {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, { headers, cache: 'no-store', signal: AbortSignal.any([signal, patience.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

// The only place where a key leaves the page. What is kept of a call never has it.
const withKey = (headers, key) => (key ? { ...headers, authorization: `Bearer ${key.text}` } : headers);

async function exchange({ method, path, body, key: idempotencyKey = null, background = false }, key) {
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  const call = { method, path, headers, body, background, hasKey: key !== null, at: new Date() };
  const sent = localNow();
  try {
    const response = await fetch(path, {
      method,
      headers: withKey(headers, key),
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: 'no-store',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    call.status = response.status;
    call.answer = parse(await response.text());
    call.requestId = response.headers.get('x-request-id');
    call.replayed = response.headers.has('idempotency-replayed');
    learn(response, call, sent, localNow());
    report('answered', call, sent);
    const answer = judge(response, call.answer);
    if (call.replayed) replays.add(answer);
    return answer;
  } catch (error) {
    if (error instanceof Problem) throw error;
    call.status = null;
    report('unreachable', call, sent);
    throw new Unreachable(method !== 'GET');
  }
}

function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text.slice(0, 2_000);
  }
}

function learn(response, call, sent, received) {
  learnFromHeader(response.headers.get('date'), sent, received);
  // Only a fresh creation carries a time from this very call; a replay carries an old one.
  const created = response.status === 201 || response.status === 202;
  if (created && !call.replayed) learnFromDatabase(call.answer?.updated_at, sent, received);
}

function report(kind, call, sent) {
  call.milliseconds = localNow() - sent;
  calls.dispatchEvent(new CustomEvent('call', { detail: call }));
  calls.dispatchEvent(new CustomEvent(kind, { detail: call }));
}

function judge(response, answer) {
  const json = answer !== null && typeof answer === 'object';
  if (response.ok && json) return answer;
  if (response.ok) throw new Problem(response.status, { title: 'The answer is not JSON' }, null);
  throw new Problem(response.status, json ? answer : null, response.headers.get('retry-after'));
}
