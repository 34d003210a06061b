// The rating desk: one card after the other, saved by the app's own route, with nothing lost between.
import { Api } from "./api.js";
import { Card } from "./card.js";
import { Labelling } from "./labelling.js";
import { Outbox } from "./outbox.js";
import { Scoring } from "./scoring.js";
import { mounted, Sitting } from "./sitting.js";

const TYPED_AHEAD_MS = 1_000;
const AHEAD = new Set(["save", "back", "undo", "forward", "label", "primary", "confidence"]);
const KINDS = {
  rating: { Panel: Scoring, sections: [] },
  distortion: { Panel: Labelling, sections: ["label"] },
};
const WIDE_PX = 1_000;

class Desk extends Sitting {
  constructor(parent, data) {
    super(parent, data, new Api(data.base));
    this.early = []; // what the rater has typed ahead of an item that is on its way
  }

  panelFor(words, around) {
    const { Panel, sections } = KINDS[this.package?.kind ?? "rating"];
    this.sections = sections;
    const make = (changed) => new Panel(this.t, words, around, changed);
    const problem = (text) => (this.stage.problem.textContent = text);
    this.card = new Card(make, this.limits, this.pace, { problem });
    return this.card.panel;
  }

  connect() {
    this.outbox = new Outbox(this.api, this.vault, {
      saved: (entry, result) => this.#saved(entry, result),
      refused: (entry, why) => this.#refused(entry, why),
      signedOut: () => this.stop("not_signed_in"),
      changed: () => this.#tell(),
    });
    this.card.connect(this.vault, this.outbox);
    this.outbox.send();
    if (!this.package.done.length && window.innerWidth >= WIDE_PX) this.act("guidelines");
  }

  end() {
    super.end();
    this.outbox?.retire();
  }

  async settle() {
    this.keepDraft();
    await this.outbox?.emptied(3_000);
  }

  keepDraft() {
    this.card.keepDraft();
  }

  // ---- Which item is shown

  get taken() {
    const mine = this.outbox.waiting.filter((entry) => entry.study === this.study);
    return new Set(mine.map((entry) => entry.position));
  }

  get waiting() {
    return this.outbox.size;
  }

  get atWork() {
    return this.state === "rating";
  }

  show(item) {
    super.show(item);
    while (this.early.length && this.atWork) this.mean(this.early.shift());
  }

  fill(item) {
    this.card.fill(item);
    return this.card.begun;
  }

  toWork() {
    this.turn("rating", this.stage.question);
  }

  turn(state, heading) {
    if (state !== this.state) this.since = performance.now();
    if (state !== "rating" && state !== "loading") this.early = [];
    this.card.active = state === "rating";
    super.turn(state, heading);
  }

  save() {
    const { code, position } = this.item;
    if (!this.card.save(this.study)) return;
    this.voice.dismiss(code);
    this.go(this.openAfter(position));
  }

  // Fingers may be faster than the network; after a second they no longer mean the next item.
  mean(meant) {
    return this.#early(meant) || super.mean(meant);
  }

  #early(meant) {
    if (this.state !== "loading" || !this.package) return false;
    if (performance.now() - this.since > TYPED_AHEAD_MS) return false;
    if (!("digit" in meant) && !AHEAD.has(meant.action.split(" ")[0])) return false;
    return this.early.push(meant);
  }

  // ---- What the server says

  #saved({ study, position, judgement }, { revision, at }) {
    const { values, labels, comment, flags } = judgement;
    this.voice.savedAt = at;
    if (study === this.study)
      this.items.judged(position, { revision, values, labels, comment, flags, at });
    this.draw();
  }

  // A judgement that cannot be stored becomes a draft again, and the rater is told which.
  #refused(entry, why) {
    const { item: code, values, labels, comment, flags, seconds } = entry.judgement;
    const here = entry.study === this.study;
    this.vault.keep("draft", code, { values, labels, comment, flags, seconds });
    if (here && why.newest) this.items.judged(entry.position, why.newest);
    this.voice.refused(entry, why, here);
    if (here && why.code === "study_not_open") this.stop(why.code); // the next would be in vain too
    this.draw();
  }

  draw() {
    if (!this.item) return;
    this.stage.recall(this.item.previous);
    this.#tell();
  }

  #tell() {
    if (this.ended || this.state === "closed") return;
    this.voice.status(this.outbox, this.vault);
    if (this.state === "done") this.finish();
    else this.stage.count(this.items.done.size, this.items.total, this.wanted);
  }
}

export const mount = mounted(Desk);
