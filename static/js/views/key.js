// The dialog that asks for an API key, and what the header has to change or forget it.

import { access, keyIn } from '../access.js';
import { Problem, tryKey } from '../api.js';
import { byId, element } from '../dom.js';
import { clearProblem, showProblem } from './problem.js';

const WHY = 'This server serves only those whom it knows. The key stays in this tab until you close it '
  + 'or forget the key, and is sent to this server alone.';
const MALFORMED = 'A key or token is one word of plain letters, digits and signs. Copy it as it was printed.';

/** `scopes` says which keys this page is of use with. */
export function showKey(scopes) {
  const dialog = build(scopes);
  document.body.append(dialog.box);
  dialog.form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(dialog);
  });
  dialog.later.addEventListener('click', () => dialog.box.close());
  dialog.box.addEventListener('close', () => whenClosed(dialog));
  byId('key-change').addEventListener('click', () => access.ask());
  byId('key-forget').addEventListener('click', forget);
  access.addEventListener('change', () => render(dialog));
  render(dialog);
}

function build(scopes) {
  const field = element('input', { id: 'key-field', type: 'password', autocomplete: 'off', autocapitalize: 'off',
    spellcheck: 'false', maxlength: '8192', 'aria-describedby': 'key-error', autofocus: '' });
  const error = element('div', { class: 'problem', id: 'key-error', role: 'alert' });
  const later = element('button', { type: 'button', class: 'button', 'data-close': '' }, 'Not now');
  const use = element('button', { type: 'submit', class: 'button primary', id: 'key-submit' }, 'Use this key');
  const form = element('form', { id: 'key-form', method: 'dialog', novalidate: '' },
    element('h2', { id: 'key-title' }, 'Who is asking?'),
    element('p', { id: 'key-text' }, WHY),
    element('div', { class: 'dialog-fields' }, element('label', { for: 'key-field' }, 'API key or token', field)),
    element('p', { class: 'hint' }, scopes),
    error,
    element('div', { class: 'dialog-actions' }, later, use));
  const box = element('dialog', { id: 'key-dialog', 'aria-labelledby': 'key-title', 'aria-describedby': 'key-text' }, form);
  return { box, form, field, error, later, use };
}

function whenClosed({ box, field }) {
  if (box.open) return;
  field.value = '';
  // A button that can't be seen keeps the focus for a moment; the page looks at once who has it.
  if (box.contains(document.activeElement)) document.activeElement.blur();
  if (access.state === 'asking') access.decline();
}

async function submit(dialog) {
  const { box, field, error, use } = dialog;
  if (use.disabled) return;
  const text = keyIn(field.value);
  clearProblem(error);
  field.setAttribute('aria-invalid', 'false');
  use.disabled = true;
  try {
    if (text === null) throw new Problem(0, { title: 'That can’t be a key', detail: MALFORMED });
    await tryKey(text);
    if (box.open) access.take(text);
  } catch (problem) {
    refuse(dialog, problem);
  }
  use.disabled = false;
}

function refuse({ field, error }, problem) {
  showProblem(error, told(problem, 'The server refuses this key'));
  field.setAttribute('aria-invalid', 'true');
  field.focus();
}

/** The server speaks of requests; whoever enters a key wants to hear of keys. */
function told(problem, title) {
  const { status, code, detail } = problem;
  return code === 'unauthenticated' ? new Problem(status, { title, code, detail }) : problem;
}

function render({ box, field, error }) {
  byId('access').hidden = access.key === null;
  const asked = access.state === 'asking';
  if (!asked && box.open) box.close();
  if (!asked || box.open) return;
  clearProblem(error);
  field.setAttribute('aria-invalid', 'false');
  if (access.key && access.refusal) showProblem(error, told(access.refusal, 'The server no longer takes the key of this tab'));
  box.showModal();
}

/** What the key has shown goes with it. */
function forget() {
  access.forget();
  location.reload();
}
