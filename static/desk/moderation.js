// “Reject” needs a reason: show that beside the menu before the form is sent.

import { gettext } from "../js/texts.js";

document.addEventListener("click", (event) => {
  const needs = event.target.closest?.("button[data-needs]")?.dataset.needs;
  const reason = needs && document.getElementById(needs);
  if (!reason || reason.value) return;
  event.preventDefault();
  reason.setCustomValidity(gettext("Choose a reason, then reject."));
  reason.reportValidity();
  reason.addEventListener("change", () => reason.setCustomValidity(""), { once: true });
});

// Text that is selected in the comment is put into the field for redaction.

const redact = document.querySelector("[data-redact]");
const comment = document.querySelector(".said > .words");
if (redact && comment) {
  const field = redact.querySelector("textarea");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = gettext("Add the selected text");
  button.addEventListener("click", () => {
    const chosen = document.getSelection();
    const marked = comment.contains(chosen.anchorNode) ? chosen.toString().trim() : "";
    if (marked) field.value = [field.value.trim(), marked].filter(Boolean).join("\n");
    field.focus();
  });
  // A click must not clear the selection before it is read.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  redact.append(button);
}
