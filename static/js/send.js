// A form is sent by its page, which stays until the answer is here. When the connection or the server dies on the way
// the photo, the signature and the text still stand there, to be sent once more; the form's key makes that harmless.
// A browser would put its own error page in the place of the form.

import { toast } from "./page.js";

const SILENT = 45_000;
const bar = document.getElementById("busy");
const tell = (what) => document.dispatchEvent(new Event(what));
let left = false; // a link was followed meanwhile: that is where the person wants to be

addEventListener("beforeunload", () => {
  left = true;
  setTimeout(() => {
    left = false;
  }, 10000);
});
addEventListener("pageshow", () => {
  left = false;
});

// At the window: after everybody who may send it in another way.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("[method=post]") || form.hasAttribute("hx-post")) return;
  if (!form.elements.idempotency_key) return;
  event.preventDefault();
  send(form, event.submitter);
});

export function targetOf(form, button) {
  if (button?.hasAttribute("formaction")) return button.formAction;
  return form.getAttribute("action") || location.href;
}

export function send(form, button) {
  // What was said of an earlier try is not so of this one.
  document.querySelectorAll("#toasts > [data-toast=error]").forEach((one) => one.remove());
  const request = new XMLHttpRequest();
  let silence;
  const listen = () => {
    clearTimeout(silence);
    silence = setTimeout(() => request.abort(), SILENT);
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    listen();
    show(loaded / total);
  });
  request.addEventListener("loadend", () => {
    clearTimeout(silence);
    show(0);
    answered(request, form, button);
  });
  request.open("POST", targetOf(form, button));
  request.setRequestHeader("X-Page-Stays", "yes");
  const sent = new FormData(form);
  if (button?.name) sent.append(button.name, button.value);
  request.send(sent);
  listen();
  tell("form:stays");
}

// How far the sending is; the server's own work counts as the rest.
function show(part) {
  bar.style.opacity = part ? "1" : "";
  bar.style.scale = part ? `${part * 0.95} 1` : "";
}

function answered(request, form, button) {
  const { status } = request;
  if (status === 204) {
    document.dispatchEvent(new CustomEvent("form:kept", { detail: { form } })); // its draft is over
    form.autocomplete = "off"; // Back brings the page without what was taken
    return go(request.getResponseHeader("X-Goes-To") ?? location.href);
  }
  form.removeAttribute("aria-busy");
  if (!status) {
    const what = { bubbles: true, cancelable: true, detail: { button } };
    const waits = !form.dispatchEvent(new CustomEvent("form:unanswered", what)); // js/when-online.js
    return waits || toast(document.getElementById("toasts").dataset.stays, "error");
  }
  told(request.responseText, status, form, button);
}

// An answer that is a page: of the form, shown again with what is to be said about it, or of another kind.
export function told(text, status, form, button) {
  const answer = new DOMParser().parseFromString(text, "text/html");
  const main = answer.querySelector("#main");
  const sentence = answer.querySelector("[data-message]")?.textContent.trim();
  const said = sentence && (status < 500 || [503, 507].includes(status));
  if (main && status < 500 && (!sentence || status === 409)) {
    if (sheetOf(answer) !== sheetOf(document)) return plainly(form, button);
    form.closest("dialog")?.close(); // the answer stands on the page
    const what = { bubbles: true, cancelable: true, detail: { answer } };
    return !form.dispatchEvent(new CustomEvent("form:asked", what)) || put(answer, main); // js/in-place.js
  }
  toast(said ? sentence : document.getElementById("toasts").dataset.failed, "error");
}

const sheetOf = (page) => page.querySelector("link[rel=stylesheet]")?.getAttribute("href");

export function go(address) {
  if (left) return setTimeout(() => go(address), 500);
  tell("form:taken");
  const target = new URL(address, location.href);
  // To a place on this very page the browser would only scroll.
  if (target.hash && target.href.split("#")[0] === location.href.split("#")[0]) target.hash = "";
  location.assign(target.href.replace(/#$/, ""));
}

// The same page, shown again with what is to be said about the form.
function put(answer, main) {
  const thumb = document.querySelector("footer.thumb");
  const other = answer.querySelector("footer.thumb");
  const fresh = document.adoptNode(main);
  document.getElementById("main").replaceWith(fresh);
  if (thumb && other) thumb.replaceWith(document.adoptNode(other));
  document.getElementById("toasts").append(...answer.querySelectorAll("#toasts > .toast"));
  document.title = answer.title;
  window.htmx?.process(fresh);
  scrollTo(0, 0);
  fresh.focus({ preventScroll: true });
  fresh.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true, detail: {} }));
  return true;
}

// The answer is a page of another kind: the browser asks for it by itself. Nothing was done under the key.
function plainly(form, button) {
  tell("form:taken");
  if (button?.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.submit();
}
