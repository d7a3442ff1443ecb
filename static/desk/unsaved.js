// Unsaved text: the browser asks before leaving the page, and if the session ended in between,
// the text comes back after signing in again.

import { gettext } from "../js/texts.js";

const form = document.querySelector("#content-main > form");
const place = `desk:${location.pathname}`;
// An article's form has copies of its own: see articles/models/unsaved.py.
const hasCopies = Boolean(document.querySelector("#editing"));
let changed = Boolean(document.querySelector(".errornote"));

if (form) {
  if (!hasCopies) restoreAfterSignIn();
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("change", () => (changed = true));
  form.addEventListener("desk:saved", () => (changed = false));
  // After the listeners of the form: another script may save it without leaving the page.
  addEventListener("submit", (event) => {
    if (event.target !== form || event.defaultPrevented) return;
    changed = false;
    if (!hasCopies) store();
  });
}

window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

function store() {
  const fields = [...new FormData(form)].filter(
    ([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string",
  );
  try {
    sessionStorage.setItem(place, JSON.stringify(fields));
  } catch {
    // Too long for the browser's storage; it is sent anyway.
  }
}

function restoreAfterSignIn() {
  const typed = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (typed && new URL(document.referrer || location.href).pathname.endsWith("/login/")) {
    restore(JSON.parse(typed));
  }
}

function restore(fields) {
  for (const [name, value] of fields) {
    const field = form.elements.namedItem(name);
    // `seen` says which state was on the screen: somebody may have saved another one since.
    if (!field || (field.type === "hidden" && name !== "seen")) continue;
    if (field.type === "checkbox") field.checked = true;
    else field.value = value;
  }
  changed = true;
  const notice = document.createElement("p");
  notice.className = "errornote";
  notice.role = "status";
  notice.textContent =
    gettext("Your session ended before this was saved. Your text is back in the form: save it now.");
  form.prepend(notice);
}
