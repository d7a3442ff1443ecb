// What the scripts of an article's form share: its fields, requests, and the line that says what
// is saved.

import { gettext, locale } from "../js/texts.js";

export const form = document.querySelector("#article_form");
export const place = document.querySelector("#editing");
const state = place?.querySelector(".editing__state");

export const UNREACHED = gettext("The server cannot be reached. Until it can, your text is kept in this browser.");
export const SIGNED_OUT =
  gettext("You are no longer signed in. Sign in in another tab. Until then, your text is kept in this browser.");
export const TOO_LONG = gettext("The text is too long for autosave. Please save it yourself.");

export function say(sentence) {
  if (state.textContent !== sentence) state.textContent = sentence;
}

export function showState() {
  state.scrollIntoView({ block: "center" });
}

export function clock(moment, { seconds = true } = {}) {
  const digits = { hour: "2-digit", minute: "2-digit" };
  return moment.toLocaleTimeString(locale, seconds ? { ...digits, second: "2-digit" } : digits);
}

// The fields of the form without files, with the button that was pressed.
export function fields(button) {
  const data = new FormData(form, button);
  for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
  return data;
}

// The server's JSON, or a sentence about the problem. `final`: trying again does not help.
export async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { redirect: "manual", ...options });
    if (answer.headers.get("content-type")?.startsWith("application/json")) {
      return { final: !answer.ok, ok: answer.ok, ...(await answer.json()) };
    }
    // A body that is far too long is refused before Django reads it.
    if (answer.status === 400 || answer.status === 413) return { problem: TOO_LONG, final: true };
    if (answer.status >= 500) return { problem: UNREACHED };
    return { problem: SIGNED_OUT, isSignedOut: true };
  } catch {
    return { problem: UNREACHED };
  }
}

export function put(field, value) {
  if (field.type === "checkbox") field.checked = true;
  else field.value = value;
  field.dispatchEvent(new Event("desk:put"));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function plain(text) {
  return text.replace(/\r\n/g, "\n").trim();
}

export function button(label, act, more = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `steps__button ${more}`;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}
