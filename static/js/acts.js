// Every act at a job goes through the outbox, with a network and without: the form is kept on this phone first, then
// sent. Its page waits a little for the answer, shows what is asked, and goes on without one.

import {
  PNG, acts, add, again, askWhatIsSent, flush, hear, hearOwn, isToldWrong, isUpToDate, settle, take, whileMade,
} from "./outbox.js";
import { arrive } from "./in-place.js";
import { toast } from "./page.js";
import { go, send as sendPlainly, targetOf, told } from "./send.js";

const JOB = /^(\/phone\/job\/(\d+)\/)(([\w-]+)\/.*)?$/;
const PATIENCE = 6000;
const PATIENCE_PHOTO = 700; // on a bad line a photo takes its time, and nobody waits for it
const EVERY = 20_000;
const { user } = document.documentElement.dataset;
const MOST = `phone-most ${user}`;
const isAble = Boolean(user && isSecureContext && navigator.locks && window.indexedDB && window.BroadcastChannel);
const words = document.querySelector("[data-waiting]")?.dataset ?? {};
const say = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

export const ofUser = async () => (await acts()).filter((act) => act.user === user);

// -- an act -------------------------------------------------------------------

function label(field) {
  return field.labels?.[0]?.textContent.trim().replace(/\s+/g, " ") ?? "";
}

function valueOf(field) {
  if (field.type === "file") return field.files.length ? words.photos.replace("{n}", field.files.length) : "";
  if (["checkbox", "radio"].includes(field.type)) return field.checked ? label(field) : "";
  const value = field.options ? field.selectedOptions[0]?.textContent : field.value;
  return value?.trim() ? `${label(field)}: ${value.trim()}` : "";
}

const isTyped = (field) => field.name && field.type !== "hidden" && field.localName !== "button";

// Only who has a photo to send loads what makes it smaller: that begins when it is chosen.
const made = new WeakMap();

async function shrink(file, side) {
  try {
    const { shrunk } = await import("./shrink.js");
    return await shrunk(file, side);
  } catch {
    return file;
  }
}

function smaller(file, side) {
  if (!made.has(file)) made.set(file, shrink(file, side));
  return made.get(file);
}

document.addEventListener("change", ({ target }) => {
  const side = Number(target.closest("[data-side]")?.dataset.side ?? 0);
  if (!isAble || !side || !target.files) return;
  [...target.files].reduce((before, file) => before.then(() => smaller(file, side)), Promise.resolve());
});

const smallOf = new WeakMap(); // of a photo as it was chosen: what makes it smaller, one at a time

// An iPhone loses Blobs from its store: the bytes themselves are kept.
async function held(field, given, side) {
  const file = { field, name: given.name, type: given.type, bytes: await given.arrayBuffer() };
  if (side) smallOf.set(file, () => smaller(given, side));
  return file;
}

async function lighter(file) {
  const small = await smallOf.get(file)?.();
  return small ? { ...file, name: small.name, type: small.type, bytes: await small.arrayBuffer() } : file;
}

async function lightened(act) {
  const files = [];
  for (const file of act.files) files.push(await lighter(file));
  return { ...act, files, isRough: false };
}

const isRough = ({ files }) => files.some((file) => smallOf.has(file));

// As it was chosen, before anything else: who leaves while it is made smaller loses nothing.
async function keep(given) {
  try {
    return await add(...given.map((act) => ({ ...act, isRough: isRough(act) })));
  } catch (error) {
    if (error.name !== "QuotaExceededError" || !given.some(isRough)) throw error;
    const small = [];
    for (const act of given) small.push(await lightened(act));
    return add(...small); // as much as there is room for
  }
}

async function lighten(given, kept) {
  for (const [at, { n, isRough: isLarge }] of kept.entries()) {
    if (isLarge) await settle(n, await lightened(given[at]));
  }
}

// A drawing is bytes too: as text it takes a third more room.
function drawn(field, url) {
  const bytes = Uint8Array.from(atob(url.slice(PNG.length)), (one) => one.charCodeAt(0));
  return { field, name: "signature.png", type: "image/png", isDrawn: true, bytes: bytes.buffer };
}

const sideOf = (form, name) => Number(form.elements[name]?.closest?.("[data-side]")?.dataset.side ?? 0);

async function actOf(form, button, path, found) {
  const typed = [...form.elements].filter(isTyped);
  const step = form.closest(".opened > section")?.ariaLabel ?? document.querySelector("h1")?.textContent;
  const title = button?.ariaLabel || (typed.length ? step : button?.textContent) || "";
  const fields = [];
  const files = [];
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value.startsWith(PNG)) files.push(drawn(name, value));
    else if (typeof value === "string") fields.push([name, value]);
    else if (value.size) files.push(await held(name, value, sideOf(form, name)));
  }
  if (button?.name) fields.push([button.name, button.value]);
  const [, , job, , verb] = found;
  const shown = document.querySelector(".shown");
  if (verb === "sign-off" && shown) fields.push(...(await onPhone(shown, job)));
  return {
    id: crypto.randomUUID(),
    user,
    job,
    verb,
    path,
    title: title.trim().replace(/\s+/g, " "),
    said: typed.map(valueOf).filter(Boolean).join(" · "),
    at: new Date().toISOString(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    fields,
    files,
  };
}

// Photos that were chosen at once are an act each: one that fails holds up no other, and is sent again alone.
function apart(act, form) {
  if (form.dataset.apart === undefined || act.files.length < 2) return [act];
  const first = act.id;
  const one = (file, at) => ({ ...act, id: at ? crypto.randomUUID() : first, first, said: file.name, files: [file] });
  return act.files.map(one);
}

// What is signed is what stood on the screen, where the server has not seen all of it yet.
async function onPhone(shown, job) {
  const waits = (await ofUser()).some((act) => act.job === job);
  return waits || document.documentElement.dataset.kept ? [["on_phone", shown.innerText]] : [];
}

// -- doing it -----------------------------------------------------------------

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[method=post]") || form.hasAttribute("hx-post")) return;
  const { pathname, search } = new URL(targetOf(form, event.submitter), location.href);
  if (pathname === "/account/logout/") return leave(event);
  const found = pathname.match(JOB);
  if (!isAble || !found || !form.elements.idempotency_key) return;
  event.preventDefault();
  perform(form, event.submitter, pathname + search, found);
});

async function perform(form, button, path, found) {
  document.querySelectorAll("#toasts > [data-toast=error]").forEach((one) => one.remove());
  let done;
  try {
    const given = apart(await actOf(form, button, path, found), form);
    done = await whileMade(given[0], async () => {
      const kept = await keep(given);
      say("form:kept", { form });
      await lighten(given, kept).catch(() => null); // then it goes as it is
      return kept;
    });
    if (done[0].files.length) keepFull(false);
  } catch (error) {
    if (error.name === "QuotaExceededError") keepFull(true);
    // What has no room here goes straight to the server, where there is one.
    if (error.name !== "QuotaExceededError" || navigator.onLine) return sendPlainly(form, button);
    form.removeAttribute("aria-busy");
    return toast(words.full, "error");
  }
  form.autocomplete = "off"; // Back brings the page without what was taken
  navigator.storage?.persist?.();
  navigator.serviceWorker?.getRegistration("/phone/").then((found) => found?.sync?.register("phone-outbox"))
    .catch(() => null);
  const outcome = await outcomeOf(done);
  if (outcome.kind === "asked") {
    if (!form.isConnected) return null; // nobody is there to be asked: it is sent as what comes later
    await take(done.find(({ id }) => id === outcome.id)); // first: no form is filled in from it
    form.removeAttribute("aria-busy");
    say("form:stays");
    told(outcome.page, 422, form, button);
    return done.length > 1 ? send() : null;
  }
  if (outcome.state === "login") return go(words.login);
  arrive(outcome.goes ?? onwards(found), form, found[4], look);
}

// Where the server would lead: to the list, or to the job.
const onwards = ([path, job]) => (/\/(materials|extra-work)\/(?!none)/.test(path) ? location.pathname : job);

// What became of what one press did: all is sent, or something is asked about one of them.
function outcomeOf(pressed) {
  return new Promise((done) => {
    const isPhoto = ({ type, isDrawn }) => !isDrawn && type.startsWith("image/");
    const files = pressed.flatMap((act) => act.files);
    const patience = files.length && files.every(isPhoto) ? PATIENCE_PHOTO : PATIENCE;
    const left = new Set(pressed.map(({ id }) => id));
    setTimeout(() => done({ kind: "kept" }), navigator.onLine ? patience : 0);
    listen((what) => {
      if (what.kind === "asked" && left.has(what.id)) done(what);
      if (what.kind === "sent" && left.delete(what.id) && !left.size) done(what);
      if (what.kind === "rest" && ["offline", "login"].includes(what.state)) done(what);
    });
    send(pressed[0].id);
  });
}

function listen(listener) {
  hear(listener);
  hearOwn(listener);
}

export async function send(awaited = "") {
  const { controller } = navigator.serviceWorker ?? {};
  if (controller) controller.postMessage({ send: awaited });
  else await flush(awaited);
}

// Once more what the server asked about: its page is shown, and answered there.
export async function correct(act) {
  await again(act);
  const outcome = await outcomeOf([act]);
  if (outcome.kind !== "asked") return;
  // What came is no form to go on in: the act goes on waiting.
  if (!told(outcome.page, 422, document.createElement("form"))) return;
  await take(act);
  // Its page stands where it was asked for: what is answered in it goes to its own address.
  for (const form of document.querySelectorAll("#main form:not([action])")) form.action = act.path;
}

// -- leaving ------------------------------------------------------------------

// What is not sent stays on this phone, for whoever did it: that is said before.
async function leave(event) {
  if (!isAble || event.target.dataset.sure) return;
  event.preventDefault();
  const form = event.target;
  const { state } = await flush("", true);
  const left = (await ofUser()).length;
  form.removeAttribute("aria-busy");
  // The server does not hear of it: what can be done here is that nobody reads the jobs any more.
  if (state === "offline") {
    await import("./forget.js").then(({ gone, silence }) => Promise.all([gone, silence().catch(() => null)]));
    return toast(words.stays, "error");
  }
  if (left && !confirm(words.leave.replace("{n}", left))) return;
  form.dataset.sure = "yes";
  form.requestSubmit();
}

// -- what is so now -----------------------------------------------------------

let login = false;
let sending = "";

// How far the photos are: of the bytes that waited at most since all was sent, those that the server has confirmed.
function percentOf(own) {
  const ready = own.filter(({ isRough }) => !isRough);
  const photos = ready.flatMap(({ files }) => files).filter(({ isDrawn }) => !isDrawn);
  const left = photos.reduce((sum, { size }) => sum + size, 0);
  const most = left ? Math.max(left, Number(sessionStorage.getItem(MOST))) : 0;
  sessionStorage.setItem(MOST, most);
  return most ? Math.floor((100 * (most - left)) / most) : 0;
}

async function look() {
  const own = await ofUser();
  const waiting = own.length;
  const wrong = own.filter((act) => act.state === "wrong").length;
  const percent = percentOf(own);
  say("outbox:changed", { own, waiting, wrong, sending, percent, refused: login && waiting > 0 });
  return own;
}

async function lookAndSend() {
  await isUpToDate();
  const own = await look();
  if (own.some((act) => act.state !== "wrong")) return send();
  if (!own.length && (await isToldWrong(user))) await flush("", true);
}

// Whether there is room is found out before a photo is taken, and not after.
async function room() {
  if (!document.querySelector("[data-capture]")) return;
  const { isFull } = await import("./room.js");
  const box = document.querySelector("[data-room]");
  if (box) box.hidden = !(await isFull());
}

const keepFull = (isSo) => import("./room.js").then(({ remember }) => remember(isSo)).catch(() => null);

if (isAble) {
  listen((what) => {
    if (what.kind === "who") return;
    if (what.kind === "sent") say("outbox:sent");
    if (what.kind === "rest") login = what.state === "login";
    sending = what.kind === "sending" ? what.id : what.kind === "changed" ? sending : "";
    look();
  });
  addEventListener("online", lookAndSend);
  document.addEventListener("place:shown", () => {
    look();
    room().catch(() => null);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) lookAndSend();
  });
  document.addEventListener("outbox:send", lookAndSend);
  setInterval(() => {
    if (!document.hidden) lookAndSend();
  }, EVERY);
  askWhatIsSent();
  lookAndSend().catch(() => say("outbox:none"));
  room().catch(() => null);
} else say("outbox:none");
