// The stock panel: figures, a proportional bar, the health, and the form for a custom sale.

import { byId, keepFocus, setBadge, setText } from '../dom.js';
import { number } from '../format.js';
import { statusLabel } from '../text.js';
import { clearProblem, showProblem } from './problem.js';

const FIGURES = {
  available: 'available_inventory',
  held: 'reserved_inventory',
  sold: 'sold_inventory',
  waiting: 'waitlist_size',
};
// The bar is in units, so waiting counts what is waited for and not how many wait.
const SEGMENTS = { ...FIGURES, waiting: 'waitlist_quantity' };

export function showStock(sale, walkthrough) {
  const panel = byId('stock-panel');
  const error = byId('custom-sale-error');
  const form = byId('custom-sale');
  const restock = byId('custom-sale-restock');

  function render() {
    panel.dataset.empty = !sale.isOpen;
    setText(byId('sku'), sale.sku ?? 'none yet');
    restock.disabled = !sale.isOpen || walkthrough.isPlaying || sale.isRestocking;
    byId('custom-sale-start').disabled = walkthrough.isPlaying;
    if (sale.inventory) renderInventory(sale.inventory);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!walkthrough.isPlaying) attempt(() => openCustomSale(sale, form), form, error, walkthrough);
  });
  restock.addEventListener('click', () => keepFocus(restock, () => attempt(() => sale.restock(1), form, error, walkthrough)));
  sale.addEventListener('opened', () => clearProblem(error));
  sale.addEventListener('change', render);
  walkthrough.addEventListener('change', render);
  render();
}

async function attempt(action, form, error, walkthrough) {
  if (form.dataset.busy === 'true') return;
  form.dataset.busy = 'true';
  clearProblem(error);
  markFields(form, []);
  try {
    await action();
    walkthrough.abandon();
  } catch (problem) {
    showProblem(error, problem);
    markFields(form, problem.errors ?? []);
  }
  form.dataset.busy = 'false';
}

// The server validates the numbers, so that its messages name what is wrong with them.
function openCustomSale(sale, form) {
  const value = ({ valueAsNumber: typed }) => (Number.isNaN(typed) ? null : typed);
  const { quantity, hold_ttl_seconds: hold } = form.elements;
  return sale.open({ quantity: value(quantity), holdSeconds: value(hold) });
}

/** Marks the inputs of these field errors as invalid. */
export function markFields(form, errors) {
  const invalid = new Set(errors.map(({ field }) => field));
  for (const input of form.querySelectorAll('input')) {
    input.setAttribute('aria-invalid', invalid.has(input.name));
  }
}

function renderInventory(inventory) {
  for (const [name, field] of Object.entries(FIGURES)) {
    setText(document.querySelector(`[data-stock="${name}"]`), number(inventory[field]));
  }
  setBadge(byId('health'), inventory.status, statusLabel(inventory.status));
  renderBar(inventory);
}

function renderBar(inventory) {
  const bar = byId('stock-bar');
  for (const [name, field] of Object.entries(SEGMENTS)) {
    const segment = bar.querySelector(`[data-segment="${name}"]`);
    segment.style.flexGrow = inventory[field];
    segment.dataset.empty = inventory[field] === 0;
  }
  bar.setAttribute('aria-label', `${statusLabel(inventory.status)}. Total stock ${number(inventory.total_inventory)}: `
    + `${number(inventory.available_inventory)} available, ${number(inventory.reserved_inventory)} held, `
    + `${number(inventory.sold_inventory)} sold. Waiting for ${number(inventory.waitlist_quantity)} more.`);
}
