// On the page after a comment was accepted: deletes its draft (see draft.js).

try {
  const key = sessionStorage.getItem("draft-sent");
  if (key) localStorage.removeItem(key);
  sessionStorage.removeItem("draft-sent");
} catch {
  // Without storage there is no draft.
}
