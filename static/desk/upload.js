// Uploads pictures one after the other, and shows the progress and the result of each.
// Without this script the form sends all of them at once.

import { gettext } from "../js/texts.js";

const form = document.querySelector("form[data-upload]");
const list = document.querySelector("[data-upload-results]");
const said = document.querySelector("[data-upload-said]");
const area = form.querySelector(".upload__area");
const input = form.querySelector("input[type=file]");

let queue = Promise.resolve();

form.querySelector(".upload__drop").hidden = false;
form.querySelector("button").hidden = true;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(input.files);
});
input.addEventListener("change", () => take(input.files));

for (const name of ["dragenter", "dragover"]) {
  area.addEventListener(name, (event) => {
    event.preventDefault();
    area.classList.add("upload__area--over");
  });
}
area.addEventListener("dragleave", () => area.classList.remove("upload__area--over"));
area.addEventListener("drop", (event) => {
  event.preventDefault();
  area.classList.remove("upload__area--over");
  take(event.dataTransfer.files);
});

function take(files) {
  for (const file of [...files]) {
    const row = document.createElement("li");
    row.className = "upload__result";
    const name = document.createElement("strong");
    name.dir = "auto";
    name.textContent = file.name;
    const progress = document.createElement("progress");
    progress.max = 100;
    progress.value = 0;
    progress.ariaLabel = gettext("Progress of {file}", { file: file.name });
    const sentence = document.createElement("span");
    sentence.textContent = gettext("Waiting");
    const words = document.createElement("div");
    words.append(name, " ", sentence, " ", progress);
    row.append(words);
    list.append(row);
    queue = queue.then(() => send(file, { row, words, sentence, progress }));
  }
  input.value = "";
}

function send(file, shown) {
  return new Promise((done) => {
    const data = new FormData();
    data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    data.append("files", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("Accept", "application/json");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      shown.progress.value = (100 * event.loaded) / event.total;
      shown.sentence.textContent = event.loaded < event.total ? gettext("Uploading …") : gettext("Processing …");
    });
    request.addEventListener("loadend", () => {
      finish(file, shown, answerOf(request));
      done();
    });
    request.send(data);
  });
}

function answerOf(request) {
  try {
    const { results, problem } = JSON.parse(request.responseText);
    return results[0] ?? { state: "refused", sentence: problem };
  } catch {
    return {
      state: "refused",
      sentence: request.status
        ? gettext("The server refused the upload. Sign in again in another tab, then choose the file again.")
        : gettext("The server cannot be reached. Choose the file again when you are back online."),
    };
  }
}

function finish(file, shown, result) {
  shown.progress.remove();
  shown.row.classList.add(`upload__result--${result.state}`);
  shown.sentence.textContent = result.sentence;
  said.textContent = `${file.name}: ${result.sentence}`;
  if (result.thumbnail) {
    const image = document.createElement("img");
    image.src = result.thumbnail;
    image.alt = "";
    shown.row.prepend(image);
  }
  if (result.address) {
    const link = document.createElement("a");
    link.href = result.address;
    link.textContent = result.state === "there" ? gettext("Open") : gettext("Describe");
    shown.words.append(" ", link);
  }
}
