// A form for a password: labelled, to be filled by a password manager, one place for what is wrong.
import { el } from "../desk/dom.js";

export class Form {
  // `fields` maps a name to its label and attributes; `send` resolves to a sentence if all is not well.
  constructor(t, { fields, button, send }) {
    this.t = t;
    this.send = send;
    this.inputs = Object.fromEntries(
      Object.entries(fields).map(([name, { label, ...more }]) => [
        name,
        el("input", { id: `cbt-${name}`, name, maxlength: 1024, ...more }),
      ]),
    );
    this.problem = el("p", { class: "problem", role: "alert" });
    this.button = el("button", { type: "submit", class: "go" }, button);
    const rows = Object.entries(fields).map(([name, { label }]) =>
      this.#row(label, this.inputs[name]),
    );
    this.element = el(
      "form",
      { novalidate: true, method: "post", onsubmit: (event) => this.#submit(event) },
      ...rows,
      this.problem,
      this.button,
    );
  }

  get values() {
    return Object.fromEntries(
      Object.entries(this.inputs).map(([name, { value }]) => [name, value]),
    );
  }

  // Keep what was typed before the page's language changed.
  takeOver(before) {
    for (const [name, input] of Object.entries(this.inputs)) {
      input.value = before?.inputs[name].value ?? input.value;
    }
  }

  #row(label, input) {
    const labelled = el("label", { for: input.id }, label);
    if (input.type !== "password") return el("div", { class: "row" }, labelled, input);
    const capitals = el("p", { class: "hint", role: "status" });
    const look = (event) => {
      const on = event.getModifierState?.("CapsLock");
      if (on !== undefined) capitals.textContent = on ? this.t("sign_in.capitals") : "";
    };
    input.addEventListener("keydown", look);
    input.addEventListener("keyup", look);
    const box = el("div", { class: "password" }, input, this.#shower(input));
    return el("div", { class: "row" }, labelled, box, capitals);
  }

  #shower(input) {
    const shower = el("button", { type: "button", class: "show", "aria-controls": input.id });
    const say = () => {
      shower.textContent = this.t(input.type === "password" ? "sign_in.show" : "sign_in.hide");
    };
    shower.addEventListener("click", () => {
      input.type = input.type === "password" ? "text" : "password";
      say();
    });
    say();
    return shower;
  }

  async #submit(event) {
    event.preventDefault();
    if (this.button.getAttribute("aria-disabled")) return;
    this.button.setAttribute("aria-disabled", "true");
    this.problem.textContent = "";
    const problem = await this.send(this.values);
    if (!problem) return; // the page is about to be left, and stays busy until then
    this.button.removeAttribute("aria-disabled");
    this.problem.textContent = problem;
  }
}

// The sentence for a refusal, in the page's language.
export function sentence(t, { refused, seconds }) {
  const known = [
    "wrong_credentials",
    "slow_down",
    "invite_not_valid",
    "ticket_not_valid",
    "away",
    "store_busy",
  ];
  return t(`problem.${known.includes(refused) ? refused : "other"}`, { seconds });
}

// Texts with their placeholders filled in.
export function translator(texts) {
  return (key, values = {}) => texts[key].replace(/{(\w+)}/g, (_, name) => values[name]);
}
