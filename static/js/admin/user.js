// What is known of a user: behaviour, tier, and the latest reservations.

import { get } from '../api.js';
import { byId, element, setBadge, setText } from '../dom.js';
import { cell, figure, row, rowHead } from '../rows.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { number, statusLabel } from '../words.js';
import { letClose } from './dialogs.js';
import { pathOf } from './route.js';

export function showUser() {
  const box = byId('user-dialog');
  let turn = 0;

  async function open(userId) {
    turn += 1;
    const mine = turn;
    setText(byId('user-title'), userId);
    byId('user-body').hidden = true;
    clearProblem(byId('user-error'));
    if (!box.open) box.showModal();
    try {
      const [behavior, reservations] = await Promise.all([
        get(`/users/${encodeURIComponent(userId)}/behavior`),
        get(`/reservations?${new URLSearchParams({ user_id: userId, limit: 20 })}`),
      ]);
      if (mine === turn) render(behavior, reservations.items);
    } catch (error) {
      if (mine === turn) showProblem(byId('user-error'), error);
    }
  }

  letClose(box);
  box.addEventListener('click', ({ target }) => { if (target.closest('a')) box.close(); });
  document.addEventListener('click', ({ target }) => {
    const button = target.closest('[data-user]');
    if (button) open(button.dataset.user);
  });
  byId('user-lookup').addEventListener('submit', (event) => {
    event.preventDefault();
    const { value } = byId('user-id');
    if (value !== '') open(value);
  });
}

function render(behavior, reservations) {
  setBadge(byId('user-tier'), behavior.tier, `${behavior.tier} tier`);
  setText(byId('user-reason'), behavior.reason);
  setText(byId('user-score'), Number(behavior.score).toFixed(2));
  setText(byId('user-ttl'), `${number(behavior.ttl_seconds)} s`);
  for (const kind of ['confirmed', 'cancelled', 'expired']) setText(byId(`user-${kind}`), number(behavior[`${kind}_count`]));
  byId('user-reservations').replaceChildren(...reservations.map(reservationRow));
  byId('user-empty').hidden = reservations.length > 0;
  byId('user-body').hidden = false;
}

function reservationRow({ sku, status, quantity, created_at: made }) {
  const badge = element('span', { class: 'badge' });
  setBadge(badge, status, statusLabel(status));
  return row({},
    rowHead(element('a', { href: pathOf(sku) }, sku)),
    cell(null, { class: 'half' }, badge),
    figure('Units', number(quantity)),
    cell('Made', { class: 'wide' }, new Date(made).toLocaleString('en-GB')));
}
