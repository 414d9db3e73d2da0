// What waits on this phone, on the pages that it belongs to: in a list, at the steps of the job, and in what the job
// offers next. The page itself is as the server, or the worker, gave it.

import { correct } from "./acts.js";
import { isBehind, isOpened, isUnderWay, renew, stepOf } from "./in-place.js";
import { changesOf, settle, statesOf } from "./typed.js";

const AFTER = {
  travel: "travelling",
  "turn-back": "assigned",
  start: "started",
  resume: "started",
  pause: "paused",
  stop: "paused",
  finish: "finished",
  "goes-on": "finished",
  "no-access": "no_access",
};
const box = () => document.querySelector("[data-waiting]"); // another one when a form is shown again
const visitOf = () => document.getElementById("visit")?.dataset;
let visit = visitOf();
let job;
let place;
const { lang } = document.documentElement;
const clock = (at) => new Date(at).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
let had = false;
let sending = ""; // the act that is on its way

const stateOf = ({ id, state }) => box().dataset[state === "wrong" ? "wrong" : id === sending ? "sending" : "kept"];

function here(act) {
  if (!job) return true;
  return act.job === job && (!place || act.verb === place);
}

function row(act) {
  const part = box().querySelector("template").content.firstElementChild.cloneNode(true);
  part.dataset.act = act.id;
  part.querySelector("[data-what]").textContent = act.title;
  part.querySelector("[data-said]").textContent = [clock(act.at), act.said].filter(Boolean).join(" · ");
  part.querySelector("[data-state]").textContent = stateOf(act);
  const button = part.querySelector("button");
  button.hidden = act.state !== "wrong";
  button.addEventListener("click", () => correct(act));
  return part;
}

function list(acts) {
  const shown = acts.filter(here);
  const isWrong = shown.some(({ state }) => state === "wrong");
  // At a job and in the lists its place is for what there is to do: the number says enough.
  box().querySelector("details").open ||= isWrong || Boolean(place);
  box().querySelector("[data-n]").textContent = shown.length;
  box().hidden = !shown.length;
  box().querySelector("ul").replaceChildren(...shown.map(row));
}

// -- the job ------------------------------------------------------------------

const isBlocking = ({ verb, fields }) =>
  verb === "issue" && fields.some(([name, value]) => name === "blocks" && value);

// As the server will find it: a visit that waits has no clock, and has begun only if it had before.
function after({ status, isHeld, runs }, act) {
  const { verb } = act;
  if (verb === "hold" || isBlocking(act)) {
    return { status: status === "started" ? "paused" : status, isHeld: true, runs: false };
  }
  if (!AFTER[verb]) return { status, isHeld, runs };
  return { status: AFTER[verb], isHeld: isHeld && verb !== "start" && verb !== "resume", runs: true };
}

function standsAfter(acts) {
  const { status, held } = visit;
  return acts.reduce(after, { status, isHeld: Boolean(held), runs: !held });
}

function mark(step, acts) {
  step.querySelector("[data-here]")?.remove();
  step.classList.toggle("waiting", acts.length > 0);
  if (!acts.length) return;
  const note = document.createElement("small");
  note.dataset.here = "";
  const first = (told) => acts.find(told);
  const state = stateOf(first(({ state }) => state === "wrong") ?? first(({ id }) => id === sending) ?? acts[0]);
  const photos = acts.flatMap(({ files }) => files).filter(({ isDrawn }) => !isDrawn).length;
  note.textContent = photos > 1 ? `${box().dataset.photos.replace("{n}", photos)} · ${state}` : state;
  step.children[1].append(note);
}

// A step that the server did not lead to yet, as it does not know that the work began.
function lead(step) {
  const { address } = step.dataset;
  if (!address || step.querySelector("a")) return;
  const words = [...step.children[1].childNodes].find((one) => one.nodeType === Node.TEXT_NODE && one.data.trim());
  const link = document.createElement("a");
  link.href = address;
  link.textContent = words.data.trim();
  words.replaceWith(link);
}

function press(verb, text, css) {
  const form = document.getElementById("act").content.firstElementChild.cloneNode(true);
  form.action = `${visit.path}${verb}/`;
  const button = form.querySelector("button");
  button.className = css;
  button.textContent = text;
  return form;
}

let leaving = null; // asks before the customer is told

function offer({ status, isHeld }, steps) {
  const isAsItWas = status === visit.status;
  const isThere = status !== "assigned" || steps.some((step) => step.matches(".waiting[data-step=before_photo]"));
  // A trip may have been taken back, and work that is paused has begun.
  const isDone = (step) => {
    if (step.dataset.step === "travel") return isThere || (isAsItWas && step.matches(".done"));
    if (step.dataset.step === "start" && !["assigned", "travelling"].includes(status)) return true;
    return step.matches(".done, .waiting");
  };
  const next = steps.find((step) => !isDone(step));
  const thumb = document.querySelector(".thumb");
  leaving = thumb.querySelector(":scope > .confirm") ?? leaving;
  for (const old of thumb.querySelectorAll(":scope > .big, :scope > form, :scope > .confirm")) old.remove();
  const isOver = ["finished", "no_access"].includes(status);
  const isLast = !isOver && status !== "paused" && next?.dataset.step === "finish";
  for (const part of thumb.querySelectorAll("[data-ends]")) part.hidden = !isLast;
  const isSo = { held: isHeld, last: isLast };
  for (const way of thumb.querySelectorAll("[data-fits]")) {
    way.hidden = !way.dataset.fits.split(" ").includes(status) || Boolean(isSo[way.dataset.unless]);
  }
  if (isOver) return;
  if (status === "paused") return thumb.prepend(press("resume", visit.resume, "big"));
  if (!next) return;
  const { step, address, press: words } = next.dataset;
  if (step === "travel" && !isHeld && leaving) return thumb.prepend(leaving);
  if (!address) return thumb.prepend(press(step, step === "travel" && isHeld ? visit.resume : words, "big"));
  const link = document.createElement("a");
  Object.assign(link, { className: "big", href: address, textContent: words });
  thumb.prepend(link);
}

// Since when: by what waits, or as the server said.
function clockOf({ status, isHeld, runs }, acts) {
  const begun = acts.findLast(({ verb }) => AFTER[verb] === status);
  const card = document.querySelector(".clock-card");
  const isAsItWas = status === visit.status && isHeld === Boolean(visit.held);
  if (card) card.hidden = Boolean(begun) || !isAsItWas;
  const clocks = document.querySelector("[data-clock]");
  const isTrip = status === "travelling";
  clocks.hidden = !runs || !(isTrip || status === "started") || !(card?.hidden ?? true);
  const words = document.createElement("b");
  if (begun) words.textContent = visit[isTrip ? "trip" : "since"].replace("{time}", clock(begun.at));
  const buttons = isTrip
    ? [press("turn-back", visit.back, "btn")]
    : ["pause", "stop"].map((verb) => press(verb, visit[verb], "btn"));
  clocks.replaceChildren(words, ...buttons);
}

function walk(acts) {
  const steps = [...document.querySelectorAll("[data-step]")];
  const stands = standsAfter(acts);
  for (const step of steps) {
    mark(step, acts.filter((act) => stepOf(act) === step.dataset.step));
    if (["started", "paused"].includes(stands.status)) lead(step);
  }
  if (isOpened()) return;
  offer(stands, steps);
  clockOf(stands, acts);
}

// -- the form that it was typed in -----------------------------------------------

const GOES_ON = ["checklist", "work-done"];
const filled = new WeakSet();

// Who opens a form again goes on from what waits, and not from what the server knew.
function fill(acts) {
  const form = document.getElementById("step");
  if (!form || filled.has(form) || !GOES_ON.includes(place)) return;
  filled.add(form);
  const typed = new Set(changesOf(form).map(([key]) => key));
  for (const act of acts.filter(({ verb }) => verb === place)) {
    for (const [key, field] of statesOf(form)) {
      if (!typed.has(key)) put(form, key, field, act.fields);
    }
  }
}

function put(form, key, field, fields) {
  const said = (name) => fields.filter(([one]) => one === name).map(([, value]) => value);
  const [was, sent] = [said(`was_${field.name}`)[0], said(field.name)];
  if (was !== undefined && was === (sent[0] ?? "")) return;
  const isBox = field.type === "checkbox" || field.type === "radio";
  if (isBox) field.checked = sent.includes(field.value);
  else field.value = sent[0] ?? "";
  settle(form, key, field);
  const shown = form.elements[`was_${field.name}`];
  if (shown) shown.value = sent[0] ?? "";
}

// -- what a customer signs ----------------------------------------------------

function sign(acts) {
  const shown = document.querySelector(".shown");
  if (!shown) return;
  const here = shown.querySelector("[data-here]");
  here.hidden = !acts.length;
  const rows = acts.filter(({ verb }) => verb !== "sign-off").map(row);
  for (const one of rows) one.querySelector("[data-state]").remove();
  here.querySelector("ul").replaceChildren(...rows);
  const verbs = new Set(acts.map(stepOf));
  for (const none of shown.querySelectorAll("[data-none]")) none.hidden = verbs.has(none.dataset.none);
}

const anew = async () => (await renew()) || location.reload();

document.addEventListener("outbox:changed", ({ detail: { own, sending: underway } }) => {
  sending = underway;
  // A form that is on its way is answered first: the page goes on by itself.
  if (!own || !box() || isUnderWay()) return;
  [, job, place] = location.pathname.match(/^\/phone\/job\/(\d+)\/([\w-]*)/) ?? [];
  visit = visitOf();
  list(own);
  const acts = own.filter((act) => act.job === job);
  // All of it is with the server now, which knows better how the job stands.
  if ((had || isBehind()) && !acts.length && visit && !isOpened() && !document.querySelector("dialog[open]")) anew();
  had = acts.length > 0;
  // What the page says of the visit is older than what was done since; that goes for a kept page as well.
  const isOld = had || Boolean(document.documentElement.dataset.kept);
  for (const old of document.querySelectorAll("[data-unless-waiting]")) old.hidden = isOld;
  for (const only of document.querySelectorAll("[data-if-waiting]")) only.hidden = !isOld;
  if (visit && had) walk(acts);
  if (had) {
    sign(acts);
    fill(acts);
  }
});
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-send]")) document.dispatchEvent(new Event("outbox:send"));
});
