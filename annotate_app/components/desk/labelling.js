// What a labeller gives to an item in a distortion study: labels with evidence, and a comment.
import { Annotating } from "./annotating.js";
import { Remarks } from "./remarks.js";

export class Labelling extends Annotating {
  // `changed` is called when a person gives or takes back something.
  constructor(t, words, { limits, root }, changed) {
    super(t, words, root, () => changed());
    this.remarks = new Remarks(t, limits, [], changed);
    this.fields = [this.labels.root, this.remarks.root];
  }

  name(words) {
    super.name(words);
    this.remarks.name();
  }

  show(given, { item }) {
    this.showLabels(given, item);
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

  comment() {
    this.remarks.comment.focus();
  }
}
