// The comments that this browser remembers as its own: the page of each, and its private page.

const KEY = "own-comments";
const BROWSER = "known-by";
const MOST = 50;
// Only such addresses are fetched or linked, whatever else is in the storage.
// The second form of each was used by earlier releases.
const PRIVATE = /^\/comments\/mine\/\d+(\.[0-9a-f]{32})?:[\w-]+\/$/;
const TOKEN = /^\d+\.([0-9a-f]{32}:[0-9A-Za-z]+|\d+):[\w-]+$/;
// Letters outside ASCII are percent-encoded.
const ARTICLE = /^\/articles\/([\w-]|%[89A-F][0-9A-F])+\/$/;

export function remembered() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    return Array.isArray(kept) ? kept.filter(isOne).slice(-MOST) : [];
  } catch {
    return []; // storage is switched off, or holds something else: nothing is remembered
  }
}

export function remember(comment) {
  if (isOne(comment)) keep([...without(comment.address), comment].slice(-MOST));
}

export function forget(address) {
  keep(without(address));
}

export function forgetAll() {
  keep([]);
  keepBrowser("");
}

/** What the newsroom knows this browser by: given out with its newest comment, sent with the next; "" where there is none. */
export function browser() {
  try {
    const token = localStorage.getItem(BROWSER) ?? "";
    return TOKEN.test(token) ? token : "";
  } catch {
    return "";
  }
}

export function keepBrowser(token) {
  try {
    if (token) localStorage.setItem(BROWSER, token);
    else localStorage.removeItem(BROWSER);
  } catch {
    // Then the author of the next comment is unknown.
  }
}

function without(address) {
  return remembered().filter((comment) => comment.address !== address);
}

function keep(comments) {
  try {
    if (comments.length) localStorage.setItem(KEY, JSON.stringify(comments));
    else localStorage.removeItem(KEY);
  } catch {
    // Then it is not remembered.
  }
}

function isOne(comment) {
  return (
    Number.isSafeInteger(comment?.id) && PRIVATE.test(comment.address) && ARTICLE.test(comment.article)
  );
}
