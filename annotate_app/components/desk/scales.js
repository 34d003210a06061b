// The scales of one item: which criterion is asked for now, what each score means, what is given.
import { focusNeighbour } from "./choice.js";
import { el } from "./dom.js";

export class Scales {
  // `changed` is called when a person scores, clears or moves.
  constructor(t, criteria, changed) {
    this.t = t;
    this.changed = changed;
    this.values = {};
    this.current = 0; // equal to the number of criteria once all are scored
    this.off = false;
    this.meanings = el("div", { class: "meanings" });
    this.root = el("div", { class: "scales" });
    this.name(criteria);
  }

  // Build the scales in these words; what is given stays.
  name(criteria) {
    this.criteria = criteria;
    this.groups = criteria.map((criterion, place) => this.#group(criterion, place));
    this.root.replaceChildren(...this.groups.map((group) => group.root), this.meanings);
    this.meanings.replaceChildren(...this.groups.map((group) => group.meaning));
    this.#draw();
  }

  // Ask for the first criterion that has no score; `again`, for the first one.
  show(values, { again = false } = {}) {
    this.values = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
    this.off = false;
    this.current = again ? 0 : this.#firstOpen();
    this.wanted = false;
    this.#draw();
  }

  // Score the current criterion and move on; false for a digit that is not on its scale.
  score(value, place = this.current) {
    const criterion = this.criteria[place];
    if (this.off || !criterion?.levels.some((level) => level.value === value)) return false;
    this.values[criterion.id] = value;
    this.#move(place + 1);
    return true;
  }

  // Step back; with `clear`, the criterion that is stepped onto has no score again.
  back({ clear = false } = {}) {
    if (this.off) return false;
    const place = Math.max(this.current - 1, 0);
    const id = this.criteria[place].id;
    if (place === this.current && !(clear && id in this.values)) return false;
    if (clear) delete this.values[id];
    this.#move(place);
    return true;
  }

  // Step forward again, but never past a criterion without a score.
  forward() {
    if (this.off || !(this.criteria[this.current]?.id in this.values)) return false;
    this.#move(this.current + 1);
    return true;
  }

  // Go to a criterion that has no score, and mark all that have none.
  want(criterion) {
    this.wanted = true;
    this.current = this.criteria.indexOf(criterion);
    this.#draw();
    this.groups[this.current].root.scrollIntoView({ block: "nearest" });
  }

  get missing() {
    return this.criteria.filter((criterion) => !(criterion.id in this.values));
  }

  // What is given where nothing can be judged.
  get none() {
    return Object.fromEntries(this.criteria.map(({ id }) => [id, null]));
  }

  // Switched off while "cannot judge" is ticked: the scores stay in sight, and are not saved.
  turn(on) {
    this.off = !on;
    this.#draw();
  }

  #firstOpen() {
    const open = this.criteria.findIndex((criterion) => !(criterion.id in this.values));
    return open < 0 ? this.criteria.length : open;
  }

  #move(place) {
    this.current = place;
    this.#draw();
    this.changed();
  }

  #group(criterion, place) {
    const radios = criterion.levels.map((level) =>
      el(
        "button",
        {
          type: "button",
          role: "radio",
          class: "level",
          title: level.anchor,
          onclick: () => this.score(level.value, place),
          onfocus: () => this.#explain(place),
        },
        el("span", { class: "value" }, String(level.value)),
        el("span", { class: "label" }, level.label),
      ),
    );
    const id = `criterion-${place}`;
    const name = el("h3", { id, class: "name" }, criterion.name);
    const levels = el(
      "div",
      { role: "radiogroup", "aria-labelledby": id, "aria-required": "true", class: "levels" },
      ...radios,
    );
    levels.addEventListener("keydown", (event) => focusNeighbour(event, radios));
    const root = el(
      "div",
      {
        class: "criterion",
        onpointerenter: () => this.#explain(place),
        onpointerleave: () => this.#explain(this.current),
      },
      name,
      levels,
    );
    return { root, levels, radios, meaning: this.#meaning(criterion) };
  }

  #draw() {
    for (const [place, { root, levels, radios }] of this.groups.entries()) {
      const { id, levels: scale } = this.criteria[place];
      const value = this.values[id];
      const missing = Boolean(this.wanted) && value === undefined;
      root.classList.toggle("current", !this.off && place === this.current);
      root.classList.toggle("missing", missing);
      levels.setAttribute("aria-invalid", String(missing));
      levels.setAttribute("aria-disabled", String(this.off));
      for (const [index, radio] of radios.entries()) {
        radio.setAttribute("aria-checked", String(scale[index].value === value));
        radio.disabled = this.off;
      }
    }
    this.#explain(this.current);
  }

  // Show what the scores of one criterion mean; once all are given, those of the last one.
  #explain(place) {
    const shown = Math.min(Math.max(place, 0), this.criteria.length - 1);
    for (const [at, group] of this.groups.entries()) {
      group.meaning.classList.toggle("shown", at === shown);
    }
  }

  #meaning(criterion) {
    const examples = criterion.levels.filter((level) => level.example);
    const line = (level, text) =>
      el("div", {}, el("dt", {}, `${level.value} ${level.label}`), el("dd", {}, text));
    return el(
      "section",
      { class: "meaning", "aria-label": this.t("desk.meaning", { name: criterion.name }) },
      el("p", {}, criterion.question),
      el("dl", {}, ...criterion.levels.map((level) => line(level, level.anchor))),
      examples.length
        ? el(
            "details",
            {},
            el("summary", {}, this.t("desk.examples")),
            el("dl", {}, ...examples.map((level) => line(level, level.example))),
          )
        : null,
    );
  }
}
