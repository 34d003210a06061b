// What a lead has begun to say of a case, kept in this browser until the server has it.
import { same } from "../desk/judgement.js";

const NOTHING = { values: {}, labels: [], reason: "" };

export class Drafts {
  constructor(vault, limits) {
    this.vault = vault;
    this.limits = limits;
  }

  // The draft of the step that a case is at; of an earlier step it is of no use.
  at(item) {
    const draft = this.vault.get("case", item.code);
    const useful = draft && draft.deciding === (item.progress.own !== null);
    if (useful && !alike(draft, stored(item))) return draft;
    this.forget(item);
    return null;
  }

  keep(item, { reason, ...given }, seconds) {
    if (alike({ reason, ...given }, stored(item))) return this.forget(item);
    const short = reason.slice(0, 4 * this.limits.reason); // a huge draft takes too long at each key
    const deciding = item.progress.own !== null;
    this.vault.keep("case", item.code, { ...given, reason: short, deciding, seconds });
  }

  forget(item) {
    this.vault.forget("case", item.code);
  }
}

// What the server holds: the decision, else the own answer to begin with, else nothing.
export function stored({ progress }) {
  return { ...NOTHING, ...(progress.decision ?? progress.own) };
}

// Whether nothing but the seconds differs.
export function alike(a, b) {
  const plain = ({ values, labels, reason = "" }) => ({ values, labels, comment: reason, flags: {} });
  return same(plain(a), plain(b));
}
