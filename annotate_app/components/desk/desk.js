// The rating desk: one card after the other, saved by the app's own route, with nothing lost between.
import { Api } from "./api.js";
import { Card } from "./card.js";
import { Items } from "./items.js";
import { meaning } from "./keys.js";
import { Labelling } from "./labelling.js";
import { Outbox } from "./outbox.js";
import { Pace } from "./pace.js";
import { like, liked } from "./preferences.js";
import { Scoring } from "./scoring.js";
import { Stage } from "./stage.js";
import { Vault } from "./vault.js";
import { Voice } from "./voice.js";
import { worded } from "./words.js";

const TRY_AGAIN_MS = 1_500;
const TYPED_AHEAD_MS = 1_000;
const AHEAD = new Set(["save", "back", "undo", "forward", "label", "primary", "confidence"]);
const PANELS = { rating: Scoring, distortion: Labelling };
const WIDE_PX = 1_000;
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
    this.texts = data.texts;
    this.language = data.language;
    this.kind = "rating"; // until the package has told
    this.t = (key, values = {}) => worded(this.texts, this.kind, key, values);
    this.api = new Api(data.base);
    this.items = new Items(this.api, this.study, (answer) => this.#fetched(answer));
    this.pace = new Pace(() =>
      this.voice.notice("pause", this.t("desk.pause_hint"), ["rest", this.t("desk.rest")]),
    );
    this.wanted = null; // the position to show, also while its item is still on its way
    this.ready = new Set(); // hard items that the rater has asked to see
    this.early = []; // what the rater has typed ahead of an item that is on its way
    this.handlers = [
      [window, "keydown", (event) => this.#pressed(event)],
      [window, "pagehide", () => this.card.keepDraft()],
      [window, "cbt:sign-out", (event) => event.detail.waitUntil(this.#settle())],
    ];
    for (const [where, what, handler] of this.handlers) where.addEventListener(what, handler);
    this.#build({ criteria: [] });
    this.#turn("loading");
    this.#load();
  }

  // Take on a language; what is scored and written stays.
  speak({ texts, language }) {
    if (language === this.language) return;
    [this.texts, this.language] = [texts, language];
    if (!this.package) return;
    this.#name();
    if (this.card.item) this.stage.read(this.card.item);
    if (this.state === "done") this.#finish();
    this.#draw();
  }

  end() {
    if (this.ended) return;
    this.card.keepDraft();
    this.ended = true;
    this.outbox?.retire();
    this.pace.end();
    for (const [where, what, handler] of this.handlers) where.removeEventListener(what, handler);
    this.card.panel.end?.();
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
    const Panel = PANELS[this.kind];
    const around = { limits: this.limits, root: this.parent };
    const make = (changed) => new Panel(this.t, words, around, changed);
    const problem = (text) => (this.stage.problem.textContent = text);
    this.card = new Card(make, this.limits, this.pace, { problem });
    const { fields } = this.card.panel;
    this.stage = new Stage((action) => this.#act(action), { fields, rows: Panel.rows });
    this.card.panel.stand?.(this.stage);
    this.own = Panel.letters;
    this.voice = new Voice(this.stage, this.t);
    this.parent.append(this.stage.root);
  }

  // What the study asks, in the reader's language.
  get #words() {
    const { target, criteria, labels } = this.package;
    return { target, criteria: criteria[this.language], labels: labels[this.language] };
  }

  #name() {
    const { panel } = this.card;
    panel.name(this.#words);
    const { target, guidelines } = this.package;
    this.stage.name(this.t, guidelines[this.language], { target, more: panel.reading });
  }

  #begin(given) {
    this.package = given;
    this.kind = given.kind;
    this.#build(this.#words);
    this.#name();
    this.items.begin(given);
    this.api.owner = given.owner;
    this.vault = new Vault(given.owner, given.key);
    this.outbox = new Outbox(this.api, this.vault, {
      saved: (entry, result) => this.#saved(entry, result),
      refused: (entry, why) => this.#refused(entry, why),
      signedOut: () => this.#stop("not_signed_in"),
      changed: () => this.#tell(),
    });
    this.card.connect(this.vault, this.outbox);
    this.outbox.send();
    if (!given.done.length && window.innerWidth >= WIDE_PX) this.#act("guidelines");
    this.#go(this.#open(0));
  }

  // ---- Which item is shown

  #open(position) {
    return this.items.openAfter(position, this.#taken);
  }

  // Positions whose judgement is on its way.
  get #taken() {
    const mine = this.outbox.waiting.filter((entry) => entry.study === this.study);
    return new Set(mine.map((entry) => entry.position));
  }

  #go(position) {
    if (position === null) return this.#finish();
    this.wanted = position;
    const item = this.items.at(position);
    this.items.fetchFrom(position, this.#taken);
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
    this.stage.read(item);
    this.card.fill(item);
    this.stage.root.dataset.item = item.code;
    if (item.hard && !this.card.begun && !this.ready.has(item.code) && liked("announce")) {
      this.voice.announce();
      this.#turn("announce", this.stage.message.firstChild);
      return this.#draw();
    }
    this.stage.hush();
    this.#turn("rating", this.stage.question);
    this.#draw();
    while (this.early.length && this.state === "rating") this.#mean(this.early.shift());
  }

  #finish() {
    const { done, total } = this.items;
    [this.card.item, this.wanted] = [null, null];
    delete this.stage.root.dataset.item;
    this.voice.finished(this.study, total, this.outbox.size);
    this.stage.count(done.size, total, null);
    this.#turn("done", this.state === "done" ? null : this.stage.message.firstChild);
  }

  // Each state begins at its top, where a screen reader begins too.
  #turn(state, heading = null) {
    if (state !== this.state) this.since = performance.now();
    this.state = state;
    if (state !== "rating" && state !== "loading") this.early = [];
    this.card.active = state === "rating";
    this.stage.root.dataset.state = state;
    if (!heading) return;
    const page = this.parent.host.closest('[data-testid="stMain"]') ?? document.scrollingElement;
    page.scrollTo(0, 0);
    this.stage.fields.scrollTop = 0;
    heading.focus({ preventScroll: true });
  }

  #save() {
    const { code, position } = this.card.item;
    if (!this.card.save(this.study)) return;
    this.voice.dismiss(code);
    this.#go(this.#open(position));
  }

  // ---- What the server says

  #saved({ study, position, judgement }, { revision, at }) {
    const { values, labels, comment, flags } = judgement;
    this.voice.savedAt = at;
    if (study === this.study)
      this.items.judged(position, { revision, values, labels, comment, flags, at });
    this.#draw();
  }

  // A judgement that cannot be stored becomes a draft again, and the rater is told which.
  #refused(entry, why) {
    const { item: code, values, labels, comment, flags, seconds } = entry.judgement;
    const here = entry.study === this.study;
    this.vault.keep("draft", code, { values, labels, comment, flags, seconds });
    if (here && why.newest) this.items.judged(entry.position, why.newest);
    this.voice.refused(entry, why, here);
    this.#draw();
  }

  #stop(code) {
    this.card.keepDraft();
    this.card.item = null;
    this.voice.stopped(code);
    this.#turn("closed");
  }

  async #settle() {
    this.card.keepDraft();
    await this.outbox?.emptied(3_000);
  }

  #draw() {
    const { item } = this.card;
    if (!item) return;
    this.stage.recall(item.previous);
    this.#tell();
  }

  #tell() {
    if (this.ended || this.state === "closed") return;
    this.voice.status(this.outbox, this.vault);
    if (this.state === "done") this.#finish();
    else this.stage.count(this.items.done.size, this.items.total, this.wanted);
  }

  // ---- What the rater does

  #pressed(event) {
    if (this.ended || !this.parent.host.isConnected) return;
    if (this.state === "rating" && this.card.panel.step?.(event)) return event.preventDefault();
    const meant = meaning(event, this.stage.root, { letters: liked("letters"), own: this.own });
    if (!meant || (this.stage.dialog.open && meant.action !== "keys")) return;
    if (this.#early(meant) || this.#mean(meant) !== false) event.preventDefault();
  }

  #mean({ digit, action }) {
    if (action) return this.#act(action);
    return this.state === "rating" && this.card.panel.digit(digit);
  }

  // Fingers may be faster than the network; after a second they no longer mean the next item.
  #early(meant) {
    if (this.state !== "loading" || !this.package) return false;
    if (performance.now() - this.since > TYPED_AHEAD_MS) return false;
    if (!("digit" in meant) && !AHEAD.has(meant.action.split(" ")[0])) return false;
    return this.early.push(meant);
  }

  // Do what a key or a button is for; false for what it is not for now.
  #act(action) {
    const [name, what] = action.split(" ");
    if (!this.package && name !== "home" && name !== "reload") return false;
    const acts = this.state === "rating" && { ...this.card.panel.acts, save: () => this.#save() };
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
        ready: () => [this.ready.add(this.card.item.code), this.#show(this.card.item)],
        rest: () => this.#rest(),
        resume: () => this.#go(this.wanted ?? this.#open(0)),
        leave: () => this.#leaveField(),
        dismiss: () => this.voice.dismiss(what),
        guidelines: () => this.stage.turnGuidelines(),
        codebook: () => this.stage.turnMore(),
        list: () => this.stage.showList(this.items.reachable(this.#taken), this.wanted),
        keys: () => this.stage.turnKeys(liked("letters")),
        letters: () => like("letters", !liked("letters")),
        reload: () => location.reload(),
        home: () => [this.card.keepDraft(), this.leave()],
      }[name] ?? (() => false)
    );
  }

  #walk(step) {
    const there = this.items.neighbour(this.wanted, step, this.#taken);
    if (there && this.state !== "closed") this.#leaveFor(there);
  }

  #leaveFor(position) {
    this.card.keepDraft();
    this.#go(position);
  }

  #rest() {
    this.card.keepDraft();
    this.pace.rested();
    this.voice.dismiss("pause");
    this.voice.resting();
    this.#turn("rest", this.stage.message.firstChild);
  }

  #leaveField() {
    const focused = this.parent.activeElement;
    if (focused?.matches("input, textarea"))
      return this.stage.question.focus({ preventScroll: true });
    return this.card.panel.leave?.() || this.stage.closeGuidelines();
  }
}
