// A page that the browser kept whole is out of date when Back brings it: it is fetched anew, and shows nothing until
// then. After logging out that is the login.

if (document.documentElement.dataset.user) {
  addEventListener("pagehide", (event) => {
    if (event.persisted) document.documentElement.hidden = true;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
