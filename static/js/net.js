// The network state on the phone, honest: what is still on this phone decides, then whether there is a network. The outbox tells by an event: new CustomEvent("outbox:changed", {detail: {waiting: 5, refused: false}}).

const bar = document.querySelector("[data-net]");
let waiting = 0;
let refused = false;

function show() {
  bar.dataset.state = refused ? "refused" : !navigator.onLine ? "offline" : waiting ? "waiting" : "online";
  for (const count of bar.querySelectorAll("[data-count]")) {
    count.textContent = count.dataset.words && waiting ? count.dataset.words.replace("{n}", waiting) : waiting ? String(waiting) : count.dataset.none ?? "0";
  }
}

if (bar) {
  document.addEventListener("outbox:changed", (event) => { ({ waiting = 0, refused = false } = event.detail); show(); });
  addEventListener("online", show);
  addEventListener("offline", show);
  show();
}
