// Mark evidence in texts: what is selected there, how it shows, and a hint beside the selection.
//
//   new Marks(root, { hint, pressed })   `root` is the shadow root, or the document, of the texts;
//                        hint() is the hint's text, "" for none now; pressed() follows a press of it
//   .hint                the hint's element: put it into a positioned parent of the texts
//   .show(texts)         [{ field, element, text }] in the order of reading, with nothing marked
//   .draw(spans)         [{ field, start, end, tag, hue, name }]: coloured, with the tag above
//   .spans               what is selected: [{ field, start, end }] in code points, [] for nothing
//   .clear()             select nothing;  .begin() selects the first sentence, for who has no mouse
//   .step(event)         move the selection by arrow keys; false where nothing is selected
//   .end()               listen no longer
import { el } from "./dom.js";
import { beside, points, sentences, snapped, units } from "./spans.js";

const AFTER_PRESS_MS = 500; // a finger's click comes that late

export class Marks {
  constructor(root, { hint, pressed }) {
    this.root = root;
    this.said = hint;
    this.texts = [];
    this.drawn = [];
    this.held = [];
    this.sticky = false; // what is held stays, though the browser may forget its selection
    const hold = () => [this.#stick(), pressed()];
    this.button = el("button", { type: "button", class: "hint", onclick: hold });
    this.hint = el("div", { role: "status", class: "hints", hidden: true }, this.button);
    this.handlers = [
      [document, "selectionchange", () => this.#look()],
      [root, "pointerdown", (event) => this.#press(event)],
      [window, "pointerup", () => (this.timer = setTimeout(() => this.#release(), AFTER_PRESS_MS))],
      [window, "pointercancel", () => this.#release()],
      [root, "click", () => this.#release()], // after what is clicked has done its work
    ];
    for (const [where, what, handler] of this.handlers) where.addEventListener(what, handler);
  }

  end() {
    for (const [where, what, handler] of this.handlers) where.removeEventListener(what, handler);
  }

  show(texts) {
    this.texts = texts.filter(({ text }) => text);
    [this.drawn, this.held, this.sticky] = [[], [], false];
    this.hint.hidden = true;
  }

  draw(spans) {
    this.drawn = spans;
    for (const text of this.texts) this.#paint(text);
  }

  get spans() {
    this.#look();
    return this.held;
  }

  clear() {
    const had = this.spans.length > 0;
    [this.held, this.sticky] = [[], false];
    this.hint.hidden = true;
    if (had) document.getSelection()?.removeAllRanges();
    this.draw(this.drawn);
    return had;
  }

  begin() {
    if (this.spans.length) return;
    const [first] = this.#sentences();
    if (first) this.#select(first.text, first.from, first.to);
  }

  // Up and down choose the sentence before and after, with Shift they move the selection's end by
  // a sentence; Shift with left and right moves it by a character.
  step(event) {
    const { key, shiftKey } = event;
    const step = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }[key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return false;
    if (event.composedPath()[0].matches?.("input, textarea")) return false;
    const now = this.#selected();
    if (!now || (!shiftKey && /Left|Right/.test(key))) return false;
    if (!shiftKey) return this.#choose(now, step);
    const { text, from, to } = now;
    const end = /Left|Right/.test(key) ? beside(text.text, to, step) : this.#sentenceEnd(now, step);
    if (end > from) this.#select(text, from, end);
    return true;
  }

  // ---- What is selected

  // While something outside the texts is pressed, what was selected stays: browsers forget it then.
  #press(event) {
    clearTimeout(this.timer);
    this.pressing = !this.texts.some(({ element }) => event.composedPath().includes(element));
  }

  #release() {
    clearTimeout(this.timer);
    this.pressing = false;
    this.#look();
  }

  #look() {
    if (this.pressing) return;
    const range = this.#range();
    const found = range ? this.texts.map((text) => within(range, text)).filter(Boolean) : [];
    if (found.length && this.sticky) {
      this.sticky = false; // something else is selected now
      this.held = found;
      return this.draw(this.drawn);
    }
    if (!this.sticky) this.held = found;
    this.#place(range);
  }

  #range() {
    const found = selected(this.root);
    if (!found || found.collapsed) return null;
    const range = document.createRange();
    range.setStart(found.startContainer, found.startOffset);
    range.setEnd(found.endContainer, found.endOffset);
    return range;
  }

  #stick() {
    this.sticky = this.held.length > 0;
    this.hint.hidden = true;
    this.draw(this.drawn);
  }

  #place(range) {
    const text = this.held.length && !this.sticky ? this.said() : "";
    this.hint.hidden = !text;
    if (!text || !range) return;
    this.button.textContent = text;
    const line = [...range.getClientRects()].findLast((box) => box.width) ?? {
      right: 0,
      bottom: 0,
    };
    const page = this.hint.offsetParent?.getBoundingClientRect() ?? { left: 0, top: 0, width: 0 };
    const widest = Math.max(page.width - this.hint.offsetWidth, 0);
    this.hint.style.left = `${Math.min(Math.max(line.right - page.left - 24, 0), widest)}px`;
    this.hint.style.top = `${line.bottom - page.top + 6}px`;
  }

  // ---- By keys

  #sentences() {
    return this.texts.flatMap((text) =>
      sentences(text.text).map(([from, to]) => ({ text, from, to })),
    );
  }

  // The selection's beginning and end, in units of the text that it begins in.
  #selected() {
    const [span] = this.spans;
    const text = span && this.texts.find(({ field }) => field === span.field);
    if (!text) return null;
    return { text, from: units(text.text, span.start), to: units(text.text, span.end) };
  }

  #choose({ text, from }, step) {
    const all = this.#sentences();
    const here = all.findLastIndex((one) => one.text === text && one.from <= from);
    const next = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    this.#select(next.text, next.from, next.to);
    return true;
  }

  #sentenceEnd({ text, to }, step) {
    const ends = sentences(text.text).map(([, end]) => end);
    return (step > 0 ? ends.find((end) => end > to) : ends.findLast((end) => end < to)) ?? to;
  }

  #select({ element }, from, to) {
    const [first, at] = nodeAt(element, from, { end: false });
    const [last, until] = nodeAt(element, to, { end: true });
    document.getSelection().setBaseAndExtent(first, at, last, until);
    first.parentElement.scrollIntoView({ block: "nearest" });
  }

  // ---- How it shows

  #paint({ field, element, text }) {
    const waiting = this.sticky ? this.held.map((span) => ({ ...span, waiting: true })) : [];
    const spans = [...this.drawn, ...waiting]
      .filter((span) => span.field === field)
      .map((span) => ({ ...span, from: units(text, span.start), to: units(text, span.end) }));
    if (!spans.length && !element.firstElementChild) return;
    const edges = [0, text.length, ...spans.flatMap(({ from, to }) => [from, to])];
    const places = [...new Set(edges)].sort((a, b) => a - b);
    const pieces = places.slice(1).map((to, n) => piece(text, places[n], to, spans));
    element.replaceChildren(...pieces);
  }
}

function piece(text, from, to, spans) {
  const words = text.slice(from, to);
  const here = spans.filter((span) => span.from <= from && to <= span.to);
  if (!here.length) return words;
  const named = here.filter(({ waiting }) => !waiting);
  const tags = named.filter((span) => span.from === from).map(({ tag }) => tag);
  const mark = el("mark", { title: named.map(({ name }) => name).join("、") || null }, words);
  if (tags.length) mark.dataset.tag = tags.join(" ");
  if (named.length > 1) mark.classList.add("shared");
  if (named.length < here.length) mark.classList.add("waiting");
  if (named.length) mark.style.setProperty("--hue", named[0].hue);
  return mark;
}

// What is selected inside a shadow root: Chromium asks the root for it, other browsers are told it.
function selected(root) {
  const own = root.getSelection?.();
  if (own) return own.rangeCount ? own.getRangeAt(0) : null;
  const selection = document.getSelection();
  try {
    return selection.getComposedRanges({ shadowRoots: [root] })[0];
  } catch {
    return selection.getComposedRanges?.(root)[0]; // Safari until 2025
  }
}

// The part of a selection that lies in one text, in code points; null for nothing.
function within(range, { field, element, text }) {
  const whole = document.createRange();
  whole.selectNodeContents(element);
  if (!range.intersectsNode(element)) return null;
  const before = (node, offset) => {
    const part = whole.cloneRange();
    part.setEnd(node, offset);
    return part.toString().length;
  };
  const later = range.compareBoundaryPoints(Range.START_TO_START, whole) > 0;
  const sooner = range.compareBoundaryPoints(Range.END_TO_END, whole) < 0;
  const from = later ? before(range.startContainer, range.startOffset) : 0;
  const to = sooner ? before(range.endContainer, range.endOffset) : text.length;
  const found = snapped(text, from, to);
  return found && { field, start: points(text, found[0]), end: points(text, found[1]) };
}

// The text node, and the place in it, of a unit of an element's text.
function nodeAt(element, unit, { end }) {
  const nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let [left, node] = [unit, nodes.nextNode()];
  while (left > node.length || (left === node.length && !end)) {
    left -= node.length;
    node = nodes.nextNode();
  }
  return [node, left];
}
