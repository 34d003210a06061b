// Ask the routes of a lead's cases, which stand in the desk's lists as items do.
import { ask } from "../desk/api.js";

export class Api {
  constructor(base) {
    this.base = `${base}/api/adjudication`;
    this.owner = ""; // whose desk this is, as the package names them: the server checks it
  }

  async package(study) {
    return listed(await ask(`${this.base}?${new URLSearchParams({ study })}`));
  }

  async items(study, positions) {
    const at = positions.map((position) => ["at", position]);
    const query = new URLSearchParams([["study", study], ["owner", this.owner], ...at]);
    return listed(await ask(`${this.base}/cases?${query}`));
  }

  // Only the answer to this has the votes in it.
  own(step) {
    return this.#save("own", step);
  }

  decision(step) {
    return this.#save("decision", step);
  }

  #save(what, step) {
    return ask(`${this.base}/${what}`, JSON.stringify({ owner: this.owner, ...step }));
  }
}

// A case is done once it is decided.
function listed(answer) {
  if (!answer.ok) return answer;
  const { cases, ...rest } = answer.ok;
  const items = cases.map((one) => ({ ...one, previous: one.progress.decision }));
  return { ok: { ...rest, items } };
}
