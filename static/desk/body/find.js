// Find and replace in the text that is being written.

import * as prose from "django-prose-editor/editor";
import { gettext, ngettext } from "../../js/texts.js";
import { button, labelled, make } from "./dom.js";

const { Extension, Plugin } = prose;
const { PluginKey, TextSelection } = prose.pm.state;
const { Decoration, DecorationSet } = prose.pm.view;

const key = new PluginKey("find");

export const Find = Extension.create({
  name: "find",
  addKeyboardShortcuts: () => ({ "Mod-h": ({ editor }) => openBar(editor) }),
  addMenuItems({ menu, buttons }) {
    menu.defineItem({ name: "find", groups: "utility", button: buttons.material("search", "find"), command: openBar });
  },
  addProseMirrorPlugins: () => [
    new Plugin({
      key,
      state: {
        init: () => ({ query: "", matches: [], decorations: DecorationSet.empty }),
        apply(tr, before, _old, { doc }) {
          const query = tr.getMeta(key) ?? before.query;
          if (query === before.query && !tr.docChanged) return before;
          const matches = matchesIn(doc, query);
          const marked = matches.map(({ from, to }) => Decoration.inline(from, to, { class: "body-found" }));
          return { query, matches, decorations: DecorationSet.create(doc, marked) };
        },
      },
      props: { decorations: (state) => key.getState(state).decorations },
    }),
  ],
});

// As long as the text, although some capitals have a longer small letter.
function inSmallLetters(text) {
  return Array.from({ length: text.length }, (_none, index) => text[index].toLowerCase()[0] ?? text[index]).join("");
}

// Where the words stand, without regard to case. A match lies in one paragraph and may cross formatting.
export function matchesIn(doc, query) {
  const matches = [];
  const wanted = inSmallLetters(query);
  if (!wanted) return matches;
  doc.descendants((block, at) => {
    if (!block.isTextblock) return true;
    // One character for each position, so that offsets are positions.
    const text = block.textBetween(0, block.content.size, "\n", "\uFFFC");
    const lower = inSmallLetters(text);
    for (let found = lower.indexOf(wanted); found >= 0; found = lower.indexOf(wanted, found + wanted.length)) {
      matches.push({ from: at + 1 + found, to: at + 1 + found + wanted.length });
    }
    return false;
  });
  return matches;
}

function openBar(editor) {
  const frame = editor.view.dom.closest(".prose-editor");
  const open = frame.querySelector(".body-find");
  if (open) return focusBar(open);
  const said = make("span", { class: "body-find__said", role: "status" });
  const words = make("input", { type: "text", dir: "auto", oninput: () => look() });
  const other = make("input", { type: "text", dir: "auto" });
  const bar = make(
    "div",
    {
      class: "body-find",
      role: "search",
      "aria-label": gettext("Find and replace"),
      onkeydown: (event) => keyed(event),
      // Searching changes nothing in the article.
      oninput: (event) => event.stopPropagation(),
      onchange: (event) => event.stopPropagation(),
    },
    labelled(gettext("Find"), words),
    labelled(gettext("Replace with"), other),
    button(gettext("Previous"), () => go(-1)),
    button(gettext("Next"), () => go(1)),
    button(gettext("Replace"), () => replaceOne()),
    button(gettext("Replace all"), () => replaceAll()),
    button(gettext("Close"), () => close()),
    said,
  );
  const matches = () => key.getState(editor.state).matches;

  function look() {
    editor.view.dispatch(editor.state.tr.setMeta(key, words.value));
    const { length } = matches();
    said.textContent = words.value ? ngettext("{count} match", "{count} matches", length) : "";
  }

  function go(by) {
    const all = matches();
    if (!all.length) return null;
    const { from, to } = editor.state.selection;
    const index = by > 0 ? all.findIndex((match) => match.from >= to) : all.findLastIndex((match) => match.to <= from);
    const match = index < 0 ? all.at(by > 0 ? 0 : -1) : all[index];
    const tr = editor.state.tr.setSelection(TextSelection.create(editor.state.doc, match.from, match.to));
    editor.view.dispatch(tr.scrollIntoView());
    return match;
  }

  function replaceOne() {
    const { from, to } = editor.state.selection;
    if (matches().some((match) => match.from === from && match.to === to)) put([{ from, to }]);
    go(1);
  }

  function replaceAll() {
    const all = matches();
    put(all);
    said.textContent = ngettext("{count} replacement", "{count} replacements", all.length);
  }

  function put(places) {
    const { tr, schema } = editor.state;
    for (const { from, to } of places.toReversed()) {
      const marks = tr.doc.resolve(from).marksAcross(tr.doc.resolve(to)) ?? [];
      if (other.value) tr.replaceWith(from, to, schema.text(other.value, marks));
      else tr.delete(from, to);
    }
    editor.view.dispatch(tr);
  }

  function keyed(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && event.target.localName === "input") go(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  function close() {
    editor.view.dispatch(editor.state.tr.setMeta(key, ""));
    bar.remove();
    editor.commands.focus();
  }

  const { from, to } = editor.state.selection;
  words.value = editor.state.doc.textBetween(from, to, " ").slice(0, 200);
  frame.querySelector(".prose-menubar").after(bar);
  look();
  return focusBar(bar);
}

function focusBar(bar) {
  bar.querySelector("input").select();
  bar.querySelector("input").focus();
  return true;
}
