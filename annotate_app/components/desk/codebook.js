// What each distortion means: one of them beside the list, or all of them to read through.
import { el, key } from "./dom.js";

// The explanation of one label at a time; the place for it is always as large as the longest.
export class Explanation {
  constructor() {
    this.root = el("div", { class: "meanings" });
  }

  // Take on these labels, in these words; `nothing` is said while none is explained.
  name(t, labels) {
    this.parts = labels.map((label) =>
      el(
        "section",
        { class: "meaning", "aria-label": label.name },
        el("h4", {}, label.name),
        ...told(t, label),
        examples(t, label),
      ),
    );
    this.nothing = el("p", { class: "meaning small" }, t("label.explain_hint"));
    this.root.replaceChildren(...this.parts, this.nothing);
    this.show(null);
  }

  // Explain the label at this place; null for none.
  show(place) {
    for (const [at, part] of this.parts.entries()) part.classList.toggle("shown", at === place);
    this.nothing.classList.toggle("shown", place === null);
  }
}

// The whole codebook, under the guidelines.
export function codebook(t, labels, keys) {
  return el(
    "section",
    { class: "codebook", tabindex: -1, "aria-label": t("label.codebook") },
    el("h3", {}, t("label.codebook")),
    ...labels.map((label, place) =>
      el(
        "div",
        { class: "entry" },
        el("h4", {}, keys[place] ? key(keys[place]) : "", label.name),
        ...told(t, label),
        ...shown(t, label),
      ),
    ),
  );
}

function told(t, { definition, boundary }) {
  return [
    definition ? el("p", {}, definition) : "",
    boundary ? el("p", {}, el("b", {}, t("label.boundary")), boundary) : "",
  ];
}

function examples(t, label) {
  const lines = shown(t, label);
  if (!lines.length) return "";
  return el("details", {}, el("summary", {}, t("desk.examples")), ...lines);
}

function shown(t, { examples: given, near_miss: nearMiss }) {
  const line = (name, text) => el("p", { class: "example" }, el("b", {}, name), text);
  const lines = given.map((text) => line(t("label.example"), text));
  return nearMiss ? [...lines, line(t("label.near_miss"), nearMiss)] : lines;
}
