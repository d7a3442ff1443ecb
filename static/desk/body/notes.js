// Footnotes: numbered references in the text, and the notes at its end, linked both ways.

import * as prose from "django-prose-editor/editor";
import { gettext } from "../../js/texts.js";

const { Node, Plugin } = prose;
const { TextSelection } = prose.pm.state;

const REFERENCE = /^#note-([1-9][0-9]{0,2})$/;
const NOTE = /^note-([1-9][0-9]{0,2})$/;

function numberOfReference(sup) {
  const link = sup.children.length === 1 && sup.textContent.trim() === sup.firstElementChild.textContent.trim() && sup.firstElementChild;
  const found = link && link.localName === "a" && link.id.startsWith("noteref-") && REFERENCE.exec(link.getAttribute("href"));
  return found ? { number: Number(found[1]) } : false;
}

export const NoteReference = Node.create({
  name: "noteReference",
  group: "inline",
  inline: true,
  atom: true,
  addAttributes: () => ({ number: { default: 1, rendered: false, parseHTML: () => null } }),
  parseHTML: () => [{ tag: "sup", priority: 60, getAttrs: numberOfReference }],
  renderHTML: ({ node: { attrs } }) => [
    "sup",
    ["a", { href: `#note-${attrs.number}`, id: `noteref-${attrs.number}` }, String(attrs.number)],
  ],
  renderText: ({ node }) => `[${node.attrs.number}]`,
  addMenuItems({ menu, buttons }) {
    menu.defineItem({
      name: "footnote",
      groups: "nodes",
      button: buttons.text("¹", gettext("Footnote")),
      command: (editor) => addNote(editor.view),
    });
  },
  addKeyboardShortcuts: () => ({ "Mod-Alt-f": ({ editor }) => addNote(editor.view) }),
  addProseMirrorPlugins: () => [
    new Plugin({
      appendTransaction(transactions, _before, state) {
        if (!transactions.some(({ docChanged }) => docChanged)) return null;
        return arrange(state.tr);
      },
    }),
  ],
});

export const NoteList = Node.create({
  name: "noteList",
  group: "block",
  content: "note+",
  parseHTML: () => [{ tag: "ol.notes", priority: 60 }],
  renderHTML: () => ["ol", { class: "notes" }, 0],
});

export const Note = Node.create({
  name: "note",
  content: "paragraph block*",
  defining: true,
  addAttributes: () => ({ number: { default: 1, rendered: false, parseHTML: () => null } }),
  parseHTML: () => [
    {
      tag: "li",
      priority: 60,
      getAttrs: ({ id }) => {
        const found = NOTE.exec(id);
        return found ? { number: Number(found[1]) } : false;
      },
    },
    // The way back, which `withWaysBack` adds.
    { tag: 'a[href^="#noteref-"]', priority: 70, ignore: true },
  ],
  renderHTML: ({ node }) => ["li", { id: `note-${node.attrs.number}` }, 0],
});

// The HTML of the editor with a link from each note to its reference.
export function withWaysBack(html) {
  if (!html.includes('<ol class="notes">')) return html;
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const note of page.querySelectorAll("ol.notes > li")) {
    const back = page.createElement("a");
    back.setAttribute("href", `#noteref-${note.id.slice("note-".length)}`);
    back.textContent = "↩";
    const last = note.lastElementChild?.localName === "p" ? note.lastElementChild : note.appendChild(page.createElement("p"));
    last.append(last.textContent.trim() ? " " : "", back);
  }
  return page.body.innerHTML;
}

function found(doc) {
  const references = [];
  const lists = [];
  doc.descendants((node, at) => {
    if (node.type.name === "noteReference") references.push({ node, at });
    if (node.type.name === "noteList") lists.push({ node, at });
    return node.type.name !== "noteList";
  });
  return { references, lists };
}

export function highestNote(doc) {
  const { references, lists } = found(doc);
  const notes = lists.flatMap(({ node }) => node.content.content);
  return Math.max(0, ...references.map(({ node }) => node.attrs.number), ...notes.map(({ attrs }) => attrs.number));
}

// Numbers references in the order of the text, sorts the notes and puts them at the end.
// Returns the transaction, or null if all was in order.
function arrange(tr) {
  const { references, lists } = found(tr.doc);
  if (!references.length && !lists.length) return null;
  const numbers = new Map();
  const next = (number) => numbers.set(number, numbers.size + 1);
  for (const { node } of references) if (!numbers.has(node.attrs.number)) next(node.attrs.number);
  const notes = lists.flatMap(({ node }) => node.content.content);
  for (const { attrs } of notes) if (!numbers.has(attrs.number)) next(attrs.number);
  const places = notes.map(({ attrs }) => numbers.get(attrs.number));
  const isSorted = places.every((place, index) => index === 0 || places[index - 1] <= place);
  const last = lists.at(-1);
  const stands = lists.length === 0 || (lists.length === 1 && isSorted && last.at + last.node.nodeSize === tr.doc.content.size);
  for (const { node, at } of references) {
    const number = numbers.get(node.attrs.number);
    if (number !== node.attrs.number) tr.setNodeAttribute(at, "number", number);
  }
  if (stands) {
    last?.node.forEach((note, offset, index) => {
      if (note.attrs.number !== places[index]) tr.setNodeAttribute(last.at + 1 + offset, "number", places[index]);
    });
    return tr.docChanged ? tr : null;
  }
  const sorted = notes
    .map((note, index) => note.type.create({ number: places[index] }, note.content))
    .sort((one, other) => one.attrs.number - other.attrs.number);
  for (const { node, at } of lists.toReversed()) tr.delete(at, at + node.nodeSize);
  return tr.insert(tr.doc.content.size, tr.doc.type.schema.nodes.noteList.create(null, sorted));
}

// A reference at the caret, and the caret in its new, empty note.
function addNote(view) {
  const { schema, selection, doc } = view.state;
  const { noteReference, noteList, note, paragraph } = schema.nodes;
  const { parent } = selection.$to;
  if (!parent.inlineContent || parent.type.spec.code || selection.$to.node(1)?.type === noteList) return false;
  const number = highestNote(doc) + 1;
  const tr = view.state.tr.insert(selection.to, noteReference.create({ number }));
  tr.insert(tr.doc.content.size, noteList.create(null, note.create({ number }, paragraph.create())));
  const mine = tr.doc.nodeAt(selection.to);
  arrange(tr);
  const place = tr.doc.nodeAt(selection.to)?.type === mine.type ? tr.doc.nodeAt(selection.to).attrs.number : number;
  tr.doc.descendants((node, at) => {
    if (node.type !== note || node.attrs.number !== place) return true;
    tr.setSelection(TextSelection.create(tr.doc, at + 2));
    return false;
  });
  view.dispatch(tr.scrollIntoView());
  view.focus();
  return true;
}
