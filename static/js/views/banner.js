// The banner: the server cannot be reached, cannot work, or needs a key; or this page has a bug.

import { apiKey } from '../api-key.js';
import { checkConnection, connection } from '../connection.js';
import { byId, setText } from '../dom.js';

const RESTORED_MS = 3_000;
const STALE = 'Retrying every few seconds; the data shown may be out of date.';

/** For each state of the banner: its text, and the button that helps. */
const STATES = {
  none: { text: () => '' },
  restored: { text: () => 'Connection restored.' },
  disconnected: { text: () => `Can’t reach the server. ${STALE}`, button: 'Try now', act: checkConnection },
  degraded: { text: () => `The server can’t work: ${connection.problem}. ${STALE}` },
  stale: { text: ({ problem, sku }) => (problem.code === 'unknown-sku' ? `SKU ${sku} no longer exists. Start again with step 1.`
    : `Can’t load the latest stock: ${problem.message}. Retrying.`) },
  'key-required': { text: () => 'API key required. Without a key or token, this page can’t read or change anything.', button: 'Enter a key', act: () => apiKey.prompt(apiKey.rejection) },
  'page-error': { text: () => 'Something went wrong on this page. What it shows may be wrong.', button: 'Reload the page', act: () => location.reload() },
};
const OUTAGES = ['disconnected', 'degraded', 'stale'];

export function showBanner(source) {
  const banner = byId('banner');
  const button = byId('banner-button');
  let hasPageError = false;
  let restoredTimer = null;

  function render() {
    const next = hasPageError ? 'page-error' : stateOf(source);
    const before = banner.dataset.state;
    if (next === 'none' && before === 'restored') return;
    if (next === 'none' && OUTAGES.includes(before)) show('restored');
    else show(next);
  }

  function show(state) {
    clearTimeout(restoredTimer);
    if (state === 'restored') restoredTimer = setTimeout(() => show('none'), RESTORED_MS);
    const { text, button: label } = STATES[state];
    banner.dataset.state = state;
    button.hidden = label === undefined;
    setText(button, label ?? '');
    setText(byId('banner-text'), text(source));
  }

  function showPageError() {
    hasPageError = true;
    render();
  }

  button.addEventListener('click', () => STATES[banner.dataset.state].act());
  // Without an error object it is a notice of the browser, such as that of a ResizeObserver that is late.
  window.addEventListener('error', ({ error }) => { if (error) showPageError(); });
  window.addEventListener('unhandledrejection', showPageError);
  apiKey.addEventListener('change', render);
  connection.addEventListener('change', render);
  source.addEventListener('change', render);
}

function stateOf({ problem }) {
  if (connection.state !== 'connected') return connection.state;
  if (apiKey.state === 'dismissed') return 'key-required';
  return problem ? 'stale' : 'none';
}
