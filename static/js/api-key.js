// The API key or token that requests carry. It lives in this tab alone: sessionStorage keeps it over
// a reload and drops it with the tab.

const STORAGE_KEY = 'fairhold-key';
// What an HTTP header can carry.
const WELL_FORMED = /^[\x21-\x7e]{1,8000}$/;

/**
 * Events: `change`. `current` is `{ text }` or null; each new key is a new object, so that a request
 * can tell whether the key it carried is still the latest. `state` is `ready`, `prompting`, or
 * `dismissed` once the prompt for a missing key was closed without one.
 */
class ApiKey extends EventTarget {
  current = load();
  state = 'ready';
  /** The problem that made the page ask for a key; null when the visitor opened the prompt. */
  rejection = null;

  prompt(rejection = null) {
    this.rejection = rejection;
    this.#setState('prompting');
  }

  use(text) {
    this.current = { text };
    save(text);
    this.#setState('ready');
  }

  dismiss() {
    this.#setState(this.rejection ? 'dismissed' : 'ready');
  }

  forget() {
    this.current = null;
    save(null);
  }

  /**
   * After a request was refused with the key `rejected`: true once there is another key to try.
   * However many requests fail, the page prompts once. A background request waits for a key as long
   * as it takes; for any other, false means that the prompt was dismissed.
   */
  async waitForNew(rejected, rejection, { background }) {
    while (this.current === rejected) {
      const mayPrompt = this.state === 'ready' || (this.state === 'dismissed' && !background);
      if (mayPrompt) this.prompt(rejection);
      await new Promise((resolve) => { this.addEventListener('change', resolve, { once: true }); });
      if (this.state === 'dismissed' && !background) return false;
    }
    return true;
  }

  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

export const apiKey = new ApiKey();

/** The key in pasted text, with or without its scheme; null if it is not well-formed. */
export function parseKey(pasted) {
  const text = pasted.trim().replace(/^bearer\s+/i, '');
  return WELL_FORMED.test(text) ? text : null;
}

// A browser that blocks storage still lets the page work until it is reloaded.
function load() {
  try {
    const text = parseKey(sessionStorage.getItem(STORAGE_KEY) ?? '');
    return text === null ? null : { text };
  } catch {
    return null;
  }
}

function save(text) {
  try {
    if (text === null) sessionStorage.removeItem(STORAGE_KEY);
    else sessionStorage.setItem(STORAGE_KEY, text);
  } catch {
    // As above.
  }
}
