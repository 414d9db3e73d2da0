// Leaving a form that is filled in and not sent is asked about: by the browser, and before htmx puts something in its place.

import { formsIn, unsaved, watch } from "./typed.js";

const question = document.body.dataset.leave;
let meant = false;

const open = () => formsIn(document).filter((form) => form.dataset.leave === undefined && unsaved(form));

watch();
addEventListener("beforeunload", (event) => {
  if (meant || !open().length) return;
  event.preventDefault();
  // Whoever stays may press the same button again.
  setTimeout(() => document.querySelectorAll("form[aria-busy]").forEach((form) => form.removeAttribute("aria-busy")), 500);
});
addEventListener("pageshow", () => { meant = false; });
// A form that its page sends may be lost until there is an answer.
document.addEventListener("form:stays", () => { meant = false; });
document.addEventListener("form:taken", () => { meant = true; });

// Sending a form of the page is no leaving; logging out is.
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && event.target.method === "post" && event.target.closest("main, dialog")) meant = true;
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
