// The adjudication desk: a lead's cases one after the other, each in two steps that the server keeps.
import { clock } from "../desk/dom.js";
import { token } from "../desk/judgement.js";
import { mounted, Sitting, TRY_AGAIN_MS } from "../desk/sitting.js";
import { Api } from "./api.js";
import { alike, Drafts, stored } from "./drafts.js";
import { Panel } from "./panel.js";

const TYPING_MS = 200;

class Desk extends Sitting {
  constructor(parent, data) {
    super(parent, data, new Api(data.base));
    this.sections = ["adjudication", "label"];
  }

  panelFor(words, around) {
    return new Panel(this.t, words, around, (how) => this.#changed(how));
  }

  connect() {
    this.drafts = new Drafts(this.vault, this.limits);
  }

  // In another language, too, what is given stays.
  name() {
    const given = this.item && this.panel.draft;
    super.name();
    if (given) this.panel.show(this.item, given);
  }

  // ---- Which case is shown

  get atWork() {
    return this.state === "own" || this.state === "deciding";
  }

  fill(item) {
    const draft = this.drafts.at(item);
    this.panel.show(item, draft ?? stored(item));
    this.pace.begin(draft?.seconds);
    this.stage.problem.textContent = "";
    return draft || item.progress.own;
  }

  toWork(item) {
    if (item.progress.own) this.turn("deciding", this.panel.votes.title);
    else this.turn("own", this.stage.question);
  }

  turn(state, heading) {
    this.stage.save.disabled = state === "saving";
    this.panel.turn(state !== "saving");
    super.turn(state, heading);
  }

  get afterField() {
    return this.stage.save;
  }

  // A case stays in sight until the server has answered.
  leaveFor(position) {
    if (this.state !== "saving") super.leaveFor(position);
  }

  rest() {
    if (this.state !== "saving") super.rest();
  }

  keepDraft() {
    clearTimeout(this.typing);
    if (this.atWork) this.drafts.keep(this.item, this.panel.draft, this.pace.seconds);
  }

  #changed({ typing = false } = {}) {
    if (!this.atWork) return;
    this.stage.problem.textContent = "";
    clearTimeout(this.typing);
    if (typing) this.typing = setTimeout(() => this.keepDraft(), TYPING_MS);
    else this.keepDraft();
  }

  // ---- Saving

  async save() {
    const { item, panel } = this;
    const problem = panel.problem();
    this.stage.problem.textContent = problem;
    if (problem) return;
    const { given, deciding } = panel;
    const { decision, revision } = item.progress;
    this.keepDraft();
    if (decision && alike(given, decision)) return this.go(this.openAfter(item.position));
    const of = { item: item.code, base: revision, token: token(), seconds: this.pace.seconds };
    this.turn("saving");
    const answer = await this.#sent(deciding ? "decision" : "own", { ...of, ...given });
    if (this.ended || this.state !== "saving") return;
    if (answer.ok) this.#saved(item, answer.ok.progress);
    else this.#refused(item, answer);
  }

  // Until the server has answered the same step is sent again: the same token twice is one.
  async #sent(what, step) {
    for (;;) {
      this.#tell({ sending: true });
      const answer = await this.api[what](step);
      if (!answer.later || this.ended) return answer;
      this.#tell({ trouble: answer.away ? "away" : "busy" });
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }

  #saved(item, progress) {
    this.drafts.forget(item);
    item.progress = progress;
    this.voice.savedAt = progress.at;
    if (!progress.decision) return this.show(item);
    this.items.judged(item.position, progress.decision);
    this.go(this.openAfter(this.item.position));
  }

  // What could not be stored stays a draft; the lead is told why, and sees what is stored instead.
  #refused(item, { status, refused }) {
    if (status === 401 || status === 403) return this.stop(refused.code);
    if (refused.newest) item.progress = refused.newest;
    this.show(item);
    this.stage.problem.textContent = refused.newest
      ? this.t("adjudication.changed_elsewhere")
      : this.t("desk.refused.other");
  }

  draw() {
    const { stage, item } = this;
    if (!item) return;
    const { own, decision, at } = item.progress;
    const again = decision ? this.t("desk.save_again") : this.t("desk.save");
    stage.save.textContent = own ? again : this.t("adjudication.save_own");
    stage.earlier.hidden = !decision;
    if (decision) stage.earlier.textContent = this.t("desk.earlier", { at: clock(at) });
    this.#tell();
  }

  #tell({ sending = false, trouble = null } = {}) {
    if (this.ended || this.state === "closed") return;
    this.voice.status({ size: Number(sending), trouble }, this.vault);
    if (this.state !== "done")
      this.stage.count(this.items.done.size, this.items.total, this.wanted);
  }
}

export const mount = mounted(Desk);
