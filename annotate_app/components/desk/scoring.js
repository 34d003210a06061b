// What a rater gives to an item in a rating study: a score on each scale, flags and a comment.
import { FLAGS, Remarks } from "./remarks.js";
import { Scales } from "./scales.js";

export class Scoring {
  letters = { h: "harmful", o: "overwhelming", x: "cannot_judge" };
  rows = [
    ["0 1 2", "desk.keys.score"],
    ["← ↑", "desk.keys.back"],
    ["Backspace", "desk.keys.undo"],
    ["→ ↓", "desk.keys.forward"],
    ["H  O  X", "desk.keys.flags"],
  ];

  // `changed` is called when a person gives or takes back something.
  constructor(t, { criteria }, { limits }, changed) {
    this.t = t;
    this.changed = changed;
    this.scales = new Scales(t, criteria, () => this.#changed());
    this.remarks = new Remarks(t, limits, FLAGS, (how) => this.#changed(how));
    this.fields = [this.scales.root, this.remarks.root];
  }

  name({ criteria }) {
    this.scales.name(criteria);
    this.remarks.name();
  }

  show(given, { again }) {
    this.remarks.show(given);
    this.scales.show(given.values, { again });
    this.scales.turn(!this.remarks.cannotJudge);
  }

  get draft() {
    return { values: { ...this.scales.values }, labels: [], ...this.remarks.given };
  }

  get given() {
    const { draft } = this;
    return this.remarks.cannotJudge ? { ...draft, values: this.scales.none } : draft;
  }

  // What keeps the rater from saving, in words; "" for nothing.
  problem() {
    const { missing } = this.scales;
    if (!missing.length || this.remarks.cannotJudge) return this.remarks.problem;
    this.scales.want(missing[0]);
    const names = missing.map(({ name }) => name).join(this.t("word.and"));
    return this.t("desk.scores_missing", { names });
  }

  digit(digit) {
    return this.scales.score(digit);
  }

  // What keys do, by their actions' names; false for what a key is not for now.
  get acts() {
    const { scales, remarks } = this;
    return {
      back: () => scales.back(),
      undo: () => scales.back({ clear: true }),
      forward: () => scales.forward(),
      harmful: () => remarks.tick("harmful"),
      overwhelming: () => remarks.tick("overwhelming"),
      cannot_judge: () => remarks.tick("cannot_judge"),
      comment: () => remarks.comment.focus(),
    };
  }

  #changed(how) {
    this.scales.turn(!this.remarks.cannotJudge);
    this.changed(how);
  }
}
