// Small helpers for making elements.

// An element with properties (`class`, `on…` handlers and attributes) and children.
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

export const button = (label, onclick, properties = {}) =>
  make("button", { type: "button", class: "body-button", onclick, ...properties }, label);

// A field under its label; `field` is an input, a select or a textarea.
export const labelled = (label, field) => make("label", { class: "body-field" }, make("span", {}, label), field);

export const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

// The inline elements that a caption may hold, with the attributes that are kept.
const INLINE = {
  A: ["href", "title", "hreflang"],
  ABBR: ["title"],
  ...Object.fromEntries(["EM", "STRONG", "I", "B", "U", "S", "Q", "CITE", "CODE", "SUB", "SUP", "BR"].map((tag) => [tag, []])),
};
const SHORT = { I: "em", B: "strong" };

// A copy of the element's content that holds nothing but text and INLINE.
export function inlineOnly(element) {
  const kept = document.createDocumentFragment();
  for (const child of element.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) {
      kept.append(child.data);
    } else if (child.nodeType === Node.ELEMENT_NODE) {
      const inner = inlineOnly(child);
      const allowed = INLINE[child.tagName];
      if (!allowed) {
        kept.append(inner);
        continue;
      }
      const copy = document.createElement(SHORT[child.tagName] ?? child.tagName);
      for (const name of allowed) if (child.hasAttribute(name)) copy.setAttribute(name, child.getAttribute(name));
      copy.append(inner);
      kept.append(copy);
    }
  }
  return kept;
}

export function inlineHTML(html) {
  const holder = make("div");
  holder.append(inlineOnly(new DOMParser().parseFromString(html, "text/html").body));
  return holder.innerHTML;
}
