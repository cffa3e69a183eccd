// The API key, or token, that calls bear where the server asks who is there. It is known to this tab
// alone: kept in sessionStorage, it outlives a reload and ends with the tab.

const PLACE = 'fairhold-key';
// What a header can carry.
const POSSIBLE = /^[\x21-\x7e]{1,8000}$/;

/**
 * Events: `change`. `key` is `{ text }`, or null; who is given a new one gets a new object, so that
 * a call knows whether the one that it bore is still the latest. `state` is `settled`, `asking`, or
 * `declined`, when a key is missing and nobody wants to enter it now.
 */
class Access extends EventTarget {
  key = recall();
  state = 'settled';
  /** Why the server asks; null when somebody wants to change the key of their own accord. */
  refusal = null;

  ask(refusal = null) {
    this.refusal = refusal;
    this.#become('asking');
  }

  take(text) {
    this.key = { text };
    keep(text);
    this.#become('settled');
  }

  decline() {
    this.#become(this.refusal ? 'declined' : 'settled');
  }

  forget() {
    this.key = null;
    keep(null);
  }

  /**
   * For a call that was refused with the key that it `bore`: true once there is another to try.
   * Many calls ask once. A call that is `patient` waits until there is a key, however long; false
   * tells the others that nobody wants to enter one.
   */
  async renewed(bore, refusal, patient) {
    while (this.key === bore) {
      const mayAsk = this.state === 'settled' || (this.state === 'declined' && !patient);
      if (mayAsk) this.ask(refusal);
      await new Promise((resolve) => { this.addEventListener('change', resolve, { once: true }); });
      if (this.state === 'declined' && !patient) return false;
    }
    return true;
  }

  #become(state) {
    this.state = state;
    this.dispatchEvent(new Event('change'));
  }
}

export const access = new Access();

/** The key in what somebody pasted, with or without the scheme; null where none can be. */
export function keyIn(pasted) {
  const text = pasted.trim().replace(/^bearer\s+/i, '');
  return POSSIBLE.test(text) ? text : null;
}

// A browser that keeps nothing for a page still lets it be used until it is loaded again.
function recall() {
  try {
    const text = keyIn(sessionStorage.getItem(PLACE) ?? '');
    return text === null ? null : { text };
  } catch {
    return null;
  }
}

function keep(text) {
  try {
    if (text === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, text);
  } catch {
    // As above.
  }
}
