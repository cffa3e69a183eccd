// DOM helpers. Text is always inserted as text, never as markup.

/** The element of this id, which must exist. */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Writes only changes, so that live regions do not announce, and transitions do not restart, without one. */
export function setText(target, text) {
  const next = String(text);
  if (target.textContent !== next) target.textContent = next;
}

export function setBadge(badge, status, text) {
  if (badge.dataset.status !== status) badge.dataset.status = status;
  setText(badge, text);
}

/** Returns the focus to a button that loses it by being disabled while it works. */
export async function keepFocus(button, work) {
  const had = document.activeElement === button;
  await work();
  if (had && document.activeElement === document.body) button.focus();
}

export function copyButton(label, text) {
  const button = element('button', { type: 'button', class: 'button small' }, label);
  button.addEventListener('click', () => copyFrom(button, text()));
  return button;
}

/** Copies the text; the button shows the result. */
export async function copyFrom(button, text) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  const copied = await copy(text);
  button.textContent = copied ? 'Copied' : 'Copy failed';
  setTimeout(() => { button.textContent = label; }, 1600);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

// The clipboard API is missing on plain HTTP, except on localhost.
function copyBySelection(text) {
  const area = element('textarea', { class: 'visually-hidden', readonly: '', 'aria-hidden': 'true' });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return copied;
}
