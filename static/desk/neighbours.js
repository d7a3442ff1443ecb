// Alt+← and Alt+→ follow the links to the previous and next row of the list.
// On a Mac, Option with an arrow moves by words in a text field, and still does.

const onMac = /Mac|iPhone|iPad/.test(navigator.platform);
const isText = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!rel || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (onMac && isText(event.target)) return;
  const nav = document.querySelector(".neighbours");
  if (!nav) return;
  // Also at the end of the list, where the browser's “back” would be a surprise.
  event.preventDefault();
  nav.querySelector(`a[rel="${rel}"]`)?.click();
});
