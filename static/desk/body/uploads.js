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
        // Positions that are mapped by hand: a decoration would go with the block beside it.
        init: () => [],
        apply(tr, places) {
          const { add, remove } = tr.getMeta(key) ?? {};
          const moved = places.filter(({ id }) => id !== remove).map((place) => ({ ...place, at: betweenBlocks(tr.doc, tr.mapping.map(place.at)) }));
          return add ? [...moved, add] : moved;
        },
      },
      props: {
        decorations: (state) =>
          DecorationSet.create(
            state.doc,
            key.getState(state).map(({ id, at, dom }, index) => Decoration.widget(at, dom, { key: `upload-${id}`, side: index + 1, ignoreSelection: true, stopEvent: () => true })),
          ),
      },
    }),
  ],
});

export const pictureFiles = (files) => [...(files ?? [])].filter((file) => file.type.startsWith("image/"));

export const mayUpload = () => Boolean(document.querySelector("a[data-picture-pick]")?.dataset.upload);

// Beside the block at the position, never inside a paragraph.
function betweenBlocks(doc, at) {
  const $at = doc.resolve(Math.min(at, doc.content.size));
  if (!$at.depth) return $at.pos;
  return $at.parentOffset ? $at.after(1) : $at.before(1);
}

let number = 0;

// Uploads the file, after those before it, and puts its figure at the position, which moves with the text.
export function uploadAt(editor, file, at, { alt = "" } = {}) {
  const id = (number += 1);
  const dom = make("div", { class: "body-upload", contenteditable: "false" });
  editor.view.dispatch(editor.state.tr.setMeta(key, { add: { id, at: betweenBlocks(editor.state.doc, at), dom } }));
  const done = () => editor.view.dispatch(editor.state.tr.setMeta(key, { remove: id }).setMeta("addToHistory", false));
  const start = () => {
    const upload = attempt(editor, { file, alt, id, dom, start, done }).finally(() => running.delete(upload));
    running.add(upload);
  };
  start();
}

let before = Promise.resolve();

// Whether the picture has arrived.
async function attempt(editor, { file, alt, id, dom, start, done }) {
  const name = make("bdi", {}, file.name);
  const progress = make("progress", { max: 1, "aria-label": gettext("Progress of {file}", { file: file.name }) });
  const state = make("span", { role: "status" }, gettext("Uploading …"));
  dom.classList.remove("body-upload--failed");
  dom.replaceChildren(name, " ", state, progress);
  const sending = before.then(() =>
    sent(file, (part) => {
      progress.value = part;
      state.textContent = part < 1 ? percent(part) : gettext("Processing …");
    }),
  );
  before = sending;
  const result = await sending;
  if (result.key) {
    const place = key.getState(editor.state).find((one) => one.id === id);
    put(editor, place?.at ?? editor.state.doc.content.size, result, { alt, id });
    return true;
  }
  dom.classList.add("body-upload--failed");
  dom.replaceChildren(name, make("span", { role: "alert" }, result.sentence), button(gettext("Try again"), start), button(gettext("Remove"), done));
  return false;
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
  let held = null;
  form.addEventListener(
    "submit",
    async (event) => {
      if (!running.size) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      said(gettext("Your pictures are still being uploaded. The article is saved when they have arrived."));
      const isFirst = !held;
      held = { submitter: event.submitter };
      if (!isFirst) return;
      const haveArrived = await Promise.all(running);
      const { submitter } = held;
      held = null;
      if (haveArrived.every(Boolean)) {
        said("");
        form.requestSubmit(submitter);
      } else said(gettext("Not saved: a picture could not be uploaded. Try again or remove it, then save."));
    },
    { capture: true },
  );
  addEventListener("beforeunload", (event) => document.querySelector(".body-upload") && event.preventDefault());
}
