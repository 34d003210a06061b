// What a labeller gives to an item in a distortion study: labels with evidence, and a comment.
import { codebook } from "./codebook.js";
import { KEYS, LabelPanel } from "./labels.js";
import { Marks } from "./marks.js";
import { Remarks } from "./remarks.js";

const LETTERS = KEYS.slice(10).map((letter, n) => [letter.toLowerCase(), `label ${n + 10}`]);

export class Labelling {
  static letters = {
    ...Object.fromEntries(LETTERS),
    p: "primary",
    f: "confidence",
    m: "mark",
    b: "codebook",
  };
  static rows = [
    ["1 2 3", "label.keys.presence"],
    ["1 … 9 0  Q … Y", "label.keys.label"],
    ["P", "label.keys.primary"],
    ["F", "label.keys.confidence"],
    ["M  ↓ ↑  Shift", "label.keys.mark"],
    ["Backspace", "label.keys.undo"],
    ["B", "label.keys.codebook"],
  ];

  // `changed` is called when a person gives or takes back something.
  constructor(t, words, { limits, root }, changed) {
    this.t = t;
    this.words = words;
    this.marks = new Marks(root, {
      hint: () => (this.labels.off ? "" : t("label.hint")),
      pressed: () => this.labels.list.scrollIntoView({ block: "center" }),
    });
    this.labels = new LabelPanel(t, words, { changed: () => changed(), marks: this.marks });
    this.remarks = new Remarks(t, limits, [], changed);
    this.fields = [this.labels.root, this.remarks.root];
  }

  name(words) {
    this.words = words;
    this.labels.name(words);
    this.remarks.name();
  }

  // Evidence is marked in what is labelled, wherever the stage shows it.
  stand({ texts, reading }) {
    this.texts = texts;
    reading.append(this.marks.hint);
  }

  show(given, { item }) {
    const fields = this.words.target === "answer" ? ["answer"] : ["question", "description"];
    const texts = Object.fromEntries(fields.map((field) => [field, item[field]]));
    this.marks.show(
      fields.map((field) => ({ field, element: this.texts[field], text: item[field] })),
    );
    this.labels.show(given, texts);
    this.remarks.show(given);
  }

  get draft() {
    return { ...this.labels.draft, ...this.remarks.given };
  }

  get given() {
    return { ...this.labels.given, ...this.remarks.given };
  }

  // What keeps the labeller from saving, in words; "" for nothing.
  problem() {
    return this.labels.problem() || this.remarks.problem;
  }

  digit(digit) {
    return this.labels.digit(digit);
  }

  // What keys do, by their actions' names; false for what a key is not for now.
  get acts() {
    return {
      ...this.labels.acts,
      mark: () => this.marks.begin(),
      comment: () => this.remarks.comment.focus(),
    };
  }

  // Arrow keys move what is selected, where something is.
  step(event) {
    return this.marks.step(event);
  }

  leave() {
    return this.marks.clear();
  }

  // What can be read under the guidelines.
  get reading() {
    return codebook(this.t, this.words.labels, KEYS);
  }

  end() {
    this.marks.end();
  }
}
