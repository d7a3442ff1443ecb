// Autosave for an article's form: every few seconds on the server; in this browser while the
// server cannot be reached, the session has ended, or the article is not saved yet. Also shows
// who else is editing, and fills a field with either version after a conflict.

const form = document.querySelector("#content-main > form");
const place = document.querySelector("#editing");
const { keep, presence, editor } = place?.dataset ?? {};
const state = place?.querySelector(".editing__state");
const copyName = `desk:kept:${editor}:${location.pathname}`;

const PAUSE = 3000;
const RETRY = 10000;
const LOOK = 15000;

const UNREACHED = "The newsroom cannot be reached. What you type is kept in this browser until it can.";
const SIGNED_OUT =
  "You are not signed in any more. Sign in in another tab; until then what you type is kept in this browser.";
const OFFLINE =
  "You are offline, so this was not sent. What you typed is kept in this browser; save it again when the connection is back.";
const DECIDE =
  "Decide first about what you typed before: take it over, or throw it away. Until then what you type now is not kept.";
const TOO_LONG = "This is too long to be kept while you type. Save it yourself.";
const FULL = "This browser has no room to keep what you type. Copy it before you leave.";

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
  if (!keep || offeredByServer) return copied() && say(`Kept in this browser at ${clock(new Date())}.`);
  sending = true;
  changed = false;
  const outcome = await ask(keep, { method: "POST", body: fields() });
  sending = false;
  if (outcome.at) {
    if (!changed) forget();
    say(`Kept at ${clock(new Date(outcome.at))}, not saved yet.`);
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
  return moment.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
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
  time.textContent = `on ${new Date(kept.at).toLocaleString()}`;
  sentence.append("You typed something here ", time, " that was kept in this browser only.");
  const buttons = document.createElement("div");
  buttons.className = "steps";
  buttons.append(
    button("Take it over", () => {
      decided();
      for (const [name, value] of kept.typed) {
        const field = form.elements.namedItem(name);
        // `seen` says which state was on the screen: somebody may have saved another one since.
        if (field?.type && (field.type !== "hidden" || name === "seen")) put(field, value);
      }
      say("What you typed stands in the form. It is not saved yet.");
    }),
    button("Throw it away", () => {
      decided();
      forget();
      say("The copy in this browser is thrown away.");
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
  time.textContent = `${seconds} s ago`;
  item.append(who, " is editing, last change ", time);
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
    button("Copy mine", async () => {
      try {
        await navigator.clipboard.writeText(mine.checked ? field.value : own);
        done.textContent = "Copied.";
      } catch {
        done.textContent = "The browser did not let it be copied. Copy it from the form.";
      }
    }),
    button("Use theirs", () => theirs.click()),
    done,
  );
  part.append(buttons);
}

// With this script the text in the field counts; the choice is for browsers without it.
form?.addEventListener("formdata", ({ formData }) => {
  for (const choice of document.querySelectorAll(".conflict [type=radio]")) formData.delete(choice.name);
});
