// Shows the photos that were just taken or chosen, before they are sent.

function preview(file) {
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  const caption = document.createElement("figcaption");
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  // Another kind of picture than this browser shows, as an iPhone's HEIC: the server does, once it is there.
  image.addEventListener("error", () => {
    const unseen = document.createElement("span");
    unseen.className = "unseen";
    unseen.textContent = file.name.split(".").pop().toUpperCase();
    image.replaceWith(unseen);
  });
  caption.textContent = `${file.name} · ${Math.max(1, Math.round(file.size / 1024))} kB`;
  figure.append(image, caption);
  return figure;
}

document.addEventListener("change", (event) => {
  const box = event.target.closest("[data-capture]");
  if (!box || event.target.type !== "file") return;
  const previews = box.querySelector("[data-previews]");
  for (const image of previews.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  previews.replaceChildren(...[...event.target.files].map(preview));
});
