// What is typed into the form is kept in this browser until the comment was taken: it is
// there again after a reload, a crash, or an answer that says no. One draft for each
// conversation and each comment that is answered. See draft-taken.js for its end.

import { gettext, locale } from "./texts.js";

const PREFIX = "draft:";
const SENT = "draft-sent";
const FIELDS = ["name", "email", "body"];
const LONGEST_KEPT = 30 * 24 * 60 * 60 * 1000;

// Where storage is refused, the words are kept as long as the page is.
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
    // Kept on this page, then.
  }
}

function forget(key) {
  onThisPage.delete(key);
  try {
    localStorage.removeItem(key);
  } catch {
    // It was never there.
  }
}

function forgetWhatIsOld() {
  try {
    for (const key of Object.keys(localStorage)) {
      const isOld = key.startsWith(PREFIX) && !(Date.now() - kept(key)?.at < LONGEST_KEPT);
      if (isOld) forget(key);
    }
  } catch {
    // Nothing is kept that could be old.
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

// The form went to another place: each place has its words. Only home takes along what
// was typed elsewhere when it has none of its own, for they must not seem lost.
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
    // The draft stays, then, until somebody discards it.
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
