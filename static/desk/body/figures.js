// Pictures in the text: a figure is one object, whose words are written in fields beside it.

import * as prose from "django-prose-editor/editor";
import { gettext } from "../../js/texts.js";
import { button, inlineHTML, inlineOnly, labelled, make, token } from "./dom.js";

const { Node, Plugin } = prose;
const { NodeSelection, TextSelection } = prose.pm.state;

// As many as a grid can show in order.
export const MOST_IN_GALLERY = 12;
const PICTURE = ["src", "alt", "width", "height"];

export const pick = (chosen) => document.dispatchEvent(new CustomEvent("desk:pick", { detail: { chosen } }));

// A picture of the library, as the upload and the picker describe it, as an attribute of the node.
export const pictureOf = ({ src, key }) => ({ src, alt: "", file: String(key) });

export const figureOf = (picture) => ({ type: "picture", attrs: { pictures: [pictureOf(picture)] } });

// Whether this selection is of one whole object, over which nobody may type.
const selectsObject = (selection) => selection instanceof NodeSelection && selection.node.type.name === "picture";

function readFigure(figure) {
  const children = [...figure.children];
  const caption = children.at(-1)?.localName === "figcaption" ? children.pop() : null;
  const strayText = [...figure.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
  if (!children.length || strayText || children.some((child) => child.localName !== "img")) return false;
  return {
    pictures: children.map(readImage),
    caption: caption?.innerHTML.trim() ?? "",
    wide: figure.classList.contains("wide"),
  };
}

function readImage(image) {
  const picture = { file: image.dataset.file ?? null };
  for (const name of PICTURE) picture[name] = image.getAttribute(name);
  return picture;
}

function imageElement({ file, ...attributes }) {
  const image = make("img", Object.fromEntries(PICTURE.map((name) => [name, attributes[name]])));
  if (file) image.dataset.file = file;
  return image;
}

function figureElement({ pictures, caption, wide }) {
  const classes = [pictures.length > 1 && "gallery", wide && "wide"].filter(Boolean).join(" ");
  const figure = make("figure", { class: classes || null }, ...pictures.map(imageElement));
  if (caption) {
    figure.append(make("figcaption", {}, inlineOnly(new DOMParser().parseFromString(caption, "text/html").body)));
  }
  return figure;
}

export const Picture = Node.create({
  name: "picture",
  group: "block",
  atom: true,
  draggable: true,
  selectable: true,
  isolating: true,

  addAttributes: () => ({
    // `readFigure` reads them all; an attribute of the element says nothing.
    pictures: { default: [], rendered: false, parseHTML: () => null },
    caption: { default: "", rendered: false, parseHTML: () => null },
    wide: { default: false, rendered: false, parseHTML: () => null },
  }),

  parseHTML: () => [
    { tag: "figure", getAttrs: readFigure },
    { tag: 'img[src]:not([src^="data:"])', getAttrs: (image) => ({ pictures: [readImage(image)] }) },
  ],
  renderHTML: ({ node }) => figureElement(node.attrs),
  addNodeView: () => (given) => new PictureView(given),

  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "picture",
      groups: "nodes",
      button: buttons.material("add_photo_alternate", gettext("Picture")),
      command: (editor) => pick((picture) => insertFigure(editor, picture)),
    });
  },

  addKeyboardShortcuts: () => ({
    Enter: ({ editor }) => selectsObject(editor.state.selection) && writeAfter(editor.view),
    Tab: ({ editor }) => focusFields(editor),
    "Alt-ArrowUp": ({ editor }) => moveBlock(editor.view, -1),
    "Alt-ArrowDown": ({ editor }) => moveBlock(editor.view, 1),
  }),

  addProseMirrorPlugins: () => [
    new Plugin({
      props: {
        handleTextInput: (view, _from, _to, text) => selectsObject(view.state.selection) && writeAfter(view, text),
        // What is pasted stands after the picture, which stays.
        handlePaste: (view) => selectsObject(view.state.selection) && writeAfter(view) && false,
        handleDOMEvents: {
          // Before an input method composes, which no handler of text could move.
          compositionstart: (view) => selectsObject(view.state.selection) && writeAfter(view) && false,
        },
      },
    }),
  ],
});

// Puts the caret into a new paragraph after the selected picture, and `text` into it.
function writeAfter(view, text = "") {
  const { state } = view;
  const at = state.selection.to;
  const paragraph = state.schema.nodes.paragraph.create(null, text ? state.schema.text(text) : null);
  const tr = state.tr.insert(at, paragraph);
  tr.setSelection(TextSelection.create(tr.doc, at + 1 + text.length));
  view.dispatch(tr.scrollIntoView());
  return true;
}

function focusFields(editor) {
  if (!selectsObject(editor.state.selection)) return false;
  const field = editor.view.nodeDOM(editor.state.selection.from)?.querySelector(".body-picture__panel input");
  field?.focus();
  return Boolean(field);
}

// Moves the block at the caret past its neighbour, up (-1) or down (1).
function moveBlock(view, by) {
  const { state } = view;
  const { $from, node } = state.selection;
  const depth = node ? $from.depth : Math.max(0, $from.depth - 1);
  const parent = $from.node(depth);
  const index = $from.index(depth);
  const other = index + by;
  if (index >= parent.childCount || other < 0 || other >= parent.childCount) return true;
  const block = parent.child(index);
  const start = $from.posAtIndex(index, depth);
  const offset = state.selection.from - start;
  const tr = state.tr.delete(start, start + block.nodeSize);
  const target = by < 0 ? start - parent.child(other).nodeSize : start + parent.child(other).nodeSize;
  tr.insert(target, block);
  const at = target + offset;
  tr.setSelection(node ? NodeSelection.create(tr.doc, at) : TextSelection.near(tr.doc.resolve(at)));
  view.dispatch(tr.scrollIntoView());
  return true;
}

// After what is selected, which stays.
function insertFigure(editor, picture) {
  editor.chain().focus().insertContentAt(editor.state.selection.to, figureOf(picture)).run();
}

// Dragged is the figure, not its image.
function shown({ src, alt, file }) {
  return make("img", { src, alt: alt ?? "", draggable: "false", "data-file": file });
}

// What the library says of a picture, once for each.
const described = new Map();

function library(key) {
  const address = document.querySelector("a[data-picture-pick]")?.href;
  if (!key || !address) return Promise.resolve(null);
  if (!described.has(key)) {
    const asked = fetch(`${address}${key}/`).then((answer) => (answer.ok ? answer.json() : null));
    described.set(
      key,
      asked.catch(() => null),
    );
  }
  return described.get(key);
}

// The figure in the editor, with the fields of its words.
class PictureView {
  constructor({ node, view, getPos, editor }) {
    Object.assign(this, { node, view, getPos, editor });
    this.images = make("div", { class: "body-picture__images" });
    this.caption = make("div", {
      class: "body-picture__caption",
      contenteditable: "true",
      role: "textbox",
      "aria-label": gettext("Caption"),
      "data-placeholder": gettext("Caption"),
      oninput: () => this.set("caption", this.captionHTML()),
      onpaste: (event) => pastePlain(event),
      onkeydown: (event) => this.keyInCaption(event),
    });
    this.panel = make("div", { class: "body-picture__panel" });
    this.dom = make("figure", { class: "body-picture", contenteditable: "false" }, this.images, this.caption, this.panel);
    this.draw();
  }

  get pictures() {
    return this.node.attrs.pictures;
  }

  draw() {
    const { pictures, caption, wide } = this.node.attrs;
    this.dom.classList.toggle("body-picture--wide", wide);
    this.dom.classList.toggle("body-picture--gallery", pictures.length > 1);
    this.images.replaceChildren(...pictures.map((picture) => shown(picture)));
    if (this.captionHTML() !== caption) {
      this.caption.replaceChildren(inlineOnly(new DOMParser().parseFromString(caption, "text/html").body));
    }
    const keys = pictures.map(({ file }) => file).join();
    if (keys !== this.keys) this.drawPanel();
    this.keys = keys;
    pictures.forEach(({ alt }, index) => {
      // Undone, or changed elsewhere; what is being typed here is already there.
      if (this.alts[index].value.trim() !== (alt ?? "").trim()) this.alts[index].value = alt ?? "";
    });
    this.wide.ariaPressed = String(wide);
  }

  drawPanel() {
    this.wide = button(gettext("Wide"), () => this.set("wide", !this.node.attrs.wide), { "aria-pressed": "false" });
    this.alts = [];
    const several = this.pictures.length > 1;
    const add = this.pictures.length < MOST_IN_GALLERY && button(gettext("Add a picture beside it…"), () => this.add());
    const bar = make("div", { class: "body-picture__bar" }, this.wide, add || null);
    bar.append(
      button("↑", () => this.move(-1), { "aria-label": gettext("Move up"), title: "Alt+↑" }),
      button("↓", () => this.move(1), { "aria-label": gettext("Move down"), title: "Alt+↓" }),
      button(several ? gettext("Remove the gallery") : gettext("Remove"), () => this.remove()),
    );
    this.panel.replaceChildren(...this.pictures.map((picture, index) => this.fieldsOf(picture, index, several)), bar);
  }

  fieldsOf(picture, index, several) {
    const alt = make("input", {
      type: "text",
      value: picture.alt ?? "",
      oninput: () => this.setPicture(index, { alt: alt.value }),
      onchange: () => this.describe(picture.file, { alt: alt.value }),
    });
    this.alts[index] = alt;
    const credit = make("input", {
      type: "text",
      // It is the library's, and no part of the article.
      oninput: (event) => event.stopPropagation(),
      onchange: (event) => {
        event.stopPropagation();
        this.describe(picture.file, { credit: credit.value });
      },
    });
    const said = make("span", { class: "body-picture__said", role: "status" });
    const fields = make(
      "div",
      { class: "body-picture__fields", onkeydown: (event) => this.keyInField(event) },
      labelled(several ? gettext("Alt text of picture {number}", { number: index + 1 }) : gettext("Alt text"), alt),
      picture.file ? labelled(gettext("Credit (in the library)"), credit) : null,
      several ? button(gettext("Remove picture {number}", { number: index + 1 }), () => this.removePicture(index)) : null,
      said,
    );
    library(picture.file).then((known) => {
      if (!known) return;
      credit.value ||= known.credit ?? "";
      if (known.alt) alt.placeholder = known.alt;
      if (known.caption && this.pictures.length === 1) this.caption.dataset.placeholder = known.caption;
    });
    return fields;
  }

  captionHTML() {
    return this.caption.textContent.trim() ? inlineHTML(this.caption.innerHTML) : "";
  }

  set(name, value) {
    this.view.dispatch(this.view.state.tr.setNodeAttribute(this.getPos(), name, value));
  }

  setPicture(index, change) {
    this.set(
      "pictures",
      this.pictures.map((picture, at) => (at === index ? { ...picture, ...change } : picture)),
    );
  }

  removePicture(index) {
    this.set(
      "pictures",
      this.pictures.filter((_picture, at) => at !== index),
    );
  }

  add() {
    pick((picture) => this.set("pictures", [...this.pictures, pictureOf(picture)]));
  }

  select() {
    this.view.dispatch(this.view.state.tr.setSelection(NodeSelection.create(this.view.state.doc, this.getPos())));
  }

  move(by) {
    this.select();
    moveBlock(this.view, by);
    this.view.focus();
  }

  remove() {
    this.select();
    this.view.dispatch(this.view.state.tr.deleteSelection().scrollIntoView());
    this.view.focus();
  }

  // Credits belong to the library, and an alt text too where the library has none.
  async describe(key, words) {
    const address = (await library(key))?.describe;
    if (!address) return;
    const data = new FormData();
    data.append("csrfmiddlewaretoken", token());
    for (const [name, value] of Object.entries(words)) data.append(name, value.trim());
    const say = (sentence) => {
      for (const line of this.panel.querySelectorAll(".body-picture__said")) line.textContent = sentence;
    };
    try {
      const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
      const known = await answer.json();
      if (!answer.ok) return say(known.sentence);
      described.delete(key);
      if (words.credit !== undefined) say(gettext("The credit is saved in the library."));
    } catch {
      say(gettext("The library cannot be reached. The credit was not saved."));
    }
  }

  keyInField(event) {
    if (event.key === "Escape") this.leave(event);
    if (event.key !== "Enter" || event.isComposing || event.target.localName !== "input") return;
    // Not the form's: nothing is saved by leaving a field.
    event.preventDefault();
    const fields = [...this.panel.querySelectorAll("input"), this.caption];
    fields[fields.indexOf(event.target) + 1].focus();
  }

  keyInCaption(event) {
    if (event.key === "Escape") this.leave(event);
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    this.select();
    writeAfter(this.view);
    this.view.focus();
  }

  leave(event) {
    event.preventDefault();
    this.select();
    this.view.focus();
  }

  // What ProseMirror asks of a view

  update(node) {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw();
    return true;
  }

  selectNode() {
    this.dom.classList.add("body-picture--selected");
  }

  deselectNode() {
    this.dom.classList.remove("body-picture--selected");
  }

  stopEvent(event) {
    return this.panel.contains(event.target) || this.caption.contains(event.target);
  }

  ignoreMutation() {
    return true;
  }
}

function pastePlain(event) {
  event.preventDefault();
  document.execCommand("insertText", false, event.clipboardData.getData("text/plain").replace(/\s+/g, " "));
}
