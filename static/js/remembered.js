// The comments that this browser remembers as its own: where each stands, and its private page.

const KEY = "own-comments";
const MOST = 50;
// Nothing else is ever fetched or linked, whatever somebody has put into the storage.
const PRIVATE = /^\/comments\/mine\/\d+:[\w-]+\/$/;
const ARTICLE = /^\/articles\/[\w-]+\/$/;

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
