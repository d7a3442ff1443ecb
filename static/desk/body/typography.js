// Quotation marks, dashes and ellipses while typing, as the article's language writes them. Backspace or
// Ctrl+Z right afterwards brings back what was typed.

import * as prose from "django-prose-editor/editor";

const { Extension, InputRule } = prose;

// [outer opening, outer closing, inner opening, inner closing], from the Unicode CLDR 46, `delimiters`;
// French with the narrow no-break spaces that its typography asks for.
const QUOTES = {
  ar: ["”", "“", "’", "‘"],
  cs: ["„", "“", "‚", "‘"],
  da: ["“", "”", "‘", "’"],
  de: ["„", "“", "‚", "‘"],
  "de-ch": ["«", "»", "‹", "›"],
  es: ["«", "»", "“", "”"],
  fi: ["”", "”", "’", "’"],
  fr: ["«\u202f", "\u202f»", "“", "”"],
  it: ["«", "»", "“", "”"],
  nb: ["«", "»", "‘", "’"],
  nl: ["‘", "’", "“", "”"],
  pl: ["„", "”", "«", "»"],
  ru: ["«", "»", "„", "“"],
  sv: ["”", "”", "’", "’"],
  uk: ["«", "»", "„", "“"],
  en: ["“", "”", "‘", "’"],
};

export const languageOfArticle = () => document.querySelector("#id_language")?.value.trim().toLowerCase().replace("_", "-") ?? "";

function quotes() {
  const language = languageOfArticle();
  return QUOTES[language] ?? QUOTES[language.split("-")[0]] ?? QUOTES.en;
}

// `text` gives the replacement for the match, from its first group and the text before the caret.
function rule(find, text) {
  return new InputRule({
    find,
    handler({ state, range, match }) {
      const $at = state.doc.resolve(range.from);
      // Where all of the text is replaced, there is no line yet.
      if (!$at.parent.inlineContent) return null;
      if ($at.parent.type.spec.code || $at.marks().some((mark) => mark.type.name === "code")) return null;
      // The character before, which stays.
      const kept = match[1] ?? "";
      state.tr.insertText(text(kept, $at.parent.textBetween(0, $at.parentOffset, "", " ")), range.from + kept.length, range.to);
      return undefined;
    },
  });
}

// After a letter the same mark is an apostrophe, unless a quotation inside a quotation is open.
function single(kept, before) {
  const [, , opening, closing] = quotes();
  const isOpen = opening !== closing && before.lastIndexOf(opening) > before.lastIndexOf(closing);
  return /[\p{L}\p{N}]/u.test(kept) && !isOpen ? "’" : closing;
}

export const Typography = Extension.create({
  name: "typography",
  addInputRules: () => [
    rule(/(^|[\s([{<–—"'“‘„‚«‹\u202f-])"$/, () => quotes()[0]),
    rule(/(\S)"$/, () => quotes()[1]),
    rule(/(^|[\s([{<–—"“„«\u202f-])'$/, () => quotes()[2]),
    rule(/([^\s'])'$/, single),
    rule(/(^|[^-])--$/, () => "–"),
    rule(/()\.\.\.$/, () => "…"),
  ],
});
