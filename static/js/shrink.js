// A photo no larger than the company wants, upright, with when and where it was taken. What this browser cannot read,
// or what is small already, goes byte by byte as it is.

const QUALITY = 0.8; // a type plate is read well, and a tenth of a camera's file is left
const ORIENTATION = 0x0112;

export async function shrunk(file, side) {
  if (!side || !file.type.startsWith("image/")) return file;
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    return file;
  }
  const scale = side / Math.max(picture.width, picture.height);
  if (scale >= 1) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const small = await photoOf(canvas, file, "{name}");
  return small.size >= file.size ? file : small;
}

// What stands on the canvas as a photo, taken when and where `file` was. `name` is what it is called, after that one.
export async function photoOf(canvas, file, name) {
  const drawn = await new Promise((done) => {
    canvas.toBlob(done, "image/jpeg", QUALITY);
  });
  canvas.width = 0; // an iPhone holds on to its memory otherwise
  const facts = upright(await file.slice(0, 256 * 1024).arrayBuffer());
  const parts = facts ? [drawn.slice(0, 2), facts, drawn.slice(2)] : [drawn];
  const stem = file.name.replace(/\.\w+$/, "");
  return new File(parts, `${name.replace("{name}", stem)}.jpg`, { type: "image/jpeg" });
}

// The part of a JPEG that says when and where; that it lies on its side is no longer so.
function upright(bytes) {
  const view = new DataView(bytes);
  try {
    if (view.getUint16(0) !== 0xffd8) return null;
    let at = 2;
    while (view.getUint16(at) !== 0xffe1) {
      if (view.getUint8(at) !== 0xff || view.getUint16(at) === 0xffda) return null;
      at += 2 + view.getUint16(at + 2);
    }
    if (view.getUint32(at + 4) !== 0x45786966) return null;
    const tiff = at + 10;
    const little = view.getUint16(tiff) === 0x4949;
    const first = tiff + view.getUint32(tiff + 4, little);
    for (let n = 0; n < view.getUint16(first, little); n += 1) {
      const entry = first + 2 + n * 12;
      if (view.getUint16(entry, little) === ORIENTATION) view.setUint16(entry + 8, 1, little);
    }
    return bytes.slice(at, at + 2 + view.getUint16(at + 2));
  } catch {
    return null;
  }
}
