// The live preview: the article as readers would see it, beside its form.
//
// The form is sent shortly after the last key, one request at a time, and the response is shown
// in a frame in which no script runs. Nothing is saved. Beside a translation, the frame shows its
// source at first.

import { gettext } from "../js/texts.js";

const panel = document.querySelector("[data-beside]");
const form = panel?.closest("form") ?? document.querySelector("#article_form");
const frame = panel?.querySelector("iframe");
const place = panel?.querySelector(".beside__window");
const said = panel?.querySelector(".beside__said");

const STORED = "desk-preview-beside";
// Beside a translation the frame is open until it is closed.
const CLOSED = "desk-source-closed";
const source = panel?.dataset.source;
const PAUSE = 800;

let timer;
let sending = false;
let isBehind = false;

function button() {
  const item = document.createElement("li");
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.className = "beside-toggle";
  toggle.textContent = source ? gettext("Source beside") : gettext("Preview beside");
  toggle.setAttribute("aria-expanded", "false");
  toggle.addEventListener("click", () => (panel.hidden ? open() : close()));
  item.append(toggle);
  document.querySelector(".object-tools")?.prepend(item);
  return toggle;
}

function open() {
  panel.hidden = false;
  document.body.classList.add("beside-open");
  toggle.setAttribute("aria-expanded", "true");
  if (source) localStorage.removeItem(CLOSED);
  else localStorage.setItem(STORED, "open");
  fit();
  show();
}

function close() {
  panel.hidden = true;
  document.body.classList.remove("beside-open");
  toggle.setAttribute("aria-expanded", "false");
  if (source) localStorage.setItem(CLOSED, "closed");
  else localStorage.removeItem(STORED);
  toggle.focus();
}

// The page is drawn in full width and scaled down to fit.
function fit() {
  const width = Number(panel.querySelector("[name=beside-width]:checked").value);
  const room = place.clientWidth;
  const scale = Math.min(1, room / width);
  frame.style.inlineSize = `${width}px`;
  frame.style.blockSize = `${place.clientHeight / scale}px`;
  frame.style.transform = scale < 1 ? `scale(${scale})` : "";
  frame.style.marginInlineStart = `${Math.max(0, (room - width) / 2)}px`;
}

function showsSource() {
  return panel.querySelector("[name=beside-shows]:checked")?.value === "source";
}

function soon() {
  if (panel.hidden || showsSource()) return;
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE);
}

async function show() {
  if (sending) {
    isBehind = true;
    return;
  }
  sending = true;
  isBehind = false;
  const isSource = showsSource();
  try {
    const answer = await (isSource ? fetch(source, { redirect: "manual" }) : send());
    if (isSource !== showsSource()) isBehind = true;
    else if (answer.status === 413) said.textContent = await answer.text();
    else if (!answer.ok) said.textContent = gettext("The preview is unavailable. Sign in again in another tab.");
    else put(await answer.text(), isSource ? "" : gettext("Unsaved text"));
  } catch {
    said.textContent = gettext("The server cannot be reached. The preview shows earlier text.");
  }
  sending = false;
  if (isBehind) isSource === showsSource() ? soon() : show();
}

function send() {
  const data = new FormData(form);
  for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
  return fetch(panel.dataset.beside, {
    method: "POST",
    body: new URLSearchParams(data),
    redirect: "manual",
  });
}

function put(html, words) {
  const top = frame.contentWindow?.scrollY ?? 0;
  frame.addEventListener(
    "load",
    () => {
      frame.contentWindow.scrollTo({ top, behavior: "instant" });
      // A link would lead away from text that is not saved.
      frame.contentDocument.addEventListener("click", (event) => {
        if (event.target.closest("a:not([href^='#'])")) event.preventDefault();
      });
      said.textContent = words;
    },
    { once: true },
  );
  frame.srcdoc = withoutScripts(html);
}

// The frame does not run scripts and would log an error for each.
function withoutScripts(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  for (const script of page.querySelectorAll("script")) script.remove();
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

const toggle = panel && form ? button() : null;
if (toggle) {
  // Outside the form, so that this choice is not sent.
  document.body.append(panel);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  for (const radio of panel.querySelectorAll("[name=beside-width]")) radio.addEventListener("change", fit);
  for (const radio of panel.querySelectorAll("[name=beside-shows]")) radio.addEventListener("change", show);
  panel.querySelector(".beside__close").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => event.key === "Escape" && close());
  addEventListener("resize", () => panel.hidden || fit());
  const isWanted = source ? localStorage.getItem(CLOSED) === null : localStorage.getItem(STORED) === "open";
  if (isWanted && matchMedia("(width >= 64rem)").matches) open();
}
