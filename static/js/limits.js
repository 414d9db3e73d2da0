// A reading outside its limits asks at once what is the matter, with and without a network.

const asks = () => [...document.querySelectorAll("[data-about]")];

// A comma or a point, whichever comes last, begins the decimals.
function read(text) {
  const parts = text.trim().split(/[.,](?=[^.,]*$)/);
  return /\d/.test(text) ? Number([parts[0].replace(/[^\d-]/g, ""), ...parts.slice(1)].join(".")) : NaN;
}

function isOutside(box) {
  const { about, least, most } = box.dataset;
  const { elements } = box.closest("form");
  const [{ value }, was] = [elements[about], elements[`was_${about}`].value];
  const number = read(value);
  return value !== was && ((least !== "" && number < Number(least)) || (most !== "" && number > Number(most)));
}

function show(box) {
  const words = box.querySelector("textarea");
  box.hidden = !isOutside(box) && !words.value;
  words.setCustomValidity("");
}

document.addEventListener("input", () => asks().forEach(show));

// Before everybody who would send it: without a network nobody else asks.
addEventListener("submit", (event) => {
  const isOpen = (box) => isOutside(box) && !box.querySelector("textarea").value.trim();
  const open = asks().find((box) => event.target.contains(box) && isOpen(box));
  if (!open) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  open.hidden = false;
  const words = open.querySelector("textarea");
  words.setCustomValidity(words.dataset.asks);
  words.reportValidity();
}, true);
asks().forEach(show);
