// The dialog that asks for an API key, and the buttons in the header that change or forget it.

import { apiKey, parseKey } from '../api-key.js';
import { checkKey, Problem } from '../api.js';
import { byId, element } from '../dom.js';
import { clearProblem, showProblem } from './problem.js';

const EXPLANATION = 'This server accepts requests only with a key. The key stays in this tab until you close the tab '
  + 'or forget the key, and is sent to this server only.';
const MALFORMED = 'A key or token contains only letters, digits and punctuation, without spaces. Copy it exactly as it was printed.';

/** `scopes` says which keys are enough for this page. */
export function showKeyDialog(scopes) {
  const dialog = build(scopes);
  document.body.append(dialog.box);
  dialog.form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(dialog);
  });
  dialog.cancel.addEventListener('click', () => dialog.box.close());
  dialog.box.addEventListener('close', () => handleClose(dialog));
  byId('key-change').addEventListener('click', () => apiKey.prompt());
  byId('key-forget').addEventListener('click', forget);
  apiKey.addEventListener('change', () => render(dialog));
  render(dialog);
}

function build(scopes) {
  const field = element('input', { id: 'key-field', type: 'password', autocomplete: 'off', autocapitalize: 'off',
    spellcheck: 'false', maxlength: '8192', 'aria-describedby': 'key-error', autofocus: '' });
  const error = element('div', { class: 'problem', id: 'key-error', role: 'alert' });
  const cancel = element('button', { type: 'button', class: 'button', 'data-close': '' }, 'Cancel');
  const submitButton = element('button', { type: 'submit', class: 'button primary', id: 'key-submit' }, 'Use this key');
  const form = element('form', { id: 'key-form', method: 'dialog', novalidate: '' },
    element('h2', { id: 'key-title' }, 'API key required'),
    element('p', { id: 'key-text' }, EXPLANATION),
    element('div', { class: 'dialog-fields' }, element('label', { for: 'key-field' }, 'API key or token', field)),
    element('p', { class: 'hint' }, scopes),
    error,
    element('div', { class: 'dialog-actions' }, cancel, submitButton));
  const box = element('dialog', { id: 'key-dialog', 'aria-labelledby': 'key-title', 'aria-describedby': 'key-text' }, form);
  return { box, form, field, error, cancel, submitButton };
}

function handleClose({ box, field }) {
  if (box.open) return;
  field.value = '';
  // A button of a closed dialog keeps the focus for a moment; the page looks at once where the focus is.
  if (box.contains(document.activeElement)) document.activeElement.blur();
  if (apiKey.state === 'prompting') apiKey.dismiss();
}

async function submit(dialog) {
  const { box, field, error, submitButton } = dialog;
  if (submitButton.disabled) return;
  const text = parseKey(field.value);
  clearProblem(error);
  field.setAttribute('aria-invalid', 'false');
  submitButton.disabled = true;
  try {
    if (text === null) throw new Problem(0, { title: 'Invalid key format', detail: MALFORMED });
    await checkKey(text);
    if (box.open) apiKey.use(text);
  } catch (problem) {
    showRejection(dialog, problem);
  }
  submitButton.disabled = false;
}

function showRejection({ field, error }, problem) {
  showProblem(error, aboutKey(problem, 'The server rejected this key'));
  field.setAttribute('aria-invalid', 'true');
  field.focus();
}

/** The server's title is about the request; in this dialog the subject is the key. */
function aboutKey(problem, title) {
  const { status, code, detail } = problem;
  return code === 'unauthenticated' ? new Problem(status, { title, code, detail }) : problem;
}

function render({ box, field, error }) {
  byId('key-buttons').hidden = apiKey.current === null;
  const isPrompting = apiKey.state === 'prompting';
  if (!isPrompting && box.open) box.close();
  if (!isPrompting || box.open) return;
  clearProblem(error);
  field.setAttribute('aria-invalid', 'false');
  if (apiKey.current && apiKey.rejection) showProblem(error, aboutKey(apiKey.rejection, 'The server no longer accepts the key of this tab'));
  box.showModal();
}

/** Reloads, so that data read with the key does not stay on the page. */
function forget() {
  apiKey.forget();
  location.reload();
}
