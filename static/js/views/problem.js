// Shows an error where it happened: the server's problem document, a missing response, or a bug of this page.

import { apiKey } from '../api-key.js';
import { Problem, RequestError, Unreachable } from '../api.js';
import { element } from '../dom.js';

export function showProblem(region, error) {
  if (!(error instanceof RequestError)) console.error(error);
  const { title, detail, fields, note } = describe(error);
  region.replaceChildren(element('p', { class: 'problem-title' }, title));
  if (detail && detail !== title) region.append(element('p', {}, detail));
  if (fields.length > 0) region.append(element('ul', {}, ...fields.map(fieldLine)));
  if (note) region.append(element('p', { class: 'problem-note' }, note));
  if (error.code === 'unauthenticated') clearOnceKeyed(region);
}

/** That a key is missing is out of date once there is one. */
function clearOnceKeyed(region) {
  const shown = region.firstChild;
  const listener = () => {
    if (apiKey.state !== 'ready') return;
    apiKey.removeEventListener('change', listener);
    if (region.firstChild === shown) clearProblem(region);
  };
  apiKey.addEventListener('change', listener);
}

export function clearProblem(region) {
  if (region.hasChildNodes()) region.replaceChildren();
}

/** Shows a problem of the server. When the server cannot be reached, the banner says so, once for the page. */
export function renderProblem(region, error) {
  if (!(error instanceof Problem)) clearProblem(region);
  else if (!region.hasChildNodes()) showProblem(region, error);
}

function describe(error) {
  if (error instanceof Unreachable) {
    const detail = error.isWrite ? 'We don’t know whether this went through. It’s safe to try again; it won’t be applied twice.' : 'Will reload when the connection is back.';
    return { title: error.message, detail, fields: [], note: null };
  }
  if (error instanceof Problem) return { title: error.message, detail: error.detail, fields: error.errors, note: noteFor(error) };
  return { title: 'Something went wrong on this page', detail: String(error?.message ?? error), fields: [], note: null };
}

function noteFor({ status, code, retryAfter }) {
  const parts = [];
  if (status > 0) parts.push(code ? `${status} ${code}` : String(status));
  if (retryAfter) parts.push(`try again in ${/^\d+$/.test(retryAfter) ? `${retryAfter} s` : 'a moment'}`);
  return parts.join(' · ');
}

const fieldLine = ({ field, message }) => element('li', {}, element('code', {}, field), ` ${message}`);
