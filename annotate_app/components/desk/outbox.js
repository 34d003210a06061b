// Send judgements until the server has each of them, once: the same token twice is one row.

const AT_ONCE = 4;
const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 10_000;

export class Outbox {
  // `tell` has saved(entry, result), refused(entry, why), signedOut() and changed().
  constructor(api, vault, tell) {
    this.api = api;
    this.vault = vault;
    this.tell = tell;
    this.waiting = vault.all("out").sort((a, b) => a.made - b.made);
    this.made = this.waiting.at(-1)?.made ?? 0;
    this.sending = new Set();
    this.trouble = null; // "away", or the code with which the server asked for patience
    this.wait = FIRST_WAIT_MS;
    this.timer = null;
    this.ended = false;
    this.retired = false;
    this.wake = () => this.retry();
    window.addEventListener("online", this.wake);
    document.addEventListener("visibilitychange", this.wake);
  }

  get size() {
    return this.waiting.length;
  }

  // The newest unsent judgement of an item.
  of(code) {
    return this.waiting.findLast((entry) => entry.judgement.item === code);
  }

  // Each is kept before it is sent, and until it has arrived; `made` keeps the order of a visit.
  add(judgement, position, study) {
    this.made = Math.max(Date.now(), this.made + 1);
    const entry = { judgement, position, study, made: this.made };
    this.vault.keep("out", judgement.token, entry);
    this.waiting.push(entry);
    this.send();
  }

  retry() {
    clearTimeout(this.timer);
    this.timer = null;
    this.send();
  }

  send() {
    if (this.timer !== null || this.ended) return;
    const busy = new Set([...this.sending].map((entry) => entry.judgement.item));
    for (const entry of this.waiting) {
      if (this.sending.size >= AT_ONCE) break;
      if (busy.has(entry.judgement.item)) continue; // one after the other for one item
      busy.add(entry.judgement.item);
      this.#send(entry);
    }
    this.tell.changed();
  }

  // The desk has left the page: what is waiting still goes out, while the tab is open.
  retire() {
    this.retired = true;
    if (!this.size) this.end();
  }

  end() {
    this.ended = true;
    clearTimeout(this.timer);
    window.removeEventListener("online", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
  }

  // Resolves once nothing is waiting, or after so many milliseconds.
  async emptied(patience) {
    const until = performance.now() + patience;
    this.retry();
    while (this.size && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #send(entry) {
    this.sending.add(entry);
    const answer = await this.api.save(entry.judgement);
    this.sending.delete(entry);
    if (answer.away) return this.#later("away");
    if (answer.ok) return this.#arrived(entry, answer.ok);
    if (answer.later) return this.#later(answer.refused.code, answer.refused.seconds);
    this.trouble = null;
    if (answer.status === 401) {
      this.end();
      return this.tell.signedOut();
    }
    this.tell.refused(entry, answer.refused); // makes a draft of it first
    this.#remove(entry);
  }

  #arrived(entry, result) {
    this.trouble = null;
    this.wait = FIRST_WAIT_MS;
    for (const next of this.waiting) {
      // A change that was made before this one had arrived builds on it.
      if (next !== entry && next.judgement.item === entry.judgement.item) {
        next.judgement.base = result.revision;
        this.vault.keep("out", next.judgement.token, next);
      }
    }
    this.tell.saved(entry, result);
    this.#remove(entry);
  }

  #remove(entry) {
    this.vault.forget("out", entry.judgement.token);
    this.waiting = this.waiting.filter((other) => other !== entry);
    if (this.retired && !this.size) this.end();
    this.send();
  }

  #later(trouble, seconds = 0) {
    this.trouble = trouble;
    if (this.timer === null && !this.ended) {
      const chance = 0.5 + Math.random() / 2; // a hundred raters do not come back all at once
      const wait = Math.max(this.wait * chance, seconds * 1_000);
      this.timer = setTimeout(() => this.retry(), wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    }
    this.tell.changed();
  }
}
