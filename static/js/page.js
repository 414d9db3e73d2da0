// Toasts, announcements, and what htmx answers mean. Every page loads this; it needs nothing else.

const toasts = document.getElementById("toasts");
const live = document.getElementById("live");

// The answer to a form is no page to come back to: Back and a reload ask for the page of that address, where what was
// typed stands again (drafts.js), and no browser asks whether to send the form once more.
history.replaceState(history.state, "", location.href);

export function announce(text) {
  if (!live || !text) return;
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

export function toast(text, kind = "success") {
  if (kind === "error" && [...toasts.children].some((one) => one.querySelector("span")?.textContent === text)) return;
  const part = document.getElementById("toast-part").content.firstElementChild.cloneNode(true);
  part.querySelector("span").textContent = text;
  part.dataset.toast = kind;
  part.classList.toggle("r", kind === "error");
  toasts.append(part);
}

function dismiss(one) {
  one.classList.add("gone");
  setTimeout(() => one.remove(), 220);
}

// A success goes by itself, an error stays until it is closed; one under the pointer or with focus stays too.
function tend(one) {
  announce(one.querySelector("span")?.textContent);
  one.querySelector("button[type=button]")?.addEventListener("click", () => dismiss(one));
  if (["error", "warning"].includes(one.dataset.toast)) return;
  const left = one.querySelector("[data-countdown]");
  if (left) return countDown(one, left);
  const wait = () => (one.matches(":hover, :focus-within") ? setTimeout(wait, 2000) : dismiss(one));
  setTimeout(wait, 7000);
}

// What can be taken back stays until that is over.
function countDown(one, left) {
  const timer = setInterval(() => {
    left.textContent = Number(left.textContent) - 1;
    if (left.textContent !== "0") return;
    clearInterval(timer);
    dismiss(one);
  }, 1000);
}

if (toasts) {
  new MutationObserver((changes) => {
    for (const node of changes.flatMap((change) => [...change.addedNodes])) {
      if (node.nodeType === 1) tend(node);
    }
  }).observe(toasts, { childList: true });
  for (const one of toasts.children) tend(one);
}

// A refusal (409), a missing right (403), a page that is gone (404), a database that is away (503) or a full disk
// (507): its sentence as a toast; the page stays as it was.
document.addEventListener("htmx:responseError", (event) => {
  const answer = new DOMParser().parseFromString(event.detail.xhr.responseText || "", "text/html");
  const { status } = event.detail.xhr;
  const isTold = status < 500 || [503, 507].includes(status);
  const sentence = isTold && answer.querySelector("[data-message]")?.textContent.trim();
  toast(sentence || toasts.dataset.failed, "error");
});
for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => toast(toasts.dataset.offline, "error"));
}
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail.kind));

// The address keeps only what was chosen.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("form.filters")) return;
  const { parameters } = event.detail;
  for (const [name, value] of Object.entries(parameters)) {
    if (value === "") delete parameters[name];
  }
});

// What a swap brought is said aloud: data-announce on the swapped region or within it.
document.addEventListener("htmx:afterSettle", (event) => {
  const said = event.target.closest?.("[data-announce]") ?? event.target.querySelector?.("[data-announce]");
  announce(said?.dataset.announce);
  mend(event.target);
  tick();
});

// A form is sent once: a second press while it is under way does nothing. The server refuses it too.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[method=post]") || form.hasAttribute("hx-post")) return;
  if (form.getAttribute("aria-busy") === "true") return event.preventDefault();
  form.setAttribute("aria-busy", "true");
  // One that is still here was stopped, or hangs: it may be pressed again, which its key makes harmless.
  setTimeout(() => {
    if (!event.defaultPrevented) form.removeAttribute("aria-busy");
  }, 12000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
});

// Copy a link: data-copy names the field.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.value);
  } catch {
    source.select();
    document.execCommand("copy");
  }
  const word = button.querySelector("span") ?? button;
  const before = word.textContent;
  word.textContent = button.dataset.done;
  announce(button.dataset.done);
  setTimeout(() => {
    word.textContent = before;
  }, 1600);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// A running clock: data-since holds when it started.
function tick() {
  for (const one of document.querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(one.dataset.since)) / 60000));
    one.textContent = `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
  }
}
setInterval(tick, 15000);

function mend(root) {
  root.querySelector?.("[data-focus]:not(.specimens *)")?.focus();
}
tick();
mend(document);
