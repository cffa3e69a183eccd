// The HTTP client: sends requests, times them, keeps the server's clock, and turns errors into exceptions.

import { apiKey } from './api-key.js';
import { localNow, updateFromDatabase, updateFromHeader } from './clock.js';

const TIMEOUT_MS = 12_000;

/** Each finished request as a `request` event, and again as `response` or `unreachable`. */
export const requests = new EventTarget();

const replays = new WeakSet();

/** Whether a response repeats that of an earlier request with the same key: this one changed nothing. */
export const isReplay = (body) => replays.has(body);

/** A request that did not succeed. Any other error is a bug in this page. */
export class RequestError extends Error {}

/** The server refused, and said why (RFC 9457). */
export class Problem extends RequestError {
  constructor(status, body, retryAfter = null) {
    super(body?.title ?? `The server responded with status ${status}`);
    this.status = status;
    this.code = body?.code ?? null;
    this.detail = body?.detail ?? null;
    this.errors = Array.isArray(body?.errors) ? body.errors : [];
    this.retryAfter = retryAfter;
  }
}

/** No response came, so the outcome of a request that is `isWrite` is unknown. */
export class Unreachable extends RequestError {
  constructor(isWrite) {
    super('Can’t reach the server');
    this.isWrite = isWrite;
  }
}

/** Whether a failed write may have taken effect. */
export const isUncertain = (error) => error instanceof Unreachable || error.status >= 500;

/** Ignores a request that failed; anything else is a bug in this page and goes on up. */
export function ignoreRequestError(error) {
  if (!(error instanceof RequestError)) throw error;
}

/** Opens an event stream: the response, once its head has arrived. Throws what any request throws. */
export const openStream = (path, { lastId = null, signal }) => withKeyPrompt({ background: true }, async (key) => {
  const headers = { accept: 'text/event-stream' };
  if (lastId !== null) headers['last-event-id'] = lastId;
  const response = await fetchHead(path, withKey(headers, key), signal);
  if (response.ok && response.body) return response;
  return bodyOrProblem(response, parse(await response.text()));
});

/** `background` marks requests that no click caused: the log can hide them, and they wait for a key. */
export const get = (path, { background = false } = {}) => send({ method: 'GET', path, background });

export const post = (path, body, { key = null, background = false } = {}) => send({ method: 'POST', path, body, key, background });

/** Throws if the server refuses this key. Every valid key may read this path. */
export async function checkKey(text) {
  await exchange({ method: 'GET', path: '/analytics/inventory?limit=1', background: true }, { text });
}

const send = (request) => withKeyPrompt(request, (key) => exchange(request, key));

/** Runs `call` with the current key, and again with the next one after a 401. */
async function withKeyPrompt({ background }, call) {
  for (;;) {
    const { current } = apiKey;
    try {
      return await call(current);
    } catch (error) {
      const isKeyRejected = error instanceof Problem && error.code === 'unauthenticated';
      if (!isKeyRejected || !await apiKey.waitForNew(current, error, { background })) throw error;
    }
  }
}

/** The timeout covers the response head only: the body of a stream has no end. */
async function fetchHead(path, headers, signal) {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), TIMEOUT_MS);
  try {
    return await fetch(path, { headers, cache: 'no-store', signal: AbortSignal.any([signal, timeout.signal]) });
  } finally {
    clearTimeout(timer);
  }
}

// The only place where a key leaves the page. What is logged of a request never has it.
const withKey = (headers, key) => (key ? { ...headers, authorization: `Bearer ${key.text}` } : headers);

async function exchange({ method, path, body, key: idempotencyKey = null, background }, key) {
  const headers = { accept: 'application/json' };
  if (body !== undefined) headers['content-type'] = 'application/json';
  if (idempotencyKey) headers['idempotency-key'] = idempotencyKey;
  const request = { method, path, headers, body, background, hasKey: key !== null };
  const sent = localNow();
  const response = await receive(request, key).catch(() => null);
  request.milliseconds = localNow() - sent;
  if (!response) {
    request.status = null;
    report('unreachable', request);
    throw new Unreachable(method !== 'GET');
  }
  updateClock(response, request, sent);
  report('response', request);
  const answer = bodyOrProblem(response, request.answer);
  if (request.replayed) replays.add(answer);
  return answer;
}

async function receive(request, key) {
  const { method, path, headers, body } = request;
  const response = await fetch(path, {
    method,
    headers: withKey(headers, key),
    body: body === undefined ? undefined : JSON.stringify(body),
    cache: 'no-store',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  request.answer = parse(await response.text());
  request.status = response.status;
  request.requestId = response.headers.get('x-request-id');
  request.replayed = response.headers.has('idempotency-replayed');
  return response;
}

function parse(text) {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text.slice(0, 2_000);
  }
}

function updateClock(response, { status, answer, replayed, milliseconds }, sent) {
  const received = sent + milliseconds;
  updateFromHeader(response.headers.get('date'), sent, received);
  // Only a fresh creation carries a time from this very request; a replay carries an old one.
  const created = status === 201 || status === 202;
  if (created && !replayed) updateFromDatabase(answer?.updated_at, sent, received);
}

function report(outcome, request) {
  requests.dispatchEvent(new CustomEvent('request', { detail: request }));
  requests.dispatchEvent(new CustomEvent(outcome, { detail: request }));
}

function bodyOrProblem(response, body) {
  const isJson = body !== null && typeof body === 'object';
  if (response.ok && isJson) return body;
  if (response.ok) throw new Problem(response.status, { title: 'The response is not JSON' });
  throw new Problem(response.status, isJson ? body : null, response.headers.get('retry-after'));
}
