// What is typed and not sent yet is kept in this tab, per user and page, until the server has taken it; and put back
// when the page is shown again: after logging in again, a fault, a closed lid. Only what can be seen: no password, no
// file. On the phone, whose tab ends whenever its camera needs the room, it is kept on the phone; so is what a customer
// asks for.

import { changesOf, stateOf, statesOf, stoodThere, watch } from "./typed.js";

const KEPT = 24 * 3600 * 1000;
const START = `draft ${document.documentElement.dataset.user} `;
const place = () => START + location.pathname + location.search; // the page may make place for another
const typedAt = new WeakMap(); // of each form: the place may be another one before the draft is kept
const placeOf = (form) => typedAt.get(form) ?? place();
const part = document.getElementById("draft-part");
const kind = document.body.matches("[data-worker], [data-drafts]") ? "localStorage" : "sessionStorage";

const stored = (key) => {
  try {
    return JSON.parse(window[kind].getItem(key)) ?? {};
  } catch {
    return {};
  }
};

function store(key, drafts) {
  try {
    if (Object.keys(drafts).length) window[kind].setItem(key, JSON.stringify(drafts));
    else window[kind].removeItem(key);
  } catch {
    // No room, or not allowed: then leaving still asks.
  }
}

// A form by its id, or by where it goes and which of those it is. By its attributes: a field named "id", "method" or
// "action" stands in the place of the form's property of that name.
const pathOf = (form) => new URL(form.getAttribute("action") ?? "", location.href).pathname;

function nameOf(form) {
  if (form.hasAttribute("id")) return form.getAttribute("id");
  const alike = [...document.querySelectorAll("form[method=post]")].filter((one) => pathOf(one) === pathOf(form));
  return `${pathOf(form)} ${alike.indexOf(form)}`;
}

const keyOf = (form) => form.elements.idempotency_key?.value?.slice(1, 33) ?? "";

function keep(form) {
  const drafts = stored(placeOf(form));
  const fields = changesOf(form);
  if (fields.length) drafts[nameOf(form)] = { at: Date.now(), key: keyOf(form), fields };
  else delete drafts[nameOf(form)];
  store(placeOf(form), drafts);
}

function forget(form) {
  const drafts = stored(placeOf(form));
  delete drafts[nameOf(form)];
  store(placeOf(form), drafts);
}

function put(field, state) {
  if (field.type === "checkbox" || field.type === "radio") field.checked = state === "1";
  else if (field.type === "select-multiple") {
    const chosen = state.split("\n");
    for (const one of field.options) one.selected = chosen.includes(one.value);
  } else field.value = state;
}

const labelOf = (field) => field.labels?.[0]?.textContent.trim() || field.name;

function restore(form) {
  const draft = stored(place())[nameOf(form)];
  if (!draft) return;
  // What the server itself gave back is what was typed last.
  if (form.dataset.unsaved !== undefined || form.querySelector("[aria-invalid=true], .errors, .wrong")) return;
  if (Date.now() - draft.at > KEPT) return forget(form);
  const fields = statesOf(form);
  const known = draft.fields.filter(([key, state]) => fields.has(key) && stateOf(fields.get(key)) !== state);
  if (!known.length) return;
  const changed = known
    .filter(([key, , base]) => stateOf(fields.get(key)) !== base)
    .map(([key]) => `${labelOf(fields.get(key))}: ${stateOf(fields.get(key))}`);
  for (const [key, state] of known) put(fields.get(key), state);
  say(form, draft, changed);
  form.closest("details")?.setAttribute("open", "");
  if (form.hasAttribute("hx-post")) fields.get(known[0][0]).dispatchEvent(new Event("change", { bubbles: true }));
}

function say(form, draft, changed) {
  const note = part.content.firstElementChild.cloneNode(true);
  const { lang } = document.documentElement;
  const time = new Date(draft.at).toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });
  const at = note.querySelector("[data-at]");
  at.textContent = at.textContent.replace("{time}", time);
  const meanwhile = note.querySelector("[data-changed]");
  meanwhile.hidden = !changed.length;
  meanwhile.append(` ${changed.join("; ")}`);
  note.querySelector("button").addEventListener("click", () => {
    for (const [key, field] of statesOf(form)) put(field, stoodThere(form, key) ?? stateOf(field));
    forget(form);
    note.remove();
  });
  form.prepend(note);
}

// What the server has taken is no draft any more: it says so in a cookie, by the form's key. Nor is what is too old,
// whoever typed it.
function taken() {
  const done = document.cookie.match(/(?:^|; )form_done=(\w+)/)?.[1];
  if (done) document.cookie = "form_done=; max-age=0; path=/; samesite=lax";
  for (const key of Object.keys(window[kind])) {
    if (!key.startsWith("draft ")) continue;
    const isOver = (draft) => Date.now() - draft.at > KEPT || (key.startsWith(START) && draft.key === done);
    store(key, Object.fromEntries(Object.entries(stored(key)).filter(([, draft]) => !isOver(draft))));
  }
}

const waiting = new Map();
function soon(event) {
  const form = event.target.form;
  if (!form || !form.matches("[method=post]") || event.target.type === "password") return;
  typedAt.set(form, place());
  clearTimeout(waiting.get(form));
  const timer = setTimeout(() => now(form), 250);
  waiting.set(form, timer);
}

function now(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (form.isConnected) keep(form);
}

const all = () => [...waiting.keys()].forEach(now);

if (part) {
  try {
    taken();
  } catch {
    // No storage: nothing was kept.
  }
  watch(restore);
  for (const name of ["input", "change"]) document.addEventListener(name, soon);
  for (const name of ["htmx:beforeRequest", "htmx:beforeSwap", "place:left"]) {
    document.addEventListener(name, all, true);
  }
  // Under the key that is sent: the one of this showing of the form.
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[method=post]")) return;
    now(event.target);
    // Back brings the page anew: what was not taken stands in the draft, and the browser shall not put in what was.
    event.target.autocomplete = "off";
  }, true);
  document.addEventListener("form:kept", ({ detail }) => forget(detail.form));
  addEventListener("pagehide", all);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) all();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.detail.elt.closest?.("form[method=post]");
    if (form && event.detail.successful && event.detail.requestConfig.verb === "post") forget(form);
  });
}
