// A comment is sent with what this browser is known by, if anything: two that come from one
// browser are then seen to be from one person. Nothing is sent before, and no cookie is set.

import { browser } from "./remembered.js";

const form = document.querySelector(".writing > form");

form?.addEventListener("submit", () => {
  form.elements.browser.value = browser();
  // Who fills it in sooner than anybody types may be a machine; it is never more than a hint.
  form.elements.seconds.value = (performance.now() / 1000).toFixed(1);
});
