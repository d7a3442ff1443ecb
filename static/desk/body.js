// Turns the textarea of an article's body into an editor.
//
// The editor and its menu are django-prose-editor. This file adds the parts of article HTML that
// it does not know, starts it without a <style> element (the page's CSP allows none), and checks
// what it would lose. If it would lose anything, the textarea stays.

import * as prose from "django-prose-editor/editor";
import { gettext } from "../js/texts.js";

const { Blockquote, Editor, Extension, Figure, Link, Mark, Node, Table, mergeAttributes } = prose;

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

  // Figures with pictures of the library, chosen in the picker. Existing figures with another
  // picture are kept. The node has its own name, so that the menu offers only this one.
  KeptFigure: Figure.extend({
    name: "keptFigure",
    addAttributes: () => ({}),
    addNodeView: () => null,
    addMenuItems({ menu, buttons }) {
      menu.defineItem({
        name: "picture",
        groups: "nodes",
        button: buttons.material("add_photo_alternate", "picture"),
        command: (editor) => pick((picture) => insertFigure(editor, picture)),
      });
      menu.defineItem({
        name: "altText",
        groups: "nodes",
        button: buttons.material("description", gettext("Alt text of the picture")),
        enabled: (editor) => pictureIn(editor) !== null,
        command: describe,
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

  PlainLink: Link.extend({
    addAttributes() {
      return { href: { default: null }, title: { default: null }, hreflang: { default: null } };
    },
  }),

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

function mark(name, tag, attributes = {}) {
  return Mark.create({
    name,
    addAttributes: () => attributes,
    parseHTML: () => [{ tag }],
    renderHTML: ({ HTMLAttributes }) => [tag, mergeAttributes(HTMLAttributes), 0],
  });
}

// The content of a body: the text in each kind of element, and the number of those without text.
// Paragraphs and table bodies are left out, because the editor adds and removes them.
const IGNORED = new Set(["p", "tbody", "colgroup", "col"]);
const KEPT = ["href", "title", "hreflang", "src", "alt", "data-file", "width", "height", "start", "colspan", "rowspan", "scope"];
const DEFAULTS = new Set(["start=1", "colspan=1", "rowspan=1"]);

function inventory(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const found = new Map([["", words(body)]]);
  for (const element of body.querySelectorAll("*")) {
    const tag = element.localName;
    if (IGNORED.has(tag)) continue;
    const attributes = KEPT.filter((name) => element.hasAttribute(name))
      .map((name) => `${name}=${element.getAttribute(name)}`)
      .filter((attribute) => !DEFAULTS.has(attribute));
    if (element.classList.contains("pull")) attributes.push("pull");
    const key = [tag, ...attributes].join(" ");
    const said = element.childNodes.length || !/^(br|hr|img)$/.test(tag) ? words(element) : "·";
    found.set(key, (found.get(key) ?? "") + said);
  }
  return found;
}

function words(element) {
  return element.textContent.replace(/\s+/g, "");
}

function loses(before, after) {
  const kept = inventory(after);
  return [...inventory(before)].some(([key, said]) => said && kept.get(key) !== said);
}

function configured(extensions) {
  return Object.entries(extensions).map(([name, options]) => {
    const extension = ours[name] ?? prose[name];
    return typeof options === "object" ? extension.configure(options) : extension;
  });
}

function whole(html) {
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

function emptied(html) {
  return /^<(\w+)><\/\1>$/.test(html) ? "" : html;
}

// Pictures

const pick = (chosen) => document.dispatchEvent(new CustomEvent("desk:pick", { detail: { chosen } }));

function figureOf({ src, key }) {
  return {
    type: "keptFigure",
    content: [{ type: "image", attrs: { src, alt: "", file: String(key) } }, { type: "caption" }],
  };
}

function insertFigure(editor, picture, at = null) {
  const chain = editor.chain().focus();
  (at === null ? chain.insertContent(figureOf(picture)) : chain.insertContentAt(at, figureOf(picture))).run();
}

// The picture in the figure at the cursor, and its position; null if there is none.
function pictureIn(editor) {
  const { selection } = editor.state;
  if (selection.node?.type.name === "image") return { node: selection.node, at: selection.from };
  const { $from } = selection;
  for (let depth = $from.depth; depth > 0; depth--) {
    const figure = $from.node(depth);
    if (figure.type.name !== "keptFigure") continue;
    return { node: figure.firstChild, at: $from.start(depth) };
  }
  const figure = selection.node?.type.name === "keptFigure" ? selection.node : null;
  return figure && { node: figure.firstChild, at: selection.from + 1 };
}

function describe(editor) {
  const picture = pictureIn(editor);
  if (!picture) return;
  const dialog = document.createElement("dialog");
  dialog.className = "body-alt";
  dialog.innerHTML =
    '<form method="dialog"><label><span></span> <textarea rows="3"></textarea></label><p><button class="steps__button steps__button--main" value="keep"></button> <button class="steps__button" value=""></button></p></form>';
  dialog.querySelector("span").textContent = gettext("Alt text in this article, instead of the one in the library");
  const [keep, cancel] = dialog.querySelectorAll("button");
  keep.textContent = gettext("Apply");
  cancel.textContent = gettext("Cancel");
  const field = dialog.querySelector("textarea");
  field.value = picture.node.attrs.alt ?? "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "keep") {
      const attrs = { ...picture.node.attrs, alt: field.value.trim() };
      editor.view.dispatch(editor.state.tr.setNodeMarkup(picture.at, undefined, attrs));
    }
    dialog.remove();
    editor.commands.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}

// Uploads dropped or pasted files to the library and inserts them.
function takeFiles(editor, files, at, said) {
  const pictures = [...files].filter((file) => file.type.startsWith("image/"));
  const address = document.querySelector("a[data-picture-pick]")?.dataset.upload;
  if (!pictures.length || !address) return false;
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const file of pictures) {
    said(gettext("Uploading {file} …", { file: file.name }));
    const done = (result) => {
      if (!result.key) said(`${file.name}: ${result.sentence}`);
      else if (result.alt) said(gettext("{file} was added to the text.", { file: file.name }));
      else said(gettext("{file} was added to the text. Add its alt text in the library.", { file: file.name }));
      if (result.key) insertFigure(editor, result, Math.min(at, editor.state.doc.content.size));
    };
    document.dispatchEvent(new CustomEvent("desk:upload", { detail: { file, token, address, done } }));
  }
  return true;
}

function start(textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const frame = document.createElement("div");
  frame.className = "prose-editor";
  textarea.before(frame);
  frame.append(textarea);

  const line = document.createElement("p");
  line.className = "help body-said";
  line.setAttribute("role", "status");
  const said = (sentence) => {
    if (!line.isConnected) frame.after(line);
    line.textContent = sentence;
  };

  const editor = new Editor({
    element: frame,
    injectCSS: false,
    extensions: configured(JSON.parse(textarea.dataset.deskBody)),
    content: textarea.value,
    editorProps: {
      handleDrop(view, event) {
        const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? 0;
        const isTaken = takeFiles(editor, event.dataTransfer?.files ?? [], at, said);
        if (isTaken) event.preventDefault();
        return isTaken;
      },
      handlePaste: (view, event) =>
        takeFiles(editor, event.clipboardData?.files ?? [], view.state.selection.to, said),
      // A picture of another site would be removed when the text is saved.
      transformPastedHTML(html) {
        const page = new DOMParser().parseFromString(html, "text/html");
        const foreign = [...page.querySelectorAll("img:not([data-file])")];
        if (!foreign.length) return html;
        for (const image of foreign) image.remove();
        said(gettext("Pictures from other sites were left out. Save them and add them with the picture button."));
        return page.body.innerHTML;
      },
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label?.textContent.replace(/:\s*$/, "") ?? gettext("Body"),
      },
    },
    onUpdate() {
      textarea.value = emptied(whole(editor.getHTML()));
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });

  // Text that another script sets: unsaved text, or somebody else's version.
  textarea.addEventListener("desk:put", () => {
    const html = textarea.value;
    editor.commands.setContent(html);
    if (!loses(html, whole(editor.getHTML()))) return;
    textarea.value = html;
    showAsHtml();
  });
  if (loses(textarea.value, whole(editor.getHTML()))) {
    showAsHtml();
    return;
  }
  label?.addEventListener("click", () => editor.commands.focus());

  function showAsHtml() {
    editor.destroy();
    frame.replaceWith(textarea);
    const why = document.createElement("p");
    why.className = "help body-plain";
    why.textContent =
      gettext("This text contains something that the editor would lose, so it is shown as HTML. Everything you write here is kept.");
    textarea.after(why);
  }
}

for (const textarea of document.querySelectorAll("textarea[data-desk-body]")) start(textarea);
