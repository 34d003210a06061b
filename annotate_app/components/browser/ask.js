// Ask the app's routes for sign-in and sign-out, and let this browser's other tabs know.

const PATIENCE_MS = 15_000;
const SAID = "cbt-said";
let channel = null;

// Resolves to {ok: data}, or to {refused: code, seconds}; "away" when nobody of ours has answered.
export async function ask(base, path, body) {
  try {
    const answer = await fetch(`${base}/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const data = await answer.json();
    return answer.ok ? { ok: data } : { refused: data.code ?? "other", seconds: data.seconds };
  } catch {
    return { refused: "away" };
  }
}

// Go to the app's first page; every other tab looks anew at who is signed in.
export function enter(base) {
  tell(base);
  location.assign(`${base}/`);
}

export function tell(base) {
  among(base).postMessage("changed");
}

export function listen(base) {
  among(base).onmessage = () => location.reload();
}

// One channel a page, for only its own messages do not come back to it.
function among(base) {
  channel ??= new BroadcastChannel(`cbt-sign-in ${base}`);
  return channel;
}

// One word from a page to the one that this tab shows next.
export function leaveWord(word) {
  try {
    sessionStorage.setItem(SAID, word);
  } catch {
    return; // a browser that keeps nothing shows the next page without it
  }
}

export function takeWord() {
  try {
    const word = sessionStorage.getItem(SAID);
    sessionStorage.removeItem(SAID);
    return word;
  } catch {
    return null;
  }
}
