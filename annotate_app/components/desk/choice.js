// One question with a few answers: a row of radios, of which one, or none, is chosen.
import { el, key } from "./dom.js";

export class Choice {
  // `choose` is called with the value that a person presses; the owner then calls `draw`.
  constructor(id, values, choose, { required = false } = {}) {
    this.values = values;
    this.title = el("h3", { id, class: "name" });
    this.radios = values.map((value) =>
      el("button", { type: "button", role: "radio", class: "level", onclick: () => choose(value) }),
    );
    this.group = el(
      "div",
      { role: "radiogroup", "aria-labelledby": id, class: "levels" },
      ...this.radios,
    );
    if (required) this.group.setAttribute("aria-required", "true");
    this.group.addEventListener("keydown", (event) => focusNeighbour(event, this.radios));
    this.root = el("div", { class: "criterion" }, this.title, this.group);
    this.draw(null);
  }

  // Put the question and its answers, each with its key, into these words.
  name(title, names, keys = []) {
    this.title.replaceChildren(...title);
    for (const [place, radio] of this.radios.entries())
      radio.replaceChildren(
        keys[place] ? key(keys[place]) : "",
        el("span", { class: "label" }, names[place]),
      );
  }

  draw(chosen, { current = false, missing = false } = {}) {
    this.root.classList.toggle("current", current);
    this.root.classList.toggle("missing", missing);
    this.group.setAttribute("aria-invalid", String(missing));
    for (const [place, radio] of this.radios.entries())
      radio.setAttribute("aria-checked", String(this.values[place] === chosen));
  }
}

// Left and right walk along the radios that have the focus; only Space or a key chooses one.
export function focusNeighbour(event, radios) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const place = radios.indexOf(event.composedPath()[0]);
  if (!step || place < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  radios[(place + step + radios.length) % radios.length].focus();
}
