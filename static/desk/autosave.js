// Autosave for an article's form: every few seconds on the server, and in this browser while the
// server cannot be reached or the session has ended. Also shows who else is editing.

import { gettext, locale, ngettext } from "../js/texts.js";
import { TOO_LONG, ask, button, clock, fields, form, place, plain, put, say } from "./article_form.js";
import { copiesFor, forget, newKey, remember } from "./copies.js";

const PAUSE = 3000;
const RETRY = 10000;
const LOOK = 15000;

const FULL = gettext("This browser has no space left to keep your text. Copy it before you leave.");

let changed = false;
let wasChanged = false;
let sending;
let timer;
let isPaused = false;

if (form && place) {
  sendCopies();
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  addEventListener("submit", left);
  addEventListener("online", () => (look(), soon(0)));
  addEventListener("pagehide", () => changed && copied());
  document.addEventListener("visibilitychange", () => !document.hidden && look());
  setInterval(look, LOOK);
}

function keyOfForm() {
  return form.elements.namedItem("form_key").value;
}

function typed() {
  changed = true;
  soon(PAUSE);
}

function soon(pause) {
  if (!changed || sending || isPaused) return;
  if (pause === 0) clearTimeout(timer), (timer = undefined);
  timer ??= setTimeout(send, pause);
}

// One request at a time; what is typed meanwhile is in the next one.
async function send() {
  timer = undefined;
  changed = false;
  sending = ask(place.dataset.keep, { method: "POST", body: fields() });
  const outcome = await sending;
  sending = undefined;
  if (outcome.at) {
    // From now on the copy that the form began with is its own.
    form.elements.namedItem("_continues").value = "";
    if (!changed) forget({ key: keyOfForm() });
    if (!isPaused) say(gettext("Autosaved at {time}, not saved yet.", { time: clock(new Date(outcome.at)) }));
    soon(PAUSE);
    return;
  }
  changed = true;
  if (copied()) say(outcome.problem);
  if (!outcome.final) soon(RETRY);
}

// A save waits for the autosave that is under way, and no other one begins meanwhile.
export async function pauseAutosave() {
  isPaused = true;
  clearTimeout(timer);
  timer = undefined;
  await sending;
  wasChanged = changed;
  changed = false;
}

// Whether something was typed since the pause began.
export function typedSince() {
  return changed;
}

export function goOn({ isSaved, isChanged }) {
  isPaused = false;
  changed = isChanged || (!isSaved && wasChanged);
  if (isSaved && !isChanged) forget({ key: keyOfForm() });
  soon(PAUSE);
}

// The page is left with what is on the screen, to be saved or stored by the server.
function left(event) {
  if (event.defaultPrevented || event.target !== form) return;
  if (changed) copied();
  changed = false;
  clearTimeout(timer);
  isPaused = true;
}

// Copies in this browser

// Keeps what is on the screen in this browser; whether that was possible.
export function copied(key = keyOfForm()) {
  const typed = [...fields()].filter(([name]) => name !== "csrfmiddlewaretoken");
  const { editor, keep } = place.dataset;
  try {
    remember({ editor, keep, key, typed });
    return true;
  } catch {
    say(FULL);
    return false;
  }
}

// Sends what the browser has kept to the server, which then offers it.
async function sendCopies() {
  const { editor, keep } = place.dataset;
  let isAnySent = false;
  for (const copy of copiesFor({ editor, keep, page: location.pathname })) {
    const outcome = await ask(keep, { method: "POST", body: toSend(copy) });
    if (outcome.at) {
      forget(copy);
      isAnySent = true;
    } else {
      offerHere(copy);
    }
  }
  if (isAnySent) await showCopies();
}

function toSend({ key, at, typed }) {
  const data = new FormData();
  for (const [name, value] of typed) data.set(name, value);
  data.set("form_key", key.startsWith("desk:") ? newKey() : key);
  data.set("age", Math.max(0, Math.round((Date.now() - at) / 1000)));
  data.set("csrfmiddlewaretoken", form.elements.namedItem("csrfmiddlewaretoken").value);
  return data;
}

async function showCopies() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const copies = page.querySelector("#copies");
    if (copies) document.querySelector("#copies").replaceWith(document.adoptNode(copies));
  } catch {
    // The copies are on the server, and offered when the form is opened again.
  }
}

// A copy that the server does not take now.
function offerHere(copy) {
  const isMissing = copy.typed.some(([name, value]) => {
    const field = form.elements.namedItem(name);
    return field?.type && field.type !== "hidden" && plain(field.value) !== plain(value);
  });
  if (!isMissing) return forget(copy);
  const offer = document.createElement("div");
  offer.className = "kept";
  const sentence = document.createElement("p");
  const time = document.createElement("time");
  time.dateTime = time.title = new Date(copy.at).toISOString();
  time.textContent = new Date(copy.at).toLocaleString(locale);
  const [before, after] = gettext("You typed text here on {time} that is kept only in this browser.").split("{time}");
  sentence.append(before, time, after);
  const buttons = document.createElement("div");
  buttons.className = "steps";
  buttons.append(
    button(gettext("Restore"), () => {
      // What is on the screen becomes a copy of its own.
      if (changed && !copied(newKey())) return;
      offer.remove();
      for (const [name, value] of copy.typed) {
        const field = form.elements.namedItem(name);
        // `seen` says which state was on the screen: somebody may have saved another one since.
        if (field?.type && (field.type !== "hidden" || name === "seen")) put(field, value);
      }
      if (copied()) forget(copy);
      say(gettext("Your text is back in the form. It is not saved yet."));
    }),
    button(gettext("Discard"), () => {
      offer.remove();
      forget(copy);
      say(gettext("The copy in this browser was discarded."));
    }, "steps__button--dangerous"),
  );
  offer.append(sentence, buttons);
  place.before(offer);
}

// Who else is editing

// Also brings the token with which the form is sent after signing in again.
export async function look() {
  if (document.hidden) return;
  const { others, token, problem, final } = await ask(place.dataset.presence, { cache: "no-store" });
  if (!others) {
    if (problem !== TOO_LONG && (final || changed)) say(problem);
    return;
  }
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  place.querySelector(".editing__others").replaceChildren(...others.map(line));
}

function line({ name, at, seconds }) {
  const [item, who, time] = ["li", "bdi", "time"].map((tag) => document.createElement(tag));
  who.textContent = name;
  time.dateTime = time.title = at;
  time.textContent = ngettext("{count} second ago", "{count} seconds ago", seconds);
  // The places of a name and a time, in the order of the language.
  for (const piece of gettext("{name} is editing, last change {time}").split(/(\{name\}|\{time\})/)) {
    item.append({ "{name}": who, "{time}": time }[piece] ?? piece);
  }
  return item;
}
