// What was done on this phone and is not sent yet: acts in IndexedDB, each whole, in their order. The page and the
// worker send by the same words, one at a time; an act goes when the server has answered for that very act.

export const PNG = "data:image/png;base64,";
const LOCK = "phone-outbox";
const LOGIN = 401;
const SILENT = 90_000;
const SLOWEST = 8; // bytes a millisecond: what is large gets the time that it takes on a bad line
const LATELY = 60_000; // what is done now needs no word beside its own sending
const MOST = 50;
const LONGEST = 30_000; // a photo that is not made smaller by then goes as it is
const FAULTS = 5; // a fault of the server this often, and what stands behind it goes first
const channel = new BroadcastChannel(LOCK);

export const hear = (listener) => channel.addEventListener("message", ({ data }) => listener(data));
const heard = new Set();
export const hearOwn = (listener) => heard.add(listener);

function tell(what) {
  channel.postMessage(what);
  for (const listener of heard) listener(what);
}

// The acts, and beside them the bytes of their files, which nobody reads who only looks what waits.
const ACTS = { name: "phone-acts", stores: { acts: { keyPath: "n", autoIncrement: true }, bytes: {} } };
// Of the phone itself. A base of its own: pages of an older version open the other one as they know it.
const SELF = { name: "phone-self", stores: { self: {} } };
// Where versions of the app before this one kept acts, bytes and all.
const BEFORE = { name: LOCK, stores: { acts: { keyPath: "n", autoIncrement: true } } };

const open = ({ name, stores }) =>
  new Promise((done, fail) => {
    const asked = indexedDB.open(name, 1);
    asked.onupgradeneeded = () => {
      for (const [store, options] of Object.entries(stores)) asked.result.createObjectStore(store, options);
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

// Done when it stands on the disk, and not before.
async function inStore(mode, work, where = ACTS) {
  const base = await open(where);
  try {
    return await new Promise((done, fail) => {
      const names = Object.keys(where.stores);
      const transaction = base.transaction(names, mode, { durability: "strict" });
      const asked = work(...names.map((name) => transaction.objectStore(name)));
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = () => fail(transaction.error ?? asked.error);
    });
  } finally {
    base.close();
  }
}

// While its page still makes the photos of an act smaller it holds this lock, and lets go of it when it is left.
const making = ({ first, id }) => `${LOCK} ${first ?? id}`;
export const whileMade = (act, work) => navigator.locks.request(making(act), work);
const isMade = (act) =>
  navigator.locks.request(making(act), { signal: AbortSignal.timeout(LONGEST) }, () => null).catch(() => null);

const bytesAt = (n) => IDBKeyRange.bound([n], [n, []]);
export const acts = () => inStore("readonly", (store) => store.getAll());
const bytesOf = ({ n }) => inStore("readonly", (_store, bytes) => bytes.getAll(bytesAt(n)));
const change = (act, news) => inStore("readwrite", (store) => store.put(Object.assign(act, news)));

const light = ({ files, ...act }) =>
  ({ ...act, files: files.map(({ bytes, ...file }) => ({ ...file, size: bytes.byteLength })) });

// All of them are kept, or none.
export async function add(...given) {
  const kept = given.map(light);
  await inStore("readwrite", (store, bytes) => {
    const keep = (act, at) => {
      const asked = store.add(act);
      asked.onsuccess = () => {
        act.n = asked.result;
        given[at].files.forEach((file, place) => bytes.put(file.bytes, [act.n, place]));
      };
      return asked;
    };
    return kept.map(keep).at(-1);
  });
  tell({ kind: "changed" });
  return kept;
}

export async function take({ n }) {
  await inStore("readwrite", (store, bytes) => {
    bytes.delete(bytesAt(n));
    return store.delete(n);
  });
  tell({ kind: "changed" });
}

// Other files in the place of those of an act, if it still waits.
export const settle = (n, act) =>
  inStore("readwrite", (store, bytes) => {
    const asked = store.get(n);
    asked.onsuccess = () => {
      if (!asked.result) return;
      store.put({ ...light(act), n });
      act.files.forEach((file, place) => bytes.put(file.bytes, [n, place]));
    };
    return asked;
  });

export const again = (act) => change(act, { state: "", asked: 0, faults: 0 });

// What waits from before an update of the app, in its order.
async function takeOver() {
  for (const { n, ...act } of await inStore("readonly", (store) => store.getAll(), BEFORE)) {
    if (!(await acts()).some(({ id }) => id === act.id)) await add(act);
    await inStore("readwrite", (store) => store.delete(n), BEFORE);
  }
}

// Not while somebody sends: an older worker would do so at the same time.
let isTakenOver = false;
export async function isUpToDate() {
  isTakenOver ||= await navigator.locks.request(LOCK, { ifAvailable: true }, async (lock) => {
    if (lock) await takeOver();
    return Boolean(lock);
  });
  return isTakenOver;
}

// -- what this phone holds ------------------------------------------------------

// Of each job: photos, other things, since when. `besides`: an act that is being sent.
function holdsOf(own, besides = null) {
  const jobs = new Map();
  for (const { n, job, at, files } of own) {
    if (n === besides?.n) continue;
    const photos = files.filter(({ type, isDrawn }) => !isDrawn && type.startsWith("image/")).length;
    const row = jobs.get(job) ?? [Number(job), 0, 0, at];
    row[1] += photos;
    row[2] += photos ? 0 : 1;
    jobs.set(job, row);
  }
  return [...jobs.values()].slice(0, MOST);
}

const NOTHING = "[]";
const toldBy = async (user) => (await inStore("readonly", (self) => self.get(`told ${user}`), SELF)) ?? NOTHING;
const keepTold = (user, said) => inStore("readwrite", (store) => store.put(said, `told ${user}`), SELF);

async function phone() {
  const known = await inStore("readonly", (store) => store.get("id"), SELF);
  if (known) return known;
  const made = crypto.randomUUID();
  await inStore("readwrite", (store) => store.put(made, "id"), SELF);
  return made;
}

const saidOf = async (holds) => `{"phone":"${await phone()}","holds":${holds}}`;

// The server is told only what it was not told before; what was just done goes along with its own sending.
async function report(who) {
  const own = (await acts()).filter(({ user }) => user === who.user);
  const holds = JSON.stringify(holdsOf(own));
  if (holds === (await toldBy(who.user))) return;
  const form = new FormData();
  form.set("csrfmiddlewaretoken", who.csrf);
  form.set("holds", await saidOf(holds));
  const answer = await asked("/phone/holds/", {
    method: "POST",
    body: form,
    headers: { "X-Phone-Skew": String(who.skew) },
  });
  if (answer.ok) await keepTold(who.user, holds);
}

// Whether the server believes that something is held here, by whoever uses this page, and nothing is.
export const isToldWrong = async (user) => (await toldBy(user)) !== NOTHING;

// -- sending ------------------------------------------------------------------

async function asked(path, options, size = 0) {
  const how = { redirect: "manual", cache: "no-store", credentials: "same-origin" };
  const signal = AbortSignal.timeout(SILENT + size / SLOWEST);
  const answer = await fetch(path, { signal, ...how, ...options });
  if (answer.status === LOGIN) throw new Error("login");
  const type = answer.headers.get("Content-Type") ?? "";
  // The page of a hotel's network, or of a proxy: that was not our server.
  if (!type.startsWith("application/json")) throw new Error("no answer");
  return answer;
}

async function hello() {
  const begun = Date.now();
  const answer = await asked("/phone/hello/");
  if (!answer.ok) throw new Error("no answer");
  const { user, csrf, now } = await answer.json();
  const skew = Math.round((now - (begun + Date.now()) / 2) / 1000);
  return { user, csrf, skew: Math.abs(skew) < 2 ? 0 : skew };
}

const textOf = (bytes) => btoa(Array.from(new Uint8Array(bytes), (one) => String.fromCharCode(one)).join(""));

function formOf(act, bytes, csrf) {
  const form = new FormData();
  for (const [name, value] of act.fields) form.append(name, value);
  act.files.forEach(({ field, name, type, isDrawn }, at) => {
    if (isDrawn) form.append(field, PNG + textOf(bytes[at]));
    else form.append(field, new Blob([bytes[at]], { type }), name);
  });
  form.set("csrfmiddlewaretoken", csrf);
  form.set("outbox_id", act.id);
  form.set("outbox_at", act.at);
  form.set("outbox_zone", act.zone);
  return form;
}

async function post(act, who, when) {
  const headers = { "X-Outbox": when, "X-Phone-Skew": String(who.skew) };
  const left = JSON.stringify(holdsOf((await acts()).filter(({ user }) => user === who.user), act));
  if (left !== (await toldBy(who.user))) headers["X-Phone-Holds"] = await saidOf(left);
  const bytes = await bytesOf(act);
  const size = act.files.reduce((sum, file) => sum + file.size, 0);
  const send = () => asked(act.path, { method: "POST", body: formOf(act, bytes, who.csrf), headers }, size);
  let answer = await send();
  let said = await answer.json();
  if (answer.status === 403 && !said.page) {
    Object.assign(who, await hello()); // the token is another one since
    answer = await send();
    said = await answer.json();
  }
  if (said.state === "sent" && !(await isWhole(act, bytes, said))) throw new Error("no answer");
  if (said.state === "sent" && headers["X-Phone-Holds"]) await keepTold(who.user, left);
  return [answer.status, said];
}

// Each file has its receipt: what came in is what this phone holds, byte by byte. A server that knows the act from
// before, under another version, need not say so.
async function isWhole({ files }, bytes, { received }) {
  if (!received) return true;
  const sent = bytes.filter((_one, at) => !files[at].isDrawn);
  const own = await Promise.all(sent.map((one) => crypto.subtle.digest("SHA-256", one)));
  const hex = own.map((hash) => [...new Uint8Array(hash)].map((one) => one.toString(16).padStart(2, "0")).join(""));
  return hex.every((hash) => received.includes(hash));
}

// `awaited`: the act whose page still stands, where its question can be asked; or the first of those that were done
// by one press. `toTell`: also when nothing waits.
export const flush = (awaited = "", toTell = false) => navigator.locks.request(LOCK, () => run(awaited, toTell));

let sending = ""; // the act that is on its way from here
hear(({ kind }) => {
  if (kind === "who" && sending) tell({ kind: "sending", id: sending });
});
// Asked by a page that comes in the middle.
export const askWhatIsSent = () => channel.postMessage({ kind: "who" });

async function run(awaited, toTell) {
  const outcome = await walk(awaited, toTell);
  sending = "";
  tell({ kind: "rest", state: outcome.state });
  return outcome;
}

async function next(last, { user }) {
  const found = async () => (await acts()).find((act) => act.n > last && act.user === user);
  const act = await found();
  if (!act?.isRough) return act;
  await isMade(act);
  return found();
}

const isOld = ({ at }) => Date.now() - Date.parse(at) > LATELY;

async function walk(awaited, toTell) {
  const sent = [];
  let who = null;
  try {
    await takeOver();
    const all = await acts();
    if (!all.length && !toTell) return { state: "empty", sent };
    who = await hello();
    if (all.some(({ user, ...act }) => user === who.user && isOld(act))) await report(who);
    let last = 0;
    for (;;) {
      const act = await next(last, who);
      if (!act) break;
      last = act.n;
      if (act.state === "wrong") continue;
      if (act.asked && Date.now() - act.asked < 3000) return { state: "asked", sent };
      sending = act.id;
      tell({ kind: "sending", id: sending });
      const isAwaited = (act.first ?? act.id) === awaited && !act.asked;
      const [status, said] = await post(act, who, isAwaited ? "now" : "later");
      if (said.id !== act.id) throw new Error("no answer");
      if (said.state === "sent") {
        await take(act);
        sent.push(act);
        tell({ kind: "sent", id: act.id, job: act.job, goes: said.goes_to });
      } else if (said.state === "asked" && isAwaited) {
        await change(act, { asked: Date.now() });
        tell({ kind: "asked", id: act.id, page: said.page });
        return { state: "asked", sent };
      } else if (said.state === "asked" || (await isStuck(act, status))) {
        if (await isHandedOver(act, who, status)) sent.push(act);
      } else throw new Error("no answer");
    }
    await report(who);
    return { state: "done", sent };
  } catch (error) {
    return { state: error.message === "login" ? "login" : "offline", sent };
  }
}

async function isStuck(act, status) {
  const faults = (act.faults ?? 0) + (status === 500);
  await change(act, { faults });
  return faults >= FAULTS;
}

// What its own page would not take is kept by the server as it was sent: the office decides about it. Where not even
// that works it stays here, and needs a person.
async function isHandedOver(act, who, status) {
  const path = `/phone/job/${act.job}/as-it-was/${act.verb}/`;
  const fields = [...act.fields, ["outbox_why", String(status)]];
  const [, said] = await post({ ...act, path, fields }, who, "later");
  if (said.id !== act.id || said.state !== "sent") {
    await change(act, { state: "wrong" });
    return false;
  }
  await take(act);
  tell({ kind: "sent", id: act.id, job: act.job });
  return true;
}
