// What the desk says to the rater: where the judgements are, what went wrong, when there is a pause.
import { clock, el } from "./dom.js";
import { like } from "./preferences.js";

const QUICK_MS = 400;
const STOPPED = {
  not_signed_in: "desk.signed_out",
  study_not_open: "desk.closed",
  not_yours: "desk.not_yours",
};

export class Voice {
  constructor(stage, t) {
    this.stage = stage;
    this.t = t;
    this.notices = new Map();
    this.savedAt = null;
  }

  // One line says where the judgements are; while all goes well and fast, when the last was saved.
  status(outbox, vault) {
    clearTimeout(this.slow);
    const n = outbox.size;
    if (outbox.trouble) {
      const text = this.t(outbox.trouble === "away" ? "desk.away" : "desk.busy", { n });
      return this.#line(vault.keeps ? text : `${text} ${this.t("desk.not_kept")}`, "waiting");
    }
    if (!n)
      return this.#line(
        this.savedAt ? this.t("desk.saved", { at: clock(this.savedAt) }) : "",
        "saved",
      );
    this.slow = setTimeout(() => this.#line(this.t("desk.saving"), "saving"), QUICK_MS);
  }

  // A judgement that the server has not taken: its place, why, and how to get there.
  refused(entry, why, here) {
    const { position, judgement } = entry;
    this.notice(judgement.item, () => {
      const reason = why.newest
        ? this.t("desk.changed_elsewhere", { at: clock(why.newest.at) })
        : this.#reason(why.code);
      const open = here ? [`go ${position}`, this.t("desk.open_item", { position })] : null;
      return [this.t("desk.not_saved", { position, reason }), open];
    });
  }

  // A notice stays until it is closed, or until what it is about is settled; `words` gives its text
  // and its button in the language of now.
  notice(id, words) {
    this.dismiss(id);
    const [text, action] = words();
    const button = (act, name) =>
      el("button", { type: "button", class: "quiet", onclick: () => this.stage.act(act) }, name);
    const notice = el(
      "div",
      { class: "notice", role: "alert" },
      el("p", {}, text),
      action && button(...action),
      button(`dismiss ${id}`, this.t("desk.close")),
    );
    this.notices.set(id, { notice, words });
    this.stage.notices.append(notice);
  }

  dismiss(id) {
    this.notices.get(id)?.notice.remove();
    this.notices.delete(id);
  }

  // Say again, in another language, what still stands there.
  reword() {
    for (const [id, { words }] of [...this.notices]) this.notice(id, words);
  }

  unreachable() {
    this.stage.say(this.t("desk.unreachable"), [this.t("desk.unreachable_more")], []);
  }

  stopped(code) {
    const button =
      code === "not_signed_in"
        ? [this.t("desk.sign_in"), "reload", true]
        : [this.t("desk.home"), "home", true];
    this.stage.say(
      this.t("desk.stopped"),
      [this.t(STOPPED[code] ?? "desk.refused.other")],
      [button],
    );
  }

  announce() {
    const box = el("input", { type: "checkbox", onchange: () => like("announce", !box.checked) });
    const never = el("label", { class: "switch" }, box, this.t("desk.announce_off"));
    this.stage.say(
      this.t("desk.hard_title"),
      [this.t("desk.hard"), this.t("desk.support"), never],
      [
        [this.t("desk.show_hard"), "ready", true],
        [this.t("desk.rest"), "rest", false],
      ],
    );
  }

  resting() {
    this.stage.say(
      this.t("desk.resting"),
      [this.t("desk.resting_more"), this.t("desk.support")],
      [
        [this.t("desk.resume"), "resume", true],
        [this.t("desk.home"), "home", false],
      ],
    );
  }

  finished(study, total, waiting) {
    this.stage.say(
      waiting ? this.t("desk.last_waiting") : this.t("desk.finished", { total }),
      [waiting ? this.t("desk.waiting", { n: waiting }) : this.t("desk.thanks", { study })],
      [
        [this.t("desk.home"), "home", true],
        [this.t("desk.list"), "list", false],
      ],
    );
  }

  #reason(code) {
    const reasons = {
      study_not_open: this.t("desk.refused.study_not_open"),
      off_scale: this.t("desk.refused.off_scale"),
      comment_too_long: this.t("desk.refused.comment_too_long"),
      reason_too_long: this.t("desk.refused.reason_too_long"),
    };
    return reasons[code] ?? this.t("desk.refused.other");
  }

  #line(text, kind) {
    const { status } = this.stage;
    if (status.textContent !== text) status.textContent = text;
    status.dataset.kind = kind;
  }
}
