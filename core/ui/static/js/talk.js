// The discussion: what is attached to a post before it is sent, the author's position, and where the list stands after an answer.
const THUMB = 160; // px, the longer side of a preview
const PATIENCE = 15000; // ms for the device to find out where it is
const MB = 1024 * 1024;

// A row of what goes along with the post: a preview or a name, and the way to leave it out.
function row(text, removeLabel, onRemove) {
  const item = Object.assign(document.createElement("span"), { className: "enclosure" });
  const name = Object.assign(document.createElement("span"), { className: "cut", textContent: text });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain", textContent: "×" });
  button.setAttribute("aria-label", removeLabel);
  button.addEventListener("click", onRemove);
  item.append(name, button);
  return item;
}

// A small copy as a data: image, because the content policy takes no blob:.
async function thumbnail(file) {
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, THUMB / Math.max(bitmap.width, bitmap.height));
  const canvas = Object.assign(document.createElement("canvas"), { width: Math.ceil(bitmap.width * scale), height: Math.ceil(bitmap.height * scale) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.toDataURL("image/jpeg", 0.7);
}

function leaveOut(input, file) {
  const kept = new DataTransfer();
  [...input.files].filter((each) => each !== file).forEach((each) => kept.items.add(each));
  input.files = kept.files;
  showEnclosed(input.form);
}

const inputsOf = (form) => [...form.querySelectorAll("[data-encloses]")];
function problemOf(form) {
  const { maxFiles, maxMb, tooMany, tooLarge } = form.querySelector("[data-enclosed]").dataset;
  const files = inputsOf(form).flatMap((input) => [...input.files]);
  if (files.length > Number(maxFiles)) return tooMany;
  return files.reduce((sum, file) => sum + file.size, 0) > Number(maxMb) * MB ? tooLarge : "";
}

function showEnclosed(form) {
  const place = form.querySelector("[data-enclosed]");
  const rows = inputsOf(form).flatMap((input) => [...input.files].map((file) => {
    const item = row(file.name, place.dataset.remove.replace("%name%", file.name), () => leaveOut(input, file));
    if (file.type.startsWith("image/")) {
      const picture = Object.assign(document.createElement("img"), { alt: "" });
      item.prepend(picture);
      thumbnail(file).then((url) => { picture.src = url; }, () => picture.remove());
    }
    return item;
  }));
  const problem = problemOf(form);
  if (problem) rows.push(Object.assign(document.createElement("p"), { className: "error", textContent: problem }));
  place.replaceChildren(...rows);
}
document.addEventListener("change", (event) => { if (event.target.matches?.("[data-encloses]")) showEnclosed(event.target.form); });
document.addEventListener("submit", (event) => {
  if (!event.target.querySelector?.("[data-enclosed]") || !problemOf(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// The position is asked for when its button is pressed, never before; it is sent with the post.
function setPlace(form, fields, message, isError = false) {
  const place = form.querySelector("[data-place]");
  const inputs = Object.entries(fields).map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  const told = isError || !inputs.length
    ? Object.assign(document.createElement("p"), { className: isError ? "error" : "help", textContent: message })
    : row(message, place.dataset.remove, (event) => event.target.closest("[data-place]").replaceChildren());
  place.replaceChildren(...inputs, ...(message ? [told] : []));
}
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-locate]")?.closest("form");
  if (!form) return;
  const { noPlace, placeFailed, placed, locating } = form.querySelector("[data-place]").dataset;
  if (!navigator.geolocation) { setPlace(form, {}, noPlace, true); return; }
  setPlace(form, {}, locating);
  navigator.geolocation.getCurrentPosition(
    ({ coords, timestamp }) => setPlace(
      form,
      { lat: coords.latitude, lng: coords.longitude, accuracy: coords.accuracy, at: Math.round(timestamp) },
      placed.replace("%n%", Math.round(coords.accuracy)),
    ),
    (error) => setPlace(form, {}, error.code === error.PERMISSION_DENIED ? noPlace : placeFailed, true),
    { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: 0 },
  );
});

// A refused post comes back with its text; what was attached is put into the new form, which no server can do.
let kept = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig.elt;
  const isRefused = event.detail.xhr.status >= 400 && form.matches?.("form.composer") && form.querySelector("[data-enclosed]");
  kept = isRefused ? { files: inputsOf(form).map((input) => input.files), place: [...form.querySelector("[data-place]").childNodes] } : null;
});
document.addEventListener("htmx:load", (event) => {
  const form = kept && event.detail.elt.querySelector?.("form.composer");
  if (!form) return;
  inputsOf(form).forEach((input, index) => { input.files = kept.files[index]; });
  form.querySelector("[data-place]").replaceChildren(...kept.place);
  kept = null;
  showEnclosed(form);
});

// The newest post is at the bottom, beside the composer; what changes one post leaves the list where it is.
let stay = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.detail.target?.querySelector?.("[data-talk]");
  stay = list && event.detail.requestConfig.elt.closest("[data-stay]") ? list.scrollTop : null;
});
function place(scope) {
  scope.querySelectorAll("[data-talk]").forEach((list) => { list.scrollTop = stay ?? list.scrollHeight; });
}
place(document);
document.addEventListener("htmx:load", (event) => place(event.detail.elt.parentElement ?? document));
