// Saves an article's form without leaving the page, so that the caret, the scroll position and the
// undo history stay. Steps such as “Publish…” save first, and then open their page.

import { gettext } from "../js/texts.js";
import { ask, clock, fields, form, place, plain, put, say, showState } from "./article_form.js";
import { copied, goOn, look, pauseAutosave, typedSince } from "./autosave.js";

const UNSENT =
  gettext("The server cannot be reached, so your text is not saved. It is kept in this browser. Save again when you are back online.");
const ENDED =
  gettext("You are no longer signed in, so your text is not saved. It is kept in this browser. Sign in in another tab, then save again.");

let isSaving = false;
// The button to press again after the save that is under way.
let next;
// The form is sent as a page, so that the server can show a conflict or ask about new names.
let isLeaving = false;

// “Save” does the same here.
form?.querySelector("[name=_continue]")?.remove();

form?.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (isLeaving || event.defaultPrevented || button?.hasAttribute("formaction")) return;
  event.preventDefault();
  if (isSaving) next = button;
  else save(button);
});

async function save(button) {
  isSaving = true;
  say(gettext("Saving …"));
  await pauseAutosave();
  let sent = fields(button);
  let outcome = await send(sent);
  if (outcome.isSignedOut) {
    // Whoever signed in again in another tab has another token.
    await look();
    sent = fields(button);
    outcome = await send(sent);
  }
  isSaving = false;
  const isSaved = outcome.saved !== undefined;
  const isChanged = typedSince();
  if (outcome.next) return leave(outcome.next, isChanged);
  if (isSaved) take(outcome, sent);
  else if (outcome.conflict || outcome.asks) return askPage(button);
  else refused(outcome);
  goOn({ isSaved, isChanged });
  if (isSaved && !isChanged) form.dispatchEvent(new Event("desk:saved"));
  const again = next;
  next = undefined;
  if (again && isSaved) save(again);
}

function send(data) {
  return ask(form.getAttribute("action") || location.href, {
    method: "POST",
    body: data,
    headers: { Accept: "application/json" },
  });
}

// What was typed while the form was being saved is asked about, and kept in this browser.
function leave(address, isChanged) {
  goOn({ isSaved: true, isChanged });
  if (isChanged) copied();
  else form.dispatchEvent(new Event("desk:saved"));
  location.assign(address);
}

// The server shows both versions, or its questions, with every word of the form.
function askPage(button) {
  isLeaving = true;
  copied();
  form.requestSubmit(button);
}

// Saved

function take({ saved, said, at, title, form: address, keep, presence, values }, sent) {
  clearProblems();
  // The new names that were asked about exist now.
  for (const questions of form.querySelectorAll("[data-names-new]")) questions.replaceChildren();
  document.querySelector(".conflicts")?.remove();
  const url = new URL(address, location.href);
  if (url.pathname !== location.pathname) {
    history.replaceState(null, "", url);
    Object.assign(place.dataset, { keep, presence });
  }
  const heading = document.querySelector(".titles-and-tools h1");
  if (heading && !heading.closest("form")) heading.textContent = title;
  putValues(values, sent);
  say([saved, ...said, clock(new Date(at), { seconds: false })].join(" "));
}

// What the save has changed, except in fields in which somebody has typed meanwhile.
function putValues(values, sent) {
  const isTouched = (name) => {
    const field = form.elements.namedItem(name);
    return field?.type && field.type !== "hidden" && plain(field.value) !== plain(sent.get(name) ?? "");
  };
  const touched = Object.keys(values).filter(isTouched);
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    // Without the text of the others, the form is still based on what it began with.
    if (touched.includes(name) || (name === "seen" && touched.length)) continue;
    if (!field) form.append(hidden(name, value));
    else if (field.type === "hidden") field.value = value;
    else put(field, value);
  }
}

function hidden(name, value) {
  return Object.assign(document.createElement("input"), { type: "hidden", name, value });
}

// Not saved

function refused({ errors = {}, problems = [], problem, isSignedOut, final, values = {} }) {
  clearProblems();
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }
  const isUnsent = problem && !final;
  if (isUnsent && copied()) say(isSignedOut ? ENDED : UNSENT);
  if (isUnsent) return showState();
  const rows = Object.entries(errors).map(([name, sentences]) => showAt(name, sentences));
  const all = [problem, ...problems].filter(Boolean);
  const note = gettext("Not saved. Correct the errors below. Your text is not lost.");
  showNote([...(rows.length ? [note] : []), ...all]);
  say(gettext("Not saved."));
  if (!rows.length) return showState();
  const [first] = rows.filter(Boolean);
  first?.row.scrollIntoView({ block: "center" });
  if (first?.field.checkVisibility()) first.field.focus();
}

function showAt(name, sentences) {
  const field = form.elements.namedItem(name) ?? form.elements.namedItem(`${name}_0`);
  const row = field?.closest?.(".form-row");
  if (!row) {
    showNote(sentences);
    return null;
  }
  const list = document.createElement("ul");
  list.className = "errorlist";
  list.id = `id_${name}_error`;
  list.append(...sentences.map(item));
  row.classList.add("errors");
  row.prepend(list);
  field.ariaInvalid = "true";
  const described = (field.getAttribute("aria-describedby") ?? "").split(" ");
  field.setAttribute("aria-describedby", [...new Set([list.id, ...described])].filter(Boolean).join(" "));
  return { field, row };
}

function showNote(sentences) {
  if (!sentences.length) return;
  const note = document.createElement("p");
  note.className = "errornote";
  note.setAttribute("role", "alert");
  note.textContent = sentences.join(" ");
  form.prepend(note);
}

function item(sentence) {
  const made = document.createElement("li");
  made.textContent = sentence;
  return made;
}

function clearProblems() {
  for (const old of form.querySelectorAll(".errornote, .errorlist")) old.remove();
  for (const row of form.querySelectorAll(".errors")) row.classList.remove("errors");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}
