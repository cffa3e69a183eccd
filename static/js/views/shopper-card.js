// The card of one shopper: status, time left or waitlist position, fairness, and the actions.

import { serverNow } from '../clock.js';
import { byId, setBadge, setText } from '../dom.js';
import { countdown, number, score } from '../format.js';
import { reservationSentence, statusLabel, tierLabel } from '../text.js';
import { clearProblem, showProblem } from './problem.js';

const TICK_MS = 200;
const ENDING_SOON_MS = 10_000;
const SIGNS = { CONFIRMED: '✓', CANCELLED: '×', EXPIRED: '0:00' };

export function showShoppers(sale, walkthrough) {
  for (const shopper of sale.shoppers.values()) {
    const card = buildCard(shopper);
    byId('shoppers').append(card.root);
    connect(card, shopper, sale, walkthrough);
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
  const buttons = Array.from(root.querySelectorAll('[data-action]'));
  for (const button of buttons) button.setAttribute('aria-label', `${button.textContent} for ${shopper.name}`);
  return { root, field, buttons, ring: root.querySelector('.ring') };
}

function connect(card, shopper, sale, walkthrough) {
  let isBusy = false;

  function render() {
    renderReservation(card, shopper);
    tick();
    for (const button of card.buttons) {
      button.disabled = !sale.isOpen || walkthrough.isPlaying || !shopper.can(button.dataset.action);
    }
    card.field('quantity').disabled = !sale.isOpen || walkthrough.isPlaying || shopper.isLive;
  }

  function tick() {
    const left = millisecondsLeft(shopper.reservation);
    renderCountdown(card, shopper.reservation, left);
    return left;
  }

  async function act(action) {
    if (isBusy) return;
    isBusy = true;
    clearProblem(card.field('error'));
    try {
      if (action === 'reserve') await sale.reserve(shopper.letter, quantityIn(card));
      else await sale[action](shopper.letter);
      walkthrough.abandon();
    } catch (error) {
      showProblem(card.field('error'), error);
    }
    isBusy = false;
    render();
    if (document.activeElement === document.body) card.buttons.find((button) => !button.disabled)?.focus();
  }

  card.buttons.forEach((button) => button.addEventListener('click', () => act(button.dataset.action)));
  sale.addEventListener('change', render);
  sale.addEventListener('opened', () => clearProblem(card.field('error')));
  sale.addEventListener('status', ({ detail }) => {
    if (detail.shopper === shopper) clearProblem(card.field('error'));
  });
  walkthrough.addEventListener('change', render);
  startTicking(tick, () => sale.refresh());
  render();
}

/** Ticks for the life of the page, and calls `onEnd` once each time the time runs out. */
function startTicking(tick, onEnd) {
  let before = null;
  setInterval(() => {
    if (document.hidden) return;
    const left = tick();
    if (before > 0 && left === 0) onEnd();
    before = left;
  }, TICK_MS);
}

function quantityIn(card) {
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
  setBadge(field('status'), status, status === '' ? 'Browsing' : statusLabel(status));
  setText(field('position'), reservation?.waitlist ? `#${number(reservation.waitlist.position)}` : '');
  setText(field('sign'), status === '' ? '?' : SIGNS[status] ?? '');
  setText(field('sentence'), reservationSentence(reservation));
  renderFairness(field, reservation?.fairness);
}

function renderFairness(field, fairness) {
  field('fairness').dataset.empty = !fairness;
  setText(field('tier'), fairness ? tierLabel(fairness.tier) : '');
  setText(field('score'), fairness ? `score ${score(fairness.score)}` : '');
  setText(field('reason'), fairness ? fairness.reason : '');
}

function renderCountdown({ root, field, ring }, reservation, left) {
  setText(field('countdown'), left === null ? '' : countdown(left));
  const share = left === null ? 0 : Math.min(1, left / (reservation.ttl_seconds * 1_000));
  const offset = (100 - share * 100).toFixed(2);
  if (ring.getAttribute('stroke-dashoffset') !== offset) ring.setAttribute('stroke-dashoffset', offset);
  root.dataset.endingSoon = left !== null && left < ENDING_SOON_MS;
}
