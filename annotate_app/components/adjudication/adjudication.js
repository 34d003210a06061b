// The adjudication desk: a lead's cases one after the other, each in two steps that the server keeps.
import { clock } from "../desk/dom.js";
import { Items } from "../desk/items.js";
import { token } from "../desk/judgement.js";
import { meaning } from "../desk/keys.js";
import { Pace } from "../desk/pace.js";
import { like, liked } from "../desk/preferences.js";
import { Stage } from "../desk/stage.js";
import { Vault } from "../desk/vault.js";
import { Voice } from "../desk/voice.js";
import { Api } from "./api.js";
import { alike, Drafts, stored } from "./drafts.js";
import { Panel } from "./panel.js";
import { worded } from "./words.js";

const TRY_AGAIN_MS = 1_500;
const TYPING_MS = 200;
const NONE = new Set(); // nothing is ever on its way while another case is open
const AT_WORK = new Set(["own", "deciding"]);
const desks = new WeakMap();

// Streamlit calls this at each run of the page; the desk itself stays until it leaves the page.
export function mount({ data, parentElement, setTriggerValue }) {
  let desk = desks.get(parentElement);
  if (!desk || desk.ended || desk.study !== data.study) {
    desk?.end();
    desk = new Desk(parentElement, data);
    desks.set(parentElement, desk);
  }
  desk.leave = () => setTriggerValue("home", true);
  desk.speak(data);
  return () => setTimeout(() => parentElement.host.isConnected || desk.end());
}

class Desk {
  constructor(parent, data) {
    this.parent = parent;
    this.study = data.study;
    this.limits = data.limits;
    [this.texts, this.language] = [data.texts, data.language];
    this.t = (key, values = {}) => worded(this.texts, key, values);
    this.api = new Api(data.base);
    this.items = new Items(this.api, this.study, (answer) => this.#fetched(answer));
    this.pace = new Pace(() =>
      this.voice.notice("pause", this.t("desk.pause_hint"), ["rest", this.t("desk.rest")]),
    );
    this.wanted = null; // the position to show, also while its case is still on its way
    this.ready = new Set(); // hard cases that the lead has asked to see
    this.handlers = [
      [window, "keydown", (event) => this.#pressed(event)],
      [window, "pagehide", () => this.#keepDraft()],
      [window, "cbt:sign-out", () => this.#keepDraft()],
    ];
    for (const [where, what, handler] of this.handlers) where.addEventListener(what, handler);
    this.#build({ target: "question", labels: [] });
    this.#turn("loading");
    this.#load();
  }

  // Take on a language; what is given and written stays.
  speak({ texts, language }) {
    if (language === this.language) return;
    [this.texts, this.language] = [texts, language];
    if (!this.package) return;
    const given = this.item && this.panel.draft;
    this.#name();
    if (this.item) this.stage.read(this.item);
    if (given) this.panel.show(this.item, given);
    if (this.state === "done") this.#finish();
    this.#draw();
  }

  end() {
    if (this.ended) return;
    this.#keepDraft();
    this.ended = true;
    this.pace.end();
    for (const [where, what, handler] of this.handlers) where.removeEventListener(what, handler);
    this.panel.end();
    this.stage.root.remove();
  }

  async #load() {
    const answer = await this.api.package(this.study);
    if (this.ended) return;
    if (answer.ok) return this.#begin(answer.ok);
    if (!answer.later) return this.#stop(answer.refused.code);
    this.voice.unreachable();
    this.#turn("away");
    setTimeout(() => this.ended || this.#load(), TRY_AGAIN_MS);
  }

  #build(words) {
    this.stage?.root.remove();
    this.panel?.end();
    const around = { limits: this.limits, root: this.parent };
    this.panel = new Panel(this.t, words, around, (how) => this.#changed(how));
    const { fields } = this.panel;
    this.stage = new Stage((action) => this.#act(action), { fields, rows: Panel.rows });
    this.panel.stand(this.stage);
    this.voice = new Voice(this.stage, this.t);
    this.parent.append(this.stage.root);
  }

  // What the study asks, in the lead's language.
  get #words() {
    const { target, labels } = this.package;
    return { target, labels: labels[this.language] };
  }

  #name() {
    this.panel.name(this.#words);
    const { target, guidelines } = this.package;
    this.stage.name(this.t, guidelines[this.language], { target, more: this.panel.reading });
  }

  #begin(given) {
    this.package = given;
    this.#build(this.#words);
    this.#name();
    this.items.begin(given);
    this.api.owner = given.owner;
    this.vault = new Vault(given.owner, given.key);
    this.drafts = new Drafts(this.vault, this.limits);
    this.#go(this.items.openAfter(0, NONE));
  }

  // ---- Which case is shown

  #go(position) {
    if (position === null) return this.#finish();
    this.wanted = position;
    const item = this.items.at(position);
    this.items.fetchFrom(position, NONE);
    if (!item) return this.#turn("loading");
    this.items.forgetBefore(position);
    this.#show(item);
  }

  #fetched(answer) {
    if (this.ended || this.state === "closed") return;
    if (answer.refused && !answer.later) return this.#stop(answer.refused.code);
    if (this.state !== "loading") return;
    if (this.items.at(this.wanted)) return this.#go(this.wanted);
    setTimeout(() => this.state === "loading" && this.#go(this.wanted), TRY_AGAIN_MS);
  }

  #show(item) {
    this.item = item;
    const draft = this.drafts.at(item);
    this.stage.read(item);
    this.panel.show(item, draft ?? stored(item));
    this.pace.begin(draft?.seconds);
    this.stage.problem.textContent = "";
    this.stage.root.dataset.item = item.code;
    const begun = draft || item.progress.own;
    if (item.hard && !begun && !this.ready.has(item.code) && liked("announce")) {
      this.voice.announce();
      this.#turn("announce", this.stage.message.firstChild);
      return this.#draw();
    }
    this.stage.hush();
    if (item.progress.own) this.#turn("deciding", this.panel.votes.title);
    else this.#turn("own", this.stage.question);
    this.#draw();
  }

  #finish() {
    const { done, total } = this.items;
    [this.item, this.wanted] = [null, null];
    delete this.stage.root.dataset.item;
    this.voice.finished(this.study, total, 0);
    this.stage.count(done.size, total, null);
    this.#turn("done", this.state === "done" ? null : this.stage.message.firstChild);
  }

  // Each state begins at its top, where a screen reader begins too.
  #turn(state, heading = null) {
    this.state = state;
    this.stage.root.dataset.state = state;
    this.stage.save.disabled = state === "saving";
    this.panel.turn(state !== "saving");
    if (!heading) return;
    const page = this.parent.host.closest('[data-testid="stMain"]') ?? document.scrollingElement;
    page.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }

  #keepDraft() {
    clearTimeout(this.typing);
    if (AT_WORK.has(this.state)) this.drafts.keep(this.item, this.panel.draft, this.pace.seconds);
  }

  #changed({ typing = false } = {}) {
    if (!AT_WORK.has(this.state)) return;
    this.stage.problem.textContent = "";
    clearTimeout(this.typing);
    if (typing) this.typing = setTimeout(() => this.#keepDraft(), TYPING_MS);
    else this.#keepDraft();
  }

  // ---- Saving

  async #save() {
    const { item, panel } = this;
    const problem = panel.problem();
    this.stage.problem.textContent = problem;
    if (problem) return;
    const { given, deciding } = panel;
    const { decision, revision } = item.progress;
    this.#keepDraft();
    if (decision && alike(given, decision)) return this.#go(this.#next);
    const of = { item: item.code, base: revision, token: token(), seconds: this.pace.seconds };
    this.#turn("saving");
    const answer = await this.#sent(deciding ? "decision" : "own", { ...of, ...given });
    if (this.ended) return;
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
    if (!progress.decision) return this.#show(item);
    this.items.judged(item.position, progress.decision);
    this.#go(this.#next);
  }

  // What could not be stored stays a draft; the lead is told why, and sees what is stored instead.
  #refused(item, { status, refused }) {
    if (status === 401 || status === 403) return this.#stop(refused.code);
    if (refused.newest) item.progress = refused.newest;
    this.#show(item);
    this.stage.problem.textContent = refused.newest
      ? this.t("adjudication.changed_elsewhere")
      : this.t("desk.refused.other");
  }

  get #next() {
    return this.items.openAfter(this.item.position, NONE);
  }

  #stop(code) {
    this.#keepDraft();
    this.item = null;
    this.voice.stopped(code);
    this.#turn("closed");
  }

  #draw() {
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

  // ---- What the lead does

  #pressed(event) {
    if (this.ended || !this.parent.host.isConnected) return;
    const atWork = AT_WORK.has(this.state);
    if (atWork && this.panel.selects(event)) return event.preventDefault();
    const own = this.panel.letters;
    const meant = meaning(event, this.stage.root, { letters: liked("letters"), own });
    if (!meant || (this.stage.dialog.open && meant.action !== "keys")) return;
    const done = meant.action ? this.#act(meant.action) : atWork && this.panel.digit(meant.digit);
    if (done !== false) event.preventDefault();
  }

  // Do what a key or a button is for; false for what it is not for now.
  #act(action) {
    const [name, what] = action.split(" ");
    if (!this.package && name !== "home" && name !== "reload") return false;
    const acts = AT_WORK.has(this.state) && { ...this.panel.acts, save: () => this.#save() };
    return (acts[name] ?? this.#anywhere(name, what))(what);
  }

  #anywhere(name, what) {
    return (
      {
        save: () =>
          ({ announce: () => this.#act("ready"), rest: () => this.#act("resume") })[this.state]?.(),
        previous: () => this.#walk(-1),
        next: () => this.#walk(1),
        go: () => this.#leaveFor(Number(what)),
        ready: () => [this.ready.add(this.item.code), this.#show(this.item)],
        rest: () => this.#rest(),
        resume: () => this.#go(this.wanted ?? this.items.openAfter(0, NONE)),
        leave: () => this.#leaveField(),
        dismiss: () => this.voice.dismiss(what),
        guidelines: () => this.stage.turnGuidelines(),
        codebook: () => this.stage.turnMore(),
        list: () => this.stage.showList(this.items.reachable(NONE), this.wanted),
        keys: () => this.stage.turnKeys(liked("letters")),
        letters: () => like("letters", !liked("letters")),
        reload: () => location.reload(),
        home: () => [this.#keepDraft(), this.leave()],
      }[name] ?? (() => false)
    );
  }

  #walk(step) {
    const there = this.items.neighbour(this.wanted, step, NONE);
    if (there && this.state !== "closed") this.#leaveFor(there);
  }

  #leaveFor(position) {
    if (this.state === "saving") return;
    this.#keepDraft();
    this.#go(position);
  }

  #rest() {
    if (this.state === "saving") return;
    this.#keepDraft();
    this.pace.rested();
    this.voice.dismiss("pause");
    this.voice.resting();
    this.#turn("rest", this.stage.message.firstChild);
  }

  #leaveField() {
    const focused = this.parent.activeElement;
    if (focused?.matches("input, textarea")) return this.stage.save.focus({ preventScroll: true });
    return this.panel.leave() || this.stage.closeGuidelines();
  }
}
