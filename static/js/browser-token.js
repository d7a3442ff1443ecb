// Sends a comment with the token of this browser, if there is one, so that two comments from
// one browser are known to be from one person. Nothing else is sent, and no cookie is set.

import { browser } from "./remembered.js";

const form = document.querySelector(".writing > form");

form?.addEventListener("submit", () => {
  form.elements.browser.value = browser();
  // A form that is filled in faster than anybody types may come from a machine. It is only a hint.
  form.elements.seconds.value = (performance.now() / 1000).toFixed(1);
});
