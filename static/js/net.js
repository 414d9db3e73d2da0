// The network state on the phone, honest: what is still on this phone decides, then whether there is a network. Until
// the outbox (acts.js) was read nothing is said of it.

const bar = document.querySelector("[data-net]");
const kept = () => document.documentElement.dataset.kept; // when the worker kept this page
let isRead = false;
let hasOutbox = true;
let waiting = 0;
let wrong = 0;
let refused = false;
let sending = "";
let percent = 0;

function state() {
  if (refused) return "refused";
  if (wrong) return "wrong";
  if (!navigator.onLine || kept()) return "offline";
  if (!hasOutbox) return "plain";
  if (!isRead) return "reading";
  if (waiting) return sending ? "sending" : "waiting";
  return "online";
}

function show() {
  bar.dataset.state = state();
  if (!isRead) return;
  for (const count of bar.querySelectorAll("[data-count]")) {
    const { words, none } = count.dataset;
    count.textContent = waiting ? words.replace("{n}", waiting) : (none ?? "0");
  }
  const far = bar.querySelector("[data-percent]");
  far.textContent = percent ? far.dataset.words.replace("{n}", percent) : "";
}

function said(part) {
  part.hidden = !kept();
  if (part.hidden) return;
  const how = { weekday: "short", hour: "2-digit", minute: "2-digit" };
  const at = new Date(kept()).toLocaleTimeString(document.documentElement.lang, how);
  part.textContent = part.dataset.words.replace("{time}", at);
}

if (bar) {
  document.addEventListener("outbox:changed", (event) => {
    ({ waiting = 0, wrong = 0, refused = false, sending = "", percent = 0 } = event.detail);
    isRead = true;
    show();
  });
  document.addEventListener("outbox:none", () => {
    hasOutbox = false;
    show();
  });
  const age = bar.querySelector("[data-kept]");
  said(age);
  document.addEventListener("place:shown", () => {
    said(age);
    show();
  });
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
