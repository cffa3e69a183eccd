// The card of one shopper: status, the time left or the place in line, fairness, and what they can do.

import { byId, setBadge, setText } from '../dom.js';
import { serverNow } from '../clock.js';
import { countdown, sentenceFor } from '../words.js';
import { clearProblem, showProblem } from './problem.js';

const TICK_MS = 200;
const HURRY_MS = 10_000;
const SIGNS = { CONFIRMED: '✓', CANCELLED: '×', EXPIRED: '0:00' };

export function showShoppers(sale, story) {
  for (const shopper of sale.shoppers.values()) {
    const card = buildCard(shopper);
    byId('shoppers').append(card.root);
    listen(card, shopper, sale, story);
  }
}

function buildCard(shopper) {
  const root = byId('shopper-template').content.firstElementChild.cloneNode(true);
  root.dataset.shopper = shopper.letter;
  root.setAttribute('aria-label', shopper.name);
  const field = (name) => root.querySelector(`[data-field="${name}"]`);
  setText(field('letter'), shopper.letter);
  setText(field('name'), shopper.name);
  field('countdown').setAttribute('aria-label', `Time left for ${shopper.name}`);
  for (const button of root.querySelectorAll('[data-action]')) {
    button.setAttribute('aria-label', `${button.textContent} for ${shopper.name}`);
  }
  return { root, field, buttons: Array.from(root.querySelectorAll('[data-action]')), sweep: root.querySelector('.sweep') };
}

function listen(card, shopper, sale, story) {
  let busy = false;

  function render() {
    renderReservation(card, shopper);
    tick();
    for (const button of card.buttons) {
      button.disabled = !sale.isOpen || story.isPlaying || !shopper.may(button.dataset.action);
    }
    card.field('quantity').disabled = !sale.isOpen || story.isPlaying || shopper.isLive;
  }

  function tick() {
    const left = millisecondsLeft(shopper.reservation);
    renderCountdown(card, shopper.reservation, left);
    return left;
  }

  async function act(action) {
    if (busy) return;
    busy = true;
    clearProblem(card.field('error'));
    try {
      if (action === 'reserve') await sale.reserve(shopper.letter, wanted(card));
      else await sale[action](shopper.letter);
      story.abandon();
    } catch (error) {
      showProblem(card.field('error'), error);
    }
    busy = false;
    render();
    if (document.activeElement === document.body) card.buttons.find((button) => !button.disabled)?.focus();
  }

  card.buttons.forEach((button) => button.addEventListener('click', () => act(button.dataset.action)));
  sale.addEventListener('change', render);
  sale.addEventListener('opened', () => clearProblem(card.field('error')));
  sale.addEventListener('status', ({ detail }) => {
    if (detail.shopper === shopper) clearProblem(card.field('error'));
  });
  story.addEventListener('change', render);
  tellWhenOver(tick, () => sale.refresh());
  render();
}

/** Ticks for ever, and asks the server once when the time has run out. */
function tellWhenOver(tick, over) {
  let before = null;
  setInterval(() => {
    if (document.hidden) return;
    const left = tick();
    if (before > 0 && left === 0) over();
    before = left;
  }, TICK_MS);
}

function wanted(card) {
  const typed = card.field('quantity').valueAsNumber;
  return Number.isNaN(typed) ? null : typed;
}

/** Null when nothing is held. */
function millisecondsLeft(reservation) {
  if (reservation?.status !== 'RESERVED') return null;
  return Math.max(0, Date.parse(reservation.expires_at) - serverNow());
}

function renderReservation({ root, field }, shopper) {
  const { reservation } = shopper;
  const status = reservation?.status ?? '';
  root.dataset.status = status;
  setText(field('user'), shopper.userId);
  setBadge(field('status'), status, status || 'BROWSING');
  setText(field('position'), reservation?.waitlist ? `#${reservation.waitlist.position}` : '');
  setText(field('sign'), status === '' ? '?' : SIGNS[status] ?? '');
  setText(field('sentence'), sentenceFor(shopper));
  renderFairness(field, reservation?.fairness);
}

function renderFairness(field, fairness) {
  field('fairness').dataset.empty = !fairness;
  setText(field('tier'), fairness ? `${fairness.tier} hold` : '');
  setText(field('score'), fairness ? `score ${Number(fairness.score).toFixed(2)}` : '');
  setText(field('reason'), fairness?.reason ?? '');
}

function renderCountdown({ root, field, sweep }, reservation, left) {
  setText(field('countdown'), left === null ? '' : countdown(left));
  const share = left === null ? 0 : Math.min(1, left / (reservation.ttl_seconds * 1_000));
  const offset = (100 - share * 100).toFixed(2);
  if (sweep.getAttribute('stroke-dashoffset') !== offset) sweep.setAttribute('stroke-dashoffset', offset);
  root.dataset.hurry = left !== null && left < HURRY_MS;
}
