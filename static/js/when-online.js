// A form that says so ([data-waits]) waits for a connection and is sent by itself when there is one, as long as its
// page stands. Its key makes it harmless that the first try may have come through.

const TRY = 20_000;

document.addEventListener("form:unanswered", (event) => {
  const form = event.target;
  const note = form.querySelector("[data-waits]");
  if (!note) return;
  event.preventDefault();
  const first = note.hidden;
  note.hidden = false;
  if (first) note.focus();
  wait(form, event.detail.button);
});

function wait(form, button) {
  const timer = setTimeout(again, TRY);
  addEventListener("online", again);

  function again() {
    clearTimeout(timer);
    removeEventListener("online", again);
    if (form.isConnected) form.requestSubmit(button);
  }
}
