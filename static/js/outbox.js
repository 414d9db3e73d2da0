// What was done on this phone and is not sent yet: acts in IndexedDB, each whole, in their order. The page and the
// worker send by the same words, one at a time; an act goes when the server has answered for that very act.

const STORE = "acts";
const LOCK = "phone-outbox";
const LOGIN = 401;
const SILENT = 90_000;
const FAULTS = 5; // a fault of the server this often, and what stands behind it goes first
const channel = new BroadcastChannel(LOCK);

export const hear = (listener) => channel.addEventListener("message", ({ data }) => listener(data));
const heard = new Set();
export const hearOwn = (listener) => heard.add(listener);

function tell(what) {
  channel.postMessage(what);
  for (const listener of heard) listener(what);
}

const open = () =>
  new Promise((done, fail) => {
    const asked = indexedDB.open(LOCK, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "n", autoIncrement: true });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });

// Done when it stands on the disk, and not before.
async function inStore(mode, work) {
  const base = await open();
  try {
    return await new Promise((done, fail) => {
      const transaction = base.transaction(STORE, mode, { durability: "strict" });
      const asked = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => done(asked.result);
      transaction.onabort = () => fail(transaction.error ?? asked.error);
    });
  } finally {
    base.close();
  }
}

export const acts = () => inStore("readonly", (store) => store.getAll());
const change = (act, news) => inStore("readwrite", (store) => store.put(Object.assign(act, news)));

export async function add(act) {
  act.n = await inStore("readwrite", (store) => store.add(act));
  tell({ kind: "changed" });
}

export async function take(act) {
  await inStore("readwrite", (store) => store.delete(act.n));
  tell({ kind: "changed" });
}

export const again = (act) => change(act, { state: "", asked: 0, faults: 0 });

// -- sending ------------------------------------------------------------------

async function asked(path, options) {
  const how = { redirect: "manual", cache: "no-store", credentials: "same-origin" };
  const answer = await fetch(path, { signal: AbortSignal.timeout(SILENT), ...how, ...options });
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

function formOf(act, csrf) {
  const form = new FormData();
  for (const [name, value] of act.fields) form.append(name, value);
  for (const { field, name, type, bytes } of act.files) form.append(field, new Blob([bytes], { type }), name);
  form.set("csrfmiddlewaretoken", csrf);
  form.set("outbox_id", act.id);
  form.set("outbox_at", act.at);
  form.set("outbox_zone", act.zone);
  return form;
}

async function post(act, who, when) {
  const send = () => {
    const headers = { "X-Outbox": when, "X-Phone-Skew": String(who.skew) };
    return asked(act.path, { method: "POST", body: formOf(act, who.csrf), headers });
  };
  const answer = await send();
  const said = await answer.json();
  if (answer.status !== 403 || said.page) return [answer.status, said];
  Object.assign(who, await hello()); // the token is another one since
  const second = await send();
  return [second.status, await second.json()];
}

// `awaited`: the act whose page still stands, where its question can be asked.
export const flush = (awaited = "") => navigator.locks.request(LOCK, () => run(awaited));

async function run(awaited) {
  const outcome = await walk(awaited);
  tell({ kind: "rest", state: outcome.state });
  return outcome;
}

async function walk(awaited) {
  const sent = [];
  try {
    if (!(await acts()).length) return { state: "empty", sent };
    const who = await hello();
    let last = 0;
    for (;;) {
      const act = (await acts()).find(({ n, user }) => n > last && user === who.user);
      if (!act) break;
      last = act.n;
      if (act.state === "wrong") continue;
      if (act.asked && Date.now() - act.asked < 3000) return { state: "asked", sent };
      tell({ kind: "sending", id: act.id });
      const isAwaited = act.id === awaited && !act.asked;
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
      } else if (said.state === "asked") await change(act, { state: "wrong" });
      else if (await isStuck(act, status)) continue;
      else throw new Error("no answer");
    }
    return { state: "done", sent };
  } catch (error) {
    return { state: error.message === "login" ? "login" : "offline", sent };
  }
}

async function isStuck(act, status) {
  const faults = (act.faults ?? 0) + (status === 500);
  await change(act, { faults, state: faults < FAULTS ? "" : "wrong" });
  return faults >= FAULTS;
}
