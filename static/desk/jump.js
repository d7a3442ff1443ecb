// The jump box: Ctrl+K or ⌘K opens a dialog that searches while somebody types.
//
// A combobox after the ARIA Authoring Practices: the focus stays in the field, the arrows move
// `aria-activedescendant` through the list, Enter opens the marked result, Escape closes.
// Without this script the link in the sidebar leads to a page that does the same.

import { gettext, ngettext } from "../js/texts.js";

const PAUSE = 150; // milliseconds without a key before the server is asked

const link = document.querySelector("a[data-jump]");
let box = null;

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

class JumpBox {
  constructor() {
    this.asked = 0;
    this.timer = 0;
    this.field = element("input", {
      type: "text",
      role: "combobox",
      "aria-label": gettext("Search or jump to"),
      "aria-expanded": "true",
      "aria-controls": "jump-list",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "100",
      placeholder: gettext("Articles, comments, people, pages"),
    });
    this.list = element("div", { id: "jump-list", role: "listbox", "aria-label": gettext("Results") });
    this.said = element("p", { role: "status", class: "jump-box__said" });
    this.dialog = element(
      "dialog",
      { class: "jump-box", "aria-label": gettext("Search or jump to") },
      this.field,
      this.list,
      this.said,
    );
    this.field.addEventListener("input", () => this.askSoon());
    this.field.addEventListener("keydown", (event) => this.press(event));
    this.list.addEventListener("click", (event) => this.click(event));
    this.dialog.addEventListener("click", (event) => event.target === this.dialog && this.dialog.close());
    this.dialog.addEventListener("close", () => this.end());
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.ask();
  }

  end() {
    clearTimeout(this.timer);
    this.dialog.remove();
    box = null;
  }

  askSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const number = ++this.asked;
    const address = `${link.dataset.jump}?${new URLSearchParams({ q: this.field.value })}`;
    let groups;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      ({ groups } = await answer.json());
    } catch {
      // Signed out, or the server cannot be reached: the page says which.
      if (number === this.asked) this.said.textContent = gettext("The search does not answer. Press Enter to try again.");
      return;
    }
    // A slower answer to fewer letters must not replace a newer one.
    if (number === this.asked && this.dialog.open) this.show(groups);
  }

  show(groups) {
    let count = 0;
    this.list.replaceChildren(
      ...groups.map(({ title, results }, place) => {
        const head = element("p", { id: `jump-group-${place}`, class: "jump-box__kind", role: "presentation" }, title);
        const options = results.map(({ words, about, address }) => {
          const option = element(
            "div",
            { role: "option", id: `jump-option-${count++}`, "aria-selected": "false", "data-address": address },
            element("bdi", {}, words),
          );
          if (about) option.append(" ", element("span", { class: "jump-box__about" }, about));
          return option;
        });
        return element("div", { role: "group", "aria-labelledby": `jump-group-${place}` }, head, ...options);
      }),
    );
    this.said.textContent = count
      ? ngettext("{count} result", "{count} results", count)
      : gettext("Nothing was found.");
    this.mark(this.options[0]);
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get marked() {
    return this.list.querySelector("[aria-selected=true]");
  }

  mark(option) {
    this.marked?.setAttribute("aria-selected", "false");
    if (!option) {
      this.field.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  press(event) {
    if (event.isComposing) return;
    const options = this.options;
    const here = options.indexOf(this.marked);
    const last = options.length - 1;
    if (event.key === "ArrowDown") this.mark(options[here >= last ? 0 : here + 1]);
    else if (event.key === "ArrowUp") this.mark(options[here <= 0 ? last : here - 1]);
    else if (event.key === "Enter") this.open(event);
    else return;
    event.preventDefault();
  }

  open(event) {
    if (!this.marked) {
      this.ask();
      return;
    }
    const { address } = this.marked.dataset;
    if (event.ctrlKey || event.metaKey) window.open(address, "_blank");
    else location.href = address;
  }

  click(event) {
    const option = event.target.closest("[role=option]");
    if (!option) return;
    this.mark(option);
    this.open(event);
  }
}

function open() {
  box ??= new JumpBox();
}

if (link) {
  document.addEventListener("keydown", (event) => {
    const isJump = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "k";
    // In the text of an article, Ctrl+K belongs to the editor, which makes a link.
    if (!isJump || event.defaultPrevented || event.target.isContentEditable) return;
    if (document.querySelector("dialog[open]")) return;
    event.preventDefault();
    open();
  });
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    document.getElementById("desk-menu")?.matches(":popover-open") && document.getElementById("desk-menu").hidePopover();
    open();
  });
  if (/Mac|iPhone|iPad/.test(navigator.platform)) {
    const key = link.querySelector("kbd");
    if (key) key.textContent = "⌘K";
  }
}
