// Keeps the typed comment in this browser until it is accepted. It comes back after a reload,
// a crash or a refusal. There is one draft for each conversation and for each comment that is
// replied to. draft-taken.js deletes it.

import { gettext, locale } from "./texts.js";

const PREFIX = "draft:";
const SENT = "draft-sent";
const FIELDS = ["name", "email", "body"];
const LONGEST_KEPT = 30 * 24 * 60 * 60 * 1000;

// Without storage the words are kept as long as the page is open.
const onThisPage = new Map();

function kept(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? onThisPage.get(key);
  } catch {
    return onThisPage.get(key);
  }
}

function keep(key, words) {
  onThisPage.set(key, words);
  try {
    localStorage.setItem(key, JSON.stringify(words));
  } catch {
    // Then it is kept on this page only.
  }
}

function forget(key) {
  onThisPage.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // Then there was nothing to delete.
  }
}

function forgetWhatIsOld() {
  try {
    for (const key of Object.keys(localStorage)) {
      const isOld = key.startsWith(PREFIX) && !(Date.now() - kept(key)?.at < LONGEST_KEPT);
      if (isOld) forget(key);
    }
  } catch {
    // Without storage there are no old drafts.
  }
}

function keyOf(form, parent = form.elements.parent?.value) {
  return `${PREFIX}${new URL(form.action).pathname}#${parent || ""}`;
}

function wordsIn(form) {
  const words = { at: Date.now(), notify: form.elements.notify.checked };
  for (const field of FIELDS) words[field] = form.elements[field].value;
  return words;
}

function write(form, field, value) {
  form.elements[field].value = value;
  form.elements[field].dispatchEvent(new Event("input", { bubbles: true }));
}

function save(form) {
  const words = wordsIn(form);
  if (words.body.trim()) {
    keep(keyOf(form), words);
  } else {
    forget(keyOf(form));
  }
}

function sayThatItIsBack(form, at) {
  form.querySelector(".form__draft")?.remove();
  const note = document.createElement("p");
  note.className = "form__draft";
  note.setAttribute("role", "status");
  const discard = document.createElement("button");
  discard.type = "button";
  discard.className = "form__link";
  discard.textContent = gettext("Discard");
  discard.addEventListener("click", () => {
    note.remove();
    write(form, "body", "");
    form.elements.body.focus();
  });
  form.prepend(note);
  // After it stands on the page, so that a screen reader hears of it.
  const time = new Date(at).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });
  const words = document.createElement("span");
  words.textContent = gettext("Your draft of {time} was restored. It is kept only in this browser.", { time });
  note.append(words, discard);
}

function restore(form) {
  const draft = kept(keyOf(form));
  if (!draft || form.elements.body.value) return;
  for (const field of FIELDS) {
    if (!form.elements[field].value && draft[field]) write(form, field, draft[field]);
  }
  form.elements.notify.checked ||= draft.notify;
  sayThatItIsBack(form, draft.at);
}

// Called when the form moves. Each place has its own draft. When the form returns home and
// home has no draft, it keeps what was typed elsewhere, so that nothing seems lost.
function swap(form, { from, to }) {
  const typed = form.elements.body.value;
  const words = wordsIn(form);
  if (typed.trim()) keep(keyOf(form, from), words);
  form.querySelector(".form__draft")?.remove();
  const there = kept(keyOf(form, to))?.body;
  if (there === typed && to) forget(keyOf(form, from));
  write(form, "body", there ?? (to ? "" : typed));
}

function remember(key) {
  try {
    if (key) {
      sessionStorage.setItem(SENT, key);
    } else {
      sessionStorage.removeItem(SENT);
    }
  } catch {
    // Then the draft stays until somebody discards it.
  }
}

const form = document.querySelector(".writing > form");
if (form) {
  remember(null); // the form is here again, so nothing was taken
  forgetWhatIsOld();
  restore(form);
  form.addEventListener("input", () => save(form));
  form.addEventListener("moved", (event) => swap(form, event.detail));
  form.addEventListener("submit", (event) => {
    save(form);
    if (!event.submitter?.name) remember(keyOf(form));
  });
}
