// Pictures dropped or pasted into the text. A placeholder with the progress stands in their place and
// moves with the text; a failed upload says why and can be tried again. Saving waits for them.

import * as prose from "django-prose-editor/editor";
import { gettext, percent } from "../../js/texts.js";
import { button, make, token } from "./dom.js";
import { figureOf } from "./figures.js";

const { Extension, Plugin } = prose;
const { PluginKey } = prose.pm.state;
const { Decoration, DecorationSet } = prose.pm.view;

const key = new PluginKey("uploads");
// The running uploads, each a promise that is fulfilled whatever becomes of it.
const running = new Set();

export const Uploads = Extension.create({
  name: "uploads",
  addProseMirrorPlugins: () => [
    new Plugin({
      key,
      state: {
        init: () => DecorationSet.empty,
        apply(tr, shown) {
          let moved = shown.map(tr.mapping, tr.doc);
          const { add, remove } = tr.getMeta(key) ?? {};
          if (add) moved = moved.add(tr.doc, [Decoration.widget(add.at, add.dom, { id: add.id, side: -1, ignoreSelection: true, stopEvent: () => true })]);
          if (remove) moved = moved.remove(moved.find(undefined, undefined, ({ id }) => id === remove));
          return moved;
        },
      },
      props: { decorations: (state) => key.getState(state) },
    }),
  ],
});

export const pictureFiles = (files) => [...(files ?? [])].filter((file) => file.type.startsWith("image/"));

export const mayUpload = () => Boolean(document.querySelector("a[data-picture-pick]")?.dataset.upload);

// Uploads the file and puts its figure at the position, which moves with the text meanwhile.
export function uploadAt(editor, file, at, { alt = "" } = {}) {
  const id = {};
  const $at = editor.state.doc.resolve(Math.min(at, editor.state.doc.content.size));
  // Beside the block at the position, never inside a paragraph.
  const place = $at.depth ? ($at.parentOffset ? $at.after(1) : $at.before(1)) : $at.pos;
  const dom = make("div", { class: "body-upload", contenteditable: "false" });
  editor.view.dispatch(editor.state.tr.setMeta(key, { add: { id, at: place, dom } }));
  const done = () => editor.view.dispatch(editor.state.tr.setMeta(key, { remove: id }).setMeta("addToHistory", false));
  const start = () => {
    const upload = attempt(editor, { file, alt, id, dom, start, done }).finally(() => running.delete(upload));
    running.add(upload);
  };
  start();
}

async function attempt(editor, { file, alt, id, dom, start, done }) {
  const name = make("bdi", {}, file.name);
  const progress = make("progress", { max: 1, "aria-label": gettext("Progress of {file}", { file: file.name }) });
  const state = make("span", { role: "status" }, gettext("Uploading …"));
  dom.classList.remove("body-upload--failed");
  dom.replaceChildren(name, " ", state, progress);
  const result = await sent(file, (part) => {
    progress.value = part;
    state.textContent = part < 1 ? percent(part) : gettext("Processing …");
  });
  if (result.key) {
    const [widget] = key.getState(editor.state).find(undefined, undefined, (spec) => spec.id === id);
    if (widget) put(editor, widget.from, result, { alt, id });
    return;
  }
  dom.classList.add("body-upload--failed");
  dom.replaceChildren(name, make("span", { role: "alert" }, result.sentence), button(gettext("Try again"), start), button(gettext("Remove"), done));
}

function put(editor, at, result, { alt, id }) {
  const figure = figureOf(result);
  if (alt) figure.attrs.pictures[0].alt = alt;
  const node = editor.schema.nodeFromJSON(figure);
  editor.view.dispatch(editor.state.tr.insert(at, node).setMeta(key, { remove: id }));
}

function sent(file, onProgress) {
  const data = new FormData();
  data.append("csrfmiddlewaretoken", token());
  data.append("files", file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", document.querySelector("a[data-picture-pick]").dataset.upload);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => lengthComputable && onProgress(loaded / total));
    request.addEventListener("loadend", () => resolve(answerOf(request)));
    request.send(data);
  });
}

function answerOf(request) {
  try {
    const { results, problem } = JSON.parse(request.responseText);
    return results[0] ?? { sentence: problem };
  } catch {
    return {
      sentence: request.status
        ? gettext("The server refused the upload. Sign in again in another tab, then try again.")
        : gettext("The server cannot be reached. Try again when you are back online."),
    };
  }
}

// Before a form is sent, while pictures are on their way: holds it back until they have arrived.
export function holdForms(form, said) {
  form.addEventListener(
    "submit",
    async (event) => {
      if (!running.size) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      said(gettext("Your pictures are still being uploaded. The article is saved when they have arrived."));
      const { submitter } = event;
      await Promise.allSettled(running);
      said("");
      form.requestSubmit(submitter);
    },
    { capture: true },
  );
  // Before autosave and other listeners of the form, which were added to the form itself.
  addEventListener("beforeunload", (event) => running.size && event.preventDefault());
}
