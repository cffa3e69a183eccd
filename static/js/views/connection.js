// The banner: the server can't be reached, has no key, or answers but can't work; and that it is back.

import { access } from '../access.js';
import { byId, setText } from '../dom.js';
import { connection, knock } from '../connection.js';

const GLAD_MS = 3_000;
const REMEDIES = { lost: 'Try now', locked: 'Enter a key' };

export function showConnection(sale) {
  const banner = byId('banner');
  const retry = byId('banner-retry');
  let gladTimer = null;

  function render() {
    const next = stateOf(sale);
    const before = banner.dataset.state;
    if (next === 'fine' && before === 'back') return;
    if (next === 'fine' && ['lost', 'ill', 'trouble'].includes(before)) show('back');
    else show(next);
  }

  function show(state) {
    clearTimeout(gladTimer);
    if (state === 'back') gladTimer = setTimeout(() => show('fine'), GLAD_MS);
    banner.dataset.state = state;
    retry.hidden = !(state in REMEDIES);
    setText(retry, REMEDIES[state] ?? '');
    setText(byId('banner-text'), textFor(state, sale));
  }

  retry.addEventListener('click', () => (connection.state === 'lost' ? knock() : access.ask(access.refusal)));
  access.addEventListener('change', render);
  connection.addEventListener('change', render);
  sale.addEventListener('change', render);
}

function stateOf({ trouble }) {
  if (connection.state !== 'fine') return connection.state;
  if (access.state === 'declined') return 'locked';
  return trouble ? 'trouble' : 'fine';
}

function textFor(state, { trouble, sku }) {
  switch (state) {
    case 'lost': return 'The server can’t be reached. Trying again every few seconds; what you see may be out of date.';
    case 'ill': return `The server answers, but can’t work: ${connection.trouble}. Trying again every few seconds; what you see may be out of date.`;
    case 'trouble': return trouble.code === 'unknown-sku' ? `The server no longer knows ${sku}. Begin again with step 1.` : `The server answers, but can’t say how things stand: ${trouble.message}. Trying again.`;
    case 'locked': return 'This server wants to know who asks. Without an API key or a token, nothing here can be read or done.';
    case 'back': return 'The server is back.';
    default: return '';
  }
}
