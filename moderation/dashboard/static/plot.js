// The brush of the dot plot: drawing over it fills in the two fields. Without this script the fields do the same.
"use strict";

const plot = document.getElementById("plot");
const chosen = document.getElementById("chosen");
const low = document.getElementById("low");
const high = document.getElementById("high");
const WIDTH = plot?.viewBox.baseVal.width ?? 0;
let from = null; // where the brush was put down, while it is drawn

function share(event) {
  const box = plot.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
}

function show() {
  const [left, right] = [Number(low.value), low.value || high.value ? Number(high.value || 1) : 0];
  chosen.setAttribute("x", Math.min(left, right) * WIDTH);
  chosen.setAttribute("width", Math.abs(right - left) * WIDTH);
}

function choose(one, other) {
  low.value = Math.min(one, other).toFixed(2);
  high.value = Math.max(one, other).toFixed(2);
  show();
}

if (plot) {
  plot.addEventListener("pointerdown", (event) => {
    from = share(event);
    plot.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  plot.addEventListener("pointermove", (event) => { if (from !== null) choose(from, share(event)); });
  plot.addEventListener("pointerup", () => { from = null; });
  plot.addEventListener("pointercancel", () => { from = null; });
  [low, high].forEach((field) => field.addEventListener("input", show));
}
