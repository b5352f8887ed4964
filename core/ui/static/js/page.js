// The shell: keys, menus, preferences, copied links, the focus after a swap.
const root = document.documentElement;
const words = document.getElementById("words").dataset;
const say = (message, level = "info") => document.dispatchEvent(new CustomEvent("banyan:toast", { detail: { message, level } }));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented) cancelForm(event);
});

// Esc cancels the form one is in, unless it had something to close first.
function cancelForm(event) {
  const form = event.target.closest?.("form[data-cancel-href]") ?? (event.target === document.body && document.querySelector("form[data-cancel-href]"));
  if (!form || document.querySelector("dialog[open], :popover-open, .options:not([hidden])")) return;
  location.assign(form.dataset.cancelHref);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-back], [data-reveal]");
  if (!button) return;
  if ("back" in button.dataset) history.back();
  else if ("reveal" in button.dataset) reveal(button);
  else copy(button);
});
function reveal(button) {
  const field = document.getElementById(button.dataset.reveal);
  const show = field.type === "password";
  field.type = show ? "text" : "password";
  button.setAttribute("aria-pressed", String(show));
}
async function copy(button) {
  const text = button.dataset.copy.startsWith("/") ? new URL(button.dataset.copy, location).href : button.dataset.copy || location.href;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // no clipboard without HTTPS
    const area = Object.assign(document.createElement("textarea"), { value: text, className: "visually-hidden" });
    button.after(area);
    area.select();
    document.execCommand("copy");
    area.remove();
    button.focus();
  }
  say(words.copied, "success");
}

// Menus: the browser opens and closes them (popover); here they find their place and take the arrow keys.
const GAP = 4; // px between a button and its menu
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.("[data-menu]") || event.newState !== "open") return;
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const left = at.right - width >= GAP ? at.right - width : at.left;
  const below = at.bottom + GAP + height <= innerHeight || at.top < height;
  menu.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  menu.style.top = `${Math.max(GAP, below ? at.bottom + GAP : at.top - GAP - height)}px`;
}, true);
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const menu = step && (event.target.closest("[data-menu]") ?? openMenuOf(event.target));
  if (!menu) return;
  const entries = [...menu.querySelectorAll("a[href], button")].filter((entry) => entry.offsetParent !== null);
  const next = entries[(entries.indexOf(event.target) + step + entries.length) % entries.length] ?? entries[0];
  event.preventDefault();
  next?.focus();
});
const openMenuOf = (button) => button.matches?.("[popovertarget]") && document.querySelector(`#${CSS.escape(button.getAttribute("popovertarget"))}[data-menu]:popover-open`);
// What was chosen in a menu closes it; the switches of the user menu stay in reach.
document.addEventListener("click", (event) => event.target.closest("[data-menu] .menu-item")?.closest(":popover-open")?.hidePopover());
addEventListener("scroll", (event) => {
  if (event.target !== document) return;
  document.querySelector("[data-menu]:popover-open")?.hidePopover();
}, { passive: true, capture: true });

// Theme and density change at once; the server is told meanwhile. The language needs the page again.
document.querySelectorAll("[data-here]").forEach((field) => { field.value = location.pathname + location.search; });
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-preference]");
  if (!form || form.dataset.preference === "language" || !event.submitter) return;
  event.preventDefault();
  const { name, value } = event.submitter;
  root.dataset[name === "theme" ? "themeChoice" : name] = value;
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-pressed", String(button === event.submitter)));
  fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), redirect: "manual" })
    .catch(() => say(words.offline, "error"));
}, true);

// Which groups of the sidebar are folded is the device's matter.
const FOLDED = "banyan:folded";
const folded = new Set(JSON.parse(localStorage.getItem(FOLDED) ?? "[]"));
document.querySelectorAll("[data-keep-open] details").forEach((details) => {
  const { section } = details.dataset;
  if (folded.has(section) && !details.querySelector("[aria-current]")) details.open = false;
  details.addEventListener("toggle", () => {
    if (details.open) folded.delete(section); else folded.add(section);
    localStorage.setItem(FOLDED, JSON.stringify([...folded]));
  });
});
document.querySelectorAll(".side-link[aria-current]").forEach((link) => link.scrollIntoView({ block: "nearest", inline: "nearest" }));

// After a refused form the first wrong field has the focus.
function focusFirstError(scope) {
  const wrong = scope.querySelector('[aria-invalid="true"]:not([type="hidden"])');
  const field = wrong?.matches("fieldset") ? wrong.querySelector("input, select, textarea") : wrong;
  field?.focus();
}
focusFirstError(document.getElementById("main") ?? document);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.xhr?.status === 422 || event.detail.xhr?.status === 409) focusFirstError(event.detail.elt);
});
