// Before a form is left with words in it that were not saved, the browser asks.

const form = document.querySelector("#content-main > form");
let changed = Boolean(document.querySelector(".errornote"));

form?.addEventListener("input", () => (changed = true));
form?.addEventListener("change", () => (changed = true));
form?.addEventListener("submit", () => (changed = false));
window.addEventListener("beforeunload", (event) => {
  if (changed) event.preventDefault();
});
