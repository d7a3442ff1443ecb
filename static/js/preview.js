// “Preview” shows the rendered comment beside the form, or its errors, without leaving the
// page. On any other response, or none, the form is sent as it would be without this script.

const writing = document.querySelector(".writing");
const form = writing?.querySelector("form");

async function asked() {
  const data = new FormData(form);
  data.set("preview", "1");
  const answer = await fetch(form.action, { method: "POST", body: data });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { status: answer.status, page };
}

function sendInstead() {
  const preview = document.createElement("input");
  preview.type = "hidden";
  preview.name = "preview";
  preview.value = "1";
  form.append(preview);
  form.submit(); // asks nobody, so it does not come back here
  preview.remove();
}

function forgetErrors() {
  form.querySelector(".form-errors")?.remove();
  document.querySelector("main .form-errors")?.remove();
  for (const error of form.querySelectorAll(".form__error")) error.remove();
}

// Replaces the error texts and marks of each field. The field itself stays, with what was typed
// since.
function showErrors(page) {
  for (const field of form.querySelectorAll(".form__field")) {
    const input = field.querySelector("[name]");
    const theirs = page.getElementById(input.id);
    const error = theirs.closest(".form__field").querySelector(".form__error");
    field.classList.toggle("form__field--wrong", Boolean(error));
    if (error) (field.querySelector(".form__help") ?? field.querySelector("label")).after(error);
    for (const name of ["aria-invalid", "aria-describedby"]) {
      if (theirs.hasAttribute(name)) {
        input.setAttribute(name, theirs.getAttribute(name));
      } else {
        input.removeAttribute(name);
      }
    }
  }
}

function show(part, { status, page }) {
  writing.querySelector(".preview")?.remove();
  forgetErrors();
  showErrors(page);
  if (status === 422) {
    form.prepend(part);
  } else {
    writing.prepend(part);
  }
  part.focus({ preventScroll: true });
  part.scrollIntoView({ block: "nearest" });
}

function partOf({ status, page }) {
  const theirs = page.querySelector(".writing > form");
  const parent = form.elements.parent?.value ?? "";
  // The comment that is replied to is no longer on the page; the server's form explains that.
  if (!theirs || (theirs.elements.parent?.value ?? "") !== parent) return null;
  if (status === 200) return page.querySelector(".preview");
  return status === 422 ? page.querySelector(".form-errors") : null;
}

async function preview() {
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await asked();
    const part = partOf(answer);
    if (part) {
      show(document.adoptNode(part), answer);
    } else {
      sendInstead();
    }
  } catch {
    sendInstead();
  } finally {
    form.removeAttribute("aria-busy");
  }
}

form?.addEventListener("submit", (event) => {
  if (event.submitter?.name === "preview") {
    event.preventDefault();
    preview();
  }
});
