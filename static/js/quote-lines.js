// The quote builder: lines are ordered by dragging or by their arrows, removed at once, and a conflict is shown in
// place. Without this file the same buttons post the form.

// Asked for anew each time: the page may have made place for another quote.
const draft = () => document.getElementById("draft");
let waiting = false;

const changed = () => {
  waiting = true;
  draft().dispatchEvent(new Event("reorder"));
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-up], [data-down], [data-remove]");
  const line = button?.closest("[data-line]");
  if (!line) return;
  event.preventDefault();
  if (button.matches("[data-remove]")) {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    (next?.querySelector("[data-remove]") ?? document.querySelector("#add-lines button"))?.focus();
    return changed();
  }
  const up = button.matches("[data-up]");
  const other = up ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (up) other.before(line);
  else other.after(line);
  button.focus();
  changed();
});

// Dragging by the handle, with any pointer.
document.addEventListener("pointerdown", (event) => {
  const list = event.target.closest("[data-lines]");
  const handle = list && event.target.closest("[data-handle]");
  if (!handle || event.button > 0) return;
  const line = handle.closest("[data-line]");
  const before = line.nextElementSibling;
  const move = (moved) => {
    for (const other of list.children) {
      if (other === line) continue;
      const { top, height } = other.getBoundingClientRect();
      if (moved.clientY < top + height / 2) {
        if (line.nextElementSibling !== other) other.before(line);
        return;
      }
    }
    list.append(line);
  };
  const end = () => {
    document.removeEventListener("pointermove", move);
    line.classList.remove("dragging");
    if (line.nextElementSibling !== before) changed();
  };
  event.preventDefault();
  line.classList.add("dragging");
  document.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, end, { once: true });
});

// What is typed in the search for materials is not part of the draft; Enter there must not send the form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches?.("[data-not-saved]")) event.preventDefault();
});

// Nor does a choice between two versions save anything by itself.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-choice], [data-not-saved]")) event.stopPropagation();
}, true);

// A conflict (409) is shown where the state of saving stands; nothing that was typed is touched.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  if (xhr.status !== 409 && xhr.status !== 422) return;
  if (!xhr.responseText.includes('id="save-state"')) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
  event.detail.target = document.getElementById("save-state");
  event.detail.swapOverride = "outerHTML";
});

// A new line: its first empty field is next.
document.addEventListener("htmx:afterSettle", (event) => {
  if (!event.target.matches("[data-lines]")) return;
  const line = event.target.lastElementChild;
  line?.querySelector(".what input")?.focus();
  const search = document.getElementById("material-search");
  if (search?.value) {
    search.value = "";
    document.getElementById("materials").replaceChildren();
  }
});

// Leaving while something is typed but not saved is asked about.
document.addEventListener("input", (event) => {
  if (event.target.form === draft() && draft() && !event.target.matches("[data-not-saved]")) waiting = true;
});
document.addEventListener("submit", (event) => {
  if (event.target === draft()) waiting = false;
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, successful, xhr } = event.detail;
  if (!elt.closest?.("#draft")) return;
  waiting = !successful && !xhr.getResponseHeader("HX-Redirect");
});
// The way to the login: what was typed is kept.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if (event.detail.xhr.getResponseHeader("HX-Redirect")) waiting = false;
});
addEventListener("beforeunload", (event) => {
  if (waiting) event.preventDefault();
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!waiting || event.detail.target.id !== "main") return;
  if (confirm(draft().dataset.leave)) waiting = false;
  else event.preventDefault();
});
