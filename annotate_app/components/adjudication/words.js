// The desk's texts: its own where those of a labelling desk would be wrong, and these before a rating's.

export function worded(texts, key, values) {
  const t = (wanted) => texts[wanted];
  const name = key.replace(/^desk\./, "").replace(".", "_");
  const own = key.startsWith("desk.") && (t(`adjudication.desk.${name}`) ?? t(`label.desk.${name}`));
  return (own || t(key)).replace(/{(\w+)}/g, (_, place) => values[place]);
}
