// The keyboard: ⌘K and / search, j/k walk the rows, Enter opens (the row's link has focus), Esc goes back, ? tells. A
// button or link with data-key="n" is pressed by n.

const STORE = "single-keys";
const ARROWS = { arrowleft: "←", arrowright: "→" };
const enabled = () => {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true;
  }
};
const typing = (element) =>
  element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], dialog");

function walk(step) {
  const rows = [...document.querySelectorAll("a.row, [data-row]")].filter((row) => row.offsetParent);
  if (!rows.length) return;
  const marked = rows.findIndex((row) => row === document.activeElement);
  const selected = rows.findIndex((row) => row.closest("tr")?.getAttribute("aria-selected") === "true");
  const at = marked >= 0 ? marked : selected;
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)].focus();
}

function openPalette() {
  const palette = document.getElementById("palette");
  if (!palette || palette.open) return false;
  palette.showModal();
  palette.querySelector("input").select();
  palette.dispatchEvent(new Event("opened"));
  return true;
}

function pageKeys() {
  const list = document.querySelector("[data-page-keys]");
  if (!list) return;
  list.replaceChildren();
  for (const one of document.querySelectorAll("[data-key]")) {
    const name = document.createElement("dt");
    const keys = document.createElement("dd");
    const key = document.createElement("kbd");
    const copy = one.cloneNode(true);
    copy.querySelectorAll("kbd").forEach((extra) => extra.remove());
    name.textContent = copy.textContent.trim();
    key.textContent = ARROWS[one.dataset.key] || one.dataset.key;
    keys.append(key);
    list.append(name, keys);
  }
}

document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    if (openPalette()) event.preventDefault();
    return;
  }
  const inPalette = event.target.closest?.(".palette");
  if (inPalette && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    const stops = [inPalette.querySelector("input"), ...inPalette.querySelectorAll(".found a")];
    const at = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[(at + stops.length) % stops.length].focus();
    event.preventDefault();
    return;
  }
  if (inPalette && event.key === "Escape") {
    inPalette.close(); // a search field would only empty itself
    event.preventDefault();
    return;
  }
  if (inPalette && event.key === "Enter" && event.target.matches("input")) {
    const first = inPalette.querySelector(".found a");
    if (first) {
      first.click();
      event.preventDefault();
    }
    return;
  }
  if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing) return;
  if (!event.target.closest || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (event.target.matches("[data-search]")) return event.target.blur();
    if (!typing(event.target)) document.querySelector("[data-close-detail]")?.click();
    return;
  }
  if (typing(event.target) || !enabled()) return;
  if (event.key === "j" || event.key === "k") walk(event.key === "j" ? 1 : -1);
  else if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else if (event.key === "?") {
    pageKeys();
    document.getElementById("keyboard")?.showModal();
  } else {
    const named = document.querySelectorAll(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    const target = [...named].find((one) => one.offsetParent);
    if (!target || event.shiftKey) return;
    target.click();
  }
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-open=keyboard]")) pageKeys();
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-single-keys]")) return;
  try {
    localStorage.setItem(STORE, event.target.checked ? "on" : "off");
  } catch {
    // Private mode: only for this page.
  }
});
for (const box of document.querySelectorAll("[data-single-keys]")) box.checked = enabled();
