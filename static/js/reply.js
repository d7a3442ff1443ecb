// “Reply” moves the form to that comment; Escape or “Cancel” moves it back. There is one form,
// and it keeps what was typed.

import { gettext } from "./texts.js";

const writing = document.querySelector(".writing");
const form = writing?.querySelector("form");
const home = document.createComment("where the form stands");

function parentField() {
  let field = form.elements.parent;
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "parent";
    form.prepend(field);
  }
  return field;
}

function tell(from, to) {
  form.dispatchEvent(new CustomEvent("moved", { detail: { from, to } }));
}

function button(label, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "form__link";
  made.textContent = label;
  made.addEventListener("click", press);
  return made;
}

function headFor(comment) {
  const head = document.createElement("p");
  head.className = "form__place";
  const name = document.createElement("bdi");
  name.textContent = comment.querySelector(".comment__name")?.textContent ?? "";
  const to = document.createElement("span");
  const [before, after] = gettext("Your reply to {name}").split("{name}");
  to.append(before, name, after);
  head.append(to, button(gettext("Cancel"), goHome));
  return head;
}

function noteAtHome() {
  const note = document.createElement("p");
  note.className = "form__elsewhere";
  note.append(
    gettext("The form is below the comment you are replying to."),
    " ",
    button(gettext("Write a new comment instead"), goHome),
  );
  return note;
}

let place = null; // where the form is, when it is not at home

function goTo(link, parent) {
  const comment = link.closest("[id^=comment-]");
  const from = form.elements.parent?.value ?? "";
  if (!place) {
    writing.before(home, noteAtHome());
    form.querySelector(".form__answered")?.remove();
  }
  form.querySelector(".form__place")?.remove();
  writing.querySelector(".preview")?.remove();
  (link.closest(".comment__actions") ?? link).after(writing);
  parentField().value = parent;
  form.prepend(headFor(comment));
  place = { link, parent };
  if (from !== parent) tell(from, parent);
  form.elements.body.focus();
}

function goHome() {
  const { link, parent } = place;
  place = null;
  form.querySelector(".form__place").remove();
  writing.querySelector(".preview")?.remove();
  home.nextElementSibling.remove();
  home.replaceWith(writing);
  parentField().value = "";
  tell(parent, "");
  link.focus();
}

function open(event) {
  const isPlain = !event.button && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
  const link = event.target.closest?.("a[href*='?reply=']");
  if (!link || !isPlain || event.defaultPrevented) return;
  const address = new URL(link.href);
  // A comment of another conversation is answered on its own page.
  if (address.pathname !== new URL(form.action).pathname) return;
  event.preventDefault();
  goTo(link, address.searchParams.get("reply"));
}

if (form) {
  document.addEventListener("click", open);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && place && !event.isComposing) {
      event.preventDefault();
      goHome();
    }
  });
}
