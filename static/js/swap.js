// From page to page in the office without loading anew: the rail, tabs, counters, headings, the pages of a list and its
// rows ask for a whole page, of which <main>, the places in the rail, the menu and the messages are put in. What cannot
// be put in is opened as a link does it: a page of another shell or person, or of a newer version of ours.

import { announce } from "./page.js";

const { htmx } = window;
const { body } = document;
const LISTS = ".rail nav a, .pager a, .tabs a, .segments a, .counters a, .filters a, th a, a.row, a.back";
const LINKS = `${LISTS}, .board .job, a.let-go`;
const PARTS = "#places:innerHTML,#me-menu:innerHTML,#toasts:innerHTML";
const ASKING = "body, a.row, form.filters"; // who asks for what takes the place of this page, or a part of it
const roomy = matchMedia("(min-width: 1180px)");
let move = {}; // `from`: the link that was pressed; `entry`: what history kept of a page that was here before
let shown = here();

function here() {
  return location.pathname + location.search;
}

function isPage(link) {
  const isPlace = link.hash && link.pathname + link.search === here();
  return link.origin === location.origin && !link.target && !link.hasAttribute("download") && !isPlace;
}

// A row opens beside its list where there is room for both: that is htmx's, by what stands in the template.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(LINKS);
  if (!link || event.defaultPrevented) return;
  const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (link.matches("[hx-boost] a.row")) {
    if (isPlain && roomy.matches) return;
    event.stopImmediatePropagation();
  }
  if (!isPlain || !isPage(link)) return;
  event.preventDefault();
  bring(link.href, { from: link.getAttribute("href") });
}, true);
document.addEventListener("htmx:afterRequest", (event) => {
  const link = event.target;
  if (!event.detail.successful || !link.matches?.("a.row")) return;
  for (const row of link.closest("tbody").querySelectorAll("[aria-selected]")) row.removeAttribute("aria-selected");
  link.closest("tr").setAttribute("aria-selected", "true");
});

function bring(address, wanted) {
  htmx.trigger(body, "htmx:abort");
  move = wanted;
  const how = { target: "#main", select: "#main > *", selectOOB: PARTS, swap: "innerHTML settle:0 show:none" };
  htmx.ajax("GET", address, { ...how, push: String(!wanted.entry) }).catch(() => null);
}

// The browser does it, and asks about nothing that was asked about before.
function load(address) {
  document.dispatchEvent(new Event("form:taken"));
  if (move.entry) location.reload();
  else location.assign(address);
}

const isOurs = (detail) => detail.requestConfig?.elt === body;

// To the server it is a page like any other.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt === body) delete detail.headers["HX-Request"];
});

// Of two that are under way the last counts. At the window: after everybody who may say no.
addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (!elt.matches(ASKING)) return;
  if (event.defaultPrevented) {
    if (isOurs(event.detail) && move.entry) history.pushState({ htmx: true }, "", shown); // who stays is still here
    return;
  }
  for (const other of document.querySelectorAll(ASKING)) {
    if (other !== elt) htmx.trigger(other, "htmx:abort");
  }
});

// -- what a page is drawn with ------------------------------------------------

const sheetsOf = (page) => [...page.querySelectorAll("link[rel=stylesheet]")];
const hrefOf = (link) => link.getAttribute("href");
const versionless = (address) => address.replace(/\.[0-9a-f]{12}\./, ".");

function fits(answer) {
  const { documentElement: one } = document;
  const { documentElement: other } = answer;
  const alike = (name) => one.dataset[name] === other.dataset[name];
  const isForUs = one.lang === other.lang && alike("user") && alike("theme");
  const [shell, ...own] = sheetsOf(answer).filter((link) => !link.media).map(hrefOf);
  const loaded = new Set(sheetsOf(document).filter((link) => link.sheet).map(hrefOf));
  const known = [...document.scripts].map((script) => script.getAttribute("src"));
  const isNewer = (src) => !known.includes(src) && known.map(versionless).includes(versionless(src));
  return (
    isForUs &&
    shell === hrefOf(sheetsOf(document)[0]) &&
    own.every((href) => loaded.has(href)) &&
    ![...answer.scripts].some((script) => isNewer(script.getAttribute("src")))
  );
}

function dress(answer) {
  const wanted = sheetsOf(answer).filter((link) => !link.media).map(hrefOf);
  for (const link of sheetsOf(document)) link.media = wanted.includes(hrefOf(link)) ? "all" : "not all";
  for (const { type, src } of answer.scripts) {
    if ([...document.scripts].some((script) => script.src === src)) continue;
    document.head.append(Object.assign(document.createElement("script"), { type, src }));
  }
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { detail } = event;
  if (!isOurs(detail) || !detail.shouldSwap) return;
  const head = detail.serverResponse.split("</head>", 1)[0];
  const answer = new DOMParser().parseFromString(head, "text/html");
  if (fits(answer)) {
    detail.target.focus({ preventScroll: true }); // a browser lays out all anew for what goes with the focus in it
    return dress(answer);
  }
  event.preventDefault();
  load(detail.xhr.responseURL);
});

// As on any new page: at its top, and its name is said. Who comes back stands where they were.
document.addEventListener("htmx:afterSettle", ({ target, detail }) => {
  if (target.id !== "main" || !isOurs(detail)) return;
  const { top = 0, from } = move.entry ?? {};
  if (from) target.querySelector(`a[href="${CSS.escape(from)}"]`)?.focus({ preventScroll: true });
  scrollTo({ top, behavior: "instant" });
  document.querySelector(".rail-toggle input").checked = false;
  shown = here();
  announce(document.title);
});

// -- history ------------------------------------------------------------------

let entry = {};
let resting;

// Before htmx, which writes over the state, and would load the page anew.
addEventListener("popstate", (event) => {
  htmx.config.refreshOnHistoryMiss = false;
  clearTimeout(resting);
  entry = event.state ?? {};
}, true);
document.addEventListener("htmx:historyCacheMiss", (event) => {
  event.preventDefault();
  if (shown !== here()) bring(location.href, { entry });
});
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  const from = isOurs(detail) ? move.from : detail.requestConfig.elt.getAttribute("href");
  history.replaceState({ ...history.state, top: scrollY, from }, "");
});
document.addEventListener("htmx:pushedIntoHistory", () => {
  shown = here();
});
addEventListener("scroll", () => {
  clearTimeout(resting);
  resting = setTimeout(() => {
    if (history.state?.htmx) history.replaceState({ ...history.state, top: scrollY }, "");
  }, 300);
}, { passive: true });

// The address is that of the page before, which does not come: the browser says why.
for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => {
    if (isOurs(detail) && move.entry) load();
  });
}
