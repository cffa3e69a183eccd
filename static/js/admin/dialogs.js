// What changes something asks first, says what it will do, and then what it did.

import { isReplay, post, Unreachable } from '../api.js';
import { byId, setText } from '../dom.js';
import { freshKey } from '../random.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { number, units } from '../words.js';

/**
 * A dialog whose form runs `act(form)` and closes on what it returns, the sentence that tells. What
 * comes of it once the dialog was closed is told all the same.
 */
function dialog(name, act) {
  const box = byId(`${name}-dialog`);
  const form = byId(`${name}-form`);
  const error = form.querySelector('[data-problem]');
  const submit = byId(`${name}-submit`);

  let opened = 0;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (submit.disabled) return;
    submit.disabled = true;
    const mine = opened;
    const isSeen = () => box.open && mine === opened;
    const title = box.querySelector('h2').textContent;
    clearProblem(error);
    mark(form, []);
    try {
      const said = await act(form);
      if (isSeen()) box.close();
      tell(said);
    } catch (problem) {
      if (isSeen()) {
        showProblem(error, problem);
        mark(form, problem.errors ?? []);
      } else tell(`${title}: ${problem.message}. Look whether it took effect.`, 'false');
    }
    submit.disabled = false;
  });
  letClose(box);

  return {
    form,
    open() {
      opened += 1;
      clearProblem(error);
      mark(form, []);
      box.showModal();
    },
  };
}

/** By its buttons, and when another SKU is gone to: what a dialog says is of the one before. */
export function letClose(box) {
  for (const button of box.querySelectorAll('[data-close]')) button.addEventListener('click', () => box.close());
  window.addEventListener('hashchange', () => box.close());
}

function mark(form, errors) {
  const wrong = new Set(errors.map(({ field }) => field));
  for (const input of form.querySelectorAll('input')) input.setAttribute('aria-invalid', wrong.has(input.name));
}

function tell(said, done = 'true') {
  byId('result').dataset.done = done;
  setText(byId('result'), said);
}

const typed = ({ valueAsNumber: value }) => (Number.isNaN(value) ? null : value);

export function showCreate(catalog, route) {
  const { form, open } = dialog('create', async ({ elements }) => {
    const body = { sku: elements.sku.value.trim(), quantity: typed(elements.quantity) };
    for (const name of ['hold_ttl_seconds', 'waitlist_limit']) if (elements[name].value !== '') body[name] = typed(elements[name]);
    const { sku, total_quantity: total } = await post('/inventory/init', body);
    route.go(sku);
    return `${sku} is on sale, with ${units(total)}.`;
  });
  byId('create-open').addEventListener('click', () => {
    form.reset();
    open();
  });
}

export function showRestock(catalog, route) {
  let sku = null;
  // A change whose answer never came is sent again under its key: it can't take effect twice. Once
  // the dialog is opened over a newer state, which may show that change already, it is a new wish.
  let unanswered = null;

  const { form, open } = dialog('restock', async ({ elements }) => {
    const body = { sku, quantity: typed(elements.quantity) };
    if (elements.reason.value.trim()) body.reason = elements.reason.value.trim();
    const text = JSON.stringify(body);
    if (unanswered?.text !== text) unanswered = { text, key: freshKey(), version: versionOf(body.sku) };
    try {
      const answer = await post('/inventory/restock', body, { key: unanswered.key });
      unanswered = null;
      catalog.refresh();
      return said(body, answer);
    } catch (error) {
      if (!(error instanceof Unreachable || error.status >= 500)) unanswered = null;
      throw error;
    }
  });

  const versionOf = (name) => catalog.rows.get(name)?.version;
  const preview = () => {
    const change = typed(form.elements.quantity);
    const health = catalog.rows.get(sku);
    setText(byId('restock-submit'), !change ? `Change ${sku}` : change > 0 ? `Add ${units(change)} to ${sku}` : `Take ${units(-change)} from ${sku}`);
    setText(byId('restock-effect'), health ? effect(health, change ?? 0) : '');
  };
  form.addEventListener('input', preview);
  byId('restock-open').addEventListener('click', () => {
    sku = route.sku;
    if (unanswered && unanswered.version !== versionOf(sku)) unanswered = null;
    setText(byId('restock-title'), `Change the stock of ${sku}`);
    form.reset();
    preview();
    open();
  });
}

function effect({ sku, total_inventory: total, available_inventory: available, waitlist_size: waiting }, change) {
  if (-change > available) return `Only ${units(available)} of ${sku} can be taken away: the others are held or sold.`;
  const line = change > 0 && waiting > 0 ? ` ${waiting === 1 ? 'One waits, and is' : `${number(waiting)} wait, and are`} served first, in order.` : '';
  return `${sku} has ${units(total)} in all now, and would have ${number(total + change)}.${line}`;
}

function said({ sku, quantity }, answer) {
  const { promoted, available_quantity: available } = answer;
  const what = quantity > 0 ? `${units(quantity)} added to ${sku}` : `${units(-quantity)} taken from ${sku}`;
  if (isReplay(answer)) return `This had been done already: ${what}. Nothing was changed now.`;
  const served = promoted > 0 ? `; ${number(promoted)} who waited ${promoted === 1 ? 'holds' : 'hold'} stock now` : '';
  return `${what}${served}. ${number(available)} available.`;
}

export function showCancel(catalog) {
  let chosen = null;
  const { open } = dialog('cancel', async () => {
    await post('/checkout/cancel', { reservation_id: chosen.cancel });
    catalog.refresh();
    return `The hold of ${chosen.holder} is cancelled.`;
  });
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-cancel]');
    if (!button) return;
    chosen = button.dataset;
    setText(byId('cancel-text'), `${chosen.holder} holds ${units(Number(chosen.quantity))}, loses them at once, and it counts as given up. What is freed passes to the next in line.`);
    open();
  });
}
