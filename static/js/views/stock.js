// The stock panel: figures, one bar in proportion, the health, and the form for a sale of one's own.

import { byId, keepFocus, setBadge, setText } from '../dom.js';
import { number, statusLabel } from '../words.js';
import { clearProblem, showProblem } from './problem.js';

const FIGURES = {
  available: 'available_inventory',
  reserved: 'reserved_inventory',
  sold: 'sold_inventory',
  waiting: 'waitlist_size',
};

export function showStock(sale, story) {
  const panel = document.querySelector('.stock');
  const error = byId('setup-error');
  const form = byId('setup');

  function render() {
    panel.dataset.empty = !sale.isOpen;
    setText(byId('sku'), sale.sku ?? 'nothing on sale yet');
    byId('restock').disabled = !sale.isOpen || story.isPlaying || sale.restocking;
    byId('reset').disabled = story.isPlaying;
    if (sale.inventory) renderInventory(sale.inventory);
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!story.isPlaying) attempt(() => openOwn(sale, form), form, error, story);
  });
  byId('restock').addEventListener('click', ({ currentTarget }) => keepFocus(currentTarget, () => attempt(() => sale.restock(1), form, error, story)));
  sale.addEventListener('opened', () => clearProblem(error));
  sale.addEventListener('change', render);
  story.addEventListener('change', render);
  render();
}

async function attempt(action, form, error, story) {
  if (form.dataset.busy === 'true') return;
  form.dataset.busy = 'true';
  clearProblem(error);
  markFields(form, []);
  try {
    await action();
    story.abandon();
  } catch (problem) {
    showProblem(error, problem);
    markFields(form, problem.errors ?? []);
  }
  form.dataset.busy = 'false';
}

// The server judges the numbers, so that its own words name what is wrong with them.
function openOwn(sale, form) {
  const value = ({ valueAsNumber: typed }) => (Number.isNaN(typed) ? null : typed);
  const { quantity, hold_ttl_seconds: hold } = form.elements;
  return sale.open({ quantity: value(quantity), holdSeconds: value(hold) });
}

function markFields(form, errors) {
  const wrong = new Set(errors.map(({ field }) => field));
  for (const input of form.querySelectorAll('input')) {
    input.setAttribute('aria-invalid', wrong.has(input.name));
  }
}

function renderInventory(inventory) {
  for (const [name, field] of Object.entries(FIGURES)) {
    setText(document.querySelector(`[data-stock="${name}"]`), number(inventory[field]));
  }
  setBadge(byId('health'), inventory.status);
  renderBar(inventory);
}

function renderBar(inventory) {
  const bar = byId('stock-bar');
  for (const [name, field] of Object.entries({ ...FIGURES, waiting: 'waitlist_quantity' })) {
    const segment = bar.querySelector(`[data-segment="${name}"]`);
    segment.style.flexGrow = inventory[field] ?? 0;
    segment.dataset.empty = !inventory[field];
  }
  bar.setAttribute('aria-label', `${statusLabel(inventory.status)}. Of ${number(inventory.total_inventory)} in stock: `
    + `${number(inventory.available_inventory)} available, ${number(inventory.reserved_inventory)} held, `
    + `${number(inventory.sold_inventory)} sold. Waiting for ${number(inventory.waitlist_quantity)} more.`);
}
