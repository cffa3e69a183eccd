// Which SKU is open stands in the address, so that it can be linked to and gone back from.

const PREFIX = '#sku=';

export const pathOf = (sku) => PREFIX + encodeURIComponent(sku);

/** `sku` is the open one, or null. Events: `change`. */
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

  go(sku) { location.hash = pathOf(sku); }
}
