// A job is one page: a step opens under its row, at its own address, is saved there, and what became of it is put in.
// The parts are those of the pages as the server, or the worker, gives them. Where that cannot be, links and forms do
// what they do anywhere.

import { isUnkept } from "./leaving.js";
import { announce } from "./page.js";
import { go, targetOf } from "./send.js";
import { formsIn } from "./typed.js";

const STEP_OF = { pause: "start", stop: "start", resume: "start", "turn-back": "travel" };
const NOT_OURS = "[data-waiting], [data-room]"; // the job has its own
const { documentElement: root } = document;

const linkOf = (key) => document.querySelector(`[data-step="${CSS.escape(key)}"] a`);
const big = () => document.querySelector(".thumb .big");
const visit = () => document.getElementById("visit");
const thumb = () => document.querySelector("footer.thumb");
const opened = () => document.querySelector(".opened");
const pathOf = (address) => new URL(address, location.href).pathname;
const isJob = (path) => path === visit()?.dataset.path;
const deep = () => history.state?.deep ?? 0; // how many places above the job
export const isOpened = () => Boolean(opened());
export const stepOf = ({ verb }) => STEP_OF[verb] ?? verb.replaceAll("-", "_");

// What a customer reads and signs has a page to itself.
function rowOf(path) {
  const rows = visit() ? [...document.querySelectorAll("[data-step]:not([data-step=sign_off])")] : [];
  return rows.find(({ dataset: { address } }) => address && path.startsWith(address));
}

let shown = location.pathname;
let ofJob = null; // what stood at the thumb, and the title, before a step opened
let turn = 0; // of the steps that are opened the last counts
let isOpening = false;
let going = null; // Back is under way
let isOlder = false; // than what was sent since it was asked for
const arrived = new WeakSet(); // the forms whose act led somewhere: they stay busy until the page is another
export const isBehind = () => isOlder;

// -- the page of a step, or of the job ------------------------------------------

const versionless = (address) => address.replace(/\.[0-9a-f]{12}\./, ".");
const drawing = "link[rel=stylesheet], script[src]";
const sourcesOf = (page) => [...page.querySelectorAll(drawing)].map(({ href, src }) => href ?? src);

// Of the same person, and drawn with the same version of what draws this one.
function fits(page) {
  const known = sourcesOf(document);
  const older = known.map(versionless);
  const isOther = (one) => !known.includes(one) && older.includes(versionless(one));
  return page.documentElement.dataset.user === root.dataset.user && !sourcesOf(page).some(isOther);
}

async function pageAt(address) {
  const path = visit().dataset.path;
  try {
    const answer = await fetch(address, { headers: { "X-In-Place": "yes" }, cache: "no-store" });
    if (!answer.ok || !pathOf(answer.url).startsWith(path)) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.querySelector("#main") || !fits(page)) return null;
    document.getElementById("toasts").append(...page.querySelectorAll("#toasts > .toast")); // they are said once
    return page;
  } catch {
    return null;
  }
}

// What a step needs besides what is here: it is there before the step is.
function dress(page) {
  const known = sourcesOf(document);
  const config = page.querySelector("meta[name=htmx-config]");
  if (config && !document.querySelector("meta[name=htmx-config]")) document.head.append(document.adoptNode(config));
  const wanted = [...page.scripts].filter(({ src }) => src && !known.includes(src));
  return Promise.all(wanted.map(({ src, type }) => new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src, type, onload: done, onerror: done });
    document.head.append(script);
  })));
}

// Since when the phone keeps it belongs to what is shown now.
function tell(page, part) {
  const { kept } = page.documentElement.dataset;
  if (kept) root.dataset.kept = kept;
  else delete root.dataset.kept;
  document.title = page.title;
  window.htmx?.process(part);
  part.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: {} }));
  document.dispatchEvent(new Event("form:stays"));
  document.dispatchEvent(new Event("place:shown"));
}

// -- a step ---------------------------------------------------------------------

const mayLeave = () =>
  !opened() ||
  !formsIn(opened()).some((form) => form.ariaBusy !== "true" && isUnkept(form)) ||
  confirm(document.body.dataset.leave);

function remove() {
  document.dispatchEvent(new Event("place:left"));
  for (const one of document.querySelectorAll("dialog[open]")) one.close();
  opened()?.remove();
  for (const link of document.querySelectorAll("[data-step] [aria-expanded]")) link.removeAttribute("aria-expanded");
}

function put(page, row) {
  const place = document.createElement("li");
  const part = document.createElement("section");
  place.className = "opened";
  Object.assign(part, { tabIndex: -1, ariaLabel: page.querySelector("h1").textContent.trim().replace(/\s+/g, " ") });
  part.append(...[...page.getElementById("main").children].filter((one) => !one.matches(NOT_OURS)));
  place.append(document.adoptNode(part));
  ofJob ??= { thumb: thumb(), title: document.title };
  remove();
  row.after(place);
  row.querySelector("a")?.setAttribute("aria-expanded", "true");
  thumb().replaceWith(document.adoptNode(page.querySelector("footer.thumb")));
  part.focus({ preventScroll: true });
  row.scrollIntoView({ block: "start" });
  tell(page, part);
}

// `how` the address comes into history; empty: it is there. In the place of the step before only while that is there.
async function open(address, how) {
  turn += 1;
  const mine = turn;
  isOpening = true;
  const pressed = rowOf(pathOf(address));
  pressed.ariaBusy = "true";
  const page = await pageAt(address);
  const isStep = page && !page.getElementById("visit");
  if (isStep) await dress(page);
  await going;
  pressed.ariaBusy = null;
  if (mine !== turn) return;
  isOpening = false;
  const row = rowOf(pathOf(address)); // another one when the job was shown anew meanwhile
  if (!isStep || !row) return go(address);
  const isOn = how === "replaceState" && deep() > 0;
  if (how) history[isOn ? how : "pushState"]({ deep: deep() + !isOn }, "", address);
  shown = location.pathname;
  put(page, row);
}

function shut() {
  remove();
  if (!ofJob) return;
  thumb().replaceWith(ofJob.thumb);
  document.title = ofJob.title;
  ofJob = null;
}

// -- the job --------------------------------------------------------------------

// Somebody opened another step, pressed something that is on its way, or is asked something: what comes of it is shown
// at the form that was pressed.
const isBusy = (done) =>
  (isOpened() && !done) ||
  [...document.querySelectorAll("dialog[open]")].some((one) => !one.contains(done)) ||
  isUnderWay();

// Whether something was pressed of which nobody knows yet where it leads.
export const isUnderWay = () => [...document.querySelectorAll("form[aria-busy]")].some((form) => !arrived.has(form));

// As it stands now. False: it could not be had. Who went on meanwhile is not disturbed. `done`: the form that is done
// with, and the step that stands open with it.
export async function renew(done = null) {
  const mine = turn;
  isOlder = false;
  const page = await pageAt(visit().dataset.path);
  if (mine !== turn || !visit()) return true;
  if (isBusy(done)) {
    isOlder = true; // until what they do is done
    return true;
  }
  if (!page?.getElementById("visit")) return false;
  const main = document.adoptNode(page.getElementById("main"));
  const at = document.activeElement?.closest("[data-step], .thumb");
  const before = scrollY;
  shut();
  document.getElementById("main").replaceWith(main);
  thumb().replaceWith(document.adoptNode(page.querySelector("footer.thumb")));
  scrollTo({ top: before, behavior: "instant" });
  if (at) (at.dataset.step ? linkOf(at.dataset.step) : big())?.focus({ preventScroll: true });
  tell(page, main);
  return true;
}

// Who saved a step stands at it; who pressed at the thumb goes on there, and sees the clock. Both hear what came of it.
function stand(key, isPress) {
  const row = document.querySelector(`[data-step="${CSS.escape(key)}"]`);
  if (isPress) scrollTo({ top: 0, behavior: "instant" });
  else row?.scrollIntoView({ block: "center" });
  (isPress ? big() : linkOf(key) ?? big())?.focus({ preventScroll: true });
  announce(row?.children[1].textContent.trim().replace(/\s+/g, " "));
}

let returning = null;

function back() {
  going = new Promise((done) => {
    returning = done;
    history.go(-deep());
  });
  return going;
}

// After an act: to where it leads. `form`: it was done there, and nobody went on meanwhile if it still stands. `look`
// says what waits on this phone.
export async function arrive(address, form, verb, look) {
  arrived.add(form);
  const path = pathOf(address);
  if (!visit() || !path.startsWith(visit().dataset.path)) return go(address);
  if (isOpening) return null;
  if (!form.isConnected) return isOpened() ? null : renew();
  const row = rowOf(path);
  if (row && isOpened()) return open(address, "replaceState");
  if (!isJob(path)) return go(address);
  const wasOpen = isOpened();
  const key = wasOpen ? opened().previousElementSibling.dataset.step : stepOf({ verb });
  const mine = turn;
  if (deep()) await back();
  if (mine !== turn) return null;
  if (!(await renew(form))) return go(address);
  await look();
  if (mine === turn) stand(key, !wasOpen);
}

// -- by whom ----------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-step] a, .opened a, .thumb > a");
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  if (!visit() || link.target || link.origin !== location.origin) return;
  const row = rowOf(link.pathname);
  const isClosing = isOpened() && (isJob(link.pathname) || link.ariaExpanded === "true");
  if (!row && !isClosing) return;
  event.preventDefault();
  if (isClosing) return deep() && history.go(-deep()); // 0: it was saved, and closes by itself
  const isOther = isOpened() && row !== opened().previousElementSibling;
  if (!isOther || mayLeave()) open(link.href, isOther ? "replaceState" : "pushState");
});

addEventListener("popstate", () => {
  const path = location.pathname;
  if (path === shown) return; // a place on this page
  if (!visit()) return location.reload();
  if (!returning && !mayLeave()) return history.pushState({ deep: deep() + 1 }, "", shown);
  shown = path;
  if (returning) returning = returning();
  else if (rowOf(path)) open(location.href, "");
  else {
    const key = opened()?.previousElementSibling.dataset.step;
    shut();
    if (key) linkOf(key)?.focus();
    renew();
  }
});

document.addEventListener("outbox:sent", () => {
  isOlder = true;
});

// What is asked about a step stands where the step does.
document.addEventListener("form:asked", (event) => {
  const row = opened()?.previousElementSibling;
  if (!row || rowOf(pathOf(targetOf(event.target))) !== row) return;
  event.preventDefault();
  put(event.detail.answer, row);
});
