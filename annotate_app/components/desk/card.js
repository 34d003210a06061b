// One item on the card: what is given to it in a panel, kept as a draft until it is on its way.
import { judgement, NOTHING, same } from "./judgement.js";

const TYPING_MS = 200;

export class Card {
  // `make` makes the panel of the study's kind, given what to call after each change; `tell` has
  // problem(text), which shows what keeps the rater from saving.
  constructor(make, limits, pace, tell) {
    this.limits = limits;
    this.pace = pace;
    this.tell = tell;
    this.item = null; // also while it is announced, or out of sight
    this.active = false; // whether the rater can give something now
    this.panel = make((how) => this.#changed(how));
  }

  // Where drafts are kept, and where judgements go out.
  connect(vault, outbox) {
    [this.vault, this.outbox] = [vault, outbox];
  }

  // Put an item on the card with its draft, else with what was given before.
  fill(item) {
    this.item = item;
    const draft = this.vault.get("draft", item.code);
    const given = { ...NOTHING, ...(draft ?? this.#before) };
    this.panel.show(given, { item, again: draft === null });
    this.tell.problem("");
    this.pace.begin(draft?.seconds);
    this.begun = draft !== null || Boolean(item.previous);
  }

  keepDraft() {
    clearTimeout(this.typing);
    if (!this.active) return;
    const given = this.#timed(this.panel.draft);
    if (same(given, this.#before)) this.vault.forget("draft", this.item.code);
    else this.vault.keep("draft", this.item.code, this.#short(given));
  }

  // Send what is given, unless nothing is new; false if something is missing, which is then said.
  save(study) {
    const problem = this.panel.problem();
    this.tell.problem(problem);
    if (problem) return false;
    const given = this.#timed(this.panel.given);
    clearTimeout(this.typing);
    if (!same(given, this.#before)) {
      const unsent = this.outbox.of(this.item.code);
      const base = unsent ? null : (this.item.previous?.revision ?? 0);
      this.outbox.add(judgement(this.item, base, given), this.item.position, study);
    }
    this.vault.forget("draft", this.item.code);
    return true;
  }

  #timed(given) {
    return { ...given, seconds: this.pace.seconds };
  }

  // A text that is far too long to be saved makes no huge draft: it takes too long at each key.
  #short(given) {
    const cut = (text) => text.slice(0, 4 * this.limits.comment);
    const flags = Object.entries(given.flags).map(([flag, reason]) => [flag, cut(reason)]);
    return { ...given, comment: cut(given.comment), flags: Object.fromEntries(flags) };
  }

  // What was given to this item before: on its way, stored, or nothing.
  get #before() {
    return this.outbox.of(this.item.code)?.judgement ?? this.item.previous ?? NOTHING;
  }

  #changed({ typing = false } = {}) {
    if (!this.active) return;
    this.tell.problem("");
    clearTimeout(this.typing);
    if (typing) this.typing = setTimeout(() => this.keepDraft(), TYPING_MS);
    else this.keepDraft();
  }
}
