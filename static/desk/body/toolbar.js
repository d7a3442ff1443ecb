// The editor's toolbar: ten buttons, the others under “More”. It is one Tab stop; the arrow keys move in it.

import { gettext } from "../../js/texts.js";
import { make } from "./dom.js";

const FIRST = ["heading2", "heading3", "bold", "italic", "link", "bulletList", "orderedList", "blockquote", "picture"];
const MORE = [
  "paragraph",
  "pullQuote",
  "underline",
  "strike",
  "subscript",
  "superscript",
  "code",
  "codeBlock",
  "footnote",
  "horizontalRule",
  "find",
  "history:undo",
  "history:redo",
  "html",
];

const CTRL = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : `${gettext("Ctrl")}+`;
const SHIFT_CTRL = `${gettext("Shift")}+${CTRL}`;

// The names of the buttons in the user's language, and their keys.
const labels = () => ({
  heading2: [gettext("Heading"), "##"],
  heading3: [gettext("Subheading"), "###"],
  bold: [gettext("Bold"), `${CTRL}B`],
  italic: [gettext("Italic"), `${CTRL}I`],
  link: [gettext("Link"), `${CTRL}K`],
  bulletList: [gettext("Bulleted list"), "- "],
  orderedList: [gettext("Numbered list"), "1. "],
  blockquote: [gettext("Quotation"), "> "],
  picture: [gettext("Picture"), ""],
  paragraph: [gettext("Plain paragraph"), ""],
  pullQuote: [gettext("Pull quote"), ""],
  underline: [gettext("Underline"), `${CTRL}U`],
  strike: [gettext("Strikethrough"), `${SHIFT_CTRL}S`],
  subscript: [gettext("Subscript"), `${CTRL},`],
  superscript: [gettext("Superscript"), `${CTRL}.`],
  code: [gettext("Code"), `${CTRL}E`],
  codeBlock: [gettext("Code block"), "```"],
  footnote: [gettext("Footnote"), ""],
  horizontalRule: [gettext("Horizontal rule"), "---"],
  find: [gettext("Find and replace"), `${CTRL}H`],
  "history:undo": [gettext("Undo"), `${CTRL}Z`],
  "history:redo": [gettext("Redo"), `${SHIFT_CTRL}Z`],
  html: [gettext("Edit as HTML"), ""],
});

// For the editor's menu: its items as a row and a second row that “More” shows.
export function toolbarItems({ editor, menu }) {
  const defined = new Map(menu.items("blockType headings marks link lists nodes table history utility").map((item) => [item.name, item]));
  const known = labels();
  for (const [name, item] of defined) if (known[name] && item.button) label(item.button, ...known[name]);
  const named = (names) => names.map((name) => defined.get(name)).filter(Boolean);
  const first = menu.buttonGroup({ editor }, named(FIRST));
  const more = menu.buttonGroup({ editor }, [...named(MORE), ...menu.items("table")]);
  more.id = "body-more";
  more.hidden = true;
  const toggle = make(
    "button",
    { type: "button", class: "prose-menubar__button body-toolbar__more", "aria-expanded": "false", "aria-controls": more.id },
    gettext("More"),
  );
  toggle.addEventListener("click", () => {
    more.hidden = !more.hidden;
    toggle.ariaExpanded = String(!more.hidden);
  });
  first.append(toggle);
  // After the buttons have been shown or hidden for the selection.
  editor.on("transaction", () => reflect([first, more]));
  queueMicrotask(() => becomeToolbar(first.parentElement));
  return [first, more];
}

function label(button, name, keys) {
  button.title = keys ? `${name} (${keys.trim()})` : name;
  button.ariaLabel = name;
}

// What the classes say, for assistive technology too.
function reflect(groups) {
  for (const button of groups.flatMap((group) => [...group.children])) {
    if (!button.dataset.name) continue;
    button.ariaPressed = String(button.classList.contains("active"));
    button.ariaDisabled = String(button.classList.contains("disabled"));
  }
}

function becomeToolbar(bar) {
  if (!bar) return;
  bar.setAttribute("role", "toolbar");
  bar.ariaLabel = gettext("Formatting");
  const all = () => [...bar.querySelectorAll(".prose-menubar__group button")];
  const buttons = () => all().filter((button) => button.checkVisibility());
  const settle = (current) => {
    for (const button of all()) button.tabIndex = button === current ? 0 : -1;
  };
  settle(all()[0]);
  bar.addEventListener("focusin", ({ target }) => all().includes(target) && settle(target));
  bar.addEventListener("keydown", (event) => {
    const shown = buttons();
    const at = shown.indexOf(document.activeElement);
    const back = getComputedStyle(bar).direction === "rtl" ? "ArrowRight" : "ArrowLeft";
    const forth = back === "ArrowLeft" ? "ArrowRight" : "ArrowLeft";
    const next = { [forth]: at + 1, [back]: at - 1, Home: 0, End: shown.length - 1 }[event.key];
    if (next === undefined || at < 0) return;
    event.preventDefault();
    shown[(next + shown.length) % shown.length].focus();
  });
}
