// Make elements; text is always set as text, so nothing that a study holds is ever run.

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined)
      made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

export function key(name) {
  return el("kbd", { "aria-hidden": "true" }, name);
}

// The time of day where the reader is, as 14:03:11.
export function clock(iso) {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

// How many characters a text has, as the server counts them.
export function length(text) {
  const trimmed = text.trim();
  return trimmed.length > 50_000 ? trimmed.length : [...trimmed].length;
}
