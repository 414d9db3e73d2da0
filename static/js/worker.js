// The phone's service worker: it keeps the pages of the coming days' jobs, and what they are drawn with, for where
// there is no network. A page is kept only when the server says for whom (X-Keep-For), and those of one person only.

import { flush } from "./outbox.js";
import { clear } from "./told.js";

const SHELL = "phone-shell";
const PAGES = "phone-pages-";
const AWAY = "/phone/no-network/";
const CATALOGUE = "/phone/catalogue/";
const PATIENCE = 3000;
const NOW = 2 * 60_000;
const DAILY = 6 * 3600_000;
const MOST = 200; // files of older versions go as new ones come
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

const OF_A_JOB = /^\/phone\/(job\/\d+|equipment)\//;

let keeping = null;
let atHand = ""; // the job that somebody has before him
let life = 0; // ends when whoever was logged in leaves

const pagesOf = async () => (await caches.keys()).filter((name) => name.startsWith(PAGES));

async function forget(all = true, user = "") {
  if (all) {
    life += 1;
    await clear();
  }
  for (const name of await pagesOf()) {
    if (all || name !== PAGES + user) await caches.delete(name);
  }
}

async function found(path) {
  for (const name of await pagesOf()) {
    const page = await (await caches.open(name)).match(path, { ignoreVary: true });
    if (page) return page;
  }
  return null;
}

// -- keeping ------------------------------------------------------------------

async function put(path, answer, begun = life) {
  const user = answer.headers.get("X-Keep-For");
  if (!user || !answer.ok || answer.redirected) return null;
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("X-Kept-At", new Date().toISOString());
  if (begun !== life) return null;
  await forget(false, user);
  await (await caches.open(PAGES + user)).put(path, new Response(text, { headers }));
  return text;
}

const ageOf = (page) => (page ? Date.now() - Date.parse(page.headers.get("X-Kept-At")) : Infinity);

const asked = (path) =>
  fetch(path, { headers: { "X-To-Keep": "yes" }, cache: "no-store", redirect: "manual", credentials: "same-origin" });

// The tabs and the catalogue first, then the job that may be in a cellar the next minute, then the others.
function rankOf([path]) {
  if (!OF_A_JOB.test(path)) return 0;
  return atHand && path.startsWith(atHand) ? 1 : 2;
}

// The job at hand may be another one by now.
function takeNext(left) {
  const ranks = left.map(rankOf);
  return left.splice(ranks.indexOf(Math.min(...ranks)), 1)[0];
}

async function keepAll() {
  const begun = life;
  const answer = await asked("/phone/kept/");
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("application/json")) return;
  const { user, now, daily } = await answer.json();
  const wanted = new Set([...now, ...daily]);
  const left = [...now.map((path) => [path, NOW]), ...daily.map((path) => [path, DAILY])];
  const listed = atHand;
  while (left.length) {
    // A job that was planned after the list was made.
    if (atHand && atHand !== listed && !wanted.has(atHand)) return keepAll();
    const [path, most] = takeNext(left);
    if (begun !== life) return;
    if (ageOf(await found(path)) < most) continue;
    const page = await asked(path);
    if (page.status === 401) return;
    const text = await put(path, page, begun);
    if (text && path !== CATALOGUE) await keepShell(text);
  }
  if (begun !== life) return;
  const pages = await caches.open(PAGES + user);
  for (const { url } of await pages.keys()) {
    if (!wanted.has(new URL(url).pathname)) await pages.delete(url);
  }
}

// What a page is drawn with, and what that brings along.
async function keepShell(text) {
  const names = [...text.matchAll(/(?:src|href)="(\/static\/[^"#]+)/g)].map(([, path]) => path);
  const shell = await caches.open(SHELL);
  for (const path of new Set(names)) await keepFile(shell, path);
  const files = await shell.keys();
  for (const file of files.slice(0, Math.max(0, files.length - MOST))) await shell.delete(file);
}

async function keepFile(shell, path, seen = new Set()) {
  if (seen.has(path) || (await shell.match(path, { ignoreVary: true }))) return;
  seen.add(path);
  const file = await fetch(path);
  if (!file.ok) return;
  await shell.put(path, file.clone());
  if (!path.endsWith(".js")) return;
  for (const [, name] of (await file.text()).matchAll(/(?:from ?|import\()"(\.\/[^"]+)"/g)) {
    await keepFile(shell, new URL(name, new URL(path, location.href)).pathname, seen);
  }
}

// -- answering ----------------------------------------------------------------

async function fileFor(request) {
  const shell = await caches.open(SHELL);
  const held = await shell.match(request.url, { ignoreVary: true });
  if (held && HASHED.test(request.url)) return held;
  try {
    const file = await fetch(request);
    if (file.ok) await shell.put(request.url, file.clone());
    return file;
  } catch (error) {
    if (held) return held;
    throw error;
  }
}

// The page as it was kept, and since when: the page says so itself.
async function shown(page) {
  const text = await page.text();
  const at = page.headers.get("X-Kept-At");
  return new Response(text.replace("<html", `<html data-kept="${at}"`), { headers: page.headers });
}

async function pageFor(request, path, wait) {
  const answer = fetch(request);
  wait(answer.then((page) => put(path, page.clone())).catch(() => null));
  const held = await found(path);
  const late = new Promise((done) => {
    setTimeout(done, PATIENCE);
  });
  const page = await (held ? Promise.race([answer.catch(() => null), late]) : answer.catch(() => null));
  if (page && (page.status < 500 || !held)) return page;
  const other = held ?? (await found(AWAY));
  return other ? shown(other) : answer;
}

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => {
  if (event.data === "forget") return event.waitUntil(forget());
  if (event.data.send !== undefined) return event.waitUntil(send(event.data.send));
  const { keep } = event.data;
  if (event.data === "keep" || keep) { // a word alone: a page from before an update
    [atHand] = keep?.match(OF_A_JOB) ?? [""];
    keeping ??= keepAll().catch(() => null).finally(() => {
      keeping = null;
    });
    event.waitUntil(keeping);
  }
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (pathname === CATALOGUE) return event.respondWith(found(CATALOGUE).then((held) => held ?? fetch(request)));
  if (pathname.startsWith("/static/")) return event.respondWith(fileFor(request));
  const isPage = request.mode === "navigate" || request.headers.has("X-In-Place");
  if (!isPage || !pathname.startsWith("/phone/")) return;
  event.respondWith(pageFor(request, pathname, (kept) => event.waitUntil(kept)));
});

// -- sending ------------------------------------------------------------------

// Sends what waits; the pages that show what the server was told are kept anew: they may be needed without it.
async function send(awaited) {
  const { state, sent } = await flush(awaited);
  const begun = life;
  const pages = ({ job, verb }) => ["", `${verb}/`, "sign-off/"].map((page) => `/phone/job/${job}/${page}`);
  for (const path of new Set(sent.flatMap(pages))) {
    if (await found(path)) await put(path, await asked(path), begun).catch(() => null);
  }
  return state;
}

addEventListener("sync", (event) => {
  if (event.tag !== "phone-outbox") return;
  event.waitUntil(send("").then((state) => {
    if (state === "offline") throw new Error("Not sent yet.");
  }));
});
