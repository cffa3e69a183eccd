// The shoppers in order of arrival, replayed from the ledger, with a check of the server's promises.

/** The state of an arrival after a ledger entry of each kind. */
const STATE_AFTER = {
  RESERVED: 'held', WAITLISTED: 'waiting', PROMOTED: 'held', CONFIRMED: 'sold', CANCELLED: 'cancelled', EXPIRED: 'expired',
};

/** States of an arrival: `waiting`, `held`, `sold`, `cancelled`, `expired`. */
export class Arrivals {
  all = [];
  reoffered = 0;
  /** Broken promises: both must stay 0. */
  outOfTurn = 0;
  oversold = 0;
  #byId = new Map();
  #entriesRead = 0;
  #head = 0;
  #available = 0;
  #sold = 0;
  #total = 0;

  /** Replays the entries added since; returns the arrivals that changed, in the order of entries. */
  replay(entries) {
    const changed = [];
    for (; this.#entriesRead < entries.length; this.#entriesRead += 1) {
      const arrival = this.#apply(entries[this.#entriesRead]);
      if (arrival) changed.push(arrival);
    }
    return changed;
  }

  /** The head of the waitlist, or undefined. */
  get next() {
    while (this.#head < this.all.length && this.all[this.#head].state !== 'waiting') this.#head += 1;
    return this.all[this.#head];
  }

  /** The arrival of a reservation, or undefined. */
  find(reservationId) { return this.#byId.get(reservationId); }

  /** How many arrivals are in each state. */
  get counts() {
    const counts = { waiting: 0, held: 0, sold: 0, cancelled: 0, expired: 0 };
    for (const { state } of this.all) counts[state] += 1;
    return counts;
  }

  #apply(entry) {
    this.#checkStock(entry);
    switch (entry.kind) {
      case 'INITIALIZED':
      case 'RESTOCKED': return null;
      case 'RESERVED':
      case 'WAITLISTED': return this.#arrive(entry);
      case 'PROMOTED': return this.#promote(entry);
      case 'CONFIRMED':
      case 'CANCELLED':
      case 'EXPIRED': return this.#move(entry);
      default: throw new Error(`unknown ledger entry ${entry.kind}`);
    }
  }

  #checkStock(entry) {
    this.#available += entry.available_delta;
    this.#sold += entry.sold_delta;
    this.#total += entry.total_delta;
    if (this.#available < 0 || this.#sold > this.#total) this.oversold += 1;
  }

  #arrive({ reservation_id: id, quantity, kind }) {
    if (kind === 'RESERVED' && this.next) this.outOfTurn += 1;
    const arrival = { number: this.all.length + 1, id, quantity, state: STATE_AFTER[kind], promoted: false };
    this.all.push(arrival);
    this.#byId.set(id, arrival);
    return arrival;
  }

  #promote(entry) {
    if (this.next?.id !== entry.reservation_id) this.outOfTurn += 1;
    this.reoffered += 1;
    const arrival = this.#move(entry);
    arrival.promoted = true;
    return arrival;
  }

  #move({ reservation_id: id, kind }) {
    const arrival = this.#byId.get(id);
    if (!arrival) throw new Error(`${kind} for reservation ${id}, which never arrived`);
    arrival.state = STATE_AFTER[kind];
    return arrival;
  }
}
