// A person at a desk: one item after the other is shown, by keys and buttons, with rests between.
import { Items } from "./items.js";
import { meaning } from "./keys.js";
import { Pace } from "./pace.js";
import { like, liked } from "./preferences.js";
import { Stage } from "./stage.js";
import { Vault } from "./vault.js";
import { Voice } from "./voice.js";
import { worded } from "./words.js";

export const TRY_AGAIN_MS = 1_500;
const NONE = new Set();

// What Streamlit calls at each run of the page; the desk itself stays until it leaves the page.
export function mounted(Desk) {
  const desks = new WeakMap();
  return ({ data, parentElement, setTriggerValue }) => {
    let desk = desks.get(parentElement);
    if (!desk || desk.ended || desk.study !== data.study) {
      desk?.end();
      desk = new Desk(parentElement, data);
      desks.set(parentElement, desk);
      desk.start();
    }
    desk.leave = () => setTriggerValue("home", true);
    desk.speak(data);
    return () => setTimeout(() => parentElement.host.isConnected || desk.end());
  };
}

// Each desk has of its own:
//   .sections             where its own texts stand, the nearest first
//   .panelFor(words, around)   a new panel to answer in
//   .connect()            called once the vault is there, before the first item
//   .fill(item)           put an item into the panel; whether something was given to it before
//   .toWork(item)         turn to the state in which the item is answered
//   .atWork               whether it is in such a state
//   .keepDraft(), .save(), .draw()   draw() tells what changes around an item while it is shown
export class Sitting {
  constructor(parent, data, api) {
    this.parent = parent;
    this.study = data.study;
    this.limits = data.limits;
    this.texts = data.texts;
    this.language = data.language;
    this.t = (key, values = {}) => worded(this.texts, this.sections, key, values);
    this.api = api;
    this.items = new Items(api, this.study, (answer) => this.#fetched(answer));
    this.pace = new Pace(() =>
      this.voice.notice("pause", () => [
        this.t("desk.pause_hint"),
        ["rest", this.t("desk.rest")],
      ]),
    );
    this.item = null; // also while it is announced, or out of sight
    this.wanted = null; // the position to show, also while its item is still on its way
    this.ready = new Set(); // hard items that the person has asked to see
    this.handlers = [
      [window, "keydown", (event) => this.#pressed(event)],
      [window, "pagehide", () => this.keepDraft()],
      [window, "cbt:sign-out", (event) => event.detail.waitUntil(this.settle())],
    ];
  }

  start() {
    for (const [where, what, handler] of this.handlers) where.addEventListener(what, handler);
    this.#build({ target: "question", criteria: [], labels: [] });
    this.turn("loading");
    this.#load();
  }

  // Take on a language; what is given and written stays.
  speak({ texts, language }) {
    if (language === this.language) return;
    [this.texts, this.language] = [texts, language];
    if (!this.package) return;
    this.name();
    this.voice.reword();
    if (this.item) this.stage.read(this.item);
    if (this.state === "done") this.finish();
    this.draw();
  }

  end() {
    if (this.ended) return;
    this.keepDraft();
    this.ended = true;
    this.pace.end();
    for (const [where, what, handler] of this.handlers) where.removeEventListener(what, handler);
    this.panel.end?.();
    this.stage.root.remove();
  }

  // Before a person is signed out.
  async settle() {
    this.keepDraft();
  }

  async #load() {
    const answer = await this.api.package(this.study);
    if (this.ended) return;
    if (answer.ok) return this.#begin(answer.ok);
    if (!answer.later) return this.stop(answer.refused.code);
    this.voice.unreachable();
    this.turn("away");
    setTimeout(() => this.ended || this.#load(), TRY_AGAIN_MS);
  }

  #build(words) {
    this.stage?.root.remove();
    this.panel?.end?.();
    this.panel = this.panelFor(words, { limits: this.limits, root: this.parent });
    const { fields, rows } = this.panel;
    this.stage = new Stage((action) => this.act(action), { fields, rows });
    this.panel.stand?.(this.stage);
    this.voice = new Voice(this.stage, this.t);
    this.parent.append(this.stage.root);
  }

  // What the study asks, in the reader's language.
  get #words() {
    const { target, criteria, labels } = this.package;
    return { target, criteria: criteria?.[this.language], labels: labels?.[this.language] };
  }

  name() {
    this.panel.name(this.#words);
    const { target, guidelines } = this.package;
    this.stage.name(this.t, guidelines[this.language], { target, more: this.panel.reading });
  }

  #begin(given) {
    this.package = given;
    this.#build(this.#words);
    this.name();
    this.items.begin(given);
    this.api.owner = given.owner;
    this.vault = new Vault(given.owner, given.key);
    this.connect();
    this.go(this.openAfter(0));
  }

  // ---- Which item is shown

  // Positions whose answer is on its way.
  get taken() {
    return NONE;
  }

  // How many answers, of any study, are on their way.
  get waiting() {
    return 0;
  }

  openAfter(position) {
    return this.items.openAfter(position, this.taken);
  }

  go(position) {
    if (position === null) return this.finish();
    this.wanted = position;
    const item = this.items.at(position);
    this.items.fetchFrom(position, this.taken);
    if (!item) return this.turn("loading");
    this.items.forgetBefore(position);
    this.show(item);
  }

  #fetched(answer) {
    if (this.ended || this.state === "closed") return;
    if (answer.refused && !answer.later) return this.stop(answer.refused.code);
    if (this.state !== "loading") return;
    if (this.items.at(this.wanted)) return this.go(this.wanted);
    setTimeout(() => this.state === "loading" && this.go(this.wanted), TRY_AGAIN_MS);
  }

  show(item) {
    this.item = item;
    this.stage.read(item);
    const begun = this.fill(item);
    this.stage.root.dataset.item = item.code;
    if (item.hard && !begun && !this.ready.has(item.code) && liked("announce")) {
      this.voice.announce();
      this.turn("announce", this.stage.message.firstChild);
      return this.draw();
    }
    this.stage.hush();
    this.toWork(item);
    this.draw();
  }

  finish() {
    const { done, total } = this.items;
    [this.item, this.wanted] = [null, null];
    delete this.stage.root.dataset.item;
    this.voice.finished(this.study, total, this.waiting);
    this.stage.count(done.size, total, null);
    this.turn("done", this.state === "done" ? null : this.stage.message.firstChild);
  }

  stop(code) {
    this.keepDraft();
    this.item = null;
    this.voice.stopped(code);
    this.turn("closed");
  }

  turn(state, heading = null) {
    this.state = state;
    this.stage.root.dataset.state = state;
    if (heading) this.toTop(heading);
  }

  // Each state begins at its top, where a screen reader begins too.
  toTop(heading) {
    const page = this.parent.host.closest('[data-testid="stMain"]') ?? document.scrollingElement;
    this.stage.fields.scrollTop = 0;
    page.scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }

  // ---- What the person does

  #pressed(event) {
    if (this.ended || !this.parent.host.isConnected) return;
    if (this.atWork && this.panel.step?.(event)) return event.preventDefault();
    const own = this.panel.letters;
    const meant = meaning(event, this.stage.root, { letters: liked("letters"), own });
    if (!meant || (this.stage.dialog.open && meant.action !== "keys")) return;
    if (this.mean(meant) !== false) event.preventDefault();
  }

  mean({ digit, action }) {
    if (action) return this.act(action);
    return this.atWork && this.panel.digit(digit);
  }

  // Do what a key or a button is for; false for what it is not for now.
  act(action) {
    const [name, what] = action.split(" ");
    if (!this.package && name !== "home" && name !== "reload") return false;
    const acts = this.atWork && { ...this.panel.acts, save: () => this.save() };
    return (acts[name] ?? this.#anywhere(name, what))(what);
  }

  #anywhere(name, what) {
    return (
      {
        save: () =>
          ({ announce: () => this.act("ready"), rest: () => this.act("resume") })[this.state]?.(),
        previous: () => this.#walk(-1),
        next: () => this.#walk(1),
        go: () => this.leaveFor(Number(what)),
        ready: () => [this.ready.add(this.item.code), this.show(this.item)],
        rest: () => this.rest(),
        resume: () => this.go(this.wanted ?? this.openAfter(0)),
        leave: () => this.#leaveField(),
        dismiss: () => this.voice.dismiss(what),
        guidelines: () => this.stage.turnGuidelines(),
        codebook: () => this.stage.turnMore(),
        list: () => this.stage.showList(this.items.reachable(this.taken), this.wanted),
        keys: () => this.stage.turnKeys(liked("letters")),
        letters: () => like("letters", !liked("letters")),
        reload: () => location.reload(),
        home: () => [this.keepDraft(), this.leave()],
      }[name] ?? (() => false)
    );
  }

  #walk(step) {
    const there = this.items.neighbour(this.wanted, step, this.taken);
    if (there && this.state !== "closed") this.leaveFor(there);
  }

  leaveFor(position) {
    this.keepDraft();
    this.go(position);
  }

  rest() {
    this.keepDraft();
    this.pace.rested();
    this.voice.dismiss("pause");
    this.voice.resting();
    this.turn("rest", this.stage.message.firstChild);
  }

  // Where the focus goes when it leaves a field.
  get afterField() {
    return this.stage.question;
  }

  #leaveField() {
    const focused = this.parent.activeElement;
    if (focused?.matches("input, textarea")) return this.afterField.focus({ preventScroll: true });
    return this.panel.leave?.() || this.stage.closeGuidelines();
  }
}
