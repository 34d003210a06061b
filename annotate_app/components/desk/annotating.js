// What labelling and deciding share in a panel: the labels of a text, with evidence marked in it.
import { codebook } from "./codebook.js";
import { KEYS, LabelPanel } from "./labels.js";
import { Marks } from "./marks.js";

const FIELDS = { answer: ["answer"], question: ["question", "description"] };
const LABEL_LETTERS = KEYS.slice(10).map((letter, n) => [letter.toLowerCase(), `label ${n + 10}`]);
const LETTERS = {
  ...Object.fromEntries(LABEL_LETTERS),
  p: "primary",
  f: "confidence",
  m: "mark",
  b: "codebook",
};
const ROWS = [
  ["1 2 3", "label.keys.presence"],
  ["1 … 9 0  Q … Y", "label.keys.label"],
  ["P", "label.keys.primary"],
  ["F", "label.keys.confidence"],
  ["M  ↓ ↑  Shift", "label.keys.mark"],
  ["Backspace", "label.keys.undo"],
  ["B", "label.keys.codebook"],
];

// A panel of these adds .fields, .given and .comment(), what the key for comments does.
export class Annotating {
  // `changed` is called when a person gives or takes back a label or evidence.
  constructor(t, words, root, changed) {
    this.t = t;
    this.words = words;
    this.marks = new Marks(root, {
      hint: () => (this.labels.off ? "" : t("label.hint")),
      pressed: () => this.labels.list.scrollIntoView({ block: "center" }),
    });
    this.labels = new LabelPanel(t, words, { changed, marks: this.marks });
  }

  get letters() {
    return LETTERS;
  }

  get rows() {
    return ROWS;
  }

  // Put everything into these words; what is given stays.
  name(words) {
    this.words = words;
    this.labels.name(words);
  }

  // Evidence is marked in what is labelled, wherever the stage shows it.
  stand({ texts, reading }) {
    this.texts = texts;
    reading.append(this.marks.hint);
  }

  // Show what is `given` to an item: its labels, and their evidence in its texts.
  showLabels(given, item) {
    const fields = FIELDS[this.words.target];
    this.read = Object.fromEntries(fields.map((field) => [field, item[field]]));
    this.marks.show(
      fields.map((field) => ({ field, element: this.texts[field], text: item[field] })),
    );
    this.labels.show(given, this.read);
  }

  digit(digit) {
    return this.labels.digit(digit);
  }

  // What keys do, by their actions' names; false for what a key is not for now.
  get acts() {
    return {
      ...this.labels.acts,
      mark: () => this.marks.begin(),
      comment: () => this.comment(),
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
