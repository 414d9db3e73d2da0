// What a person typed in a form: what can be seen and changed; never a password, a file, or what the page itself put
// there.

const NOT_TYPED = ["hidden", "password", "file", "submit", "button", "image", "reset", "fieldset", "output"];
const before = new WeakMap();

export const typedIn = (form) => [...form.elements].filter((one) => one.name && !NOT_TYPED.includes(one.type));

const fills = (form) => typedIn(form).length || [...form.elements].some((one) => one.type === "file");

// The forms that are filled in: not a mere button, and not where a password is.
export function formsIn(root) {
  const forms = [...root.querySelectorAll("form[method=post]")];
  const own = root.closest?.("form[method=post]");
  if (own) forms.push(own);
  return forms.filter((form) => fills(form) && !form.querySelector("[type=password]"));
}

export function stateOf(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked ? "1" : "";
  return field.type === "select-multiple" ? [...field.selectedOptions].map((one) => one.value).join("\n") : field.value;
}

// Each field by its name and its place among those of that name.
export function statesOf(form) {
  const seen = {};
  const named = typedIn(form).map((field) => {
    seen[field.name] = (seen[field.name] ?? -1) + 1;
    return [`${field.name} ${seen[field.name]}`, field];
  });
  return new Map(named);
}

// What stood in the form when it was shown, or when it was last saved.
export function remember(form) {
  before.set(form, new Map([...statesOf(form)].map(([key, field]) => [key, stateOf(field)])));
  delete form.dataset.unsaved;
  delete form.dataset.drawn;
}

export const stoodThere = (form, key) => before.get(form)?.get(key);

// What is put in a field by the page itself is not typed.
export function settle(form, key, field) {
  before.get(form)?.set(key, stateOf(field));
}

export function changesOf(form) {
  if (!before.has(form)) return [];
  return [...statesOf(form)]
    .filter(([key, field]) => stateOf(field) !== stoodThere(form, key))
    .map(([key, field]) => [key, stateOf(field), stoodThere(form, key) ?? ""]);
}

// Whether leaving would lose something: typed, chosen, drawn, or given back by the server and not saved yet.
export function unsaved(form) {
  const chosen = [...form.elements].some((one) => one.type === "file" && one.files.length);
  return (
    chosen ||
    form.dataset.drawn === "yes" ||
    form.dataset.unsaved !== undefined ||
    form.querySelector("[aria-invalid=true]") !== null ||
    changesOf(form).length > 0
  );
}

export function watch(found) {
  const met = new WeakSet();
  const meet = (form) => {
    if (met.has(form)) return;
    met.add(form);
    if (form.querySelector("[data-again]")) form.dataset.unsaved = "";
    const given = form.dataset.unsaved;
    if (!before.has(form)) remember(form);
    if (given !== undefined) form.dataset.unsaved = given;
    found?.(form);
  };
  const scan = (root) => formsIn(root).forEach(meet);
  document.addEventListener("htmx:afterSettle", (event) => scan(event.target));
  scan(document);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-made]")) event.target.form.dataset.drawn = event.target.value ? "yes" : "";
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.elt.closest?.("form[method=post]");
  if (form && event.detail.successful && event.detail.requestConfig.verb === "post") remember(form);
});
