// Turn key presses into what the rater means by them, and leave typing alone.

const DIGITS = {
  "０": "0",
  "１": "1",
  "２": "2",
  "３": "3",
  "４": "4",
  "５": "5",
  "６": "6",
  "７": "7",
  "８": "8",
  "９": "9",
};
const ACTIONS = {
  ArrowUp: "back",
  ArrowLeft: "back",
  ArrowDown: "forward",
  ArrowRight: "forward",
  Backspace: "undo",
  Enter: "save",
  "[": "previous",
  "【": "previous",
  "]": "next",
  "】": "next",
  "?": "keys",
  "？": "keys",
  g: "guidelines",
  c: "comment",
};
const CONTROLS =
  "a, button, input, select, summary, [role=button], [role=menuitem], [role=option], [role=tab]";
const SIGNS = /^[[\]【】?？]$/;

// What a key means: {digit: 2}, {action: "save"}, or null for what is none of the desk's business.
// `own` maps letters to the actions that they have in this kind of study; `letters` is whether
// letters and signs mean anything.
export function meaning(event, root, { letters, own }) {
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return null;
  if (event.altKey || event.metaKey) return null;
  const target = event.composedPath()[0];
  if (event.key === "Escape") return { action: "leave" };
  if (isText(target)) return inText(event, target);
  if (event.ctrlKey) return event.key === "Enter" ? { action: "save" } : null;
  const key = DIGITS[event.key] ?? event.key;
  if (/^[0-9]$/.test(key)) return event.repeat ? null : { digit: Number(key) };
  if (event.shiftKey && key.startsWith("Arrow")) return null; // it selects text
  const letter = key.toLowerCase();
  const action = ACTIONS[key] ?? own[letter] ?? ACTIONS[letter];
  const typed = SIGNS.test(key) || /^[a-z]$/.test(letter);
  if (!action || (typed && !letters && action !== "keys")) return null;
  if (event.repeat && action !== "back" && action !== "forward") return null;
  if (isControl(target) && !root.contains(target)) return null;
  if (action === "save" && isButton(target)) return null; // Enter presses the button it stands on
  return { action };
}

function inText(event, target) {
  if (event.key !== "Enter") return null;
  if (event.ctrlKey) return { action: "save" };
  return target.tagName === "INPUT" ? { action: "leave" } : null;
}

function isText(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return true;
  return target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type);
}

function isControl(target) {
  return target instanceof Element && target.closest(CONTROLS) !== null;
}

function isButton(target) {
  return (
    target instanceof Element &&
    target.matches("a, summary, button:not([role=radio], [role=checkbox])")
  );
}
