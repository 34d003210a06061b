// What a rater gives to one item, and when two such answers are the same.

export const NOTHING = { revision: 0, values: {}, comment: "", flags: {} };

// A judgement to send: a token of its own, and the revision that it was made on.
export function judgement(item, base, given) {
  return { item: item.code, token: token(), base, ...given };
}

// Whether nothing but the seconds differs.
export function same(a, b) {
  const text = ({ values, comment, flags }) =>
    JSON.stringify([sorted(values), comment.trim(), sorted(flags)]);
  return text(a) === text(b);
}

function sorted(pairs) {
  return Object.entries(pairs).sort(([a], [b]) => (a < b ? -1 : 1));
}

function token() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
