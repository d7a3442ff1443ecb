// Shows the folded replies of a comment in place. Without this script, or if it fails, the link
// opens a page with them.

import { gettext, ngettext } from "./texts.js";

const status = document.createElement("p");
status.className = "visually-hidden";
status.role = "status";
document.querySelector(".conversation").append(status);

async function pageAt(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The page answered ${answer.status}.`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Inserts before the link the replies of the fetched page that are missing here.
function unfold(link, page) {
  const row = link.closest(".comment__unfold");
  const root = row.closest(".comment").id;
  const replies = page.querySelectorAll(`#${root} > .comment__replies > .comment`);
  if (replies.length === 0) throw new Error("The page holds no replies.");
  const missing = [...replies].filter((reply) => !document.getElementById(reply.id));
  row.before(...missing);
  follow(row, link, page.querySelector(".conversation__more a"));
  return missing;
}

function follow(row, link, more) {
  if (more) {
    link.setAttribute("href", more.getAttribute("href"));
    link.textContent = more.textContent;
  } else {
    row.remove();
  }
}

function tell(replies) {
  status.textContent = ngettext("{count} more reply shown.", "{count} more replies shown.", replies.length);
  if (replies.length === 0) return;
  // The focus moves to the first new reply, because the link may be gone.
  replies[0].tabIndex = -1;
  replies[0].focus();
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest(".comment__unfold a");
  // With a modifier key the reader wants another tab or window.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  status.textContent = gettext("Loading replies.");
  try {
    tell(unfold(link, await pageAt(link.href)));
    link.ariaBusy = "false";
  } catch {
    location.assign(link.href);
  }
});
