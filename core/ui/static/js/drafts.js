// Drafts: what is typed into form[data-draft] is kept on this device until it is saved, so that an expired session, a crash or a
// closed tab loses nothing. Only changed fields are kept, with what they were: a draft never undoes what others saved meanwhile.
const root = document.documentElement;
const words = document.getElementById("words").dataset;
const PREFIX = "banyan:draft:";
const SENT = "banyan:draft-sent";
const PAUSE = 400; // ms after the last key
const OLDEST = 14 * 24 * 3600 * 1000; // ms

const keyOf = (form) => `${PREFIX}${root.dataset.user}:${form.dataset.draft || location.pathname}`;
const isKept = (field) => field.name && !field.name.endsWith("csrf_token") && field.autocomplete !== "one-time-code"
  && !["password", "file", "submit", "button", "reset", "image"].includes(field.type)
  && (field.type !== "hidden" || field.closest("[data-picker]"));

function valuesOf(form) {
  const values = {};
  for (const field of form.elements) {
    if (!isKept(field)) continue;
    values[field.name] ??= [];
    if (field.type === "checkbox" || field.type === "radio") { if (field.checked) values[field.name].push(field.value); }
    else if (field.type === "select-multiple") values[field.name].push(...[...field.selectedOptions].map((option) => option.value));
    else values[field.name].push(field.value);
  }
  return values;
}
const same = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);
const read = (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
function write(key, draft) {
  try { localStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or forbidden: the page works without drafts */ }
}

const bases = new WeakMap();
const timers = new WeakMap();
function save(form) {
  const now = valuesOf(form);
  const base = bases.get(form);
  const changed = Object.keys({ ...now, ...base }).filter((name) => !same(now[name], base[name]));
  if (!changed.length) return localStorage.removeItem(keyOf(form));
  const pick = (values) => Object.fromEntries(changed.map((name) => [name, values[name] ?? []]));
  return write(keyOf(form), { at: Date.now(), base: pick(base), values: pick(now) });
}

function put(form, name, values) {
  let fields = [...form.elements].filter((field) => field.name === name && isKept(field));
  if (!fields.length) {
    const rows = [...form.querySelectorAll("[data-rows]")].find((set) => name.startsWith(`${set.dataset.rows}-`));
    const number = Number(name.slice(rows?.dataset.rows.length + 1).split("-")[0]);
    while (rows && Number(rows.dataset.next) <= number && rows.dispatchEvent(new CustomEvent("banyan:add-row", { bubbles: true }))) {
      if (rows.dataset.max && rows.querySelector("[data-rows-list]").childElementCount >= Number(rows.dataset.max)) break;
    }
    fields = [...form.elements].filter((field) => field.name === name && isKept(field));
  }
  fields.forEach((field, index) => {
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else if (field.type === "select-multiple") for (const option of field.options) option.selected = values.includes(option.value);
    else if (index < values.length) field.value = values[index];
  });
}

function restore(form, draft) {
  const now = valuesOf(form);
  const wanted = Object.keys(draft.values).filter((name) => !same(draft.values[name], now[name]));
  if (!wanted.length) return;
  wanted.forEach((name) => put(form, name, draft.values[name]));
  const when = new Date(draft.at).toLocaleString(root.lang, { hour: "2-digit", minute: "2-digit", day: "2-digit", month: "2-digit" });
  const note = document.createElement("div");
  note.className = "note tone-blue draft-note";
  note.setAttribute("role", "status");
  const text = Object.assign(document.createElement("p"), { textContent: words.draftRestored.replace("%when%", when) });
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-line", textContent: words.draftDiscard });
  button.dataset.discard = "";
  button.addEventListener("click", () => { localStorage.removeItem(keyOf(form)); location.reload(); });
  note.append(text, button);
  form.prepend(note);
  form.dispatchEvent(new CustomEvent("banyan:restored", { bubbles: true }));
}

function begin(form) {
  if (bases.has(form)) return;
  const draft = read(keyOf(form));
  const refused = form.querySelector('[aria-invalid="true"], [data-errors]');
  bases.set(form, { ...valuesOf(form), ...(refused && draft ? draft.base : {}) });
  if (draft && !refused) restore(form, draft);
  form.addEventListener("input", () => {
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(save, PAUSE, form));
  });
}

// A plain submit leaves the page; the next page tells whether it was saved: it is neither an error nor the sign-in page, and does
// not show the same form with errors.
function settle() {
  const key = sessionStorage.getItem(SENT);
  sessionStorage.removeItem(SENT);
  const how = performance.getEntriesByType("navigation")[0]?.type;
  if (!key || how === "back_forward" || how === "reload") return;
  const failed = Number(root.dataset.status) >= 400 || document.querySelector("main.login, [data-error-status], [data-errors], main [aria-invalid=true]");
  if (!failed) localStorage.removeItem(key);
}

function beginAll(scope) { scope.querySelectorAll("form[data-draft]").forEach(begin); }
for (const key of Object.keys(localStorage)) {
  if (key.startsWith(PREFIX) && !(read(key)?.at > Date.now() - OLDEST)) localStorage.removeItem(key);
}
settle();
beginAll(document);
document.addEventListener("htmx:load", (event) => beginAll(event.detail.elt.parentElement ?? document));
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.matches("[data-logout]")) {
    Object.keys(localStorage).filter((key) => key.startsWith(`${PREFIX}${root.dataset.user}:`)).forEach((key) => localStorage.removeItem(key));
  }
  if (!form.matches("[data-draft]") || event.defaultPrevented) return;
  clearTimeout(timers.get(form));
  save(form);
  if (!form.matches("[hx-post], [hx-put], [hx-patch]")) sessionStorage.setItem(SENT, keyOf(form));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig.elt; // detail.elt would be the form where a field replaced itself
  if (!form.matches("form[data-draft]") || !event.detail.successful || event.detail.xhr.status >= 400) return;
  const target = event.detail.xhr.getResponseHeader("HX-Redirect") ?? "";
  if (target.startsWith("/login")) return;
  localStorage.removeItem(keyOf(form));
  if (form.isConnected) bases.set(form, valuesOf(form));
});
