// What htmx sends and how its answers are taken: the CSRF header, refusals as toasts, no second submit, the offline banner.
const root = document.documentElement;
const words = document.getElementById("words").dataset;
const RELEASE_AFTER = 8000; // ms; a download answers without leaving the page, its button must come back

const say = (message, level) => document.dispatchEvent(new CustomEvent("banyan:toast", { detail: { message, level } }));

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.querySelector('meta[name="csrf-token"]').content;
});

// What asks again by itself (hx-trigger "every …") says once and in its own place that nobody answers; the next answer replaces it.
const asksAgain = (elt) => elt.matches("[hx-trigger^='every ']");
function stall(elt) {
  elt.classList.add("is-stalled");
  const place = elt.querySelector("[data-stalled]");
  place.textContent ||= place.dataset.stalled;
}
function stopAsking(elt) {
  elt.removeAttribute("hx-get");
  elt.removeAttribute("hx-trigger");
  htmx.process(elt);
}

// A refusal is swapped only where it is a fragment: an empty body would blank the target, a whole page would nest.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, elt } = event.detail;
  if (xhr.status < 400) return;
  if (asksAgain(elt)) {
    event.detail.shouldSwap = false;
    if (xhr.status >= 500) { stall(elt); return; }
    stopAsking(elt);
  }
  const body = xhr.responseText.trimStart();
  const isFragment = body.startsWith("<") && !/^<(!doctype|html)/i.test(body);
  const isToasted = /"message": *"[^"]/.test(xhr.getResponseHeader("HX-Trigger") ?? "");
  if (event.detail.shouldSwap && !isFragment) event.detail.shouldSwap = false;
  if (!event.detail.shouldSwap && !isToasted) say(words[`s${xhr.status}`] ?? words[xhr.status >= 500 ? "s500" : "s400"], "error");
  else if (event.detail.shouldSwap) event.detail.isError = false;
});
for (const [name, word] of [["htmx:sendError", "offline"], ["htmx:timeout", "timeout"]]) {
  document.addEventListener(name, ({ detail: { elt } }) => (asksAgain(elt) ? stall(elt) : say(words[word], "error")));
}

function hold(button) {
  button.setAttribute("aria-disabled", "true");
  button.classList.add("is-busy");
}
function release(scope) {
  scope.querySelectorAll(".is-busy").forEach((button) => {
    button.removeAttribute("aria-disabled");
    button.classList.remove("is-busy");
  });
}
const underWay = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (underWay.has(form)) { event.preventDefault(); event.stopImmediatePropagation(); return; }
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.matches("[hx-get], [hx-post], [hx-put], [hx-patch], [hx-delete]")) return; // htmx tells below
  underWay.add(form);
  if (event.submitter) hold(event.submitter);
  setTimeout(() => { underWay.delete(form); release(form); }, RELEASE_AFTER);
});
addEventListener("pageshow", () => release(document));

let open = 0;
document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt } = event.detail;
  if (elt.closest("[data-quiet]")) return;
  if (elt.tagName === "FORM") {
    if (underWay.has(elt)) { event.preventDefault(); return; }
    if (elt.method === "post") underWay.add(elt);
    const button = event.detail.requestConfig.triggeringEvent?.submitter;
    if (button) hold(button);
  } else if (elt.matches("button, a.btn")) hold(elt);
  root.classList.toggle("is-loading", ++open > 0);
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt } = event.detail;
  if (elt.closest("[data-quiet]")) return;
  underWay.delete(event.detail.requestConfig.elt);
  release(elt.tagName === "FORM" ? elt : elt.parentElement ?? document);
  open = Math.max(0, open - 1);
  root.classList.toggle("is-loading", open > 0);
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".is-busy")) event.preventDefault();
}, true);

const banner = document.querySelector("[data-offline].offline");
const tellOffline = () => { banner.hidden = navigator.onLine; };
addEventListener("online", tellOffline);
addEventListener("offline", tellOffline);
tellOffline();
