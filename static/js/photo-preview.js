// Shows the photos that were just taken or chosen, before they are sent. Where a box adds ([data-adds]), another one
// comes beside those, each can be left out, and one with marks is sent with the photo as it was.

const chosen = new WeakMap(); // of each field, all that was chosen in it
const known = ({ name, size, lastModified }) => `${name} ${size} ${lastModified}`;

function preview(box, file) {
  const figure = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const image = figure.querySelector("img");
  const size = Math.max(1, Math.round(file.size / 1024));
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  figure.querySelector("figcaption").textContent = `${file.name} · ${size} kB`;
  for (const button of figure.querySelectorAll("[data-named]")) {
    button.ariaLabel = button.dataset.named.replace("{name}", file.name);
  }
  // Another kind of picture than this browser shows, as an iPhone's HEIC: the server does, once it is there.
  image.addEventListener("error", () => {
    figure.querySelector("[data-unseen]").hidden = false;
    figure.querySelector("[data-mark]")?.remove();
    image.remove();
  });
  return figure;
}

function show(box, files) {
  const previews = box.querySelector("[data-previews]");
  for (const image of previews.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  previews.replaceChildren(...files.map((file) => preview(box, file)));
}

function put(input, files) {
  const held = new DataTransfer();
  for (const file of files) held.items.add(file);
  input.files = held.files;
  chosen.set(input, files);
}

document.addEventListener("change", ({ target: input }) => {
  const box = input.closest("[data-capture]");
  if (!box || input.type !== "file") return;
  if (box.dataset.adds !== undefined) {
    const before = chosen.get(input) ?? [];
    const had = new Set(before.map(known));
    put(input, [...before, ...[...input.files].filter((file) => !had.has(known(file)))]);
  }
  show(box, [...input.files]);
});

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-mark], [data-drop]");
  if (!button) return;
  const box = button.closest("[data-capture]");
  const input = box.querySelector("input[type=file]");
  const files = chosen.get(input);
  const at = [...box.querySelectorAll("[data-previews] > figure")].indexOf(button.closest("figure"));
  if (button.dataset.mark === undefined) files.splice(at, 1);
  else {
    const { marked } = await import("./mark-up.js");
    const other = await marked(files[at], Number(box.dataset.side));
    if (!other) return button.focus();
    files.splice(at + 1, 0, other);
  }
  put(input, files);
  show(box, files);
  box.querySelectorAll("[data-previews] button")[0]?.focus();
});
