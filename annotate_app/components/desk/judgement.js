// What a rater gives to one item, and when two such answers are the same.

export const NOTHING = { revision: 0, values: {}, labels: [], comment: "", flags: {} };

// A judgement to send: a token of its own, and the revision that it was made on.
export function judgement(item, base, given) {
  return { item: item.code, token: token(), base, ...given };
}

// Whether nothing but the seconds differs; a value that is missing is none.
export function same(a, b) {
  return JSON.stringify(plain(a)) === JSON.stringify(plain(b));
}

function plain({ values, labels = [], comment, flags }) {
  const given = sorted(values).filter(([, value]) => value !== null);
  return [given, labels.map(flat), comment.trim(), sorted(flags)];
}

function flat({ label, primary, spans }) {
  return [label, primary, spans.map(({ field, start, end }) => [field, start, end])];
}

function sorted(pairs) {
  return Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function token() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
