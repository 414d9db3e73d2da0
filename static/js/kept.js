// The phone's worker (worker.js) is started, and told to keep what there is to do in the coming days.

const { worker } = document.body.dataset;

async function start() {
  const registration = await navigator.serviceWorker.register(worker, { scope: "/phone/", type: "module" });
  const active = registration.active ?? (await started(registration.installing ?? registration.waiting));
  active.postMessage({ keep: location.pathname });
}

const started = (found) =>
  new Promise((done) => {
    if (found.state === "activated") done(found);
    found.addEventListener("statechange", () => {
      if (found.state === "activated") done(found);
    });
  });

if (worker && navigator.serviceWorker) start().catch(() => null);
