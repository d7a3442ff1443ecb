// The number of words and the reading time under the text, and a target for them.

import { gettext, locale, ngettext, number } from "../../js/texts.js";
import { languageOfArticle } from "./typography.js";

// Words a minute; the page of the article counts on the server, see articles/core/text/counting.py.
const WORDS_A_MINUTE = 238;
const PAUSE = 400;

export function countWords(text, language) {
  let segmenter;
  try {
    segmenter = new Intl.Segmenter(language || locale, { granularity: "word" });
  } catch {
    segmenter = new Intl.Segmenter(locale, { granularity: "word" });
  }
  let words = 0;
  for (const { isWordLike } of segmenter.segment(text)) if (isWordLike) words += 1;
  return words;
}

// Shows the counts in the place, and again when the text has been quiet for a moment.
export function showCounts(editor, place) {
  const name = `desk:target:${location.pathname}`;
  const words = place.querySelector("[data-words]");
  const target = place.querySelector("[data-target]");
  let timer;

  function show() {
    const count = countWords(editor.getText({ blockSeparator: "\n" }), languageOfArticle());
    const minutes = Math.max(1, Math.round(count / WORDS_A_MINUTE));
    const wanted = Number(target.value);
    const read = ngettext("{count} minute to read", "{count} minutes to read", minutes);
    const written = wanted
      ? gettext("{count} of {wanted} words", { count: number(count), wanted: number(wanted) })
      : ngettext("{count} word", "{count} words", count);
    words.textContent = `${written} · ${read}`;
    words.classList.toggle("writing__words--reached", wanted > 0 && count >= wanted);
  }

  try {
    target.value = localStorage.getItem(name) ?? "";
  } catch {
    // A browser that keeps nothing.
    target.closest("label").hidden = true;
  }
  target.addEventListener("input", (event) => {
    // It is no part of the article.
    event.stopPropagation();
    if (Number(target.value) > 0) localStorage.setItem(name, target.value);
    else localStorage.removeItem(name);
    show();
  });
  editor.on("update", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
  show();
  place.hidden = false;
}
