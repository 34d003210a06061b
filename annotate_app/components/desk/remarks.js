// What a rater may add to an answer: flags, each with a reason, where there are such, and a comment.
import { el, key, length } from "./dom.js";

export const FLAGS = ["harmful", "overwhelming", "cannot_judge"];
const KEYS = { harmful: "H", overwhelming: "O", cannot_judge: "X" };

export class Remarks {
  // `names` are those of FLAGS that can be ticked here; `changed` is called when a person ticks,
  // writes or wipes something.
  constructor(t, limits, names, changed) {
    this.t = t;
    this.limits = limits;
    this.names = names;
    this.changed = changed;
    this.flags = Object.fromEntries(names.map((flag) => [flag, this.#flag(flag)]));
    this.comment = el("textarea", {
      rows: 1,
      "aria-describedby": "comment-long",
      oninput: () => this.#wrote(),
    });
    this.commentName = el("span", {});
    this.long = el("p", { id: "comment-long", class: "problem", hidden: true });
    this.root = el(
      "div",
      { class: "remarks" },
      names.length
        ? el("div", { class: "flags" }, ...names.map((flag) => this.flags[flag].root))
        : "",
      el("label", { class: "comment" }, this.commentName, this.comment),
      this.long,
    );
    this.name();
  }

  // Put the names into the words of now; what is ticked and written stays.
  name() {
    const { t } = this;
    const names = {
      harmful: t("desk.harmful"),
      overwhelming: t("desk.overwhelming"),
      cannot_judge: t("desk.cannot_judge"),
    };
    for (const flag of this.names) {
      this.flags[flag].name.replaceChildren(names[flag], " ", key(KEYS[flag]));
      this.flags[flag].reason.placeholder = t("desk.reason_hint");
      this.flags[flag].reason.setAttribute("aria-label", t("desk.reason", { flag: names[flag] }));
    }
    this.commentName.replaceChildren(t("desk.comment"), " ", key("C"));
    this.#measure();
  }

  show({ flags, comment }) {
    for (const flag of this.names) {
      const { box, reason } = this.flags[flag];
      box.checked = flag in flags;
      reason.value = flags[flag] ?? "";
      reason.hidden = !box.checked;
    }
    this.comment.value = comment;
    this.#measure();
  }

  get given() {
    const ticked = this.names.filter((flag) => this.flags[flag].box.checked);
    return {
      comment: this.comment.value,
      flags: Object.fromEntries(ticked.map((flag) => [flag, this.flags[flag].reason.value.trim()])),
    };
  }

  get cannotJudge() {
    return this.flags.cannot_judge.box.checked;
  }

  // What keeps these from being saved, in words; "" for nothing.
  get problem() {
    return this.#tooLong ? this.t("desk.too_long", this.limits) : "";
  }

  get #tooLong() {
    const reasons = this.names.some(
      (flag) => length(this.flags[flag].reason.value) > this.limits.reason,
    );
    return reasons || length(this.comment.value) > this.limits.comment;
  }

  tick(flag) {
    const { box } = this.flags[flag];
    box.checked = !box.checked;
    this.#ticked(flag);
  }

  #flag(flag) {
    const box = el("input", { type: "checkbox", onchange: () => this.#ticked(flag) });
    const name = el("span", {});
    const reason = el("input", {
      type: "text",
      class: "reason",
      hidden: true,
      oninput: () => this.#wrote(),
    });
    const root = el("div", { class: "flag" }, el("label", {}, box, name), reason);
    return { root, box, name, reason };
  }

  #ticked(flag) {
    const { box, reason } = this.flags[flag];
    reason.hidden = !box.checked;
    if (box.checked) reason.focus();
    this.changed();
  }

  #wrote() {
    this.#measure();
    this.changed({ typing: true });
  }

  #measure() {
    this.long.textContent = this.problem;
    this.long.hidden = !this.problem;
  }
}
