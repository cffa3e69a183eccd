// The steps of the walkthrough, its play button, and the narration.

import { byId, element, setText } from '../dom.js';
import { statusAnnouncement } from '../text.js';
import { STEPS } from '../walkthrough.js';
import { clearProblem, showProblem } from './problem.js';

export function showWalkthrough(walkthrough, sale) {
  const play = byId('play');
  const narration = byId('narration');
  const error = byId('walkthrough-error');
  let lastNarration = '';
  const buttons = STEPS.map((step, index) => stepButton(step, index + 1));
  byId('steps').append(...buttons.map((button) => element('li', {}, button)));

  play.addEventListener('click', () => (walkthrough.isPlaying ? walkthrough.stop() : begin(() => walkthrough.play())));
  buttons.forEach((button, index) => button.addEventListener('click', async () => {
    await begin(() => walkthrough.runStep(index + 1));
    if (document.activeElement === document.body || document.activeElement === button) next()?.focus();
  }));

  function begin(action) {
    clearProblem(error);
    return action();
  }

  const next = () => buttons.find((button, index) => !button.disabled && index === walkthrough.done) ?? play;

  walkthrough.addEventListener('narration', ({ detail }) => {
    lastNarration = detail;
    setText(narration, detail);
  });
  walkthrough.addEventListener('problem', ({ detail }) => showProblem(error, detail));
  walkthrough.addEventListener('change', render);
  sale.addEventListener('status', ({ detail: { shopper, before } }) => {
    if (walkthrough.running !== null || walkthrough.isPlaying) return;
    const text = statusAnnouncement(shopper, before);
    // Between two steps the narration stays, and what happens is added to it.
    setText(narration, walkthrough.isUnfinished ? `${lastNarration} ${text}` : text);
  });
  sale.addEventListener('opened', () => clearProblem(error));

  function render() {
    setText(play, playLabel(walkthrough));
    play.disabled = walkthrough.running !== null && !walkthrough.isPlaying;
    play.dataset.playing = walkthrough.isPlaying;
    buttons.forEach((button, index) => renderStep(button, index + 1, walkthrough));
  }

  render();
}

function playLabel({ isPlaying, done }) {
  if (isPlaying) return 'Stop';
  if (done === 0) return 'Play all seven steps';
  return done === STEPS.length ? 'Play again' : `Continue with step ${done + 1}`;
}

function stepButton(step, number) {
  return element('button', { type: 'button', class: 'step', id: `step-${number}` },
    element('span', { class: 'step-number', 'aria-hidden': 'true' }, String(number)),
    element('span', { class: 'step-text' },
      element('span', { class: 'visually-hidden' }, `Step ${number}: `),
      element('span', { class: 'step-title' }, step.title),
      element('code', { class: 'step-call' }, step.call)));
}

function renderStep(button, number, walkthrough) {
  const state = stateOf(number, walkthrough);
  if (button.dataset.state !== state) button.dataset.state = state;
  button.disabled = !walkthrough.canRun(number);
  if (state === 'running') button.setAttribute('aria-current', 'step');
  else button.removeAttribute('aria-current');
}

function stateOf(number, { running, done }) {
  if (number === running) return 'running';
  if (number <= done) return 'done';
  return number === done + 1 ? 'next' : 'later';
}
