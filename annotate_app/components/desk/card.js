// One item on the card: what the rater gives to it, kept as a draft until it is on its way.
import { judgement, NOTHING, same } from "./judgement.js";
import { Remarks } from "./remarks.js";
import { Scales } from "./scales.js";

const TYPING_MS = 200;

export class Card {
  // `tell` has problem(text), which shows what keeps the rater from saving.
  constructor(t, criteria, limits, pace, tell) {
    this.t = t;
    this.limits = limits;
    this.pace = pace;
    this.tell = tell;
    this.item = null; // also while it is announced, or out of sight
    this.active = false; // whether the rater can give something now
    this.scales = new Scales(t, criteria, () => this.#changed());
    this.remarks = new Remarks(t, limits, () => this.#changed({ typing: true }));
  }

  // Where drafts are kept, and where judgements go out.
  connect(vault, outbox) {
    [this.vault, this.outbox] = [vault, outbox];
  }

  name(criteria) {
    this.scales.name(criteria);
    this.remarks.name();
  }

  // Put an item on the card with its draft, else with what was given before.
  fill(item) {
    this.item = item;
    const draft = this.vault.get("draft", item.code);
    const given = draft ?? this.#before;
    this.remarks.show(given);
    this.scales.show(given.values, { again: draft === null });
    this.scales.turn(!this.remarks.cannotJudge);
    this.tell.problem("");
    this.pace.begin(draft?.seconds);
    this.begun = draft !== null || Boolean(item.previous);
  }

  keepDraft() {
    clearTimeout(this.typing);
    if (!this.active) return;
    const given = this.#given;
    if (same(given, this.#before)) this.vault.forget("draft", this.item.code);
    else this.vault.keep("draft", this.item.code, this.#short(given));
  }

  // Send what is given, unless nothing is new; false if something is missing, which is then said.
  save(study) {
    const given = this.#given;
    const missing = this.scales.missing;
    if (this.remarks.cannotJudge) given.values = this.scales.none;
    else if (missing.length) return this.#askFor(missing);
    if (this.remarks.tooLong) return this.#refuse(this.t("desk.too_long", this.limits));
    clearTimeout(this.typing);
    if (!same(given, this.#before)) {
      const unsent = this.outbox.of(this.item.code);
      const base = unsent ? null : (this.item.previous?.revision ?? 0);
      this.outbox.add(judgement(this.item, base, given), this.item.position, study);
    }
    this.vault.forget("draft", this.item.code);
    return true;
  }

  get #given() {
    const { comment, flags } = this.remarks.given;
    return { values: { ...this.scales.values }, comment, flags, seconds: this.pace.seconds };
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
    this.scales.turn(!this.remarks.cannotJudge);
    this.tell.problem("");
    clearTimeout(this.typing);
    if (typing) this.typing = setTimeout(() => this.keepDraft(), TYPING_MS);
    else this.keepDraft();
  }

  #askFor(criteria) {
    const names = criteria.map(({ name }) => name).join(this.t("word.and"));
    this.scales.want(criteria[0]);
    return this.#refuse(this.t("desk.scores_missing", { names }));
  }

  #refuse(problem) {
    this.tell.problem(problem);
    return false;
  }
}
