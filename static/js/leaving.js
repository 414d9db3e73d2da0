// Leaving a form that is filled in and not sent is asked about: by the browser, and before htmx puts something in its
// place.

import { formsIn, unsaved, watch } from "./typed.js";

const question = document.body.dataset.leave;
let meant = false;

const open = () => formsIn(document).filter((form) => form.dataset.leave === undefined && unsaved(form));
// What is kept nowhere: photos that were chosen, a signature that was drawn.
const hasPhotos = (form) => [...form.elements].some((one) => one.type === "file" && one.files.length);
export const isUnkept = (form) => form.dataset.drawn === "yes" || hasPhotos(form);
const keepsText = document.getElementById("draft-part");

watch();
addEventListener("beforeunload", (event) => {
  if (meant || !open().length) return;
  event.preventDefault();
  // Whoever stays may press the same button again.
  setTimeout(() => {
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  }, 500);
});
addEventListener("pageshow", () => {
  meant = false;
});
// A form that its page sends may be lost until there is an answer.
document.addEventListener("form:stays", () => {
  meant = false;
});
document.addEventListener("form:taken", () => {
  meant = true;
});

// Sending a form of the page is no leaving; logging out is.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("[method=post]")) return;
  if (event.target.closest("main, dialog")) meant = true;
});

// The way to the login: what was typed is kept.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) meant = true;
});
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt, target } = event.detail;
  const lost = open().some((form) => target?.contains(form) && !form.contains(elt));
  if (lost && !confirm(question)) event.preventDefault();
});

// A form that is sent takes with it the page and what stands in another one there. The button at the thumb says
// "none" of the very thing that is typed above it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[method=post]") || form.hasAttribute("hx-post")) return;
  const others = open().filter((one) => one !== form);
  if (!(keepsText && !form.closest(".thumb") ? others.some(isUnkept) : others.length)) return;
  if (confirm(question)) meant = true;
  else event.preventDefault();
}, true);

// An iPhone does not know beforeunload.
const { userAgent, platform, maxTouchPoints } = navigator;
if (/iP(hone|ad|od)/.test(userAgent) || (platform === "MacIntel" && maxTouchPoints > 1)) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const stays =
      !link ||
      link.target === "_blank" ||
      link.hasAttribute("download") ||
      !link.protocol.startsWith("http") ||
      (link.hash && link.href.split("#")[0] === location.href.split("#")[0]);
    if (event.defaultPrevented || stays || !open().length) return;
    if (confirm(question)) meant = true;
    else event.preventDefault();
  });
}
