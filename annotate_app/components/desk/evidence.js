// The evidence that was marked, as short quotes under their labels, each with a button to take it away.
import { el } from "./dom.js";
import { cut } from "./spans.js";

const LONGEST_QUOTE = 36;

export class Evidence {
  // `remove` is called with a label's id and one of its spans.
  constructor(remove) {
    this.remove = remove;
    this.list = el("ul", {});
    this.title = el("h4", {});
    this.root = el("section", { class: "evidence", hidden: true }, this.title, this.list);
  }

  // Show [{ id, name, tag, hue, spans }], with the words that the spans cut out of these texts.
  show(t, labels, texts) {
    this.title.textContent = t("label.evidence");
    const lines = labels.flatMap((label) =>
      label.spans.map((span) => this.#line(t, label, span, texts[span.field] ?? "")),
    );
    this.list.replaceChildren(...lines);
    this.root.hidden = !lines.length;
  }

  #line(t, { id, name, tag, hue }, span, text) {
    const quote = short(cut(text, span));
    const line = el(
      "li",
      {},
      el("span", { class: "tag", "aria-hidden": "true" }, tag),
      el("span", { class: "quote" }, el("b", {}, name), " ", quote),
      el(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-label": t("label.remove_evidence", { name, quote }),
          onclick: () => this.remove(id, span),
        },
        "✕",
      ),
    );
    line.style.setProperty("--hue", hue);
    return line;
  }
}

function short(words) {
  const letters = [...words.replace(/\s+/g, " ")];
  return letters.length > LONGEST_QUOTE
    ? `“${letters.slice(0, LONGEST_QUOTE).join("")}…”`
    : `“${letters.join("")}”`;
}
