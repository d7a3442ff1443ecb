// A page that only a comment which was taken leads to: its draft (draft.js) has done its work.

try {
  const key = sessionStorage.getItem("draft-sent");
  if (key) localStorage.removeItem(key);
  sessionStorage.removeItem("draft-sent");
} catch {
  // Where storage is refused, no draft was kept.
}
