// The focal point, which stays visible when a picture is cropped. It is set by a click, by dragging
// or with the arrow keys. Both numbers are still fields of the form.

import { gettext, percent } from "../js/texts.js";

const place = document.querySelector("[data-focal]");
const fields = { x: document.querySelector("#id_focal_x"), y: document.querySelector("#id_focal_y") };

if (place && fields.x && fields.y) {
  const frame = place.querySelector(".focal__frame");
  const point = place.querySelector(".focal__point");
  const said = place.querySelector("[data-focal-said]");
  const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  for (const hidden of place.querySelectorAll("[hidden]")) hidden.hidden = false;

  const within = (value) => Math.min(1, Math.max(0, Math.round(value * 100) / 100));
  const read = () => ({ x: within(Number(fields.x.value)), y: within(Number(fields.y.value)) });

  function draw() {
    const { x, y } = read();
    place.style.setProperty("--focal-x", x);
    place.style.setProperty("--focal-y", y);
    const words = gettext(
      "Focal point: {x} from the left, {y} from the top. Move it with the arrow keys.",
      { x: percent(x), y: percent(y) },
    );
    point.ariaLabel = words;
    return words;
  }

  function put(x, y) {
    fields.x.value = within(x);
    fields.y.value = within(y);
    for (const field of Object.values(fields)) field.dispatchEvent(new Event("input", { bubbles: true }));
    said.textContent = draw();
  }

  function at(event) {
    const box = frame.getBoundingClientRect();
    put((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  }

  frame.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    point.focus({ preventScroll: true });
    frame.setPointerCapture(event.pointerId);
    at(event);
  });
  frame.addEventListener("pointermove", (event) => frame.hasPointerCapture(event.pointerId) && at(event));
  point.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const length = event.shiftKey ? 0.1 : 0.01;
    const { x, y } = read();
    put(x + step[0] * length, y + step[1] * length);
  });
  for (const field of Object.values(fields)) field.addEventListener("change", draw);
  draw();
}
