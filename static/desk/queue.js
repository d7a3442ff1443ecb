// The moderators' queue by keyboard and without leaving the page.
//
// Every button is in a form that works without this script. The script sends it in the background
// and replaces the card by the response; nothing else moves.

import { gettext, ngettext } from "../js/texts.js";

const queue = document.querySelector(".queue");
const list = queue.querySelector(".queue__cards");
const live = queue.querySelector(".queue__said");
const together = queue.querySelector(".queue__together");
const keys = queue.querySelector(".queue__keys");
const news = queue.querySelector(".queue__new a");

const POLL = 20_000;
const OFFLINE = gettext("Not sent: the server does not answer. Nothing is lost; try again.");
const SIGNED_OUT =
  gettext("Not sent: you are signed out. Sign in in another tab, then try again here.");
const REFUSED = gettext("Not sent: the server refused it. Nothing is lost; you may have to reload the queue.");

const cards = () => [...list.querySelectorAll(".card")];
const keysOf = (element) => element.dataset.keys.split(" ").map(Number);
const said = (sentence) => (live.textContent = sentence);

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// The card on which the keys act: the one with the focus, or the first visible one.

function current() {
  const focused = document.activeElement.closest?.(".card");
  if (focused) return focused;
  const top = (card) => card.getBoundingClientRect().bottom > 0;
  return cards().find(top) ?? null;
}

function focus(card) {
  card.focus({ preventScroll: true });
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "nearest", behavior: smooth ? "smooth" : "auto" });
}

function move(step) {
  const all = cards();
  const here = document.activeElement.closest?.(".card, .folded");
  if (!here) {
    if (all.length) focus(all[0]);
    return;
  }
  const order = [...list.querySelectorAll(".card, .folded")];
  const rest = step > 0 ? order.slice(order.indexOf(here) + 1) : order.slice(0, order.indexOf(here)).reverse();
  const next = rest.find((one) => one.matches(".card"));
  if (next) focus(next);
}

// Sending

async function post(form, button, isSecondTry = false) {
  const data = new FormData(form, button);
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(data),
    headers: { Accept: "application/json" },
    redirect: "manual",
  });
  if (answer.type === "opaqueredirect") throw new Error(SIGNED_OUT);
  if (answer.status === 403 && !isSecondTry && (await renewToken())) return post(form, button, true);
  if (!answer.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(REFUSED);
  return { status: answer.status, ...(await answer.json()) };
}

// After a new sign-in in another tab the token of this page is no longer valid.
async function renewToken() {
  const answer = await fetch(location.href, { redirect: "manual" });
  if (!answer.ok) throw new Error(SIGNED_OUT);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return false;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
}

async function send(form, button) {
  const stands = form.closest(".card, .folded") ?? form;
  if (stands.ariaBusy === "true") return;
  stands.ariaBusy = "true";
  try {
    const answer = await post(form, button);
    if (answer.status === 422) askForBetter(form, answer);
    else show(answer, stands);
  } catch (error) {
    said(error instanceof TypeError ? OFFLINE : error.message);
    tell(stands, live.textContent);
  } finally {
    stands.ariaBusy = null;
  }
}

// The message is shown beside the card as well, where the moderator is looking.
function tell(stands, sentence) {
  stands.querySelector(":scope > .card__notice")?.remove();
  if (!stands.matches(".card")) return;
  const notice = document.createElement("div");
  notice.className = "card__notice";
  notice.textContent = sentence;
  stands.prepend(notice);
}

function askForBetter(form, answer) {
  said(answer.said);
  tell(form.closest(".card") ?? form, answer.said);
  const field = answer.fields.map((name) => form.elements[name]).find((one) => one?.focus);
  if (!field) return;
  for (let box = field.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  field.focus();
}

// Replaces the cards by the response.
function show(answer, stands) {
  const concerned = new Set(answer.keys);
  const touched = [...list.children].filter(
    (one) => one.dataset.keys && keysOf(one).some((key) => concerned.has(key)),
  );
  const parts = answer.parts.map((part) => ({ ...part, element: element(part.html) }));
  let asksAgain = null;
  for (const one of touched) {
    const here = parts.filter((part) => !part.isPlaced && part.keys.some((key) => keysOf(one).includes(key)));
    for (const part of here) part.isPlaced = true;
    const followers = here.map((part) => part.element);
    if (followers.length) one.before(...followers);
    asksAgain ??= followers.find((part) => part.matches(".card"));
    one.classList.add("card--gone");
  }
  const next = nextAfter(touched.at(-1));
  for (const one of touched) one.remove();
  for (const card of list.querySelectorAll(".card")) makeSelectable(card);
  if (stands.matches(".queue > .card__undo")) stands.remove();
  said(answer.said);
  countSelected();
  const target = asksAgain ?? next;
  if (target) focus(target);
  else list.querySelector(".folded:last-child")?.focus();
  if (!cards().length) said(`${answer.said} ${gettext("That was the last card on this page.")}`);
}

function nextAfter(place) {
  if (!place) return null;
  const all = [...list.querySelectorAll(".card:not(.card--gone)")];
  const isLater = (card) => place.compareDocumentPosition(card) & Node.DOCUMENT_POSITION_FOLLOWING;
  return all.find(isLater) ?? all.at(-1) ?? null;
}

// Selecting

// A card that was loaded in the background has no checkbox yet. The checkbox of a card with several
// comments selects those that are still ticked.
function makeSelectable(card) {
  if (card.querySelector(".card__select") || !together) return;
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "seen", className: "card__select" });
  box.setAttribute("form", together.id);
  box.setAttribute("aria-labelledby", card.getAttribute("aria-labelledby"));
  box.value = seenOn(card);
  card.querySelector(".card__head").prepend(box);
}

function seenOn(card) {
  const fields = [...card.querySelectorAll(".card__decide [name=seen]")];
  return fields
    .filter((field) => field.type === "hidden" || field.checked)
    .map((field) => field.value)
    .join(" ");
}

function countSelected() {
  if (!together) return;
  const number = list.querySelectorAll(".card__select:checked").length;
  together.classList.toggle("queue__together--used", number > 0);
  together.querySelector("[data-number]").textContent = number
    ? ngettext("{count} selected.", "{count} selected.", number)
    : "";
}

// What is new

async function poll() {
  if (document.hidden) return;
  try {
    const query = new URL(news.href).search;
    const answer = await fetch(queue.dataset.news + query, { redirect: "manual" });
    if (!answer.ok) return;
    const found = await answer.json();
    // Announced only when it changes, because a screen reader would repeat it.
    if (news.textContent !== found.said) news.textContent = found.said;
    news.hidden = !found.new;
  } catch {
    // Without a response nothing is known to be new.
  }
}

async function load() {
  if (news.hidden || news.ariaBusy === "true") return;
  news.ariaBusy = "true";
  try {
    const answer = await fetch(news.href, { redirect: "manual" });
    if (!answer.ok) throw new Error(SIGNED_OUT);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const there = new Set(cards().flatMap(keysOf));
    const fresh = [...page.querySelectorAll(".queue__cards > .card")].filter(
      (card) => !keysOf(card).some((key) => there.has(key)),
    );
    list.append(...fresh.map((card) => document.importNode(card, true)));
    queue.querySelector(".queue__empty")?.remove();
    for (const card of cards()) makeSelectable(card);
    news.href = page.querySelector(".queue__new a").href;
    news.hidden = true;
    news.textContent = "";
    const first = fresh.length && list.querySelector(`[data-keys="${fresh[0].dataset.keys}"]`);
    if (first) focus(first);
    said(ngettext("{count} new card, after the others.", "{count} new cards, after the others.", fresh.length));
  } catch (error) {
    said(error instanceof TypeError ? OFFLINE : error.message);
  } finally {
    news.ariaBusy = null;
  }
}

// Keys

const press = (card, key) => card?.querySelector(`[data-key="${key}"]`)?.click();

function openReasons(details) {
  if (!details) return;
  details.open = true;
  details.querySelector("[data-reason]").focus();
}

function reasonsOpen() {
  const near = document.activeElement.closest?.(".card, .queue__together");
  return near?.querySelector(".card__reject[open]");
}

function closeWhatIsOpen() {
  const open = reasonsOpen();
  if (!open) return;
  open.open = false;
  const card = open.closest(".card");
  if (card) focus(card);
}

function undoLast() {
  const last = lastUndo();
  if (last) last.click();
  else said(gettext("There is nothing to undo."));
}

let newestFolded = [];
function lastUndo() {
  const folded = newestFolded.filter((one) => one.isConnected).at(-1);
  return (folded ?? queue.querySelector(":scope > .card__undo"))?.querySelector("[data-key=u]");
}
new MutationObserver((changes) => {
  for (const change of changes)
    for (const node of change.addedNodes) if (node.matches?.(".folded")) newestFolded.push(node);
}).observe(list, { childList: true });

const single = {
  j: () => move(1),
  k: () => move(-1),
  a: () => press(current(), "a"),
  s: () => press(current(), "s"),
  e: () => press(current(), "e"),
  b: () => press(current(), "b"),
  r: () => {
    const card = current();
    const reject = card?.querySelector(".card__reject");
    if (reject) openReasons(reject);
    else press(card, "r");
  },
  u: undoLast,
  x: () => current()?.querySelector(".card__select")?.click(),
  n: load,
  "?": () => keys.showModal(),
  Escape: closeWhatIsOpen,
};

const forSelected = {
  A: () => together.querySelector("[value=approve]").click(),
  S: () => together.querySelector("[value=mark_spam]").click(),
  R: () => openReasons(together.querySelector(".card__reject")),
};

const isTypedInto = (target) =>
  target.matches?.("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=hidden])");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || keys.open) return;
  if (event.key === "Escape" && isTypedInto(event.target)) event.target.blur();
  else if (isTypedInto(event.target)) return;
  const reason = reasonsOpen()?.querySelector(`[data-reason="${CSS.escape(event.key)}"]`);
  const act = forSelected[event.key] ? selected(forSelected[event.key]) : single[event.key];
  if (!reason && !act) return;
  event.preventDefault();
  if (event.repeat && !"jk".includes(event.key)) return;
  if (reason) reason.click();
  else act();
});

const selected = (act) => () => {
  if (list.querySelector(".card__select:checked")) act();
  else said(gettext("Nothing is selected. Press x on a card to select it."));
};

// The events

queue.addEventListener("submit", (event) => {
  if (event.target.method === "dialog") return;
  event.preventDefault();
  send(event.target, event.submitter);
});

queue.addEventListener("change", (event) => {
  const card = event.target.closest(".card");
  const box = card?.querySelector(".card__select");
  if (box && event.target !== box) box.value = seenOn(card) || box.value;
  countSelected();
});

queue.querySelector("[data-help]")?.addEventListener("click", () => keys.showModal());

// On a page that only asks again, the forms are sent as without this script.
if (news) {
  news.addEventListener("click", (event) => {
    event.preventDefault();
    load();
  });
  queue.classList.add("queue--scripted");
  queue.querySelector("[data-help]").hidden = false;
  setInterval(poll, POLL);
  document.addEventListener("visibilitychange", poll);
  countSelected();
}
