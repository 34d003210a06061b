// Ask the app's own routes, and say in one of three words how it went.

const PATIENCE_MS = 8_000;
const LATER = new Set(["slow_down", "store_busy", "store_full"]);

export class Api {
  constructor(base) {
    this.base = `${base}/api/desk`;
    this.owner = ""; // whose desk this is, as the package names them: the server checks it
  }

  package(study) {
    return this.#ask(`?${new URLSearchParams({ study })}`);
  }

  items(study, positions) {
    const at = positions.map((position) => ["at", position]);
    const query = new URLSearchParams([["study", study], ["owner", this.owner], ...at]);
    return this.#ask(`/items?${query}`);
  }

  save(judgement) {
    return this.#ask("/judgement", JSON.stringify({ owner: this.owner, ...judgement }));
  }

  #ask(path, body) {
    return ask(this.base + path, body);
  }
}

// {ok: data}; {refused: data, status}; or {away: true} when nobody of ours has answered. What may go
// better after a while is also marked {later: true}.
//
// By XMLHttpRequest: its answer is one task of the page, fetch's are two or three, and while keys
// come in fast each of them waits for a turn.
export function ask(url, body = null) {
  return new Promise((resolve) => {
    const asking = new XMLHttpRequest();
    asking.open(body === null ? "GET" : "POST", url);
    if (body !== null) asking.setRequestHeader("Content-Type", "application/json");
    asking.responseType = "json";
    asking.timeout = PATIENCE_MS;
    asking.onloadend = () => resolve(meaning(asking.status, asking.response));
    asking.send(body);
  });
}

function meaning(status, data) {
  if (status === 200 && data) return { ok: data };
  if (typeof data?.code === "string") return { refused: data, status, later: LATER.has(data.code) };
  return { away: true, later: true }; // no connection, no answer in time, or a stranger's page
}
