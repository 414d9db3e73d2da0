// Whether a photo has room on this phone. A browser tells no page how much is left (so that nobody is known by it), so
// that is found out by writing something, now and then; and remembered when something had no room.

const NAME = "phone-room";
const PLENTY = 50_000_000; // bytes
const TRIED = 12_000_000;
const OFTEN = 3600_000;

export function remember(isFull) {
  localStorage.setItem(NAME, JSON.stringify({ isFull, at: Date.now() }));
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(NAME)) ?? { at: 0 };
  } catch {
    return { at: 0 };
  }
}

// Two passes over the same place: written, and taken away again.
const inTrial = (work) =>
  new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("trial");
    asked.onerror = () => fail(asked.error);
    asked.onsuccess = () => {
      const base = asked.result;
      const transaction = base.transaction("trial", "readwrite");
      work(transaction.objectStore("trial"));
      transaction.oncomplete = () => done(base.close());
      transaction.onabort = () => {
        base.close();
        fail(transaction.error);
      };
    };
  });

async function tried() {
  try {
    await inTrial((store) => store.put(new ArrayBuffer(TRIED), 0));
    await inTrial((store) => store.clear());
    return false;
  } catch (error) {
    return error?.name === "QuotaExceededError";
  }
}

export async function isFull() {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota - usage < PLENTY) return true;
  const known = remembered();
  if (!known.isFull && Date.now() - known.at < OFTEN) return false;
  const isSo = await tried();
  remember(isSo);
  return isSo;
}
