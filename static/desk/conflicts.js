// After a conflict: fills a field, or a block of the body, with either version.

import { gettext } from "../js/texts.js";
import { button, form, put } from "./article_form.js";

for (const part of document.querySelectorAll(".conflict[data-field]")) offerBoth(part);

for (const part of document.querySelectorAll(".conflict[data-block]")) offerBlock(part);

// Where the block cannot be found in the text, the server puts it there when the form is saved.
function offerBlock(part) {
  const field = form.elements.namedItem(part.dataset.block);
  const [mine, theirs] = ["mine", "theirs"].map((side) => part.querySelector(`.conflict__${side}`).value.trim());
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  part.append(said);
  for (const radio of part.querySelectorAll("[type=radio]")) {
    radio.addEventListener("change", () => {
      const isMine = radio.value === "mine";
      const isThere = isMine ? swap(field, theirs, mine) : swap(field, mine, theirs);
      said.textContent = isThere ? "" : gettext("This version is used when you save.");
    });
  }
}

function swap(field, from, to) {
  const page = new DOMParser().parseFromString(field.value, "text/html");
  const found = from && [...page.body.children].find((block) => alike(block, blockOf(from)));
  if (!found) return false;
  if (to) found.replaceWith(blockOf(to));
  else found.remove();
  put(field, page.body.innerHTML);
  return true;
}

function blockOf(html) {
  return new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
}

// The editor may have changed attributes and spaces, but no words and no pictures.
function alike(one, other) {
  const said = (block) =>
    [block?.localName, block?.textContent.replace(/\s+/g, " ").trim(), ...[...(block?.querySelectorAll("img") ?? [])].map((image) => image.getAttribute("src"))].join("\n");
  return said(one) === said(other);
}

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
form.addEventListener("formdata", ({ formData }) => {
  for (const choice of document.querySelectorAll(".conflict[data-field] [type=radio]")) formData.delete(choice.name);
});
