// The order of arrival, replayed from the ledger, and whether the promises were kept.

const ENDS = { CONFIRMED: 'sold', CANCELLED: 'left', EXPIRED: 'lapsed' };

/** States of an arrival: `waiting`, `held`, `sold`, `left`, `lapsed`. */
export class Line {
  arrivals = [];
  passedOn = 0;
  /** Broken promises: both stay 0. */
  outOfTurn = 0;
  oversold = 0;
  #byId = new Map();
  #read = 0;
  #head = 0;
  #available = 0;
  #sold = 0;
  #total = 0;

  /** Takes what was added to the ledger; returns the arrivals that changed, in the order of events. */
  readOn(entries) {
    const touched = [];
    for (; this.#read < entries.length; this.#read += 1) {
      const arrival = this.#take(entries[this.#read]);
      if (arrival) touched.push(arrival);
    }
    return touched;
  }

  /** Who is served next, or undefined. */
  get next() {
    while (this.#head < this.arrivals.length && this.arrivals[this.#head].state !== 'waiting') this.#head += 1;
    return this.arrivals[this.#head];
  }

  /** The arrival of a reservation, or undefined. */
  arrivalOf(id) { return this.#byId.get(id); }

  /** How many arrivals are in each state. */
  get counts() {
    const counts = { waiting: 0, held: 0, sold: 0, left: 0, lapsed: 0 };
    for (const { state } of this.arrivals) counts[state] += 1;
    return counts;
  }

  #take(entry) {
    this.#count(entry);
    switch (entry.kind) {
      case 'RESERVED': return this.#join(entry, 'held');
      case 'WAITLISTED': return this.#join(entry, 'waiting');
      case 'PROMOTED': return this.#promote(entry);
      case 'CONFIRMED':
      case 'CANCELLED':
      case 'EXPIRED': return this.#move(entry, ENDS[entry.kind]);
      default: return null;
    }
  }

  #count(entry) {
    this.#available += entry.available_delta;
    this.#sold += entry.sold_delta;
    this.#total += entry.total_delta;
    if (this.#available < 0 || this.#sold > this.#total) this.oversold += 1;
  }

  #join({ reservation_id: id, quantity }, state) {
    if (state === 'held' && this.next) this.outOfTurn += 1;
    const arrival = { number: this.arrivals.length + 1, id, quantity, state, promoted: false };
    this.arrivals.push(arrival);
    this.#byId.set(id, arrival);
    return arrival;
  }

  #promote(entry) {
    if (this.next?.id !== entry.reservation_id) this.outOfTurn += 1;
    this.passedOn += 1;
    const arrival = this.#move(entry, 'held');
    if (arrival) arrival.promoted = true;
    return arrival;
  }

  #move({ reservation_id: id }, state) {
    const arrival = this.#byId.get(id) ?? null;
    if (arrival) arrival.state = state;
    return arrival;
  }
}
