// After a conflict: fills a field with either version.

import { gettext } from "../js/texts.js";
import { button, form, put } from "./article_form.js";

for (const part of document.querySelectorAll(".conflict[data-field]")) offerBoth(part);

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
