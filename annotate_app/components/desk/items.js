// Know the rater's order, and have the next items here before they are wanted.

const AHEAD = 40;
const AT_ONCE = 10; // positions in one request

export class Items {
  constructor(api, study, arrived) {
    this.api = api;
    this.study = study;
    this.arrived = arrived; // called when items have come, or the server has refused them
    this.byPosition = new Map();
    this.done = new Set();
    this.total = 0;
    this.asked = new Set();
  }

  // Take in the package that a study begins with.
  begin({ total, done, items }) {
    this.total = total;
    this.done = new Set(done);
    this.#take(items);
  }

  at(position) {
    return this.byPosition.get(position);
  }

  // The first open position after this one, else the first of all; null when all are judged.
  openAfter(position, taken) {
    const open = (at) => !this.done.has(at) && !taken.has(at);
    for (let at = position + 1; at <= this.total; at++) if (open(at)) return at;
    for (let at = 1; at <= position && at <= this.total; at++) if (open(at)) return at;
    return null;
  }

  // Positions that can be opened: judged, on their way, or next.
  reachable(taken) {
    const next = this.openAfter(0, taken);
    const all = new Set([...this.done, ...taken, ...(next ? [next] : [])]);
    return [...all].sort((a, b) => a - b);
  }

  // The nearest of these before (-1) or after (1) a position; null stands for the end.
  neighbour(position, step, taken) {
    const there = this.reachable(taken).filter(
      (at) => (at - (position ?? this.total + 1)) * step > 0,
    );
    return step > 0 ? there[0] : there.at(-1);
  }

  // Fetch this position and the open ones that follow it, as far as they are not here yet.
  async fetchFrom(position, taken) {
    const wanted = [];
    for (let at = position; at <= this.total && wanted.length < AHEAD; at++) {
      if (at === position || (!this.done.has(at) && !taken.has(at))) wanted.push(at);
    }
    const missing = wanted.filter((at) => !this.byPosition.has(at) && !this.asked.has(at));
    const urgent = missing[0] === position;
    if (!missing.length || (!urgent && missing.length < AT_ONCE && !this.#nearEnd(wanted))) return;
    const batches = [];
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      batches.push(this.#fetch(missing.slice(from, from + AT_ONCE)));
    }
    await Promise.all(batches);
  }

  // Remember what the server now holds for an item.
  judged(position, previous) {
    this.done.add(position);
    const item = this.byPosition.get(position);
    if (item) item.previous = previous;
  }

  // Items that were read long ago need not stay.
  forgetBefore(position) {
    for (const at of this.byPosition.keys()) {
      if (at < position - AHEAD) this.byPosition.delete(at);
    }
  }

  #nearEnd(wanted) {
    return wanted.at(-1) === this.total || this.byPosition.size < AT_ONCE;
  }

  async #fetch(positions) {
    for (const at of positions) this.asked.add(at);
    const answer = await this.api.items(this.study, positions);
    for (const at of positions) this.asked.delete(at);
    if (answer.ok) this.#take(answer.ok.items);
    this.arrived(answer);
  }

  #take(items) {
    for (const item of items.map(shown)) {
      this.byPosition.set(item.position, item);
      if (item.previous) this.done.add(item.position);
      else this.done.delete(item.position);
    }
  }
}

// A line of a text from Windows ends with two characters: browsers select half of the pair. A space
// stands for the first one, so every character keeps its place.
function shown(item) {
  const texts = ["question", "description", "answer"].filter((field) => item[field]);
  const plain = texts.map((field) => [field, item[field].replaceAll("\r\n", " \n")]);
  return { ...item, ...Object.fromEntries(plain) };
}
