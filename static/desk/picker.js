// The picture picker as a dialog over a form: for a picture field, and for the body editor, which
// opens it with the event “desk:pick”. Without this script the picker is a separate page.

import { gettext } from "../js/texts.js";

const PICK = document.querySelector("a[data-picture-pick]")?.href;

let whoAsks = null;

const dialog = document.createElement("dialog");
dialog.className = "picker-dialog";
dialog.setAttribute("aria-labelledby", "picker-title");
dialog.innerHTML =
  '<div class="picker-dialog__head"><h2 id="picker-title"></h2><button type="button" class="steps__button"></button></div><div></div>';
dialog.querySelector("h2").textContent = gettext("Choose a picture");
dialog.querySelector("button").textContent = gettext("Close");
const [head, body] = dialog.children;
head.querySelector("button").addEventListener("click", () => dialog.close());

async function pick(chosen) {
  whoAsks = chosen;
  if (!dialog.isConnected) document.body.append(dialog);
  dialog.showModal();
  await load(PICK);
  body.querySelector("input[type=text], input[type=search]")?.focus();
}

async function load(address) {
  body.ariaBusy = "true";
  try {
    const answer = await fetch(address, { redirect: "manual" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = page.querySelector("[data-picker]");
    if (!answer.ok || !part) throw new Error();
    body.replaceChildren(document.adoptNode(part));
    for (const button of body.querySelectorAll("[data-picked]")) button.hidden = false;
  } catch {
    body.textContent = gettext("The library is unavailable. Sign in again in another tab, then close and reopen this window.");
  }
  body.ariaBusy = "false";
}

body.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (link) {
    event.preventDefault();
    load(link.href);
  }
  const button = event.target.closest("[data-picked]");
  if (button) choose(await (await fetch(button.dataset.picked)).json());
});

body.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target.matches("[data-picker-upload]")) upload(event.target);
  else load(`${PICK}?${new URLSearchParams(new FormData(event.target))}`);
});

async function upload(form) {
  const said = body.querySelector("[data-picker-said]");
  if (!form.querySelector("[type=file]").files.length) {
    said.textContent = gettext("Choose a file first.");
    return;
  }
  said.textContent = gettext("Uploading …");
  const results = await sent(new FormData(form), form.action);
  const [only] = results;
  if (results.length === 1 && only.key) {
    choose(only);
    return;
  }
  await load(PICK);
  body.querySelector("[data-picker-said]").textContent = results
    .map(({ name, sentence }) => (name ? `${name}: ${sentence}` : sentence))
    .join(" ");
}

// The result of each uploaded file.
async function sent(data, address) {
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
    const { results, problem } = await answer.json();
    return results.length ? results : [{ sentence: problem }];
  } catch {
    return [{ sentence: gettext("The upload failed. Check your connection, sign in again in another tab, and choose the file again.") }];
  }
}

function choose(picture) {
  dialog.close();
  whoAsks?.(picture);
}

// A field that holds the number of a picture

function wire(field) {
  const part = field.closest(".picture-field");
  const shown = part.querySelector("[data-picture-shown]");
  const none = part.querySelector("[data-picture-none]");
  const link = part.querySelector("[data-picture-pick]");

  function put(key, thumbnail, title) {
    field.value = key;
    shown.replaceChildren();
    if (thumbnail) {
      const image = document.createElement("img");
      image.src = thumbnail;
      image.alt = "";
      const words = document.createElement("span");
      words.dir = "auto";
      words.textContent = title;
      shown.append(image, words);
    }
    none.hidden = !key;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    pick(({ key, thumbnail, title }) => {
      put(key, thumbnail, title);
      link.focus();
    });
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    link.click();
  });
  none.addEventListener("click", () => {
    put("", "", "");
    link.focus();
  });
  field.addEventListener("desk:put", () => put(field.value, "", ""));
  none.hidden = !field.value;
}

for (const field of document.querySelectorAll("[data-picture-field]")) wire(field);

document.addEventListener("desk:pick", (event) => pick(event.detail.chosen));
