// Alt+← and Alt+→ follow the links to the neighbours in the list.
// On a Mac, Option with an arrow moves by words in a text field: there it keeps doing that.

const onMac = /Mac|iPhone|iPad/.test(navigator.platform);
const isText = (element) =>
  element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);

document.addEventListener("keydown", (event) => {
  const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
  if (!rel || !event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (onMac && isText(event.target)) return;
  const nav = document.querySelector(".neighbours");
  if (!nav) return;
  // At the end of the list too: the browser's own "back" would surprise here.
  event.preventDefault();
  nav.querySelector(`a[rel="${rel}"]`)?.click();
});
