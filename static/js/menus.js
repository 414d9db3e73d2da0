// Menus are popovers: the browser opens them over everything and closes them on Escape or a press elsewhere, also
// without script. Here they are put beside their button: under it, or above it where there is no room. On a telephone
// the stylesheet puts them at the bottom.

const MARGIN = 8;
const GAP = 4;

function buttonOf(menu) {
  return document.querySelector(`[popovertarget="${menu.id}"]`);
}

function place(menu) {
  const at = buttonOf(menu)?.getBoundingClientRect();
  if (!at) return;
  const under = at.bottom + GAP;
  const above = at.top - GAP - menu.offsetHeight;
  const top = under + menu.offsetHeight > innerHeight - MARGIN && above >= MARGIN ? above : under;
  const lowest = innerHeight - MARGIN - menu.offsetHeight;
  const rightmost = innerWidth - MARGIN - menu.offsetWidth;
  menu.style.inset = "auto";
  menu.style.margin = "0";
  menu.style.top = `${Math.max(MARGIN, Math.min(top, lowest))}px`;
  const left = menu.matches(".choices") ? at.left : at.right - menu.offsetWidth;
  menu.style.left = `${Math.max(MARGIN, Math.min(left, rightmost))}px`;
}

function opened() {
  return document.querySelector(".menu:popover-open");
}

document.addEventListener("beforetoggle", (event) => {
  if (event.target.matches(".menu") && event.newState === "open") event.target.style.visibility = "hidden";
}, true);

document.addEventListener("toggle", (event) => {
  if (!event.target.matches(".menu") || event.newState !== "open") return;
  place(event.target);
  event.target.style.visibility = "";
}, true);

addEventListener("scroll", () => opened() && place(opened()), true);
addEventListener("resize", () => opened() && place(opened()));

// Escape closes the menu, and nothing else on the page.
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && opened()) event.stopPropagation();
}, true);
