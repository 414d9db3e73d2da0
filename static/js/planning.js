// The planning board with a mouse and with the arrow keys. Everything here ends in the same forms as without a script:
// a press on free time opens the booking form, a drop sends it, and what stands against it comes back in the form.

import { announce } from "./page.js";

// Asked for anew each time: the page may have made place for another week.
const boardOf = (element) => element.closest?.("[data-board]");
const dropForm = () => document.getElementById("drop");
let held = null;
let ghost = null;

const twoDigits = (number) => String(number).padStart(2, "0");
const clock = (minutes) => `${twoDigits(Math.floor(minutes / 60))}:${twoDigits(minutes % 60)}`;
// As somebody here would type it: 2 or 7,5.
const point = document.documentElement.lang.startsWith("nl") ? "," : ".";
const typedHours = (minutes) => String(Math.round((minutes / 60) * 100) / 100).replace(".", point);
const minutesOf = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

// What the columns mean, in minutes: of the board, or of the one that somebody drags to.
function axisOf(element) {
  const { first, columns, columnMinutes } = (boardOf(element) ?? document.querySelector("[data-board]")).dataset;
  return { first: Number(first) * 60, columns: Number(columns), step: Number(columnMinutes) };
}

// The quarter under the pointer; `grabbed` is how far into the block it was taken up.
function timeAt(track, x, grabbed = 0) {
  const { first, columns, step } = axisOf(track);
  const box = track.getBoundingClientRect();
  const minutes = ((x - box.left) / box.width) * columns * step - grabbed;
  return Math.max(first, Math.min(first + columns * step - 15, first + Math.round(minutes / 15) * 15));
}

// In the day a block with its time; in the week a piece of the bar, and the time at the foot of the cell.
function showGhost(cell, start) {
  const { first, columns, step } = axisOf(cell);
  const track = cell.querySelector(".track");
  const { mails } = held.element.dataset;
  const said = mails ? `${clock(start)} ✉ ${mails}` : clock(start);
  ghost ??= document.createElement("i");
  const from = Math.floor((start - first) / step) + 1;
  const width = Math.max(1, Math.min(columns - from + 1, Math.ceil(held.minutes / step)));
  const kind = boardOf(cell).matches(".wide") ? "blk" : "bit fit";
  const place = `c${Math.floor(from / 10)} d${from % 10} v${Math.floor(width / 10)} w${width % 10}`;
  ghost.className = `${kind} ghost ${place}`;
  ghost.textContent = kind === "blk" ? said : "";
  cell.dataset.aim = said;
  if (ghost.parentElement !== track) track.append(ghost);
}

function letGo() {
  ghost?.remove();
  held?.element.classList.remove("held");
  for (const cell of document.querySelectorAll(".slot.aim")) cell.classList.remove("aim");
  held = null;
}

document.addEventListener("dragstart", (event) => {
  const element = event.target.closest?.("[data-job], [data-booking]");
  if (!element || !dropForm() || !document.querySelector("[data-board]")) return;
  const { columns, step } = axisOf(element);
  const track = element.closest(".track");
  const into = event.clientX - element.getBoundingClientRect().left;
  const grabbed = track ? (into / track.getBoundingClientRect().width) * columns * step : 0;
  held = { element, grabbed, minutes: Number(element.dataset.minutes) };
  element.classList.add("held");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", element.textContent.trim());
});
document.addEventListener("dragend", letGo);

document.addEventListener("dragover", (event) => {
  const board = boardOf(event.target);
  const cell = board && event.target.closest(".slot");
  if (!held || !cell) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  for (const other of board.querySelectorAll(".slot.aim")) {
    if (other !== cell) other.classList.remove("aim");
  }
  cell.classList.add("aim");
  showGhost(cell, timeAt(cell.querySelector(".track"), event.clientX, held.grabbed));
});
document.addEventListener("dragleave", (event) => {
  const board = boardOf(event.target);
  if (held && board && !board.contains(event.relatedTarget)) ghost?.remove();
});
document.addEventListener("drop", (event) => {
  const cell = boardOf(event.target) && event.target.closest(".slot");
  if (!held || !cell) return;
  const drop = dropForm();
  event.preventDefault();
  const { job, booking, version, confirm, known } = held.element.dataset;
  const fields = drop.elements;
  drop.setAttribute("action", booking ? drop.dataset.move.replace("/0/", `/${booking}/`) : drop.dataset.place);
  fields.job.value = job ?? "";
  fields.version.value = version ?? "";
  fields.known.value = known ?? "";
  fields.confirm.value = confirm ?? "";
  fields.technician.value = cell.dataset.technician;
  fields.day.value = cell.dataset.day;
  fields.start.value = clock(timeAt(cell.querySelector(".track"), event.clientX, held.grabbed));
  fields.hours.value = typedHours(held.minutes);
  letGo();
  if (!document.getElementById("panel")) return drop.requestSubmit();
  const how = { target: "#panel-body", select: "#visit", swap: "innerHTML show:none" };
  window.htmx.ajax("POST", drop.getAttribute("action"), { source: drop, ...how });
});

// What is free is one gap in the day, and several in a cell of the week: the one that was pressed, or the next.
function pressedTime(gap, event) {
  const cell = gap.closest(".slot");
  const at = timeAt(cell.querySelector(".track"), event.clientX, axisOf(gap).step / 2);
  if (gap.dataset.start) return Math.max(minutesOf(gap.dataset.start), at);
  const free = cell.dataset.free.split(" ").map((one) => one.split("-").map(Number));
  const [start] = free.find(([, end]) => at < end) ?? free[0];
  return Math.max(start, free.some(([, end]) => at < end) ? at : start);
}

// A press on free time means the quarter that was pressed, not the beginning of the gap. Enter means its beginning.
document.addEventListener("click", (event) => {
  const gap = boardOf(event.target) && event.target.closest("a.gap");
  if (!gap || event.detail === 0) return;
  const address = new URL(gap.href);
  address.searchParams.set("start", clock(pressedTime(gap, event)));
  gap.href = address.href;
});
document.addEventListener("pointermove", (event) => {
  const gap = boardOf(event.target) && event.target.closest("a.gap");
  const said = gap?.querySelector("b");
  if (said) said.textContent = clock(pressedTime(gap, event));
});

// Arrow keys go from day to day and from technician to technician, with a job chosen from place to place where it fits;
// Tab goes through what is in a day.
document.addEventListener("keydown", (event) => {
  const board = boardOf(event.target);
  if (!board) return;
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const cell = event.target.closest(".slot");
  const way = moves[event.key];
  if (!way || !cell) return;
  event.preventDefault();
  const rows = [...board.tBodies[0].rows];
  const isChoosing = board.matches(".choosing");
  let row = rows.indexOf(cell.parentElement);
  let column = cell.cellIndex;
  while (true) {
    row += way[0];
    column += way[1];
    const next = rows[row]?.cells[column];
    if (!next?.classList.contains("slot")) return;
    const fit = next.querySelector("a.fit");
    const target = isChoosing ? fit : (next.querySelector("a.gap") ?? next.querySelector("a.blk, a.visit, a.bit"));
    if (target) return target.focus();
  }
});

// From the moment that a job is chosen the keys work on the board: the best place has the focus, and is said.
function toBest() {
  const board = document.querySelector("[data-board].choosing");
  const best = board?.querySelector("a.best") ?? board?.querySelector("a.fit");
  if (!board) return;
  best?.focus({ preventScroll: true });
  best?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  announce([document.getElementById("chosen")?.textContent.trim(), best?.title].filter(Boolean).join(" "));
}
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "main") toBest();
});
toBest();
