// Unsaved text: the browser asks before leaving the page, and if the session ended in between,
// the text comes back after signing in again.

import { gettext } from "../js/texts.js";

const form = document.querySelector("#content-main > form");
const place = `desk:${location.pathname}`;
let changed = Boolean(document.querySelector(".errornote"));

if (form) {
  const typed = sessionStorage.getItem(place);
  sessionStorage.removeItem(place);
  if (typed && new URL(document.referrer || location.href).pathname.endsWith("/login/")) {
    restore(JSON.parse(typed));
  }
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("change", () => (changed = true));
  form.addEventListener("submit", () => {
    changed = false;
    const fields = [...new FormData(form)].filter(
      ([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string",
    );
    try {
      sessionStorage.setItem(place, JSON.stringify(fields));
    } catch {
      // Too long for the browser's storage; it is sent anyway.
    }
  });
}

window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});

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
