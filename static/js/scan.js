// A barcode that the camera sees is searched for, where the browser itself can read one; where it cannot it is said.

const OFTEN = 200; // milliseconds between two looks
const wait = () =>
  new Promise((done) => {
    setTimeout(done, OFTEN);
  });

function say(which) {
  const place = document.querySelector("[data-scan-said]");
  place.textContent = which ? place.dataset[which] : "";
}

async function camera() {
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    return null;
  }
}

async function read(box, video) {
  const detector = new BarcodeDetector();
  while (box.open) {
    const [found] = await detector.detect(video).catch(() => []);
    if (found) return found.rawValue;
    await wait();
  }
  return "";
}

async function scan() {
  if (!window.BarcodeDetector || !navigator.mediaDevices) return say("none");
  const stream = await camera();
  if (!stream) return say("refused");
  say("");
  const box = document.getElementById("scan");
  const video = box.querySelector("video");
  video.srcObject = stream;
  box.showModal();
  await video.play().catch(() => null);
  const code = await read(box, video);
  for (const track of stream.getTracks()) track.stop();
  video.srcObject = null;
  box.close();
  if (!code) return;
  const field = document.getElementById("q");
  field.value = code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-scan]")) scan();
});
