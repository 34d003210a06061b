// What a rater may add to the scores: flags, each with a reason, and a comment.
import { el, key, length } from "./dom.js";

export const FLAGS = ["harmful", "overwhelming", "cannot_judge"];
const KEYS = { harmful: "H", overwhelming: "O", cannot_judge: "X" };

export class Remarks {
  // `changed` is called when a person ticks, writes or wipes something.
  constructor(t, limits, changed) {
    this.t = t;
    this.limits = limits;
    this.changed = changed;
    this.flags = Object.fromEntries(FLAGS.map((flag) => [flag, this.#flag(flag)]));
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
      el("div", { class: "flags" }, ...FLAGS.map((flag) => this.flags[flag].root)),
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
    for (const flag of FLAGS) {
      this.flags[flag].name.replaceChildren(names[flag], " ", key(KEYS[flag]));
      this.flags[flag].reason.placeholder = t("desk.reason_hint");
      this.flags[flag].reason.setAttribute("aria-label", t("desk.reason", { flag: names[flag] }));
    }
    this.commentName.replaceChildren(t("desk.comment"), " ", key("C"));
    this.#measure();
  }

  show({ flags, comment }) {
    for (const flag of FLAGS) {
      const { box, reason } = this.flags[flag];
      box.checked = flag in flags;
      reason.value = flags[flag] ?? "";
      reason.hidden = !box.checked;
    }
    this.comment.value = comment;
    this.#measure();
  }

  get given() {
    const ticked = FLAGS.filter((flag) => this.flags[flag].box.checked);
    return {
      comment: this.comment.value,
      flags: Object.fromEntries(ticked.map((flag) => [flag, this.flags[flag].reason.value.trim()])),
    };
  }

  get cannotJudge() {
    return this.flags.cannot_judge.box.checked;
  }

  // Whether a text is longer than the study can take.
  get tooLong() {
    const reasons = FLAGS.some(
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
    this.changed();
  }

  #measure() {
    this.long.hidden = !this.tooLong;
    this.long.textContent = this.tooLong ? this.t("desk.too_long", this.limits) : "";
  }
}
