// The dialog about one user: fairness score and tier, outcomes of holds, latest reservations.

import { get } from '../api.js';
import { byId, element, setBadge, setText } from '../dom.js';
import { dateTime, number, score } from '../format.js';
import { cell, numberCell, row, rowHeader } from '../table.js';
import { statusLabel, tierLabel } from '../text.js';
import { clearProblem, showProblem } from '../views/problem.js';
import { closeWithPage } from './dialogs.js';
import { hashOf } from './route.js';

export function showUserDialog() {
  const box = byId('user-dialog');
  let latest = 0;

  async function open(userId) {
    latest += 1;
    const mine = latest;
    setText(byId('user-title'), userId);
    byId('user-body').hidden = true;
    clearProblem(byId('user-error'));
    if (!box.open) box.showModal();
    try {
      const [behavior, reservations] = await Promise.all([
        get(`/users/${encodeURIComponent(userId)}/behavior`),
        get(`/reservations?${new URLSearchParams({ user_id: userId, limit: 20 })}`),
      ]);
      if (mine === latest) render(behavior, reservations.items);
    } catch (error) {
      if (mine === latest) showProblem(byId('user-error'), error);
    }
  }

  closeWithPage(box);
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

/** A user's ID as a button that opens the dialog. */
export function userButton(userId) {
  return element('button', { type: 'button', class: 'link', 'data-user': userId }, userId);
}

function render(behavior, reservations) {
  setBadge(byId('user-tier'), behavior.tier, tierLabel(behavior.tier));
  setText(byId('user-reason'), behavior.reason);
  setText(byId('user-score'), score(behavior.score));
  setText(byId('user-ttl'), `${number(behavior.ttl_seconds)} s`);
  for (const kind of ['confirmed', 'cancelled', 'expired']) setText(byId(`user-${kind}`), number(behavior[`${kind}_count`]));
  byId('user-reservations').replaceChildren(...reservations.map(reservationRow));
  byId('user-empty').hidden = reservations.length > 0;
  byId('user-body').hidden = false;
}

function reservationRow({ sku, status, quantity, created_at: created }) {
  const badge = element('span', { class: 'badge' });
  setBadge(badge, status, statusLabel(status));
  return row({},
    rowHeader(element('a', { href: hashOf(sku) }, sku)),
    cell(null, { class: 'half' }, badge),
    numberCell('Units', number(quantity)),
    cell('Created', { class: 'wide' }, dateTime(created)));
}
