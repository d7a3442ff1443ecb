// Copies in this browser of what is typed into the form of an article.
//
// The rule for copies is in articles/models/unsaved.py. Each form has a key, and its copy is stored
// under it, so tabs do not overwrite each other. A copy stays here only while the server cannot be
// reached: the next form of the same article sends it there.

const PREFIX = "desk:copy:";

// Throws when the browser has no space left.
export function remember({ editor, key, keep, typed }) {
  localStorage.setItem(PREFIX + key, JSON.stringify({ editor, keep, at: Date.now(), typed }));
}

export function forget({ key, stored }) {
  try {
    const name = key.startsWith("desk:") ? key : PREFIX + key;
    // Another tab may have written again since it was read.
    if (stored === undefined || localStorage.getItem(name) === stored) localStorage.removeItem(name);
  } catch {
    // Without storage there is no copy.
  }
}

// The copies of this editor for the forms that are kept at this address, oldest first.
export function copiesFor({ editor, keep, page }) {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
    const found = names.map((name) => parsed(name, name.slice(PREFIX.length)));
    // As they were stored before each form had a key.
    const old = parsed(`desk:kept:${editor}:${page}`, `desk:kept:${editor}:${page}`);
    return [...found.filter((copy) => copy?.editor === editor && copy.keep === keep), old]
      .filter(Boolean)
      .sort((one, other) => one.at - other.at);
  } catch {
    // Without storage nothing is kept.
    return [];
  }
}

function parsed(name, key) {
  try {
    const stored = localStorage.getItem(name);
    return stored && { ...JSON.parse(stored), key, stored };
  } catch {
    return null;
  }
}

// A new key for a form. `crypto.randomUUID` is missing where the site has no HTTPS.
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
