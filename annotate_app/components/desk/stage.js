// The desk's fixed parts: the bar above, the text to read, the panel to answer in, and the dialogs.
import { clock, el, key } from "./dom.js";

const ROWS = [
  ["Enter", "desk.keys.save"],
  ["[  ]", "desk.keys.walk"],
  ["C", "desk.keys.comment"],
  ["Esc", "desk.keys.leave"],
  ["G", "desk.keys.guidelines"],
  ["?", "desk.keys.keys"],
];

export class Stage {
  // `act` does what a named button is for: act("save"), act("guidelines") …; `fields` are what is
  // answered in the panel, and `rows` the keys for it: [keys, text].
  constructor(act, { fields, rows }) {
    this.act = act;
    this.rows = rows;
    this.bar = el("div", { class: "bar" });
    this.place = el("p", { class: "place" });
    this.progress = el(
      "div",
      { class: "progress", role: "progressbar", "aria-valuemin": 0 },
      el("i"),
    );
    this.question = el("h2", { tabindex: -1, class: "question" });
    this.description = el("p", { class: "text description" });
    this.answer = el("p", { class: "text" });
    this.labels = Array.from({ length: 3 }, () => el("p", { class: "label" }));
    this.support = el("p", { class: "small" });
    this.described = el("div", {}, this.labels[1], this.description);
    this.answered = el("div", { class: "answer" }, this.labels[2], this.answer);
    this.texts = { question: this.question, description: this.description, answer: this.answer };
    this.reading = el(
      "article",
      { class: "reading", tabindex: -1 }, // so that a click into the text frames no whole page
      el("div", {}, this.labels[0], this.question),
      this.described,
      this.answered,
      this.support,
    );
    this.earlier = el("p", { class: "earlier", hidden: true });
    this.problem = el("p", { class: "problem", role: "alert" });
    this.save = el("button", { type: "button", class: "primary save", onclick: () => act("save") });
    this.status = el("p", { class: "status", role: "status" });
    this.fields = el("div", { class: "fields" }, this.earlier, ...fields);
    this.panel = el(
      "section",
      { class: "panel" },
      this.fields,
      el("div", { class: "foot" }, this.problem, this.save, this.status),
    );
    this.sheet = el("div", { class: "card" }, this.reading, this.panel);
    this.message = el("section", { class: "message", hidden: true });
    this.notices = el("div", { class: "notices" });
    this.guidelines = el("aside", { class: "guidelines", hidden: true });
    this.dialog = el("dialog", { class: "dialog" });
    this.root = el(
      "div",
      { "data-desk": "", "data-state": "loading" },
      this.bar,
      this.notices,
      el("div", { class: "table" }, this.guidelines, this.message, this.sheet),
      this.dialog,
    );
  }

  // Put everything that does not change from item to item into these words; `more` is what there
  // is to read under the guidelines.
  name(t, guidelines, { target, more = null }) {
    this.t = t;
    this.target = target;
    this.more = more;
    const button = (action, text, letter) =>
      el(
        "button",
        { type: "button", class: "quiet", onclick: () => this.act(action) },
        text,
        letter ? key(letter) : "",
      );
    this.bar.replaceChildren(
      el("div", { class: "where" }, this.place, this.progress),
      button("previous", t("desk.previous"), "["),
      button("next", t("desk.next"), "]"),
      button("list", t("desk.list")),
      button("guidelines", t("desk.guidelines"), "G"),
      button("keys", t("desk.keys.title"), "?"),
      button("rest", t("desk.rest")),
    );
    this.bar.children[5].classList.add("keyed"); // of no use where there is no keyboard
    this.labels[0].textContent = t("desk.question");
    this.labels[1].textContent = t("desk.description");
    this.labels[2].textContent = t("desk.answer");
    this.panel.setAttribute("aria-label", t("desk.rating"));
    this.guidelines.setAttribute("aria-label", t("desk.guidelines"));
    this.guidelines.replaceChildren(
      el(
        "div",
        { class: "head" },
        el("h3", {}, t("desk.guidelines")),
        button("guidelines", t("desk.close")),
      ),
      el(
        "div",
        { class: "pages", tabindex: 0, "data-scrolls": "" },
        el("p", { class: "text" }, guidelines),
        more,
      ),
    );
  }

  read(item) {
    write(this.question, item.question || "—");
    write(this.description, item.description);
    write(this.answer, item.answer);
    this.described.hidden = !item.description;
    this.answered.hidden = this.target === "question";
    this.support.textContent = item.hard ? this.t("desk.support") : this.t("desk.research_use");
  }

  // Say that the item was judged before, and what saving it again means.
  recall(previous) {
    this.save.textContent = this.t(previous ? "desk.save_again" : "desk.save");
    this.earlier.hidden = !previous;
    if (previous) this.earlier.textContent = this.t("desk.earlier", { at: clock(previous.at) });
  }

  count(done, total, position) {
    this.place.textContent = position
      ? this.t("desk.place", { position, total, done })
      : this.t("desk.done_of", { done, total });
    this.progress.setAttribute("aria-valuemax", total);
    this.progress.setAttribute("aria-valuenow", done);
    this.progress.setAttribute("aria-label", this.t("desk.done_of", { done, total }));
    this.progress.firstChild.style.width = `${total ? (100 * done) / total : 0}%`;
  }

  // Show a message in place of the card: a title, paragraphs and buttons [text, action, primary].
  say(title, paragraphs, buttons) {
    this.message.replaceChildren(
      el("h2", { tabindex: -1 }, title),
      ...paragraphs.map((text) => (text instanceof Node ? text : el("p", {}, text))),
      el(
        "div",
        { class: "choices" },
        ...buttons.map(([text, action, primary]) =>
          el(
            "button",
            {
              type: "button",
              class: primary ? "primary" : "quiet",
              onclick: () => this.act(action),
            },
            text,
          ),
        ),
      ),
    );
    this.message.hidden = false;
    this.sheet.hidden = true;
  }

  hush() {
    this.message.hidden = true;
    this.sheet.hidden = false;
  }

  turnGuidelines() {
    this.guidelines.hidden = !this.guidelines.hidden;
  }

  // Open the guidelines where what stands under them begins, or close them from there.
  turnMore() {
    const pages = this.more.parentElement;
    const below = () => this.more.getBoundingClientRect().top - pages.getBoundingClientRect().top;
    const there = !this.guidelines.hidden && below() < 1;
    this.guidelines.hidden = there;
    if (!there) pages.scrollTop += below();
  }

  // False if they were not open.
  closeGuidelines() {
    if (this.guidelines.hidden) return false;
    this.guidelines.hidden = true;
  }

  turnKeys(letters) {
    if (this.dialog.open) return this.dialog.close();
    const rows = [...this.rows, ...ROWS].flatMap(([keys, text]) => [
      el("dt", {}, key(keys)),
      el("dd", {}, this.t(text)),
    ]);
    const box = el("input", { type: "checkbox", onchange: () => this.act("letters") });
    box.checked = letters;
    this.#open(
      this.t("desk.keys.title"),
      el("dl", { class: "keys" }, ...rows),
      el("label", { class: "switch" }, box, this.t("desk.keys.letters")),
    );
  }

  // One numbered button for each item that can be opened.
  showList(positions, current) {
    const go = (position) => [this.dialog.close(), this.act(`go ${position}`)];
    const number = (position) =>
      el(
        "button",
        {
          type: "button",
          class: "number",
          "aria-current": position === current ? "true" : null,
          onclick: () => go(position),
        },
        String(position),
      );
    this.#open(
      this.t("desk.list"),
      el("p", {}, this.t("desk.list_hint")),
      el("div", { class: "numbers" }, ...positions.map(number)),
    );
  }

  #open(title, ...content) {
    const close = el(
      "button",
      { type: "button", class: "quiet", onclick: () => this.dialog.close() },
      this.t("desk.close"),
    );
    this.dialog.setAttribute("aria-label", title);
    this.dialog.replaceChildren(
      el("div", { class: "head" }, el("h2", {}, title), close),
      ...content,
    );
    this.dialog.showModal();
  }
}

// A text that is there already stays, with what is marked in it.
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
