// The checks before publishing, beside the form: of what is typed, shortly after the last key.

import { gettext } from "../js/texts.js";

const box = document.querySelector("[data-checklist]");
const form = document.querySelector("#article_form");
const PAUSE = 2000;

let timer;
let number = 0;

async function check() {
  const mine = ++number;
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  try {
    const answer = await fetch(box.dataset.checklist, { method: "POST", body: new URLSearchParams(data), redirect: "manual" });
    const found = await answer.json();
    if (mine === number && answer.ok) show(found);
  } catch {
    // Autosave says that the server cannot be reached; the checks stay as they were.
  }
}

function show({ summary, problems }) {
  box.querySelector("[data-checklist-summary]").textContent = summary;
  const list = box.querySelector("ul");
  list.replaceChildren(...problems.map(line));
  box.querySelector("[data-checklist-none]").hidden = problems.length > 0;
  box.hidden = false;
}

function line({ kind, sentence, anchor }) {
  const item = document.createElement("li");
  item.className = `problems__${kind}`;
  item.dir = "auto";
  const word = document.createElement("strong");
  word.textContent = kind === "error" ? gettext("Error:") : gettext("Warning:");
  const link = document.createElement("a");
  link.href = `#${anchor}`;
  link.textContent = sentence;
  link.addEventListener("click", (event) => lead(event, anchor));
  item.append(word, " ", link);
  return item;
}

// The body's own field is hidden behind its editor.
function lead(event, anchor) {
  const field = document.getElementById(anchor);
  const place = field?.checkVisibility() ? field : field?.parentElement?.querySelector("[role=textbox]");
  if (!place) return;
  event.preventDefault();
  place.scrollIntoView({ block: "center" });
  place.focus();
}

if (box && form) {
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  check();
}
