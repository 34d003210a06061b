// Keep a person's drafts and unsent judgements in this browser, unreadable without their sign-in.
import { xchacha20poly1305 } from "../ciphers/chacha.js";
import { bytesToUtf8, managedNonce, utf8ToBytes } from "../ciphers/utils.js";

const cipher = managedNonce(xchacha20poly1305);

export class Vault {
  // `owner` is an opaque name for the person; `key` 32 bytes in base64, which stay in memory.
  constructor(owner, key) {
    this.prefix = `cbt.${owner}.`;
    this.cipher = cipher(bytes(key));
    this.unkept = new Map(); // what the browser refused to keep, until this page is left
  }

  // Whether the browser has kept everything so far.
  get keeps() {
    return this.unkept.size === 0;
  }

  keep(kind, id, value) {
    const name = `${this.prefix}${kind}.${id}`;
    const text = base64(this.cipher.encrypt(utf8ToBytes(JSON.stringify(value))));
    try {
      localStorage.setItem(name, text);
      this.unkept.delete(name);
    } catch {
      this.unkept.set(name, text);
    }
  }

  get(kind, id) {
    return this.#read(`${this.prefix}${kind}.${id}`);
  }

  forget(kind, id) {
    const name = `${this.prefix}${kind}.${id}`;
    this.unkept.delete(name);
    try {
      localStorage.removeItem(name);
    } catch {
      return; // a browser that keeps nothing has nothing to remove
    }
  }

  // All values of a kind, also those that another tab or an earlier visit kept.
  all(kind) {
    const start = `${this.prefix}${kind}.`;
    let names = [];
    try {
      names = Object.keys(localStorage);
    } catch {
      names = [];
    }
    return [...new Set([...names, ...this.unkept.keys()])]
      .filter((name) => name.startsWith(start))
      .map((name) => this.#read(name))
      .filter((value) => value !== null);
  }

  #read(name) {
    try {
      const text = this.unkept.get(name) ?? localStorage.getItem(name);
      return text && JSON.parse(bytesToUtf8(this.cipher.decrypt(bytes(text))));
    } catch {
      return null; // damaged, or written under a key that is no longer this person's
    }
  }
}

function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function base64(raw) {
  let letters = "";
  for (const byte of raw) letters += String.fromCharCode(byte);
  return btoa(letters);
}
