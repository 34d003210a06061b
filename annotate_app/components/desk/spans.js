// Spans of a text in characters as the store counts them, which are code points: never half an emoji.
//
// A span is { field, start, end }. JavaScript counts UTF-16 units: `points` and `units` translate.

export const FIELDS = ["question", "description", "answer"];
const clusters = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const sentence = new Intl.Segmenter(undefined, { granularity: "sentence" });

// How many code points a text has before this unit.
export function points(text, unit) {
  let count = 0;
  for (let at = 0; at < unit; at += width(text, at)) count += 1;
  return count;
}

// The unit that a code point begins at.
export function units(text, point) {
  let at = 0;
  for (let count = 0; count < point; count += 1) at += width(text, at);
  return at;
}

// The words of a span.
export function cut(text, { start, end }) {
  const from = units(text, start);
  return text.slice(from, from + units(text.slice(from), end - start));
}

// From one unit to another, widened to whole characters as people see them, without white space
// around: [from, to], or null where nothing is left.
export function snapped(text, from, to) {
  const all = clusters.segment(text);
  const first = all.containing(from);
  const last = all.containing(to - 1);
  if (!first || !last || from >= to) return null;
  let [begin, end] = [first.index, last.index + last.segment.length];
  for (let at = first; begin < end && !at.segment.trim(); at = all.containing(begin))
    begin = at.index + at.segment.length;
  for (let at = last; begin < end && !at.segment.trim(); at = all.containing(end - 1))
    end = at.index;
  return begin < end ? [begin, end] : null;
}

// The unit after, or before, the character that stands here.
export function beside(text, unit, step) {
  const { index, segment } = clusters.segment(text).containing(step > 0 ? unit : unit - 1) ?? {};
  if (index === undefined) return unit;
  return step > 0 ? index + segment.length : index;
}

// A text's sentences, as [from, to] in units.
export function sentences(text) {
  return [...sentence.segment(text)]
    .map(({ index, segment }) => snapped(text, index, index + segment.length))
    .filter(Boolean);
}

// Spans in the order of the texts, those that overlap as one.
export function merged(spans) {
  const found = [];
  const place = ({ field }) => FIELDS.indexOf(field);
  for (const span of spans.toSorted((a, b) => place(a) - place(b) || a.start - b.start)) {
    const last = found.at(-1);
    if (last?.field === span.field && span.start < last.end)
      last.end = Math.max(last.end, span.end);
    else found.push({ field: span.field, start: span.start, end: span.end });
  }
  return found;
}

function width(text, at) {
  return text.codePointAt(at) > 0xffff ? 2 : 1;
}
