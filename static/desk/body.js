// Turns the textarea of an article's body into an editor.
//
// The editor is django-prose-editor. The modules in body/ add what it does not know: the HTML of articles,
// pictures as objects, uploads, pasting, links, footnotes, a toolbar. It is started without a <style> element
// (the page's CSP allows none). If it would lose anything of a text, the textarea stays.

import * as prose from "django-prose-editor/editor";
import { gettext, ngettext } from "../js/texts.js";
import { showCounts } from "./body/counts.js";
import { Find } from "./body/find.js";
import { LinkBox } from "./body/links.js";
import { loses } from "./body/loss.js";
import { highestNote, withWaysBack } from "./body/notes.js";
import { fromClipboard, isOwn, saysWords, takePictures, withNotesFrom } from "./body/paste.js";
import { configured, whole } from "./body/schema.js";
import { toolbarItems } from "./body/toolbar.js";
import { Typography, languageOfArticle } from "./body/typography.js";
import { Uploads, holdForms, mayUpload, pictureFiles, uploadAt } from "./body/uploads.js";

const { Editor, Menu } = prose;

// Scripts that are written from right to left, by the language's code.
const RIGHT_TO_LEFT = new Set(["ar", "dv", "fa", "he", "ks", "ku", "ps", "sd", "ug", "ur", "yi"]);

const isEmpty = (html) => /^<(\w+)><\/\1>$/.test(html);

function htmlOf(editor) {
  const html = withWaysBack(whole(editor.getHTML()));
  return isEmpty(html) ? "" : html;
}

// A line under the editor for what happened to pictures and pasted text.
function speaker(frame) {
  const line = document.createElement("p");
  line.className = "help body-said";
  line.setAttribute("role", "status");
  return (sentence) => {
    if (!line.isConnected) frame.after(line);
    line.textContent = sentence;
  };
}

function takeFiles(editor, files, at) {
  const pictures = pictureFiles(files);
  if (!pictures.length || !mayUpload()) return false;
  for (const file of pictures) uploadAt(editor, file, at);
  return true;
}

// How the editor takes what is dropped and pasted.
function intake(editor, said) {
  let carried = [];
  return {
    handleDrop(view, event, _slice, isMoved) {
      if (isMoved) return false;
      const at = view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? 0;
      const isTaken = takeFiles(editor(), event.dataTransfer?.files, at);
      if (isTaken) event.preventDefault();
      return isTaken;
    },
    handlePaste(view, event) {
      const html = event.clipboardData?.getData("text/html") ?? "";
      // Word and Excel put a picture of the text beside the text.
      if (saysWords(html) || event.clipboardData?.getData("text/plain").trim()) return false;
      const isTaken = takeFiles(editor(), event.clipboardData?.files, view.state.selection.to);
      if (isTaken) {
        // The HTML beside it says no more than that there is this picture.
        carried = [];
        said("");
      }
      return isTaken;
    },
    transformPastedHTML(html, view) {
      const notesFrom = highestNote(view.state.doc);
      const cleaned = takePictures(isOwn(html) ? withNotesFrom(html, notesFrom) : fromClipboard(html, { notesFrom }));
      carried = mayUpload() ? cleaned.files : [];
      const left = cleaned.foreign + (mayUpload() ? 0 : cleaned.files.length);
      if (left) said(ngettext("{count} picture from another site was left out. Save it and add it with the picture button.", "{count} pictures from other sites were left out. Save them and add them with the picture button.", left));
      if (carried.length) queueMicrotask(() => upload(view));
      return cleaned.html;
    },
  };

  function upload(view) {
    for (const { file, alt } of carried) uploadAt(editor(), file, view.state.selection.to, { alt });
    carried = [];
  }
}

function make(textarea, frame, said, label) {
  const extensions = JSON.parse(textarea.dataset.deskBody);
  let editor = null;
  editor = new Editor({
    element: frame,
    injectCSS: false,
    extensions: [...configured(extensions), LinkBox, Find, Uploads, Typography, Menu.configure({ items: toolbarItems })],
    content: textarea.value,
    editorProps: {
      ...intake(() => editor, said),
      attributes: {
        role: "textbox",
        "aria-multiline": "true",
        "aria-label": label?.textContent.replace(/:\s*$/, "") ?? gettext("Body"),
      },
      // The caret stays clear of the toolbar above and of the bar below.
      scrollMargin: { top: 72, bottom: 72, left: 0, right: 0 },
      scrollThreshold: { top: 72, bottom: 72, left: 0, right: 0 },
    },
    onUpdate() {
      textarea.value = htmlOf(editor);
      textarea.dispatchEvent(new Event("input", { bubbles: true }));
    },
  });
  return editor;
}

function start(textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"]`);
  const frame = document.createElement("div");
  frame.className = "prose-editor";
  textarea.before(frame);
  frame.append(textarea);
  const said = speaker(frame);
  const editor = make(textarea, frame, said, label);

  // Text that another script sets: unsaved text, or somebody else's version.
  textarea.addEventListener("desk:put", () => {
    if (editor.isDestroyed) return;
    const html = textarea.value;
    editor.commands.setContent(html);
    if (!loses(html, htmlOf(editor))) return;
    textarea.value = html;
    showAsHtml();
  });
  if (loses(textarea.value, htmlOf(editor))) {
    showAsHtml();
    return;
  }
  label?.addEventListener("click", () => editor.commands.focus());
  if (textarea.form) holdForms(textarea.form, said);
  const place = document.querySelector("[data-writing]");
  if (place) showCounts(editor, place);
  followLanguage(editor.view.dom);
  // The checks before publishing link here.
  if (location.hash === `#${textarea.id}`) editor.commands.focus("start");

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

// Title, standfirst and text are in the article's language, for spell checkers and for the direction.
function followLanguage(body) {
  const field = document.querySelector("#id_language");
  const fields = [body, ...document.querySelectorAll("#id_title, #id_standfirst")];
  const follow = () => {
    const language = languageOfArticle();
    for (const one of fields) {
      one.lang = language;
      one.dir = language && RIGHT_TO_LEFT.has(language.split("-")[0]) ? "rtl" : language ? "ltr" : "auto";
    }
  };
  field?.addEventListener("change", follow);
  if (field) follow();
}

for (const textarea of document.querySelectorAll("textarea[data-desk-body]")) start(textarea);
