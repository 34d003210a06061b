// The desks' texts: each kind of desk has its own where those of a rating desk would be wrong.

// `sections` are where a desk's own texts stand, the nearest first.
export function worded(texts, sections, key, values) {
  const t = (wanted) => texts[wanted];
  const name = key.startsWith("desk.") && key.slice(5).replace(".", "_");
  const section = name && sections.find((section) => t(`${section}.desk.${name}`));
  const text = section ? t(`${section}.desk.${name}`) : t(key);
  return text.replace(/{(\w+)}/g, (_, place) => values[place]);
}
