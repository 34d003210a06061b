// The desk's texts: a labelling desk has its own where a rating desk's would be wrong.

export function worded(texts, kind, key, values) {
  const t = (wanted) => texts[wanted];
  const name = key.replace(/^desk\./, "");
  const own = kind === "distortion" && name !== key ? t(`label.desk.${name}`) : null;
  return (own ?? t(key)).replace(/{(\w+)}/g, (_, place) => values[place]);
}
