// Suggestions while names are typed into a line of names: tags, or authors with their roles.
// Without this script the names are typed, and the saved form asks about new ones.

import { gettext, ngettext } from "../js/texts.js";

const WAIT = 150;

// The place of the name at the caret: after the comma before it, and before the comma or the role
// after it. Commas in double quotes belong to a name.
export function nameAt(line, caret) {
  let start = 0;
  let end = line.length;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === '"') quoted = !quoted;
    if (line[at] !== "," || quoted) continue;
    if (at < caret) {
      start = at + 1;
    } else {
      end = at;
      break;
    }
  }
  while (line[start] === " ") start += 1;
  // “Photos: Ben Cole” names the role first.
  const before = /^[^:"]{1,40}:\s*/.exec(line.slice(start, end));
  if (before && start + before[0].length <= caret) start += before[0].length;
  const role = /\s*\([^()]*\)?\s*$/.exec(line.slice(start, end));
  if (role) end = start + role.index;
  while (end > start && line[end - 1] === " ") end -= 1;
  return { start, end, name: line.slice(start, end).replaceAll('"', "") };
}

export function inQuotes(name) {
  return name.includes(",") || name.startsWith('"') ? `"${name.replaceAll('"', '""')}"` : name;
}

function wire(input, number) {
  const part = input.closest("[data-names-field]");
  const created = part.querySelector("[data-names-new]");
  const list = document.createElement("ul");
  const said = document.createElement("span");
  list.className = "names__list";
  list.id = `names-${number}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", gettext("Suggestions"));
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  input.after(list, said);
  for (const [name, value] of Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) {
    input.setAttribute(name, value);
  }

  let timer = null;
  let asked = null;
  let active = -1;

  function close() {
    clearTimeout(timer);
    asked?.abort();
    list.hidden = true;
    list.replaceChildren();
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    const options = [...list.children];
    active = (index + options.length) % options.length;
    for (const [at, option] of options.entries()) option.setAttribute("aria-selected", String(at === active));
    input.setAttribute("aria-activedescendant", options[active].id);
    options[active].scrollIntoView({ block: "nearest" });
  }

  function put(start, end, name) {
    input.setRangeText(inQuotes(name), start, end, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
    close();
  }

  function take(option) {
    const { start, end } = nameAt(input.value, input.selectionStart);
    if (option.dataset.create !== undefined) confirm(option.dataset.create);
    put(start, end, option.dataset.create ?? option.dataset.name);
  }

  // The checkbox of a new name, as the server writes it for a form that comes back.
  function confirm(name) {
    const there = [...created.querySelectorAll("input")].find((box) => box.value === name);
    if (there) {
      there.checked = true;
      return;
    }
    const row = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = part.dataset.namesTicked;
    box.value = name;
    box.checked = true;
    label.append(box, " ", gettext("Create “{name}”", { name }));
    row.append(label);
    created.append(row);
  }

  function option(number, words, detail, data) {
    const item = document.createElement("li");
    item.id = `${list.id}-${number}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const name = document.createElement("bdi");
    name.textContent = words;
    const more = document.createElement("span");
    more.className = "names__detail";
    more.textContent = detail;
    item.append(name, " ", more);
    Object.assign(item.dataset, data);
    return item;
  }

  function show({ results, is_known, may_create }, name) {
    const options = results.map((one, at) => option(at, one.name, one.detail, { name: one.name }));
    // A single letter is the beginning of a name.
    if (!is_known && may_create && name.length > 1) {
      options.push(option(results.length, gettext("Create “{name}”", { name }), "", { create: name }));
    }
    list.replaceChildren(...options);
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    said.textContent = options.length
      ? ngettext("{count} suggestion", "{count} suggestions", options.length)
      : gettext("No suggestions");
  }

  async function ask() {
    const { name } = nameAt(input.value, input.selectionStart);
    if (!name) {
      close();
      return;
    }
    asked?.abort();
    asked = new AbortController();
    try {
      const address = `${input.dataset.names}?${new URLSearchParams({ q: name })}`;
      const answer = await fetch(address, { signal: asked.signal, redirect: "manual" });
      if (answer.ok) show(await answer.json(), name);
    } catch {
      // Superseded by a later letter, or offline: the form works without suggestions.
    }
  }

  input.addEventListener("input", (event) => {
    // A name that is no longer in the line is not asked about.
    for (const box of created.querySelectorAll("input")) {
      box.closest("li").hidden = !input.value.includes(box.value);
    }
    // Values that a script puts in need no suggestions.
    if (!event.inputType) return;
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) ask();
      else mark(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
    } else if (!list.hidden && active >= 0 && (event.key === "Enter" || event.key === "Tab")) {
      event.preventDefault();
      take(list.children[active]);
    }
  });
  input.addEventListener("blur", close);
  // The input keeps the focus, so that blur does not close the list first.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[role=option]");
    if (chosen) take(chosen);
  });

  // A near miss: put the known name in the place of the typed one.
  for (const button of created.querySelectorAll("[data-names-take]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const { namesInstead, namesTake } = button.dataset;
      const start = input.value.indexOf(namesInstead);
      button.closest("li").remove();
      input.focus();
      if (start >= 0) put(start, start + namesInstead.length, namesTake);
    });
  }
}

for (const [number, input] of document.querySelectorAll("input[data-names]").entries()) wire(input, number);
