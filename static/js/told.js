// What the office tells a phone that is put away (docs/adr/0023-push-messages.md): shown once, however often it comes,
// and never in the place of what came later.

export async function clear() {
  for (const one of await registration.getNotifications()) one.close();
}

async function show({ title, body, url, tag, at, icon }) {
  const shown = await registration.getNotifications({ tag });
  if (shown.some(({ data }) => data.at >= at)) return;
  await registration.showNotification(title, { body, tag, icon, renotify: true, data: { url, at } });
}

// A page that stands open may hold what somebody typed: it is never led away, unless it is that very page.
async function open(path) {
  const { href } = new URL(path, location.origin);
  const pages = await clients.matchAll({ type: "window" });
  const page = pages.find(({ url }) => url === href);
  return page ? page.focus() : clients.openWindow(href);
}

// The browser's maker gave it another address: the server is told, if this phone still is whose it was.
async function renew({ oldSubscription: old, newSubscription: given }) {
  if (!old) return;
  const { endpoint, keys } = (given ?? (await registration.pushManager.subscribe(old.options))).toJSON();
  const answer = await fetch("/phone/hello/", { credentials: "same-origin", redirect: "manual" });
  if (!answer.ok) return;
  const { csrf } = await answer.json();
  const said = { endpoint, public_key: keys.p256dh, secret: keys.auth, was: old.endpoint, csrfmiddlewaretoken: csrf };
  await fetch("/phone/push/add/", { method: "POST", body: new URLSearchParams(said), redirect: "manual" });
}

addEventListener("push", (event) => event.waitUntil(show(event.data.json())));
addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(event)));
addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification.close();
  event.waitUntil(open(notification.data.url));
});
