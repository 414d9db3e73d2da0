// The page on which messages on the lock screen are turned on. The browser says where it is reached, and its own form
// tells the server.

const box = () => document.querySelector("[data-push]");

function show(state) {
  for (const one of box().querySelectorAll("[data-show]")) one.hidden = one.dataset.show !== state;
}

// An iPad says that it is a Mac.
const isApple = () =>
  /iPhone|iPad/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
const isInstalled = () => matchMedia("(display-mode: standalone)").matches;
const late = (time) =>
  new Promise((done) => {
    setTimeout(done, time);
  });

// kept.js starts the worker when a page of the phone opens.
const worker = () => Promise.race([navigator.serviceWorker.ready, late(10_000)]);

async function look() {
  if (!window.isSecureContext) return show("insecure");
  if (!navigator.serviceWorker || !window.PushManager || !window.Notification) {
    return show(isApple() && !isInstalled() ? "apple" : "unable");
  }
  if (Notification.permission === "denied") return show("denied");
  const found = await worker();
  if (!found) return show("unable");
  const held = await found.pushManager.getSubscription();
  show(held && "here" in box().dataset && Notification.permission === "granted" ? "on" : "off");
}

async function subscribed() {
  const { pushManager } = await worker();
  const options = { userVisibleOnly: true, applicationServerKey: box().dataset.key };
  try {
    return await pushManager.subscribe(options);
  } catch (error) {
    if (error.name !== "InvalidStateError") throw error;
    // Made with the key of another installation.
    await (await pushManager.getSubscription())?.unsubscribe();
    return pushManager.subscribe(options);
  }
}

async function turnOn(form) {
  if ((await Notification.requestPermission()) !== "granted") return show("denied");
  const { endpoint, keys } = (await subscribed()).toJSON();
  form.elements.endpoint.value = endpoint;
  form.elements.public_key.value = keys.p256dh;
  form.elements.secret.value = keys.auth;
  form.requestSubmit();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-push-form]") || form.elements.endpoint.value) return;
  event.preventDefault();
  turnOn(form).catch(() => show("failed"));
});

if (box()?.dataset.key) look().catch(() => show("unable"));
