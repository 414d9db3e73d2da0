// A visit is booked and moved in a panel over the board. What stands in it is the page of the visit: without a script,
// or with a press of Ctrl, the same address opens as one.

import { announce } from "./page.js";

const { htmx } = window;
const panel = () => document.getElementById("panel");
const OPENS = "[data-board] :is(.visit, .bit, .gap, .blk)";
const BOARD = "#counts:innerHTML,#week-view:innerHTML,#weeks:innerHTML,#chosen:innerHTML";
let from = null; // what opened it: there the focus goes back to

const isOf = (page) => page.includes('id="visit"');

function open(address) {
  const box = panel();
  htmx.ajax("GET", address, { source: box, target: "#panel-body", select: "#visit", swap: "innerHTML show:none" });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(OPENS);
  if (!link || !panel() || event.defaultPrevented) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  from = { cell: link.closest(".slot").id, href: link.getAttribute("href"), visits: visitsOf(link.closest(".slot")) };
  open(link.href);
});

// An answer that is a page of a visit belongs in the panel, also when it refuses; any other is the board after it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (detail.target?.id !== "panel-body" || detail.xhr.status >= 500) return;
  if (isOf(detail.serverResponse)) {
    detail.shouldSwap = true;
    detail.isError = false;
    return;
  }
  if (detail.isError) return;
  detail.shouldSwap = false;
  if (detail.requestConfig.verb === "get") return location.assign(detail.xhr.responseURL);
  const answer = new DOMParser().parseFromString(detail.serverResponse, "text/html");
  const told = answer.querySelectorAll("#toasts > *");
  close();
  renew().then(() => document.getElementById("toasts").append(...told));
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id !== "panel-body") return;
  const box = panel();
  if (!box.open) box.showModal();
  const wrong = box.querySelector("[role=alert], [aria-invalid=true]");
  const field = box.querySelector("[aria-invalid=true], textarea[name=reason]");
  (field ?? box.querySelector("form.form .actions .btn.go") ?? box.querySelector("a, button"))?.focus();
  announce(wrong?.textContent.trim().replace(/\s+/g, " ") ?? box.querySelector("h2")?.textContent);
});

function close() {
  panel()?.close();
}

// The board as it is now, of the week that is shown, with no job chosen.
function renew() {
  const address = new URL(location.href);
  address.searchParams.delete("job");
  history.replaceState(history.state, "", address);
  const how = { target: "#board", select: "#board", swap: "outerHTML show:none", selectOOB: BOARD };
  return htmx.ajax("GET", address.href, { source: panel(), ...how }).then(returned);
}

const visitsOf = (cell) => [...cell.querySelectorAll("[data-booking]")].map((link) => link.dataset.booking);

// To the visit that was booked there, or to what was pressed; after a booking elsewhere to the next job.
function returned() {
  const cell = from && document.getElementById(from.cell);
  const links = [...(cell?.querySelectorAll("a") ?? [])];
  const booked = links.find(({ dataset }) => dataset.booking && !from.visits.includes(dataset.booking));
  const pressed = links.find((link) => link.getAttribute("href") === from.href);
  (booked ?? pressed ?? links[0] ?? document.querySelector(".queue .job"))?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-close-panel]")) close();
});
// `close` does not bubble.
document.addEventListener("close", (event) => {
  if (event.target.id !== "panel") return;
  document.getElementById("panel-body").replaceChildren();
  if (from) returned();
}, true);
