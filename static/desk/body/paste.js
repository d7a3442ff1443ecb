// From the clipboard's HTML to the HTML of articles: Google Docs, Word (Windows, Mac and web), Excel,
// LibreOffice, Apple Pages, Notion and web pages. No editor is needed here: HTML in, HTML out.
//
// Our policy empties `element.style` in every document that is parsed here, and complains. So the style
// attributes get another name first, and the style sheets are read as text.

import { liftNotes } from "./paste_notes.js";
import { mergeLists } from "./paste_lists.js";
import { styleOf, stylesheetsOf } from "./paste_styles.js";

const DROPPED = "style, script, meta, link, title, xml, template, noscript, object, iframe, form, input, button, select, svg, video, audio";
const BLOCKS = new Set(
  "P DIV H1 H2 H3 H4 H5 H6 UL OL LI BLOCKQUOTE PRE TABLE THEAD TBODY TFOOT TR TD TH CAPTION FIGURE FIGCAPTION HR DL DT DD SECTION ARTICLE ASIDE HEADER FOOTER MAIN NAV ADDRESS DETAILS SUMMARY".split(" "),
);
const CONTAINERS = new Set("DIV SECTION ARTICLE ASIDE HEADER FOOTER MAIN NAV ADDRESS DETAILS SUMMARY CENTER FONT".split(" "));
const RENAMED = { B: "strong", I: "em", STRIKE: "s", DEL: "s", INS: "u", H1: "h2", H2: "h3", H4: "h3", H5: "h3", H6: "h3", TT: "code", KBD: "code", SAMP: "code", VAR: "em", DFN: "em" };
const KEPT_ATTRIBUTES = {
  A: ["href", "title", "hreflang", "id"],
  ABBR: ["title"],
  IMG: ["src", "alt", "width", "height", "data-file"],
  LI: ["id"],
  OL: ["start", "class"],
  TD: ["colspan", "rowspan"],
  TH: ["colspan", "rowspan", "scope"],
};
// Word's own names of paragraph styles, without the spaces and hyphens of other versions.
const TITLE = /^Mso(Title|Heading1)\b/;
const QUOTE = /\b(Mso|MsoIntense)Quote|quote|quotations\b/i;

// HTML that an article may hold. New footnotes are numbered after `notesFrom`.
export function fromClipboard(html, { notesFrom = 0 } = {}) {
  const source = withoutIslands(html);
  const sheets = stylesheetsOf(source);
  const page = new DOMParser().parseFromString(withoutStyles(source), "text/html");
  const { body } = page;
  for (const element of body.querySelectorAll(DROPPED)) element.remove();
  removeComments(page);
  for (const element of body.querySelectorAll("*")) element.look = styleOf(element, sheets);
  for (const element of [...body.querySelectorAll("*")]) if (element.look.display === "none") element.remove();
  for (const space of body.querySelectorAll(".Apple-converted-space")) space.replaceWith(" ");
  // The end of a paragraph of Word on the web, which is a no-break space.
  for (const end of body.querySelectorAll(".EOP")) end.remove();
  liftNotes(body, notesFrom);
  nameParagraphs(body);
  mergeLists(body);
  for (const element of [...body.querySelectorAll("*")].reverse()) markUp(element);
  body.querySelectorAll("a").forEach(cleanLink);
  for (const element of [...body.querySelectorAll("*")]) rename(element);
  unwrapContainers(body);
  tidyHeadings(body);
  splitAtBreaks(body);
  body.querySelectorAll("blockquote + blockquote").forEach(joinQuote);
  removeEmpty(body);
  body.querySelectorAll("strong strong, em em, s s, u u").forEach(unwrap);
  joinMarks(body);
  tidySpaces(body);
  return body.innerHTML;
}

// Whether HTML was copied from our own editor, which needs no cleaning.
export const isOwn = (html) => html.includes("data-pm-slice");

// Our own HTML with its footnotes numbered after those that the text has.
export function withNotesFrom(html, from) {
  if (!from || !html.includes('id="note-')) return html;
  return html.replace(/\b((?:id="|href="#)(?:note|noteref)-)(\d+)/g, (_whole, name, number) => name + (Number(number) + from));
}

// Whether the HTML says more than that there is a picture.
export function saysWords(html) {
  const { body } = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  for (const element of body.querySelectorAll("script, title")) element.remove();
  return Boolean(body.textContent.trim());
}

// Word hides half of its clipboard in conditional comments that browsers take for text.
function withoutIslands(html) {
  return html.replace(/<!--\[if[\s\S]*?<!\[endif\]-->/gi, "").replace(/<!\[(?:if|endif)[^\]]*\]>/gi, "").replace(/<\/?o:p>/gi, "");
}

function withoutStyles(html) {
  const bare = html.replace(/<style\b[\s\S]*?(<\/style>|$)/gi, "");
  return bare.replace(/<[a-z](?:[^>"']|"[^"]*"|'[^']*')*>/gi, (tag) => tag.replace(/\sstyle\s*=/i, " data-style="));
}

function removeComments(page) {
  const walker = page.createTreeWalker(page, NodeFilter.SHOW_COMMENT);
  const comments = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.remove();
}

function replaceWith(element, tag) {
  const other = element.ownerDocument.createElement(tag);
  for (const { name, value } of element.attributes) other.setAttribute(name, value);
  other.look = element.look;
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

export function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

function wrapContent(element, tag) {
  const wrapper = element.ownerDocument.createElement(tag);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
}

// Paragraphs whose style says that they are something else
function nameParagraphs(body) {
  for (const paragraph of body.querySelectorAll("p, div")) {
    const level = Number(/mso-outline-level\s*:\s*(\d)/.exec(paragraph.dataset.style)?.[1] ?? paragraph.ariaLevel ?? 0);
    const isHeading = paragraph.getAttribute("role") === "heading" || /mso-outline-level/.test(paragraph.dataset.style);
    if (TITLE.test(paragraph.className)) replaceWith(paragraph, "h1");
    else if (isHeading && level >= 1 && level <= 6) replaceWith(paragraph, `h${level}`);
    else if (paragraph.localName === "p" && QUOTE.test(paragraph.className)) {
      const quote = body.ownerDocument.createElement("blockquote");
      paragraph.replaceWith(quote);
      quote.append(paragraph);
    }
  }
}

// Bold, italic and so on, said by a style, by a font or by an element
function markUp(element) {
  const { look } = element;
  if (!look) return;
  const tag = element.tagName;
  const says = (name) => look[name] === true;
  const denies = (name) => look[name] === false;
  if ((tag === "B" || tag === "STRONG") && denies("bold")) return void unwrap(element);
  if ((tag === "I" || tag === "EM") && denies("italic")) return void unwrap(element);
  if (/^(SUB|SUP)$/.test(tag) && look.baseline) return void unwrap(element);
  // The style of a whole paragraph or list is the look of the page. That of a cell is meant.
  const isMeant = tag === "TD" || (!BLOCKS.has(tag) && tag !== "BODY");
  if (!isMeant || !element.textContent.trim() || /^(BR|IMG)$/.test(tag)) return;
  const inLink = element.closest("a");
  if (says("bold") && !/^(B|STRONG)$/.test(tag)) wrapContent(element, "strong");
  if (says("italic") && !/^(I|EM)$/.test(tag)) wrapContent(element, "em");
  if (says("strike") && !/^(S|STRIKE|DEL)$/.test(tag)) wrapContent(element, "s");
  // Underlined words are links or headlines for readers, so only an element says it.
  if (tag === "U" && inLink) return void unwrap(element);
  if (look.raised && tag !== "SUP") wrapContent(element, "sup");
  if (look.lowered && tag !== "SUB") wrapContent(element, "sub");
}

const REDIRECTS = [
  [/(^|\.)google\.[a-z.]+$/, "/url", ["q", "url"]],
  [/(^|\.)safelinks\.protection\.outlook\.com$/, "/", ["url"]],
  [/(^|\.)statics\.teams\.cdn\.office\.net$/, "/evergreen-assets/safelinks", ["url"]],
  [/^lm?\.facebook\.com$/, "/l.php", ["u"]],
  [/^l\.instagram\.com$/, "/", ["u"]],
  [/^(www\.)?linkedin\.com$/, "/redir/redirect", ["url"]],
  [/^out\.reddit\.com$/, "/", ["url"]],
  [/(^|\.)slack-redir\.net$/, "/link", ["url"]],
];

// The address behind the redirect of a mail program or a search engine.
export function withoutRedirect(href) {
  for (let steps = 0; steps < 3; steps++) {
    let url;
    try {
      url = new URL(href);
    } catch {
      return href;
    }
    const known = REDIRECTS.find(([host, path]) => host.test(url.hostname) && url.pathname.startsWith(path));
    const target = known?.[2].map((name) => url.searchParams.get(name)).find((value) => /^https?:\/\//i.test(value ?? ""));
    if (!target) return href;
    href = target;
  }
  return href;
}

function cleanLink(link) {
  const href = link.getAttribute("href")?.trim();
  if (!href || !link.textContent.trim() || !isAddress(href)) return void unwrap(link);
  link.setAttribute("href", withoutRedirect(href));
  if (!/^noteref-\d+$/.test(link.id)) link.removeAttribute("id");
}

function isAddress(href) {
  if (/^#note(ref)?-\d+$/.test(href)) return true;
  return /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(href);
}

function rename(element) {
  const isStray = element.localName === "figcaption" && element.parentElement.localName !== "figure";
  const tag = isStray ? "p" : RENAMED[element.tagName];
  if (tag) element = replaceWith(element, tag);
  if (element.localName === "figure" && !element.querySelector("img, table, pre, blockquote")) return void unwrap(element);
  const kept = KEPT_ATTRIBUTES[element.tagName] ?? [];
  for (const { name } of [...element.attributes]) if (!kept.includes(name)) element.removeAttribute(name);
  if (element.localName === "ol" && element.className !== "notes") element.removeAttribute("class");
  if (element.localName === "li" && !/^note-\d+$/.test(element.id)) element.removeAttribute("id");
  if (/^(SPAN|FONT|LABEL|SMALL|BIG|MARK|TIME|DATA|BDI|BDO|RUBY|GOOGLE-SHEETS-HTML-ORIGIN|PICTURE|SOURCE|COLGROUP|COL|ABBR|O:SMARTTAGTYPE)$/.test(element.tagName)) {
    if (element.tagName === "ABBR" && element.title) return;
    unwrap(element);
  } else if (element.tagName.includes(":") || element.tagName.includes("-")) unwrap(element);
}

// A container of blocks goes; one of words becomes a paragraph.
function unwrapContainers(body) {
  for (const container of [...body.querySelectorAll("*")].reverse()) {
    if (!CONTAINERS.has(container.tagName) && !isMarkAroundBlocks(container)) continue;
    if ([...container.children].some((child) => BLOCKS.has(child.tagName))) {
      paragraphsIn(container);
      unwrap(container);
    } else if (/^(LI|TD|TH|P|H2|H3|FIGCAPTION)$/.test(container.parentElement.tagName) && container.parentElement.children.length === 1) unwrap(container);
    else replaceWith(container, "p");
  }
  paragraphsIn(body);
  // A heading or a list cannot stand in a paragraph; the parser of HTML has split most of them.
  for (const paragraph of body.querySelectorAll("p")) if ([...paragraph.children].some((child) => BLOCKS.has(child.tagName))) unwrap(paragraph);
}

function isMarkAroundBlocks(element) {
  return /^(STRONG|EM|S|U|A|CODE|SUB|SUP)$/.test(element.tagName) && [...element.children].some((child) => BLOCKS.has(child.tagName));
}

// Puts loose words between blocks into paragraphs.
function paragraphsIn(container) {
  const hasBlocks = [...container.children].some((child) => BLOCKS.has(child.tagName));
  if (!hasBlocks) return;
  let paragraph = null;
  for (const child of [...container.childNodes]) {
    if (child.nodeType === Node.ELEMENT_NODE && BLOCKS.has(child.tagName)) paragraph = null;
    else if (child.nodeName === "BR") {
      paragraph = null;
      child.remove();
    } else if (paragraph || child.textContent.trim() || child.nodeName === "IMG") {
      if (!paragraph) {
        paragraph = container.ownerDocument.createElement("p");
        child.before(paragraph);
      }
      paragraph.append(child);
    }
  }
}

function tidyHeadings(body) {
  for (const heading of body.querySelectorAll("h2, h3")) {
    for (const mark of heading.querySelectorAll("strong, u")) unwrap(mark);
    for (const br of heading.querySelectorAll("br")) br.replaceWith(" ");
    if (heading.closest("li, td, th, blockquote")) replaceWith(heading, "p");
  }
}

// Two line breaks end a paragraph.
function splitAtBreaks(body) {
  for (const paragraph of body.querySelectorAll("p")) {
    const breaks = [...paragraph.querySelectorAll(":scope > br")].filter((br) => {
      let next = br.nextSibling;
      while (next?.nodeType === Node.TEXT_NODE && !next.data.trim()) next = next.nextSibling;
      return next?.nodeName === "BR";
    });
    for (const br of breaks) {
      if (!br.isConnected || br.parentElement !== paragraph) continue;
      const before = paragraph.cloneNode(false);
      while (paragraph.firstChild !== br) before.append(paragraph.firstChild);
      const isBlank = (node) => node.nodeName === "BR" || (node.nodeType === Node.TEXT_NODE && !node.data.trim());
      while (paragraph.firstChild && isBlank(paragraph.firstChild)) paragraph.firstChild.remove();
      paragraph.before(before);
    }
    while (paragraph.lastChild?.nodeName === "BR") paragraph.lastChild.remove();
  }
}

function joinQuote(quote) {
  quote.previousElementSibling.append(...quote.childNodes);
  quote.remove();
}

function removeEmpty(body) {
  for (const element of [...body.querySelectorAll("p, h2, h3, li, ul, ol, blockquote, strong, em, s, u, sub, sup, a, code, figcaption, table")].reverse()) {
    if (element.textContent.trim() || element.querySelector("img, hr")) continue;
    const isInline = !BLOCKS.has(element.tagName);
    // A space between two words may stand in an element of its own.
    if (isInline) unwrap(element);
    else if (element.tagName !== "P" || !element.closest("td, th")) element.remove();
  }
}

// Word and Docs part one run of bold words into many.
function joinMarks(body) {
  const isNote = (mark) => mark.querySelector('a[id^="noteref-"]') !== null;
  for (const mark of body.querySelectorAll("strong, em, s, u, sub, sup")) {
    while (mark.isConnected && mark.nextSibling?.nodeName === mark.nodeName && !isNote(mark) && !isNote(mark.nextSibling)) {
      mark.append(...mark.nextSibling.childNodes);
      mark.nextSibling.remove();
    }
  }
}

// Line breaks of the source, and the no-break spaces with which programs write two spaces.
function tidySpaces(body) {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    if (!text.parentElement.closest("pre")) text.data = text.data.replace(/[ \t\r\n]*\u00a0(?=[ \t\r\n])|\u00a0(?=\u00a0)/g, " ").replace(/[ \t\r\n]+/g, " ");
  }
  for (const child of [...body.childNodes]) if (child.nodeType === Node.TEXT_NODE && !child.data.trim()) child.remove();
  for (const block of body.querySelectorAll("p, h2, h3, li, td, th")) {
    const { firstChild: first, lastChild: last } = block;
    if (first?.nodeType === Node.TEXT_NODE) first.data = first.data.trimStart();
    if (last?.nodeType === Node.TEXT_NODE) last.data = last.data.trimEnd();
  }
}

// The pictures of the clipboard: those whose data came along, and how many are on other sites. Both are
// taken out of the HTML.
export function takePictures(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const files = [];
  let foreign = 0;
  for (const image of page.querySelectorAll("img:not([data-file])")) {
    const file = fileOf(image.getAttribute("src") ?? "", files.length + 1);
    if (file) files.push({ file, alt: image.getAttribute("alt") ?? "" });
    else foreign += 1;
    image.remove();
  }
  return { html: files.length || foreign ? page.body.innerHTML : html, files, foreign };
}

function fileOf(source, number) {
  const found = /^data:(image\/(png|jpeg|gif|webp|avif|bmp|tiff));base64,([\s\S]+)$/i.exec(source);
  if (!found) return null;
  try {
    const bytes = Uint8Array.from(atob(found[3].replace(/\s+/g, "")), (char) => char.charCodeAt(0));
    return new File([bytes], `pasted-${number}.${found[2].replace("jpeg", "jpg")}`, { type: found[1] });
  } catch {
    return null;
  }
}
