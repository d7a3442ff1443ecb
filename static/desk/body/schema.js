// The parts of article HTML that django-prose-editor does not know, and figures as one object.

import * as prose from "django-prose-editor/editor";
import { gettext } from "../../js/texts.js";
import { Picture } from "./figures.js";
import { Note, NoteList, NoteReference } from "./notes.js";

const { Blockquote, Extension, Link, Mark, Node, Table, mergeAttributes } = prose;

function mark(name, tag, attributes = {}) {
  return Mark.create({
    name,
    addAttributes: () => attributes,
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, mergeAttributes(HTMLAttributes), 0],
  });
}

const ours = {
  // A quotation, or a pull quote: the same element with the class "pull".
  PullableBlockquote: Blockquote.extend({
    addAttributes() {
      return {
        class: {
          default: null,
          parseHTML: (element) => (element.classList.contains("pull") ? "pull" : null),
        },
      };
    },
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "pullQuote",
        groups: "nodes",
        button: buttons.material("format_shapes", gettext("Pull quote")),
        active: (editor) => editor.isActive("blockquote", { class: "pull" }),
        command(editor) {
          const chain = editor.chain().focus();
          if (!editor.isActive("blockquote")) chain.toggleBlockquote();
          const pull = editor.isActive("blockquote", { class: "pull" });
          chain.updateAttributes("blockquote", { class: pull ? null : "pull" }).run();
        },
      });
    },
  }),

  // The editor knows only rows. A table's caption and head are kept as attributes of the table,
  // and `whole` restores them.
  WholeTable: Table.extend({
    addAttributes() {
      return {
        caption: {
          default: null,
          parseHTML: (table) => table.dataset.caption ?? table.caption?.textContent.trim() ?? null,
          renderHTML: ({ caption }) => (caption ? { "data-caption": caption } : {}),
        },
        head: {
          default: null,
          parseHTML: (table) => table.dataset.head ?? table.tHead?.rows.length ?? null,
          renderHTML: ({ head }) => (head ? { "data-head": head } : {}),
        },
      };
    },
    parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }],
  }),

  // The dialog is in links.js.
  PlainLink: Link.extend({
    addAttributes() {
      return { href: { default: null }, title: { default: null }, hreflang: { default: null } };
    },
    addMenuItems: () => {},
    addKeyboardShortcuts: () => ({}),
  }),

  Picture,
  Note,
  NoteList,
  NoteReference,

  Abbreviation: mark("abbreviation", "abbr", { title: { default: null } }),
  Cite: mark("cite", "cite"),
  Quote: mark("quote", "q"),

  DefinitionList: Node.create({
    name: "definitionList",
    group: "block",
    content: "(definitionTerm | definition)+",
    parseHTML: () => [{ tag: "dl" }],
    renderHTML: ({ HTMLAttributes }) => ["dl", HTMLAttributes, 0],
  }),
  DefinitionTerm: Node.create({
    name: "definitionTerm",
    content: "inline*",
    defining: true,
    parseHTML: () => [{ tag: "dt" }],
    renderHTML: ({ HTMLAttributes }) => ["dt", HTMLAttributes, 0],
  }),
  Definition: Node.create({
    name: "definition",
    content: "block+",
    defining: true,
    parseHTML: () => [{ tag: "dd" }],
    renderHTML: ({ HTMLAttributes }) => ["dd", HTMLAttributes, 0],
  }),

  KeptAttributes: Extension.create({
    name: "keptAttributes",
    addGlobalAttributes: () => [
      { types: ["tableHeader"], attributes: { scope: { default: null } } },
    ],
  }),
};

// The extensions named in the widget, as Tiptap takes them.
export function configured(extensions) {
  return Object.entries(extensions).map(([name, options]) => {
    const extension = ours[name] ?? prose[name];
    return typeof options === "object" ? extension.configure(options) : extension;
  });
}

// The editor's HTML with the captions and heads of its tables.
export function whole(html) {
  if (!html.includes("<table")) return html;
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const table of page.querySelectorAll("table")) {
    const { caption, head } = table.dataset;
    delete table.dataset.caption;
    delete table.dataset.head;
    if (caption) table.createCaption().textContent = caption;
    const rows = [...table.rows].slice(0, Number(head ?? 0));
    const first = rows.findIndex((row) => [...row.cells].some((cell) => cell.localName !== "th"));
    if (rows.length && first !== 0) table.createTHead().append(...rows.slice(0, first < 0 ? undefined : first));
  }
  return page.body.innerHTML;
}
