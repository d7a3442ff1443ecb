// Autosave for an article's form: every few seconds on the server; in this browser while the
// server cannot be reached, the session has ended, or the article is not saved yet. Also shows
// who else is editing, and fills a field with either version after a conflict.

import { gettext, locale, ngettext } from "../js/texts.js";

const form = document.querySelector("#content-main > form");
const place = document.querySelector("#editing");
const { keep, presence, editor } = place?.dataset ?? {};
const state = place?.querySelector(".editing__state");
const copyName = `desk:kept:${editor}:${location.pathname}`;

const PAUSE = 3000;
const RETRY = 10000;
const LOOK = 15000;

const UNREACHED = gettext("The server cannot be reached. Until it can, your text is kept in this browser.");
const SIGNED_OUT =
  gettext("You are no longer signed in. Sign in in another tab. Until then, your text is kept in this browser.");
const OFFLINE =
  gettext("You are offline, so nothing was sent. Your text is kept in this browser. Save again when you are back online.");
const DECIDE =
  gettext("First restore or discard your earlier text. Until then, new text is not autosaved.");
const TOO_LONG = gettext("The text is too long for autosave. Please save it yourself.");
const FULL = gettext("This browser has no space left to keep your text. Copy it before you leave.");

// Unsaved text that was found earlier and is still offered is not overwritten.
const offeredByServer = document.querySelector("form.kept");
let offeredHere;
let changed = false;
let sending = false;
let timer;

if (form && place) {
  offerCopy();
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", submitted);
  addEventListener("online", () => (look(), soon(0)));
  addEventListener("pagehide", () => changed && copied());
  document.addEventListener("visibilitychange", () => !document.hidden && look());
  if (presence) setInterval(look, LOOK);
  for (const part of document.querySelectorAll(".conflict")) offerBoth(part);
}

function typed() {
  changed = true;
  soon(PAUSE);
}

function soon(pause) {
  if (!changed || sending) return;
  if (pause === 0) clearTimeout(timer), (timer = undefined);
  timer ??= setTimeout(send, pause);
}

// One request at a time; what is typed meanwhile is in the next one.
async function send() {
  timer = undefined;
  if (!keep || offeredByServer) return copied() && say(gettext("Kept in this browser at {time}.", { time: clock(new Date()) }));
  sending = true;
  changed = false;
  const outcome = await ask(keep, { method: "POST", body: fields() });
  sending = false;
  if (outcome.at) {
    if (!changed) forget();
    say(gettext("Autosaved at {time}, not saved yet.", { time: clock(new Date(outcome.at)) }));
    soon(PAUSE);
    return;
  }
  changed = true;
  if (copied()) say(outcome.problem);
  if (!outcome.final) soon(RETRY);
}

// The server's JSON, or a sentence about the problem. `final`: trying again does not help.
async function ask(address, options = {}) {
  try {
    const answer = await fetch(address, { redirect: "manual", ...options });
    if (answer.headers.get("content-type")?.startsWith("application/json")) {
      return { final: !answer.ok, ...(await answer.json()) };
    }
    // A body that is far too long is refused before Django reads it.
    if (answer.status === 400 || answer.status === 413) return { problem: TOO_LONG, final: true };
    return { problem: answer.status >= 500 ? UNREACHED : SIGNED_OUT };
  } catch {
    return { problem: UNREACHED };
  }
}

function fields() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
  return data;
}

function say(sentence) {
  if (state.textContent !== sentence) state.textContent = sentence;
}

function clock(moment) {
  return moment.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

// The copy in this browser

function copy() {
  const typed = [...fields()].filter(([name]) => name !== "csrfmiddlewaretoken");
  localStorage.setItem(copyName, JSON.stringify({ at: Date.now(), typed }));
}

function copied() {
  if (offeredHere) {
    say(DECIDE);
    return false;
  }
  try {
    copy();
    return true;
  } catch {
    say(FULL);
    return false;
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(copyName) ?? "null");
  } catch {
    // Without storage nothing is kept.
    return null;
  }
}

function forget() {
  if (offeredHere) return;
  try {
    localStorage.removeItem(copyName);
  } catch {
    // Without storage there is no copy.
  }
}

function submitted(event) {
  clearTimeout(timer);
  timer = undefined;
  if (!navigator.onLine) {
    // If the next page cannot be loaded, the text would be lost.
    event.preventDefault();
    event.stopImmediatePropagation();
    if (copied()) say(OFFLINE);
    state.scrollIntoView({ block: "center" });
    changed = true;
    return;
  }
  changed = false;
  // For a new article it would not be known afterwards whether it was saved.
  if (!keep) forget();
}

function offerCopy() {
  const kept = read();
  if (!kept) return;
  const missing = kept.typed.filter(([name, value]) => {
    const field = form.elements.namedItem(name);
    return field?.type && field.type !== "hidden" && plain(field.value) !== plain(value);
  });
  if (!missing.length) return forget();
  const offer = (offeredHere = document.createElement("div"));
  offer.className = "kept";
  const sentence = document.createElement("p");
  const time = document.createElement("time");
  time.dateTime = time.title = new Date(kept.at).toISOString();
  time.textContent = new Date(kept.at).toLocaleString(locale);
  const [before, after] = gettext("You typed text here on {time} that is kept only in this browser.").split("{time}");
  sentence.append(before, time, after);
  const buttons = document.createElement("div");
  buttons.className = "steps";
  buttons.append(
    button(gettext("Restore"), () => {
      decided();
      for (const [name, value] of kept.typed) {
        const field = form.elements.namedItem(name);
        // `seen` says which state was on the screen: somebody may have saved another one since.
        if (field?.type && (field.type !== "hidden" || name === "seen")) put(field, value);
      }
      say(gettext("Your text is back in the form. It is not saved yet."));
    }),
    button(gettext("Discard"), () => {
      decided();
      forget();
      say(gettext("The copy in this browser was discarded."));
    }, "steps__button--dangerous"),
  );
  offer.append(sentence, buttons);
  place.before(offer);
}

function decided() {
  offeredHere.remove();
  offeredHere = undefined;
}

function plain(text) {
  return text.replace(/\r\n/g, "\n").trim();
}

function button(label, act, more = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `steps__button ${more}`;
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

function put(field, value) {
  if (field.type === "checkbox") field.checked = true;
  else field.value = value;
  field.dispatchEvent(new Event("desk:put"));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Who else is editing

async function look() {
  if (!presence || document.hidden) return;
  const { others, token, problem, final } = await ask(presence, { cache: "no-store" });
  if (!others) return (final || changed) && say(problem);
  // After signing in again the form is sent with the new token.
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

// After a conflict

function offerBoth(part) {
  const field = form.elements.namedItem(part.dataset.field);
  const [mine, theirs] = part.querySelectorAll("[type=radio]");
  const words = part.querySelector(".conflict__theirs").value;
  let own = field.value;
  mine.addEventListener("change", () => put(field, own));
  theirs.addEventListener("change", () => {
    own = field.value;
    put(field, words);
  });
  const done = document.createElement("span");
  done.role = "status";
  const buttons = document.createElement("div");
  buttons.className = "conflict__buttons";
  buttons.append(
    button(gettext("Copy mine"), async () => {
      try {
        await navigator.clipboard.writeText(mine.checked ? field.value : own);
        done.textContent = gettext("Copied.");
      } catch {
        done.textContent = gettext("The browser did not allow copying. Copy the text from the form.");
      }
    }),
    button(gettext("Use theirs"), () => theirs.click()),
    done,
  );
  part.append(buttons);
}

// With this script the text in the field counts; the choice is for browsers without it.
form?.addEventListener("formdata", ({ formData }) => {
  for (const choice of document.querySelectorAll(".conflict [type=radio]")) formData.delete(choice.name);
});
