// The sign-in form: the password goes to the app's own route, which answers with a cookie.
import { ask, takeWord, tell } from "../browser/ask.js";
import { el } from "../desk/dom.js";
import { Form, sentence, translator } from "./form.js";

const shown = new WeakMap(); // what stands in each place already

export function mount({ data, parentElement }) {
  const before = shown.get(parentElement);
  if (before?.language === data.language) return;
  const word = before ? before.word : takeWord();
  const t = translator(data.texts);
  const form = new Form(t, {
    fields: {
      username: {
        label: t("sign_in.username"),
        autocomplete: "username",
        autocapitalize: "none",
        spellcheck: "false",
      },
      password: {
        label: t("sign_in.password"),
        type: "password",
        autocomplete: "current-password",
      },
    },
    button: t("sign_in.enter"),
    send: (given) => send(data, t, form, given),
  });
  const said = word in data.texts && el("p", { class: "said", role: "status" }, t(word));
  const place = el("div", { class: "cbt-form" }, ...(said ? [said] : []));
  form.takeOver(before?.form);
  before?.place.remove();
  parentElement.append(place);
  shown.set(parentElement, { language: data.language, word, form, place });
  if (data.ticket && !before) arrive(data, t, form, place);
  else place.append(form.element);
}

// Back from the organisation's own sign-in: the form appears only if its ticket is refused.
async function arrive(data, t, form, place) {
  place.append(el("p", { class: "said", role: "status" }, t("sign_in.arriving")));
  const answer = await ask(data.base, "ticket", { ticket: data.ticket });
  if (!answer.refused) return enterHere(data.base);
  place.replaceChildren(form.element);
  form.problem.textContent = sentence(t, answer);
}

function enterHere(base) {
  tell(base);
  location.reload(); // with the cookie, on the page that was asked for
}

async function send(data, t, form, given) {
  const empty = Object.entries(given).find(([, value]) => !value.trim());
  if (empty) {
    form.inputs[empty[0]].focus();
    return t("sign_in.missing");
  }
  if (!navigator.cookieEnabled) return t("sign_in.no_cookies");
  const answer = await ask(data.base, "sign-in", given);
  if (answer.refused) {
    form.inputs.password.select();
    return sentence(t, answer);
  }
  enterHere(data.base);
  return null;
}
