// A page that stands open shows what is so now: [data-fresh] asks for itself again, every so many seconds, while
// somebody can see it and nobody is in the middle of something in it. What had the focus keeps it: htmx finds it by
// its id.

const opened = Date.now();

function isBusy(part) {
  return (
    document.hidden ||
    document.querySelector("dialog[open], details[open]") ||
    part.matches(".htmx-request") ||
    part.querySelector("input:focus, select:focus, textarea:focus") ||
    !getSelection().isCollapsed
  );
}

function ask() {
  for (const part of document.querySelectorAll("[data-fresh]")) {
    const asked = Number(part.dataset.asked || opened);
    if (isBusy(part) || Date.now() - asked < Number(part.dataset.fresh) * 1000) continue;
    part.dataset.asked = Date.now();
    window.htmx.trigger(part, "fresh");
  }
}

// The answer, or the page that it is on, is new: it was asked for when it came.
document.addEventListener("htmx:load", (event) => {
  const { target } = event;
  const parts = target.matches?.("[data-fresh]") ? [target] : (target.querySelectorAll?.("[data-fresh]") ?? []);
  for (const part of parts) part.dataset.asked = Date.now();
});
document.addEventListener("visibilitychange", ask);
setInterval(ask, 5000);
