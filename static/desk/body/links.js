// The link box: searches our articles by title and inserts their permanent address, or takes an address.

import * as prose from "django-prose-editor/editor";
import { gettext } from "../../js/texts.js";
import { button, labelled, make } from "./dom.js";

const { Extension } = prose;

const PAUSE = 150;

// The address that was meant, or null: `example.org` becomes `https://example.org`.
export function asAddress(typed) {
  const text = typed.trim();
  if (!text || /[\s<>"]|^\/\//.test(text)) return null;
  if (/^(mailto:[^@]+@[^@]+\.[^@.]+|tel:\+?[\d()./-]+|#[^#]+|\/(?!\/).*)$/i.test(text)) return text;
  if (/^[^@/:]+@[^@/:]+\.[a-z]{2,}$/i.test(text)) return `mailto:${text}`;
  if (/^(?!https?:)[a-z][a-z0-9+.-]*:(?!\d)/i.test(text)) return null;
  const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  let url;
  try {
    url = new URL(whole);
  } catch {
    return null;
  }
  const isHost = /^[^.]+(\.[^.]+)+$/.test(url.hostname) || url.hostname.startsWith("[") || url.hostname === location.hostname;
  if (!isHost || url.username) return null;
  return url.origin === location.origin ? url.pathname + url.search + url.hash : whole;
}

export const LinkBox = Extension.create({
  name: "linkBox",
  addKeyboardShortcuts: () => ({ "Mod-k": ({ editor }) => Boolean(openBox(editor)) }),
  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "link",
      groups: "link",
      button: buttons.material("insert_link", "link"),
      active: (editor) => editor.isActive("link"),
      command: openBox,
    });
  },
});

function openBox(editor) {
  if (editor.isActive("link")) editor.commands.extendMarkRange("link");
  const present = editor.getAttributes("link").href ?? "";
  const field = make("input", {
    type: "text",
    value: present,
    role: "combobox",
    autocomplete: "off",
    "aria-expanded": "false",
    "aria-controls": "link-targets",
    "aria-autocomplete": "list",
    spellcheck: "false",
  });
  const list = make("ul", { id: "link-targets", class: "body-link__found", role: "listbox", "aria-label": gettext("Articles") });
  const problem = make("p", { class: "body-link__problem", role: "alert" });
  const dialog = make("dialog", { class: "body-dialog body-link", "aria-label": gettext("Link") });
  const form = make(
    "form",
    { method: "dialog" },
    labelled(gettext("Title of one of our articles, or an address"), field),
    list,
    problem,
    make(
      "p",
      { class: "body-dialog__buttons" },
      make("button", { class: "body-button body-button--main", value: "keep" }, gettext("Apply")),
      present ? button(gettext("Remove the link"), () => finish("")) : null,
      button(gettext("Cancel"), () => dialog.close()),
    ),
  );
  dialog.append(form);
  const results = new Results(field, list, ({ address, title }) => finish(address, title));

  function finish(href, title = href) {
    dialog.close();
    // As it is now: the text may have moved while the box was open.
    const chain = editor.chain().focus();
    if (!href) chain.unsetLink();
    else if (editor.state.selection.empty) chain.insertContent({ type: "text", text: title, marks: [{ type: "link", attrs: { href } }] });
    else chain.setMark("link", { href });
    chain.run();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = results.chosen;
    if (chosen) return finish(chosen.address, chosen.title);
    if (!field.value.trim() && present) return finish("");
    const href = asAddress(field.value);
    if (href) return finish(href, field.value.trim());
    problem.textContent = gettext("This is not an address. Write it like example.org, or choose an article from the list.");
    field.ariaInvalid = "true";
    field.focus();
  });
  field.addEventListener("input", () => {
    problem.textContent = "";
    field.ariaInvalid = "false";
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    editor.commands.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  field.select();
  return dialog;
}

// The articles found while typing, as a list box under the field.
class Results {
  constructor(field, list, choose) {
    Object.assign(this, { field, list, choose, found: [], at: -1 });
    this.address = document.querySelector("textarea[data-link-targets]")?.dataset.linkTargets;
    field.addEventListener("input", () => this.soon());
    field.addEventListener("keydown", (event) => this.key(event));
  }

  get chosen() {
    return this.found[this.at] ?? null;
  }

  soon() {
    clearTimeout(this.timer);
    this.show([]);
    const words = this.field.value.trim();
    if (this.address && words.length > 1 && !/^(https?:|www\.|\/|#|mailto:)/i.test(words)) this.timer = setTimeout(() => this.ask(words), PAUSE);
  }

  async ask(words) {
    try {
      const answer = await fetch(`${this.address}?${new URLSearchParams({ q: words })}`, { headers: { Accept: "application/json" }, redirect: "manual" });
      const { results } = await answer.json();
      if (this.field.value.trim() === words) this.show(results);
    } catch {
      // An address can still be typed.
      this.show([]);
    }
  }

  show(found) {
    this.found = found;
    this.list.replaceChildren(
      ...found.map((target, index) =>
        make(
          "li",
          { role: "option", id: `link-target-${index}`, "aria-selected": "false", onclick: () => this.choose(target) },
          make("strong", { dir: "auto" }, target.title),
          make("span", {}, target.detail),
        ),
      ),
    );
    this.field.ariaExpanded = String(found.length > 0);
    this.mark(-1);
  }

  mark(at) {
    this.at = at;
    [...this.list.children].forEach((option, index) => (option.ariaSelected = String(index === at)));
    if (at < 0) this.field.removeAttribute("aria-activedescendant");
    else this.field.setAttribute("aria-activedescendant", `link-target-${at}`);
    this.list.children[at]?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || !this.found.length) return;
    event.preventDefault();
    const next = this.at + by;
    this.mark(next < -1 ? this.found.length - 1 : next >= this.found.length ? -1 : next);
  }
}
