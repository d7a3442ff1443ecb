// The keyboard shortcuts of the desk, listed in newsroom/admin/shortcuts.py.
//
// Single keys do nothing while somebody types, and can be switched off in a browser, because
// voice control and switches may send them (WCAG 2.2, 2.1.4).

import { gettext } from "../js/texts.js";

const STORED = "desk-shortcuts";
const TOGETHER = 1_000; // milliseconds between two keys of one shortcut

const link = document.querySelector("a[data-shortcuts]");
const shortcuts = JSON.parse(document.getElementById("shortcuts").textContent);
// The queue has keys of its own, and the same letters mean other things there.
const hasOwnKeys = document.querySelector(".queue") !== null;

let before = null;
let forget = 0;

const isOn = () => localStorage.getItem(STORED) !== "off";

const isTyping = (element) =>
  element.isContentEditable ||
  element.matches("textarea, select, input:not([type=checkbox], [type=radio], [type=button], [type=submit])");

const click = (selector) => {
  const found = document.querySelector(selector);
  found?.click();
  return found !== null;
};

function move(step) {
  const links = [...document.querySelectorAll("#result_list tbody tr")]
    .map((row) => row.querySelector("th a, td a"))
    .filter(Boolean);
  const row = document.activeElement.closest?.("#result_list tbody tr");
  const here = links.findIndex((one) => row?.contains(one));
  links[here < 0 ? (step > 0 ? 0 : links.length - 1) : here + step]?.focus();
  return links.length > 0;
}

async function help() {
  const open = document.querySelector("dialog.shortcuts-dialog[open]");
  if (open) {
    open.close();
    return true;
  }
  let page;
  try {
    page = new DOMParser().parseFromString(await (await fetch(link.href)).text(), "text/html");
  } catch {
    location.href = link.href;
    return true;
  }
  const keys = page.querySelector(".shortcuts");
  if (!keys) {
    location.href = link.href;
    return true;
  }
  const dialog = document.createElement("dialog");
  dialog.className = "shortcuts-dialog";
  dialog.setAttribute("aria-label", gettext("Keyboard shortcuts"));
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button";
  close.textContent = gettext("Close");
  close.addEventListener("click", () => dialog.close());
  dialog.append(document.adoptNode(keys), close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  wireSwitch(dialog);
  dialog.showModal();
  return true;
}

const ACTIONS = {
  help,
  search() {
    const field = document.querySelector("#searchbar");
    field?.focus();
    field?.select();
    return Boolean(field);
  },
  down: () => move(1),
  up: () => move(-1),
  save: () => click("[name=_continue]") || click("[name=_save]"),
  previous: () => click(".neighbours a[rel=prev]"),
  next: () => click(".neighbours a[rel=next]"),
  preview: () => click(".object-tools a[href$='/previews/']"),
};

function run({ address, action }) {
  if (address) {
    location.href = address;
    return true;
  }
  return ACTIONS[action]();
}

function wireSwitch(where) {
  const box = where.querySelector("[data-shortcuts-on]");
  if (!box) return;
  box.closest("[hidden]")?.removeAttribute("hidden");
  box.checked = isOn();
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "off");
  });
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented || event.altKey || event.repeat) return;
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand) {
    if (event.shiftKey || !shortcuts.some(({ keys }) => keys[0] === "Mod" && keys[1] === event.key)) return;
    if (document.querySelector("[name=_continue], [name=_save]")) {
      event.preventDefault();
      ACTIONS.save();
    }
    return;
  }
  if (hasOwnKeys || !isOn() || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]:not(.shortcuts-dialog)")) return;
  const pressed = before ? [before, event.key] : [event.key];
  clearTimeout(forget);
  before = null;
  const meant = shortcuts.find(({ keys }) => keys.join(" ") === pressed.join(" "));
  if (meant) {
    event.preventDefault();
    run(meant);
  } else if (shortcuts.some(({ keys }) => keys.length > 1 && keys[0] === event.key)) {
    before = event.key;
    forget = setTimeout(() => (before = null), TOGETHER);
  }
});

link.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  help();
});

wireSwitch(document);
