// Lists of the clipboard: Word writes paragraphs that look like lists, Word on the web one list for each
// item, and Docs puts a nested list beside its item instead of into it.

const LEVEL = /mso-list\s*:[^;]*?\blevel(\d)/i;
const ORDERED = /^\(?(\d{1,3}|[a-z]|[ivxlc]{1,6})[.)]/i;

export function mergeLists(body) {
  listsOfWord(body);
  listsOfTheWeb(body);
  for (const nested of body.querySelectorAll("ul > ul, ul > ol, ol > ul, ol > ol")) intoItem(nested);
  for (const item of body.querySelectorAll("li")) {
    // An item outside a list, which a browser shows all the same.
    if (!/^(UL|OL)$/.test(item.parentElement.tagName)) item.replaceWith(...paragraphOf(item));
  }
}

function paragraphOf(item) {
  const paragraph = item.ownerDocument.createElement("p");
  paragraph.append(...item.childNodes);
  return [paragraph];
}

function intoItem(nested) {
  const item = nested.previousElementSibling;
  if (item?.localName === "li") item.append(nested);
  else {
    const made = nested.ownerDocument.createElement("li");
    nested.replaceWith(made);
    made.append(nested);
  }
}

// Word on a computer: <p style="mso-list:l0 level2 lfo1"> with the bullet as text in `mso-list:Ignore`.
function listsOfWord(body) {
  let open = [];
  let last = null;
  for (const paragraph of [...body.querySelectorAll("p, h1, h2, h3, h4, h5, h6")]) {
    const level = Number(LEVEL.exec(paragraph.dataset.style ?? "")?.[1] ?? 0);
    if (!level || paragraph.closest("li, td, th") || /^H/.test(paragraph.tagName)) {
      if (level) removeMarker(paragraph);
      open = [];
      continue;
    }
    if (last && nextBlock(last) !== paragraph) open = [];
    const kind = removeMarker(paragraph);
    open = place(paragraph, level, kind, open);
    last = open[0].list;
  }
}

function nextBlock(list) {
  return list.nextElementSibling;
}

// Removes the bullet or number from the paragraph, and returns which kind of list it meant.
function removeMarker(paragraph) {
  const marker = [...paragraph.querySelectorAll("[data-style]")].find((element) => /mso-list\s*:\s*ignore/i.test(element.dataset.style));
  if (!marker) return "ul";
  const text = marker.textContent.trim();
  marker.remove();
  return ORDERED.test(text) ? "ol" : "ul";
}

// Puts the paragraph as an item at this level; `open` holds the lists that are open, outermost first.
function place(paragraph, level, kind, open) {
  const { ownerDocument } = paragraph;
  const depth = Math.min(level, open.length + 1);
  open = open.slice(0, depth);
  if (open.length === depth && open[depth - 1].kind !== kind) open = open.slice(0, depth - 1);
  if (open.length < depth) {
    const list = ownerDocument.createElement(kind);
    if (open.length) open.at(-1).list.lastElementChild.append(list);
    else paragraph.before(list);
    open = [...open, { kind, list }];
  }
  const item = ownerDocument.createElement("li");
  item.append(...paragraph.childNodes);
  open.at(-1).list.append(item);
  paragraph.remove();
  return open;
}

// Word on the web: a list of one item each, with its level in `data-aria-level` (from 1).
function listsOfTheWeb(body) {
  const items = [...body.querySelectorAll("li[data-aria-level]")];
  if (!items.length) return;
  for (const wrapper of body.querySelectorAll(".ListContainerWrapper")) wrapper.replaceWith(...wrapper.childNodes);
  let open = [];
  let previous = null;
  for (const item of items) {
    const own = item.parentElement;
    if (!/^(UL|OL)$/.test(own.tagName) || own.children.length !== 1) {
      open = [];
      continue;
    }
    if (previous && own.previousElementSibling !== previous) open = [];
    const paragraph = item.ownerDocument.createElement("p");
    own.replaceWith(paragraph);
    paragraph.append(...contentOf(item));
    open = place(paragraph, Number(item.dataset.ariaLevel) || 1, own.localName, open);
    previous = open[0].list;
  }
}

function contentOf(item) {
  const [only] = item.children;
  return item.children.length === 1 && only.localName === "p" ? only.childNodes : item.childNodes;
}
