// A signature on a canvas, kept as a PNG in the hidden field beside it; smooth strokes, any pointer, sharp on any
// screen.

const INK = "#12201f";

function prepare(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "yes";
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[type=hidden]");
  const pen = canvas.getContext("2d");
  let strokes = [];
  let stroke = null;
  let before = null; // what was drawn before the form came back

  function draw() {
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = canvas.getBoundingClientRect();
    if (!width) return;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    pen.scale(ratio, ratio);
    Object.assign(pen, { lineWidth: 2.2, lineCap: "round", lineJoin: "round", strokeStyle: INK, fillStyle: INK });
    if (before) pen.drawImage(before, 0, 0, width, (width * before.naturalHeight) / before.naturalWidth);
    for (const points of strokes) {
      pen.beginPath();
      pen.moveTo(points[0].x, points[0].y);
      if (points.length === 1) {
        pen.arc(points[0].x, points[0].y, 1.4, 0, 7);
        pen.fill();
        continue;
      }
      for (let n = 1; n < points.length - 1; n += 1) {
        const { x, y } = points[n];
        const next = points[n + 1];
        pen.quadraticCurveTo(x, y, (x + next.x) / 2, (y + next.y) / 2);
      }
      pen.lineTo(points.at(-1).x, points.at(-1).y);
      pen.stroke();
    }
  }

  const point = (event) => {
    const { left, top } = canvas.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const keep = () => {
    field.value = strokes.length || before ? canvas.toDataURL("image/png") : "";
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button > 0) return;
    canvas.setPointerCapture(event.pointerId);
    stroke = [point(event)];
    strokes.push(stroke);
    draw();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!stroke) return;
    for (const one of event.getCoalescedEvents?.() ?? [event]) stroke.push(point(one));
    draw();
  });
  for (const name of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(name, () => {
      if (!stroke) return;
      stroke = null;
      keep();
    });
  }
  box.querySelector("[data-clear]")?.addEventListener("click", () => {
    strokes = [];
    before = null;
    draw();
    keep();
  });
  if (field.value) {
    const image = new Image();
    image.addEventListener("load", () => {
      before = image;
      draw();
    });
    image.src = field.value;
  }
  new ResizeObserver(draw).observe(canvas);
}

const scan = (root) => root.querySelectorAll("[data-signature]").forEach(prepare);
document.addEventListener("htmx:afterSettle", (event) => scan(event.target));
scan(document);
