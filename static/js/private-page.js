// On a comment's private page: stores its address in this browser until the comment is withdrawn
// or the reader asks the browser to forget it.

import { browser, forget, forgetAll, keepBrowser, remember, remembered } from "./remembered.js";
import { gettext } from "./texts.js";

const page = document.querySelector("[data-own]");
const { own, state, article, browser: given } = page.dataset;
const address = location.pathname;

if (state === "withdrawn" || state === "erased") {
  forget(address);
} else {
  remember({ id: Number(own), article, address, time: new Date().toISOString() });
}

// The comment behind the token of this browser is erased, so the token is deleted.
const erased = state === "erased" && address.match(/\/(\d+)[.:][^/]+\/$/)?.[1];
if (given) keepBrowser(given);
else if (erased && browser().startsWith(`${erased}.`)) keepBrowser("");

const memory = page.querySelector(".own-memory");
if (memory && remembered().length) {
  const button = memory.querySelector("button");
  button.addEventListener("click", () => {
    forgetAll();
    button.hidden = true;
    memory.querySelector("[role=status]").textContent =
      gettext("Done. A comment is remembered again when you open its private page.");
  });
  memory.hidden = false;
}
