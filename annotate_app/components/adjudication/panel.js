// What a lead gives to one case: first an own answer; then, with the votes in sight, a decision and why.
import { Annotating } from "../desk/annotating.js";
import { el, key, length } from "../desk/dom.js";
import { alike } from "./drafts.js";
import { DECIDED, MINE, Votes } from "./votes.js";

const ROWS = [
  ["A  B  M", "adjudication.keys.as"],
  ["V  H", "adjudication.keys.instead"],
];

export class Panel extends Annotating {
  // `changed` is called when a person gives or takes back something.
  constructor(t, words, { limits, root }, changed) {
    super(t, words, root, () => this.#gave());
    this.limits = limits;
    this.changed = changed;
    [this.able, this.deciding] = [true, false];
    this.votes = new Votes(t, (what) => this.as(what));
    this.stepName = el("p", { class: "step" });
    this.reason = el("textarea", {
      rows: 2,
      "aria-required": "true",
      oninput: () => this.changed({ typing: true }),
    });
    this.reasonName = el("span", {});
    this.why = el("label", { class: "comment why", hidden: true }, this.reasonName, this.reason);
    this.fields = [this.stepName, this.labels.root];
  }

  name(words) {
    super.name(words);
    this.reasonName.replaceChildren(this.t("adjudication.reason"), " ", key("C"));
    if (this.item) this.#told();
  }

  // The votes stand above what was labelled, the reason where one saves.
  stand(stage) {
    super.stand(stage);
    stage.problem.before(this.why);
    stage.reading.prepend(this.votes.root);
  }

  // Put a case on the desk with what is `given` to it now: { values, labels, reason }.
  show(item, given) {
    this.item = item;
    this.deciding = item.progress.own !== null;
    this.asked = false;
    this.showLabels(given, item);
    this.reason.value = given.reason;
    this.why.hidden = !this.deciding;
    this.#told();
  }

  get draft() {
    return { ...this.labels.draft, reason: this.reason.value };
  }

  get given() {
    const { given } = this.labels;
    return this.deciding ? { ...given, reason: this.reason.value.trim() } : given;
  }

  // What keeps the lead from saving, in words; "" for nothing.
  problem() {
    const problem = this.labels.problem();
    if (problem || !this.deciding) return problem;
    const long = length(this.reason.value.replace(/\p{Cf}/gu, "")); // marks without a shape say nothing
    if (long && long <= this.limits.reason) return this.#sameReason();
    this.reason.focus();
    return long
      ? this.t("adjudication.reason_long", this.limits)
      : this.t("adjudication.reason_missing");
  }

  // Asked once where another decision keeps the reason of the former one.
  #sameReason() {
    const { decision } = this.item.progress;
    const { given } = this;
    const kept = decision?.reason === given.reason && !alike(given, decision);
    if (!kept || this.asked) return "";
    this.asked = true;
    return this.t("adjudication.reason_again");
  }

  // Switched off while the server is asked to keep what is given.
  turn(on) {
    this.able = on;
    this.labels.turn(on);
    this.reason.readOnly = !on;
  }

  // Take over what a vote, or the lead before, said; how sure one is stays one's own.
  as(what) {
    const { own, votes, decision } = this.item.progress;
    const vote = { [MINE]: own, [DECIDED]: decision }[what] ?? votes[Number(what)];
    if (!this.able || !this.deciding || !vote) return false;
    const { confidence } = this.labels.given.values;
    const some = vote.labels.some(({ primary }) => primary);
    const labels = vote.labels.map((label, n) => ({ ...label, primary: some ? label.primary : !n }));
    this.labels.show({ values: { ...vote.values, confidence }, labels }, this.read);
    this.#gave();
    if (!this.reason.value) this.reason.focus();
  }

  // What letters mean: with the votes in sight some of them stand for a vote.
  get letters() {
    const letters = super.letters;
    if (!this.deciding) return letters;
    return { ...letters, a: "as 0", b: "as 1", d: "as 3", m: `as ${MINE}`, v: "mark", h: "codebook" };
  }

  get rows() {
    return [...super.rows, ...ROWS];
  }

  get acts() {
    return { ...super.acts, as: (what) => this.as(what) };
  }

  // C is for the reason, or for the third vote where there is one.
  comment() {
    if (!this.deciding) return false;
    if (this.item.progress.votes.length > 2) return this.as(2);
    this.reason.focus();
  }

  #told() {
    const { deciding, t, item } = this;
    this.stepName.textContent = deciding
      ? t("adjudication.step_decision")
      : t("adjudication.step_own");
    this.votes.show(item.progress, this.words.labels, this.read);
    this.votes.mark(this.labels.given);
  }

  #gave() {
    this.votes.mark(this.labels.given);
    this.changed();
  }
}
