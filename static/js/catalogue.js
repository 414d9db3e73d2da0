// The catalogue as this phone holds it, searched without a network: on pages whose [data-catalogue] has the part of one
// material. With a network the server is asked, which knows more words for the same thing.

const MOST = 30;
const APART = /([0-9]) +(mm|cm|dm|m|km|ml|cl|dl|l|mg|g|kg|kw|kwh|w|kv|v|ma|a|mbar|bar|inch)(?![a-z0-9])/g;
// As the server finds it (docs/algorithms/search.md), in the few words of a catalogue.
const plain = (text) =>
  text.toLowerCase().normalize("NFD").replaceAll("×", "x").replaceAll(",", ".").replaceAll("\u00a0", " ")
    .replace(/[\u0300-\u036f]/g, "").replace(APART, "$1$2");
let rows = null;

async function catalogue() {
  if (!rows) {
    const { materials } = await (await fetch("/phone/catalogue/")).json();
    rows = materials.map((one) => ({ ...one, text: plain(`${one.name} ${one.code} ${one.barcode} ${one.category}`) }));
    rows.sort((one, other) => (other.often ?? 0) - (one.often ?? 0)); // what is used most first, the rest by name
  }
  return rows;
}

function tile(part, one) {
  const copy = part.content.firstElementChild.cloneNode(true);
  for (const place of copy.querySelectorAll("[data-show]")) place.textContent = one[place.dataset.show];
  for (const field of copy.querySelectorAll("[data-id]")) field.value = one.id;
  for (const field of copy.querySelectorAll("[id]")) field.id += `-${one.id}`;
  for (const named of copy.querySelectorAll("[data-named]")) {
    named.ariaLabel = named.dataset.named.replace("{name}", one.name);
  }
  return copy;
}

async function search(box) {
  const words = plain(document.getElementById("q").value).split(/\s+/).filter(Boolean);
  const category = document.getElementById("category")?.value;
  if (!words.length && !category) return;
  const all = await catalogue();
  const found = all.filter((one) =>
    words.every((word) => one.text.includes(word)) && (!category || String(one.in) === category),
  );
  const list = document.createElement("ul");
  list.className = "tiles";
  list.append(...found.slice(0, MOST).map((one) => tile(box.querySelector("template"), one)));
  document.querySelector("#found ul.tiles, #found .empty")?.remove();
  document.getElementById("found").prepend(list);
  box.querySelector("[data-none]").hidden = found.length > 0;
}

const isAway = () => !navigator.onLine || document.documentElement.dataset.kept;
const here = () => document.querySelector("[data-catalogue]");

function away() {
  if (here()) search(here()).catch(() => null);
}

document.addEventListener("input", (event) => {
  if (event.target.matches("#q, #category") && isAway()) away();
});
document.addEventListener("submit", (event) => {
  if (event.target.role !== "search" || !isAway()) return;
  event.preventDefault();
  away();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (isAway() && event.target.closest("[role=search]")) event.preventDefault();
});
document.addEventListener("htmx:sendError", away);
