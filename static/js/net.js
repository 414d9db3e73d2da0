// The network state on the phone, honest: what is still on this phone decides, then whether there is a network. The
// outbox tells by an event: new CustomEvent("outbox:changed", {detail: {waiting: 5, refused: false}}).

const bar = document.querySelector("[data-net]");
const { kept } = document.documentElement.dataset; // when the worker kept this page
let waiting = 0;
let refused = false;

function state() {
  if (refused) return "refused";
  if (!navigator.onLine || kept) return "offline";
  return waiting ? "waiting" : "online";
}

function show() {
  bar.dataset.state = state();
  for (const count of bar.querySelectorAll("[data-count]")) {
    const { words, none } = count.dataset;
    count.textContent = waiting ? (words || "{n}").replace("{n}", waiting) : (none ?? "0");
  }
}

function said(part) {
  const how = { weekday: "short", hour: "2-digit", minute: "2-digit" };
  const at = new Date(kept).toLocaleTimeString(document.documentElement.lang, how);
  part.textContent = part.dataset.words.replace("{time}", at);
  part.hidden = false;
}

if (bar) {
  document.addEventListener("outbox:changed", (event) => {
    ({ waiting = 0, refused = false } = event.detail);
    show();
  });
  if (kept) said(bar.querySelector("[data-kept]"));
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
