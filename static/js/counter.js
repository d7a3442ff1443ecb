// Shows the number of characters when it comes near the limit. It counts characters as people
// see them, as the server does. The text is never cut.

import { gettext, ngettext, number } from "./texts.js";

const NEAR = 0.8;
const PAUSE = 1000;

const segmenter = Intl.Segmenter && new Intl.Segmenter("en", { granularity: "grapheme" });

function charactersIn(text) {
  return [...(segmenter ? segmenter.segment(text) : text)].length;
}

function isOver(field) {
  const text = field.value.trim();
  const limit = Number(field.dataset.limit);
  return text.length > limit && charactersIn(text) > limit;
}

function sentenceFor(field) {
  const limit = Number(field.dataset.limit);
  const text = field.value.trim();
  // No text has more characters than code units.
  if (text.length < limit * NEAR) return "";
  const there = charactersIn(text);
  if (there < limit * NEAR) return "";
  const values = { written: number(there), limit: number(limit) };
  if (there <= limit) return gettext("{written} of {limit} characters", values);
  return ngettext(
    "{written} of {limit} characters: {count} too many",
    "{written} of {limit} characters: {count} too many",
    there - limit,
    values,
  );
}

function counterBeside(field) {
  const counter = document.createElement("p");
  counter.className = "form__counter";
  counter.hidden = true;
  // Announced after a pause, so that a screen reader does not speak at every letter.
  const said = document.createElement("p");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  counter.setAttribute("aria-hidden", "true");
  field.after(counter, said);
  let pause;

  function count() {
    const sentence = sentenceFor(field);
    counter.textContent = sentence;
    counter.hidden = !sentence;
    counter.classList.toggle("form__counter--over", isOver(field));
    clearTimeout(pause);
    pause = setTimeout(() => (said.textContent = sentence), PAUSE);
  }

  field.addEventListener("input", count);
  count();
}

document.querySelectorAll("[data-limit]").forEach(counterBeside);
