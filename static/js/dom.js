// Small helpers around the DOM. Text always goes in as text, never as markup.

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Writes only what differs, so that live regions and transitions stay quiet otherwise. */
export function setText(target, text) {
  const next = String(text);
  if (target.textContent !== next) target.textContent = next;
}

export function setBadge(badge, status, text = status) {
  if (badge.dataset.status !== status) badge.dataset.status = status;
  setText(badge, text);
}

/** A button that is disabled while it works loses the focus: gives it back. */
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

/** Copies, and says on the button itself how that went. */
export async function copyFrom(button, text) {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  const copied = await copy(text);
  button.textContent = copied ? 'Copied' : 'Not allowed';
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

// The clipboard API is missing on plain HTTP away from localhost.
function copyBySelection(text) {
  const area = element('textarea', { class: 'hidden', readonly: '', 'aria-hidden': 'true' });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return copied;
}
