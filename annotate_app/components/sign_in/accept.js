// The page of an invite: choose a password. Its token stands behind #, which no server ever sees.
import { ask, enter } from "../browser/ask.js";
import { el } from "../desk/dom.js";
import { Form, sentence, translator } from "./form.js";

const SHORTEST = 8;
const shown = new WeakMap(); // what stands in each place already

export async function mount({ data, parentElement }) {
  const before = shown.get(parentElement);
  if (before?.language === data.language) return;
  const token = before?.token ?? location.hash.slice(1);
  const t = translator(data.texts);
  const place = el("div", { class: "cbt-form" });
  before?.place.remove();
  parentElement.append(place);
  const entry = { language: data.language, token, place };
  shown.set(parentElement, entry);
  entry.invited = before?.invited ?? ask(data.base, "invite/look", { token });
  const answer = await entry.invited;
  if (answer.refused) return place.append(...noForm(data, parentElement, t, answer));
  history.replaceState(history.state, "", location.pathname); // not left lying in the history
  entry.form = form(data, t, token, answer.ok.username);
  entry.form.takeOver(before?.form);
  place.append(entry.form.element);
}

function noForm(data, parentElement, t, answer) {
  const problem = el("p", { class: "problem", role: "alert" }, sentence(t, answer));
  if (answer.refused === "invite_not_valid") return [problem];
  const again = () => {
    Object.assign(shown.get(parentElement), { language: null, invited: null });
    mount({ data, parentElement });
  };
  return [
    problem,
    el("button", { type: "button", class: "go", onclick: again }, t("accept.look_again")),
  ];
}

function form(data, t, token, username) {
  const choose = { type: "password", autocomplete: "new-password" };
  const made = new Form(t, {
    fields: {
      username: {
        label: t("sign_in.username"),
        autocomplete: "username",
        readonly: true,
        value: username,
      },
      password: { label: t("accept.password"), ...choose },
      again: { label: t("accept.again"), ...choose },
    },
    button: t("accept.enter"),
    send: (given) => send(data, t, made, { token, ...given }),
  });
  return made;
}

async function send(data, t, made, { token, password, again }) {
  const wrong = whatIsWrong(t, password, again);
  if (wrong) {
    made.inputs[[...password].length < SHORTEST ? "password" : "again"].select();
    return wrong;
  }
  const answer = await ask(data.base, "invite/accept", { token, password });
  if (answer.refused === "password_unfit") return t("accept.too_short", { shortest: SHORTEST });
  if (answer.refused) return sentence(t, answer);
  enter(data.base);
  return null;
}

function whatIsWrong(t, password, again) {
  if ([...password].length < SHORTEST) return t("accept.too_short", { shortest: SHORTEST });
  return password === again ? null : t("accept.differ");
}
