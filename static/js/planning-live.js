// What another planner changes appears on a week that stands open: a question every two seconds, to which the answer is
// nothing (204) as long as nothing changed. Nobody loses their place, the focus or what they drag.

import { announce } from "./page.js";

const EVERY = 1500;
const PARTS = ["counts", "week-view", "weeks"];
let isAsking = false;

const board = () => document.querySelector("[data-pulse]");
const isBusy = () => document.hidden || document.querySelector(".held, .htmx-request");

async function look() {
  const table = board();
  if (!table || isAsking || isBusy()) return;
  isAsking = true;
  try {
    const address = `${table.dataset.pulse}&mark=${table.dataset.mark}`;
    const answer = await fetch(address, { headers: { Accept: "text/plain" }, redirect: "error" });
    if (answer.status === 200) await bring(location.href);
  } catch {
    // No network, or the session is over: the next press says so.
  } finally {
    isAsking = false;
  }
}

async function bring(address) {
  const answer = await fetch(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-pulse]");
  const table = board();
  if (!fresh || !table || address !== location.href || isBusy()) return;
  const place = placeOf(document.activeElement);
  const changed = rowsOf(fresh) === rowsOf(table) ? cells(table, fresh) : whole(table, fresh);
  board().dataset.mark = fresh.dataset.mark;
  for (const id of PARTS) take(document.getElementById(id), page.getElementById(id));
  take(document.querySelector(".queue"), page.querySelector(".queue"));
  take(document.getElementById("drop"), page.getElementById("drop"));
  back(place);
  if (changed) announce(board().dataset.changed);
}

// Which technicians and which days: when these differ the whole table is another one.
const rowsOf = (table) =>
  [...table.querySelectorAll("tr")].map((row) => row.cells[1]?.dataset.technician ?? row.cells.length).join();

const looks = (cell) => cell.innerHTML + cell.className.replace(/ (changed|aim)\b/g, "");

function cells(table, fresh) {
  let count = 0;
  for (const cell of fresh.querySelectorAll("td.slot")) {
    const old = document.getElementById(cell.id);
    if (looks(old) === looks(cell)) continue;
    old.replaceWith(cell);
    mark(cell);
    count += 1;
  }
  take(table.tHead, fresh.tHead);
  return count;
}

function whole(table, fresh) {
  const before = new Map([...table.querySelectorAll("td.slot")].map((cell) => [cell.id, looks(cell)]));
  table.replaceWith(fresh);
  for (const cell of fresh.querySelectorAll("td.slot")) {
    if (before.get(cell.id) !== looks(cell)) mark(cell);
  }
  return fresh.rows.length;
}

function mark(cell) {
  cell.classList.add("changed");
  setTimeout(() => cell.classList.remove("changed"), 10000);
}

function take(old, fresh) {
  if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);
}

// Where the focus was, in words that outlive what had it.
function placeOf(element) {
  const cell = element?.closest(".slot");
  const job = element?.closest("[data-job]")?.id;
  return { element, cell: cell?.id, booking: element?.dataset?.booking, href: element?.getAttribute("href"), job };
}

function back({ element, cell, booking, href, job }) {
  if (!element || element.isConnected) return;
  if (job) return document.getElementById(job)?.focus({ preventScroll: true });
  const now = cell && document.getElementById(cell);
  const links = [...(now?.querySelectorAll("a") ?? [])];
  const same = links.find((link) => (booking ? link.dataset.booking === booking : link.getAttribute("href") === href));
  (same ?? links[0])?.focus({ preventScroll: true });
}

setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);
