// Shows an error where it happened: a problem document, or that no answer came.

import { access } from '../access.js';
import { element } from '../dom.js';
import { Problem, Unreachable } from '../api.js';

export function showProblem(region, error) {
  if (!(error instanceof Problem || error instanceof Unreachable)) console.error(error);
  const { title, detail, fields, note } = describe(error);
  region.replaceChildren(element('p', { class: 'problem-title' }, title));
  if (detail && detail !== title) region.append(element('p', {}, detail));
  if (fields.length > 0) region.append(element('ul', {}, ...fields.map(fieldLine)));
  if (note) region.append(element('p', { class: 'problem-note' }, note));
  if (error.code === 'unauthenticated') clearOnceKnown(region);
}

/** Once there is a key, that one was missing is out of date. */
function clearOnceKnown(region) {
  const shown = region.firstChild;
  const listener = () => {
    if (access.state !== 'settled') return;
    access.removeEventListener('change', listener);
    if (region.firstChild === shown) clearProblem(region);
  };
  access.addEventListener('change', listener);
}

export function clearProblem(region) {
  if (region.hasChildNodes()) region.replaceChildren();
}

function describe(error) {
  if (error instanceof Unreachable) {
    const detail = error.changes ? 'Whether this took effect is not known. Do it again: sent twice, it takes effect once.' : 'It is read again as soon as the server answers.';
    return { title: error.message, detail, fields: [], note: null };
  }
  if (!(error instanceof Problem)) {
    return { title: 'This page made a mistake', detail: String(error?.message ?? error), fields: [], note: null };
  }
  return { title: error.message, detail: error.detail, fields: error.errors, note: noteFor(error) };
}

function noteFor({ status, code, retryAfter }) {
  const parts = [];
  if (status > 0) parts.push(`${status}${code ? ` ${code}` : ''}`);
  if (retryAfter) parts.push(`try again in ${/^\d+$/.test(retryAfter) ? `${retryAfter} s` : 'a moment'}`);
  return parts.join(' · ');
}

function fieldLine({ field, message }) {
  return element('li', {}, element('code', {}, String(field ?? '')), ` ${message ?? ''}`);
}
