// The votes on a case side by side, with what only one says, beside the lead's own answer and decision.
import { el, key } from "../desk/dom.js";
import { same } from "../desk/judgement.js";
import { cut } from "../desk/spans.js";

export const [MINE, DECIDED] = ["mine", "decided"];
const LETTERS = [..."ABCDEFGH"];
const LONGEST_QUOTE = 60;

export class Votes {
  // `as` is called with the place of a vote, or MINE, to decide as it says.
  constructor(t, as) {
    this.t = t;
    this.as = as;
    this.title = el("h2", { tabindex: -1, class: "votes-title" });
    this.columns = el("div", { class: "columns" });
    this.root = el("section", { class: "votes", hidden: true }, this.title, this.columns);
    this.shown = [];
  }

  // Show the votes in the order of their coming; `labels` name what they gave, `texts` what was read.
  show({ votes, own, decision }, labels, texts) {
    this.root.hidden = !own;
    this.shown = [];
    if (!own) return this.columns.replaceChildren();
    const { t } = this;
    this.title.textContent = t("adjudication.votes");
    const names = new Map(labels.map(({ id, name }) => [id, name]));
    const told = (vote) => this.#told(vote, differences(vote, votes), { names, texts });
    const column = (name, as, vote, [what, letter]) => {
      const button = el(
        "button",
        { type: "button", class: "quiet as", onclick: () => this.as(what) },
        as,
        letter ? key(letter) : "",
      );
      const head = el("div", { class: "head" }, el("h3", {}, name), button);
      const root = el("section", { class: "vote", "aria-label": name }, head, ...told(vote));
      this.shown.push({ root, button, vote });
      return root;
    };
    const voted = votes.map((vote, place) => {
      const name = LETTERS[place];
      const as = t("adjudication.as_vote", { name });
      return column(t("adjudication.vote", { name }), as, vote, [place, name]);
    });
    const mine = column(t("adjudication.mine"), t("adjudication.as_mine"), own, [MINE, "M"]);
    this.columns.replaceChildren(...voted, mine);
    if (!decision) return;
    const before = { ...decision, comment: decision.reason };
    const as = t("adjudication.as_decided");
    this.columns.append(column(t("adjudication.decided"), as, before, [DECIDED]));
  }

  // Mark which of them says the same as the decision does now, whatever the evidence.
  mark(decision) {
    for (const { root, button, vote } of this.shown) {
      const alike = same(bare(vote), bare(decision));
      root.classList.toggle("chosen", alike);
      button.setAttribute("aria-pressed", String(alike));
    }
  }

  #told({ values, labels, comment }, { presence, only }, { names, texts }) {
    const { t } = this;
    const said = t(`label.presence.${values.presence}`);
    const level = values.confidence && t(`label.confidence.level_${values.confidence}`);
    return [
      el("p", { class: presence ? "said differs" : "said" }, said),
      labels.length
        ? el("ul", {}, ...labels.map((label) => this.#label(label, only, { names, texts })))
        : "",
      level ? el("p", { class: "small" }, t("adjudication.confidence", { level })) : "",
      comment ? el("p", { class: "small remark" }, comment) : "",
    ];
  }

  #label({ label, primary, spans }, only, { names, texts }) {
    const { t } = this;
    const quotes = spans.map((span) => short(cut(texts[span.field] ?? "", span)));
    return el(
      "li",
      { class: only.has(label) ? "differs" : null },
      el("span", { class: "label" }, names.get(label) ?? label),
      primary ? el("span", { class: "small", title: t("label.primary") }, " ★") : "",
      only.has(label) ? el("span", { class: "only" }, t("adjudication.only")) : "",
      ...quotes.map((quote) => el("q", {}, quote)),
    );
  }
}

// What a vote says that not all the others say too: presence, and labels that it alone gave.
function differences(vote, votes) {
  const others = votes.filter((other) => other !== vote);
  if (!votes.includes(vote)) return { presence: false, only: new Set() };
  const given = ({ labels }) => labels.map(({ label }) => label);
  const theirs = new Set(others.flatMap(given));
  return {
    presence: others.some(({ values }) => values.presence !== vote.values.presence),
    only: new Set(given(vote).filter((label) => !theirs.has(label))),
  };
}

// An answer without what two people may give differently and still mean the same.
function bare({ values, labels }) {
  const ids = labels.map(({ label }) => label).sort();
  const plain = ids.map((label) => ({ label, primary: false, spans: [] }));
  return { values: { presence: values.presence }, labels: plain, comment: "", flags: {} };
}

function short(words) {
  const letters = [...words];
  return letters.length > LONGEST_QUOTE ? `${letters.slice(0, LONGEST_QUOTE).join("")}…` : words;
}
