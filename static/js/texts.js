// The texts of scripts in the language of the page. `{name}` in a text is replaced by a value.
// Pages in other languages than English load a catalog first (newsroom/languages/script_texts.py).

// For dates and numbers; English as in Britain, with the day before the month.
export const locale = { en: "en-GB" }[document.documentElement.lang] ?? document.documentElement.lang;

function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}

export function gettext(text, values = {}) {
  return filled(globalThis.django?.gettext ? globalThis.django.gettext(text) : text, values);
}

// `count` decides which form is used; in the text it is `{count}`, written as the language does.
export function ngettext(one, many, count, values = {}) {
  const text = globalThis.django?.ngettext
    ? globalThis.django.ngettext(one, many, count)
    : count === 1
      ? one
      : many;
  return filled(text, { count: number(count), ...values });
}

export function number(value) {
  return value.toLocaleString(locale);
}

export function percent(part) {
  return part.toLocaleString(locale, { style: "percent" });
}
