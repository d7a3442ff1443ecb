// Whether the editor would drop something of an article's HTML.

// The content of a body: the text in each kind of element, and the number of those without text.
// Paragraphs and table bodies are left out, because the editor adds and removes them.
const IGNORED = new Set(["p", "tbody", "colgroup", "col"]);
const KEPT = ["href", "title", "hreflang", "src", "alt", "data-file", "width", "height", "start", "colspan", "rowspan", "scope"];
const DEFAULTS = new Set(["start=1", "colspan=1", "rowspan=1"]);

function inventory(html) {
  const body = new DOMParser().parseFromString(html, "text/html").body;
  const found = new Map([["", words(body)]]);
  for (const element of body.querySelectorAll("*")) {
    const tag = element.localName;
    if (IGNORED.has(tag)) continue;
    const attributes = KEPT.filter((name) => element.hasAttribute(name))
      .map((name) => `${name}=${element.getAttribute(name)}`)
      .filter((attribute) => !DEFAULTS.has(attribute));
    if (element.classList.contains("pull")) attributes.push("pull");
    const key = [tag, ...attributes].join(" ");
    const said = element.childNodes.length || !/^(br|hr|img)$/.test(tag) ? words(element) : "·";
    found.set(key, (found.get(key) ?? "") + said);
  }
  return found;
}

function words(element) {
  return element.textContent.replace(/\s+/g, "");
}

export function loses(before, after) {
  const kept = inventory(after);
  return [...inventory(before)].some(([key, said]) => said && kept.get(key) !== said);
}
