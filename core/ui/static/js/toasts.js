// Passing messages: from the server's HX-Trigger {"toast": {message, level, undo}}, from our own scripts, or already in the page.
const region = document.getElementById("toasts");
const template = document.getElementById("toast-template");
const LIFE = { success: 5000, info: 6000, warning: 10000 }; // ms; an error stays until it is closed
const LIFE_WITH_UNDO = 10000; // ms
const MOST = 4;

function keep(toast) {
  const undo = toast.querySelector("[data-undo]");
  const life = undo.hidden ? LIFE[toast.dataset.toast] : LIFE_WITH_UNDO;
  if (!life) return;
  let timer;
  const start = () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), life); };
  const stop = () => clearTimeout(timer);
  toast.addEventListener("pointerenter", stop);
  toast.addEventListener("pointerleave", start);
  toast.addEventListener("focusin", stop);
  toast.addEventListener("focusout", start);
  start();
}

function show({ message, level = "info", undo = null }) {
  if (!message) return;
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.dataset.toast = level;
  toast.className = `snack snack-${level}`;
  if (level === "error") toast.setAttribute("role", "alert");
  toast.querySelector(".snack-text").textContent = message;
  const form = toast.querySelector("[data-undo]");
  if (typeof undo === "string" && undo.startsWith("/")) {
    form.hidden = false;
    form.setAttribute("action", undo);
    form.setAttribute("hx-post", undo);
    form.setAttribute("hx-swap", "none");
  }
  region.append(toast);
  htmx.process(toast);
  while (region.childElementCount > MOST) region.firstElementChild.remove();
  keep(toast);
}

// Several at once come as an array, which htmx hands over as `value`.
document.addEventListener("toast", (event) => [event.detail.value ?? event.detail].flat().forEach(show));
document.addEventListener("banyan:toast", (event) => show(event.detail));
region.addEventListener("click", (event) => event.target.closest("[data-close]")?.closest("[data-toast]").remove());
region.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) event.target.closest("[data-toast]")?.remove();
});
region.querySelectorAll("[data-toast]").forEach(keep);
