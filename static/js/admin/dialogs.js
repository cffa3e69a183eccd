// The dialogs that change something: create a SKU, adjust stock, cancel a hold. Each one says what it
// will do, and the page then says what it did.

import { isReplay, isUncertain, post } from '../api.js';
import { byId, setText } from '../dom.js';
import { number, plural, units } from '../format.js';
import { randomIdempotencyKey } from '../random.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { markFields } from '../views/stock-panel.js';

/**
 * A dialog whose form runs `submit(form)`, closes, and shows the sentence that this returns. The
 * result is shown even if the dialog was closed before the response came.
 */
function formDialog(name, submit) {
  const box = byId(`${name}-dialog`);
  const form = byId(`${name}-form`);
  const error = form.querySelector('[data-problem]');
  const button = byId(`${name}-submit`);
  let timesOpened = 0;

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    const mine = timesOpened;
    const isStillOpen = () => box.open && mine === timesOpened;
    const title = box.querySelector('h2').textContent;
    clearProblem(error);
    markFields(form, []);
    try {
      const result = await submit(form);
      if (isStillOpen()) box.close();
      showResult(result);
    } catch (problem) {
      if (isStillOpen()) {
        showProblem(error, problem);
        markFields(form, problem.errors ?? []);
      } else showResult(`${title}: ${problem.message}. Check whether it took effect.`, 'false');
    }
    button.disabled = false;
  });
  closeWithPage(box);

  return {
    form,
    open() {
      timesOpened += 1;
      clearProblem(error);
      markFields(form, []);
      box.showModal();
    },
  };
}

/** Closes by the dialog's buttons, and when another SKU is selected, since it is about the previous one. */
export function closeWithPage(box) {
  for (const button of box.querySelectorAll('[data-close]')) button.addEventListener('click', () => box.close());
  window.addEventListener('hashchange', () => box.close());
}

function showResult(text, isDone = 'true') {
  byId('result').dataset.done = isDone;
  setText(byId('result'), text);
}

const numberIn = ({ valueAsNumber: value }) => (Number.isNaN(value) ? null : value);

export function showCreateDialog(route) {
  const { form, open } = formDialog('create', async ({ elements }) => {
    const body = { sku: elements.sku.value.trim(), quantity: numberIn(elements.quantity) };
    for (const name of ['hold_ttl_seconds', 'waitlist_limit']) if (elements[name].value !== '') body[name] = numberIn(elements[name]);
    const { sku, total_quantity: total } = await post('/inventory/init', body);
    route.go(sku);
    return `Created ${sku} with ${units(total)}.`;
  });
  const openFor = (sku) => {
    form.reset();
    form.elements.sku.value = sku;
    open();
  };
  byId('create-open').addEventListener('click', () => openFor(''));
  byId('create-missing').addEventListener('click', () => openFor(route.sku));
}

export function showRestockDialog(catalog, route) {
  let sku = null;
  // A restock with unknown outcome is sent again with its key, so that it cannot take effect twice.
  // Once the dialog opens over a newer state, which may show that restock, it is a new one.
  let pending = null;

  const { form, open } = formDialog('restock', async ({ elements }) => {
    const body = { sku, quantity: numberIn(elements.quantity) };
    if (elements.reason.value.trim()) body.reason = elements.reason.value.trim();
    const text = JSON.stringify(body);
    if (pending?.text !== text) pending = { text, key: randomIdempotencyKey(), version: versionOf(body.sku) };
    try {
      const inventory = await post('/inventory/restock', body, { key: pending.key });
      pending = null;
      catalog.refresh();
      return restockResult(body, inventory);
    } catch (error) {
      if (!isUncertain(error)) pending = null;
      throw error;
    }
  });

  const versionOf = (name) => catalog.rows.get(name)?.version;
  const preview = () => {
    const change = numberIn(form.elements.quantity);
    const health = catalog.rows.get(sku);
    setText(byId('restock-submit'), restockLabel(sku, change));
    setText(byId('restock-effect'), health ? restockEffect(health, change ?? 0) : '');
  };
  form.addEventListener('input', preview);
  byId('restock-open').addEventListener('click', () => {
    sku = route.sku;
    if (pending && pending.version !== versionOf(sku)) pending = null;
    setText(byId('restock-title'), `Adjust stock of ${sku}`);
    form.reset();
    preview();
    open();
  });
}

function restockLabel(sku, change) {
  if (!change) return `Adjust ${sku}`;
  return change > 0 ? `Add ${units(change)} to ${sku}` : `Remove ${units(-change)} from ${sku}`;
}

function restockEffect({ total_inventory: total, available_inventory: available, waitlist_size: waiting }, change) {
  if (-change > available) {
    return available === 0 ? 'No units are available to remove.' : `Only ${units(available)} ${available === 1 ? 'is' : 'are'} available to remove.`;
  }
  const effect = `Total stock: ${units(total)} now, ${number(total + change)} after this change.`;
  if (change <= 0 || waiting === 0) return effect;
  const people = waiting === 1 ? '1 person is waiting and is' : `${number(waiting)} people are waiting; the first in line`;
  return `${effect} ${people} ${waiting === 1 ? 'served first' : `get ${change === 1 ? 'this unit' : `these ${units(change)}`}`}.`;
}

function restockResult({ sku, quantity }, inventory) {
  const { promoted, available_quantity: available } = inventory;
  const change = quantity > 0 ? `added ${units(quantity)} to ${sku}` : `removed ${units(-quantity)} from ${sku}`;
  if (isReplay(inventory)) return `Already applied: ${change}. Nothing changed this time.`;
  const served = promoted > 0 ? ` ${plural(promoted, 'waiting shopper')} now ${promoted === 1 ? 'holds' : 'hold'} units.` : '';
  return `${change[0].toUpperCase()}${change.slice(1)}.${served} ${number(available)} available.`;
}

export function showCancelDialog(catalog) {
  let chosen = null;
  const { open } = formDialog('cancel', async () => {
    await post('/checkout/cancel', { reservation_id: chosen.cancel });
    catalog.refresh();
    return `Cancelled the hold of ${chosen.holder}.`;
  });
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-cancel]');
    if (!button) return;
    chosen = button.dataset;
    setText(byId('cancel-text'), `${chosen.holder} loses this ${number(Number(chosen.quantity))}-unit hold immediately; it counts as a cancellation in their fairness score. The freed stock goes to the next in line.`);
    open();
  });
}
