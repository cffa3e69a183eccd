// The list of steps, the play button, and the line that tells what is going on.

import { byId, element, setText } from '../dom.js';
import { STEPS } from '../story.js';
import { announcement } from '../words.js';
import { clearProblem, showProblem } from './problem.js';

export function showStory(story, sale) {
  const play = byId('play');
  const narration = byId('narration');
  const error = byId('story-error');
  let told = '';
  const buttons = STEPS.map((step, index) => stepButton(step, index + 1));
  byId('steps').append(...buttons.map((button) => element('li', {}, button)));

  play.addEventListener('click', () => (story.isPlaying ? story.stop() : begin(() => story.play())));
  buttons.forEach((button, index) => button.addEventListener('click', async () => {
    await begin(() => story.take(index + 1));
    if (document.activeElement === document.body || document.activeElement === button) next()?.focus();
  }));

  function begin(action) {
    clearProblem(error);
    return action();
  }

  const next = () => buttons.find((button, index) => !button.disabled && index === story.done) ?? play;

  story.addEventListener('narration', ({ detail }) => {
    told = detail;
    setText(narration, detail);
  });
  story.addEventListener('problem', ({ detail }) => showProblem(error, detail));
  story.addEventListener('change', render);
  sale.addEventListener('status', ({ detail }) => {
    if (story.running !== null || story.isPlaying) return;
    const news = announcement(detail.shopper, detail.before);
    // Between its steps the story goes on: what happens is told behind it.
    setText(narration, story.isUnderWay ? `${told} ${news}` : news);
  });
  sale.addEventListener('opened', () => clearProblem(error));

  function render() {
    setText(play, playLabel(story));
    play.disabled = story.running !== null && !story.isPlaying;
    play.dataset.playing = story.isPlaying;
    buttons.forEach((button, index) => renderStep(button, index + 1, story));
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
      element('span', { class: 'hidden' }, `Step ${number}: `),
      element('span', { class: 'step-title' }, step.title),
      element('code', { class: 'step-call' }, step.call)));
}

function renderStep(button, number, story) {
  const state = stateOf(number, story);
  if (button.dataset.state !== state) button.dataset.state = state;
  button.disabled = !story.may(number);
  if (state === 'running') button.setAttribute('aria-current', 'step');
  else button.removeAttribute('aria-current');
}

function stateOf(number, { running, done }) {
  if (number === running) return 'running';
  if (number <= done) return 'done';
  return number === done + 1 ? 'next' : 'later';
}
