// Windows over the page: data-open="id" opens, data-close closes. A <details class="confirm"> becomes a window;
// without script it unfolds in place. Photos open large.

function open(dialog) {
  dialog.showModal();
  dialog.querySelector("[autofocus]")?.focus();
  dialog.dispatchEvent(new Event("opened"));
}

function ask(details) {
  const content = details.querySelector(":scope > .ask");
  const dialog = document.createElement("dialog");
  const heading = content.querySelector("h2");
  heading.id ||= `ask-${Date.now()}`;
  dialog.setAttribute("aria-labelledby", heading.id);
  dialog.append(content);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    if (details.isConnected) {
      details.append(content);
      const opener = document.querySelector(`[popovertarget="${details.closest("[popover]")?.id}"]`);
      (opener || details.querySelector("summary")).focus();
    }
    dialog.remove();
  });
  dialog.showModal();
}

function lightbox(link) {
  const photos = [...link.closest("[data-lightbox]").querySelectorAll("a")];
  const dialog = document.createElement("dialog");
  const image = document.createElement("img");
  const bar = document.createElement("div");
  const caption = document.createElement("span");
  let at = photos.indexOf(link);
  const show = (index) => {
    at = (index + photos.length) % photos.length;
    const small = photos[at].querySelector("img");
    image.src = photos[at].href;
    image.alt = small.alt;
    caption.textContent = `${at + 1} / ${photos.length}  ${small.alt}`;
  };
  const button = (text, does) => {
    const one = document.createElement("button");
    one.type = "button";
    one.textContent = text;
    one.addEventListener("click", does);
    return one;
  };
  dialog.className = "lightbox";
  dialog.setAttribute("aria-label", link.querySelector("img").alt);
  bar.className = "bar";
  bar.append(
    caption,
    button("←", () => show(at - 1)),
    button("→", () => show(at + 1)),
    button("✕", () => dialog.close()),
  );
  dialog.append(image, bar);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "ArrowLeft") show(at - 1);
    if (event.key === "ArrowRight") show(at + 1);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  show(at);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const plain = !(event.metaKey || event.ctrlKey || event.shiftKey);
  const opener = event.target.closest("[data-open]");
  const target = opener && document.getElementById(opener.dataset.open);
  if (target && plain) {
    event.preventDefault();
    opener.closest("details.me")?.removeAttribute("open");
    open(target);
    return;
  }
  const summary = event.target.closest(".confirm > summary");
  if (summary) {
    event.preventDefault();
    ask(summary.parentElement);
    return;
  }
  const photo = event.target.closest("[data-lightbox] a");
  if (photo && plain) {
    event.preventDefault();
    lightbox(photo);
    return;
  }
  if (event.target.closest("[data-close]")) {
    event.target.closest("dialog")?.close();
    return;
  }
  if (event.target.matches("dialog[open]")) event.target.close(); // the backdrop
  const me = document.querySelector("details.me[open]");
  if (me && !me.contains(event.target)) me.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const me = document.querySelector("details.me[open]");
  if (me) {
    me.open = false;
    me.querySelector("summary").focus();
    event.stopImmediatePropagation();
  }
}, true);
