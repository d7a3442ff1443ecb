// On pages with a conversation: marks the comments that this browser remembers as its own.
// The page is the same for everybody. If nothing is remembered, nothing is requested.

import { forget, remembered } from "./remembered.js";
import { gettext } from "./texts.js";

const MOST = 5;

const conversation = document.getElementById("comments")?.closest("section");
const article = location.pathname.match(/^(?:\/[a-z0-9-]+)?\/articles\/[^/]+\//)?.[0];

async function show() {
  const away = [];
  for (const comment of remembered()) {
    const there = document.getElementById(`comment-${comment.id}`);
    if (there) mark(there, comment);
    else if (comment.article === article) away.push(comment);
  }
  const newest = away.slice(-MOST);
  const pages = await Promise.all(newest.map(privatePage));
  newest.forEach((comment, n) => pages[n] && append(comment, pages[n]));
}

function mark(there, comment) {
  const head = there.querySelector(":scope > .comment__head");
  head?.append(link(gettext("Yours"), comment));
}

/** The private page of a comment that waits; null for any other. */
async function privatePage(comment) {
  try {
    const answer = await fetch(comment.address, { redirect: "error", cache: "no-store" });
    if (answer.status === 410) forget(comment.address);
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("[data-state=waiting]");
  } catch {
    return null; // no connection: the page is whole without it
  }
}

function append(comment, page) {
  const own = document.importNode(page.querySelector(".comment"), true);
  own.classList.replace("comment--preview", "comment--own");
  own.id = `own-comment-${comment.id}`;
  const note = document.createElement("p");
  note.className = "comment__waiting";
  note.append(
    gettext("Waiting for a moderator. Only you can see this."),
    " ",
    link(gettext("Open its private page"), comment),
  );
  own.querySelector(".comment__head").after(note);
  conversation.append(own);
}

function link(text, comment) {
  const link = document.createElement("a");
  link.className = "comment__own";
  link.href = comment.address;
  link.textContent = text;
  return link;
}

if (conversation && article) show();
