// Ignores a second press while a comment is being sent. The button is not disabled, so it still
// works after the browser's “back”.

const WAIT = 10_000; // then it works again, because there may be no response

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
