// Whoever comes to the login has left, or was never here: the pages that this phone kept for somebody go.

async function forget() {
  const registration = await navigator.serviceWorker?.getRegistration("/phone/");
  registration?.active?.postMessage("forget");
  for (const name of await caches.keys()) {
    if (name.startsWith("phone-pages-")) await caches.delete(name);
  }
}

// Where the server cannot be told that somebody left, the browser takes no more messages for them.
export async function silence() {
  const registration = await navigator.serviceWorker?.getRegistration("/phone/");
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
}

export const gone = window.caches ? forget().catch(() => null) : null;
