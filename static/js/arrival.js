// What the customer will be told of who leaves now: the page may have stood for a while, or come from this phone.

const { lang } = document.documentElement;
const clock = (at) => at.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" });

function show() {
  const part = document.querySelector("[data-minutes]");
  if (!part) return;
  const now = new Date();
  const there = new Date(now);
  there.setMinutes(now.getMinutes() + Number(part.dataset.minutes));
  there.setMinutes(5 * Math.ceil(there.getMinutes() / 5));
  part.textContent = part.dataset.words.replace("{now}", clock(now)).replace("{time}", clock(there));
}

document.addEventListener("click", show, true); // before it is asked
setInterval(show, 10_000);
