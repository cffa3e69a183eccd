// The selected SKU in the URL fragment, so that it can be linked to and the Back button works.

const PREFIX = '#sku=';

export const hashOf = (sku) => PREFIX + encodeURIComponent(sku);

/** `sku` is the selected one, or null. Events: `change`. */
export class Route extends EventTarget {
  constructor() {
    super();
    window.addEventListener('hashchange', () => this.dispatchEvent(new Event('change')));
  }

  get sku() {
    if (!location.hash.startsWith(PREFIX)) return null;
    try {
      return decodeURIComponent(location.hash.slice(PREFIX.length)) || null;
    } catch {
      return null;
    }
  }

  /** Selects a SKU; one that is selected already is loaded again. */
  go(sku) {
    if (this.sku === sku) this.dispatchEvent(new Event('change'));
    else location.hash = hashOf(sku);
  }
}
