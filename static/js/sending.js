// A second press while a comment is on its way does nothing. The button is not disabled:
// whoever comes back with the browser's own button finds it as it was.

const WAIT = 10_000; // then it may be pressed again, for nothing may have come back

const form = document.querySelector(".writing > form");
let sending;

function rest() {
  clearTimeout(sending);
  sending = undefined;
  form.removeAttribute("data-sending");
}

form?.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (sending) {
    event.preventDefault();
    return;
  }
  form.setAttribute("data-sending", "");
  sending = setTimeout(rest, WAIT);
});
if (form) addEventListener("pageshow", rest);
