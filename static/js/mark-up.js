// Marks on a photo before it is sent: arrows, circles, words. The marked photo is another one beside the photo as it
// was taken, which stays what it is: evidence.

import { photoOf } from "./shrink.js";

const INK = "#d8261c";
const EDGE = "#ffffff"; // around each stroke, so that it is seen on any photo
const dialog = () => document.getElementById("mark-up");

const distance = ({ from, to }) => Math.hypot(to.x - from.x, to.y - from.y);

function arrow(path, { from, to }, thick) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  path.moveTo(from.x, from.y);
  path.lineTo(to.x, to.y);
  for (const turn of [0.82, -0.82]) {
    path.moveTo(to.x, to.y);
    path.lineTo(to.x - thick * 5 * Math.cos(angle + turn * 0.7), to.y - thick * 5 * Math.sin(angle + turn * 0.7));
  }
}

function circle(path, { from, to }) {
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  path.ellipse(x, y, Math.abs(to.x - from.x) / 2, Math.abs(to.y - from.y) / 2, 0, 0, 7);
}

function write(pen, { from, text }, thick) {
  pen.font = `700 ${thick * 6}px system-ui, sans-serif`;
  pen.textBaseline = "middle";
  pen.lineWidth = thick * 1.2;
  pen.strokeStyle = EDGE;
  const x = Math.max(thick, Math.min(from.x, pen.canvas.width - pen.measureText(text).width - thick));
  pen.strokeText(text, x, from.y);
  pen.fillText(text, x, from.y);
}

function draw(pen, base, marks) {
  const { canvas } = pen;
  const thick = Math.max(canvas.width, canvas.height) / 150;
  pen.drawImage(base, 0, 0, canvas.width, canvas.height);
  Object.assign(pen, { lineCap: "round", lineJoin: "round", fillStyle: INK });
  for (const mark of marks) {
    if (mark.tool === "text") {
      write(pen, mark, thick);
      continue;
    }
    const path = new Path2D();
    if (mark.tool === "arrow") arrow(path, mark, thick);
    else circle(path, mark);
    for (const [colour, width] of [[EDGE, thick * 1.9], [INK, thick]]) {
      Object.assign(pen, { strokeStyle: colour, lineWidth: width });
      pen.stroke(path);
    }
  }
}

const placeOf = (canvas, { clientX, clientY }) => {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return { x: ((clientX - left) * canvas.width) / width, y: ((clientY - top) * canvas.height) / height };
};

// The photo with what was drawn on it; null when nothing was.
export async function marked(file, side) {
  const base = await createImageBitmap(file);
  const box = dialog();
  const canvas = box.querySelector("canvas");
  const scale = Math.min(1, side / Math.max(base.width, base.height));
  canvas.width = Math.round(base.width * scale);
  canvas.height = Math.round(base.height * scale);
  const marks = [];
  let tool = "arrow";
  let mark = null;
  const words = box.querySelector("[data-words]");
  const text = words.querySelector("input");
  const least = Math.max(canvas.width, canvas.height) / 60;

  const show = () => {
    draw(canvas.getContext("2d"), base, mark ? [...marks, mark] : marks);
    box.querySelector("[data-undo]").disabled = !marks.length;
    box.querySelector("[data-done]").disabled = !marks.length;
    words.hidden = tool !== "text";
    for (const one of box.querySelectorAll("[data-tool]")) one.ariaPressed = String(one.dataset.tool === tool);
  };
  const end = () => {
    const isMeant = mark && (mark.tool === "text" ? mark.text : distance(mark) > least);
    if (isMeant) marks.push(mark);
    mark = null;
    show();
  };
  const drawing = new AbortController();
  const on = (what, name, listener) => what.addEventListener(name, listener, { signal: drawing.signal });
  on(canvas, "pointerdown", (event) => {
    if (!event.isPrimary || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const from = placeOf(canvas, event);
    mark = { tool, from, to: from, text: text.value.trim() };
    if (tool === "text" && !mark.text) text.focus();
  });
  on(canvas, "pointermove", (event) => {
    if (!mark) return;
    mark.to = placeOf(canvas, event);
    if (tool === "text") mark.from = mark.to;
    show();
  });
  on(canvas, "pointerup", end);
  on(canvas, "pointercancel", end);
  on(box, "click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    tool = button.dataset.tool ?? tool;
    if (button.dataset.undo !== undefined) marks.pop();
    if (button.dataset.close !== undefined) box.close("");
    if (button.dataset.done !== undefined) box.close("done");
    show();
    if (button.dataset.tool === "text") text.focus();
  });
  text.value = "";
  box.returnValue = "";
  show();
  box.showModal();
  await new Promise((done) => {
    on(box, "close", done);
  });
  drawing.abort();
  base.close();
  if (box.returnValue !== "done") return null;
  return photoOf(canvas, file, box.dataset.name);
}
