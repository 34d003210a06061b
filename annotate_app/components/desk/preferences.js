// What a reader likes on this device: nothing about anyone's work.

export function liked(name) {
  try {
    return localStorage.getItem(`cbt-likes.${name}`) !== "no";
  } catch {
    return true;
  }
}

export function like(name, yes) {
  try {
    if (yes) localStorage.removeItem(`cbt-likes.${name}`);
    else localStorage.setItem(`cbt-likes.${name}`, "no");
  } catch {
    return; // a browser that keeps nothing asks again next time
  }
}
