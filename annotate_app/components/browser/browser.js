// What only the browser can do: tell its language, send its cookie away, notice a lost connection.
import { el } from "../desk/dom.js";
import { ask, enter, leaveWord, listen } from "./ask.js";

const YEAR_SECONDS = 365 * 24 * 3600;
const CALM_MS = 2_000; // a connection that is back by then needs no word
const OUTBOX_MS = 3_000;
let here = null; // one a page, however often Streamlit runs it again

export function mount({ data, parentElement }) {
  here ??= new Here(data);
  here.show(parentElement, data);
}

class Here {
  constructor(data) {
    this.left = data.leaving; // how often this tab has been asked to sign out
    this.who = data.who;
    this.notice = el("p", { class: "cbt-notice", role: "status", hidden: true });
    this.away = false;
    listen(data.base);
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) location.reload(); // "back" must not show what a sign-out has closed
    });
    const app = document.querySelector('[data-testid="stApp"]');
    new MutationObserver(() => this.#look(app)).observe(app, { attributes: true });
  }

  show(parentElement, data) {
    // Another tab has let somebody else in: nothing of the one before may stay on this page.
    if (this.who && data.who && this.who !== data.who) return location.reload();
    Object.assign(this, { who: data.who, data });
    if (this.notice.parentElement !== parentElement) parentElement.append(this.notice);
    document.documentElement.lang = data.language === "zh" ? "zh-CN" : "en";
    document.cookie = `cbt_language=${data.language}; path=${data.base || "/"}; max-age=${YEAR_SECONDS}; samesite=lax`;
    const skip = document.querySelector('[data-testid="stSkipToContent"]');
    if (skip) skip.textContent = data.texts["frame.skip"];
    this.#say();
    const asked = data.leaving > this.left;
    this.left = data.leaving;
    if (asked) this.#leave();
  }

  #look(app) {
    const away = app.dataset.testConnectionState !== "CONNECTED";
    if (away === this.away) return;
    this.away = away;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#say(), away ? CALM_MS : 0);
  }

  #say(word = this.away && !deskIsThere() ? "frame.away" : "") {
    this.notice.textContent = word && this.data.texts[word];
    this.notice.hidden = !word;
  }

  async #leave() {
    const { base, everywhere } = this.data;
    await outboxEmptied();
    const answer = await ask(base, "sign-out", { everywhere });
    if (answer.refused) return this.#say("frame.not_signed_out");
    leaveWord(everywhere ? "sign_in.signed_out_everywhere" : "sign_in.signed_out");
    enter(base);
  }
}

// The desk says in its own status line that the connection is away.
function deskIsThere() {
  const hosts = document.querySelectorAll('[data-testid="stBidiComponentIsolated"]');
  return [...hosts].some((host) => host.shadowRoot?.querySelector("[data-desk]"));
}

// Gives whoever still has something to send a moment for it.
async function outboxEmptied() {
  const waits = [];
  const waitUntil = (promise) => waits.push(promise);
  window.dispatchEvent(new CustomEvent("cbt:sign-out", { detail: { waitUntil } }));
  const patience = new Promise((resolve) => setTimeout(resolve, OUTBOX_MS));
  await Promise.race([Promise.allSettled(waits), patience]);
}
