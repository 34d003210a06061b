// The labels of one item: is a distortion present, which, which first of all, by what evidence, how sure.
//
//   new LabelPanel(t, { target, labels }, { changed, marks })   labels: [{ id, name, definition, … }],
//                         as the package has them; target: "question" or "answer"; changed() follows
//                         each change by a person; marks, if evidence can be marked, is a `Marks`
//   .root                 what to put on the page
//   .name({ target, labels })   the same labels in the words of another language; what is given stays
//   .show(given, texts)   given: { values, labels } as a judgement has them; texts: { field: text }
//   .given                { values, labels } as it is saved; .draft with labels that are now off too
//   .problem()            what keeps it from being saved, in words, "" for nothing; asked twice in a
//                         row, "present" without a label is none
//   .digit(n), .acts      what keys do: acts[name](what), false for what a key is not for now
//   .turn(on)             false to show only
import { Choice } from "./choice.js";
import { Explanation } from "./codebook.js";
import { el, key } from "./dom.js";
import { Evidence } from "./evidence.js";
import { merged } from "./spans.js";

export const PRESENCES = ["yes", "no", "cannot_tell"];
export const KEYS = [..."1234567890QWERTY"];
const CONFIDENCES = [1, 2, 3];
const NOTHING = { values: {}, labels: [] };

export class LabelPanel {
  constructor(t, words, { changed, marks = null }) {
    this.t = t;
    this.changed = changed;
    this.marks = marks;
    this.able = true;
    this.presence = new Choice("presence", PRESENCES, (value) => this.choose(value), {
      required: true,
    });
    this.confidence = new Choice("confidence", CONFIDENCES, (value) => this.#sure(value));
    this.list = el("div", { role: "group", class: "distortions" });
    this.explanation = new Explanation();
    this.evidence = new Evidence((id, span) => this.#forget(id, span));
    this.list.addEventListener("pointerleave", () => this.#explain(null));
    this.root = el(
      "div",
      { class: "labelling" },
      this.presence.root,
      this.list,
      this.confidence.root,
      this.explanation.root,
      this.evidence.root,
    );
    this.labels = [];
    this.#take(NOTHING, {});
    this.name(words);
  }

  name({ target, labels }) {
    const { t } = this;
    this.labels = labels;
    const asked = target === "answer" ? t("label.answer") : t("label.question");
    const presences = PRESENCES.map((presence) => t(`label.presence.${presence}`));
    this.presence.name([asked], presences, ["1", "2", "3"]);
    const levels = CONFIDENCES.map((level) => t(`label.confidence.level_${level}`));
    this.confidence.name([t("label.confidence.title"), " ", key("F")], levels);
    this.list.setAttribute("aria-label", t("label.distortions"));
    this.list.style.setProperty("--rows", Math.ceil(labels.length / 2));
    this.cells = labels.map((label, place) => this.#cell(label, place));
    this.list.replaceChildren(...this.cells.map(({ root }) => root));
    this.explanation.name(t, labels);
    this.#draw();
  }

  show(given, texts = {}) {
    this.#take(given, texts);
    this.#draw();
    this.#explain(null);
  }

  get given() {
    const labels = this.value.presence === "yes" ? this.#labels : [];
    return { values: { ...this.value }, labels };
  }

  get draft() {
    return { values: { ...this.value }, labels: this.#labels };
  }

  problem() {
    if (this.value.presence === null) {
      this.wanted = true;
      this.#draw();
      this.presence.root.scrollIntoView({ block: "nearest" });
      return this.t("label.presence_missing");
    }
    if (this.value.presence !== "yes" || this.chosen.size || this.warned) return "";
    this.warned = true;
    return this.t("label.none_chosen");
  }

  turn(on) {
    this.able = on;
    this.#draw();
  }

  // A digit answers the first question; after that it stands for a label.
  digit(digit) {
    if (this.asking && !this.marks?.spans.length) return this.choose(PRESENCES[digit - 1]);
    return this.pick((digit + 9) % 10);
  }

  get acts() {
    return {
      label: (place) => this.pick(Number(place)),
      primary: () => this.#nextPrimary(),
      confidence: () => this.#nextConfidence(),
      back: () => this.#back(),
      undo: () => this.#back({ clear: true }),
      forward: () => this.#forward(),
    };
  }

  choose(presence) {
    if (!this.able || !presence) return false;
    this.value.presence = presence;
    this.#ask(false);
  }

  // Choose a label, or take it away again; with something selected, that becomes its evidence.
  pick(place) {
    const id = this.labels[place]?.id;
    if (!id || !this.able) return false;
    const spans = this.marks?.spans ?? [];
    if (this.off) return false;
    this.value.presence = "yes";
    if (spans.length) this.#give(id, [...(this.chosen.get(id) ?? []), ...spans]);
    else if (this.chosen.has(id)) this.#drop(id);
    else this.#give(id, this.dropped.get(id) ?? []);
    this.marks?.clear();
    this.latest = place;
    this.#ask(false);
  }

  // Whether there is nothing to label; what was chosen before stays in sight.
  get off() {
    return this.value.presence === "no" || this.value.presence === "cannot_tell";
  }

  // ---- What is given

  #take({ values, labels }, texts) {
    const known = (label) => this.labels.some(({ id }) => id === label);
    const mine = labels.filter(({ label }) => known(label));
    this.value = { presence: values.presence ?? null, confidence: values.confidence ?? null };
    this.chosen = new Map(mine.map(({ label, spans }) => [label, spans]));
    this.main = mine.find(({ primary }) => primary)?.label ?? null;
    this.dropped = new Map(); // evidence of labels that were taken away, should they come back
    this.texts = texts;
    this.asking = this.value.presence === null;
    [this.wanted, this.warned, this.latest] = [false, false, null];
  }

  get #labels() {
    return this.#chosen.map(({ id }) => {
      return { label: id, primary: id === this.main, spans: this.chosen.get(id) };
    });
  }

  // The chosen labels, in the order of the list.
  get #chosen() {
    return this.labels.filter(({ id }) => this.chosen.has(id));
  }

  #give(id, spans) {
    this.chosen.set(id, merged(spans));
    this.main ??= id;
  }

  #drop(id) {
    this.dropped.set(id, this.chosen.get(id));
    this.chosen.delete(id);
    if (this.main === id) this.main = this.#chosen[0]?.id ?? null;
  }

  #forget(id, span) {
    if (!this.able) return;
    this.chosen.set(
      id,
      this.chosen.get(id).filter((other) => other !== span),
    );
    this.#tell();
  }

  #makePrimary(id) {
    if (!this.able || this.off || !this.chosen.has(id)) return false;
    this.main = id;
    this.#tell();
  }

  #nextPrimary() {
    const ids = this.#chosen.map(({ id }) => id);
    if (ids.length < 2) return false;
    return this.#makePrimary(ids[(ids.indexOf(this.main) + 1) % ids.length]);
  }

  #sure(confidence) {
    if (!this.able) return false;
    this.value.confidence = this.value.confidence === confidence ? null : confidence;
    this.#tell();
  }

  #nextConfidence() {
    const now = this.value.confidence ?? 0;
    return this.#sure(now === CONFIDENCES.at(-1) ? now : now + 1);
  }

  // Back to the first question; with `clear` it has no answer again. The labels stay in sight.
  #back({ clear = false } = {}) {
    if (!this.able || (this.asking && !(clear && this.value.presence))) return false;
    if (clear) this.value.presence = null;
    this.#ask(true);
  }

  #forward() {
    if (!this.asking || this.value.presence === null) return false;
    this.#ask(false);
  }

  #ask(asking) {
    this.asking = asking;
    this.#tell();
  }

  #tell() {
    [this.wanted, this.warned] = [false, false];
    this.#draw();
    this.changed();
  }

  // ---- How it looks

  #cell(label, place) {
    const marked = el("span", { class: "marked" });
    const pick = el(
      "button",
      {
        type: "button",
        role: "checkbox",
        class: "pick",
        onclick: () => this.pick(place),
        onfocus: () => this.#explain(place),
        onblur: () => this.#explain(null),
      },
      KEYS[place] ? key(KEYS[place]) : "",
      el("span", { class: "label" }, label.name),
      marked,
    );
    const star = el(
      "button",
      {
        type: "button",
        class: "star",
        "aria-label": this.t("label.make_primary", { name: label.name }),
        onclick: () => this.#makePrimary(label.id),
      },
      el("span", {}, this.t("label.primary")),
    );
    const over = { onpointerenter: () => this.#explain(place) };
    const root = el("div", { class: "distortion", ...over }, pick, star);
    root.style.setProperty("--hue", hue(place));
    return { root, pick, star, marked };
  }

  #draw() {
    const { able, off } = this;
    const { presence, confidence } = this.value;
    this.presence.draw(presence, { current: able && this.asking, missing: this.wanted });
    this.confidence.draw(confidence);
    this.list.classList.toggle("current", able && !this.asking && !off);
    this.list.classList.toggle("off", off);
    for (const [place, { root, pick, star, marked }] of this.cells.entries()) {
      const { id } = this.labels[place];
      const spans = this.chosen.get(id);
      root.classList.toggle("chosen", Boolean(spans));
      root.classList.toggle("first", id === this.main);
      pick.setAttribute("aria-checked", String(Boolean(spans)));
      pick.disabled = off;
      star.disabled = off || !spans;
      star.setAttribute("aria-pressed", String(id === this.main));
      marked.textContent = spans?.length || "";
      marked.title = spans?.length ? this.t("label.marked", { n: spans.length }) : "";
    }
    const shown = off ? [] : this.#shown;
    this.evidence.show(this.t, shown, this.texts);
    this.marks?.draw(
      shown.flatMap(({ spans, ...label }) => spans.map((span) => ({ ...span, ...label }))),
    );
    this.#explain(null);
  }

  // The chosen labels, as their evidence is shown.
  get #shown() {
    return this.#chosen.map(({ id, name }) => {
      const place = this.labels.findIndex((label) => label.id === id);
      const tag = KEYS[place] ?? String(place + 1);
      return { id, name, tag, hue: hue(place), spans: this.chosen.get(id) };
    });
  }

  #explain(place) {
    this.explanation.show(place ?? this.latest);
  }
}

// Hues that are far apart for labels that are near each other.
function hue(place) {
  return Math.round(place * 137.5) % 360;
}
