// Forms: grouped money, the unsaved-changes guard, sub-form rows, the way back to a refused form.

// A refused form is the answer to a POST, which Back could not show again: its place in the history becomes the page it was sent
// from. There the draft waits with what was typed.
if (document.documentElement.dataset.method === "POST") {
  const isOurs = document.referrer && new URL(document.referrer).origin === location.origin;
  history.replaceState(history.state, "", isOurs ? document.referrer : location.href);
}

// 1234567 reads 1.234.567 at first and once the field is left; what is not a plain number stays for the server to judge.
const group = (field) => {
  const digits = field.value.replace(/[.\s₫đ]/g, "");
  if (/^-?\d+$/.test(digits)) field.value = digits.replace(/\B(?=(\d{3})+$)/g, ".");
};
document.addEventListener("focusout", (event) => { if (event.target.matches?.("[data-money]")) group(event.target); });
const groupAll = (scope) => scope.querySelectorAll("[data-money]").forEach(group);
groupAll(document);
document.addEventListener("htmx:load", (event) => groupAll(event.detail.elt.parentElement ?? document));

const snapshot = (form) => new URLSearchParams([...new FormData(form)].filter(([name, value]) => name !== "csrf_token" && typeof value === "string")).toString();
const clean = new WeakMap();
const leaving = new WeakSet();

function watch(scope) {
  scope.querySelectorAll("form[data-guard]").forEach((form) => {
    if (!clean.has(form)) clean.set(form, snapshot(form));
  });
}
const isDirty = (form) => clean.has(form) && !leaving.has(form) && snapshot(form) !== clean.get(form);
watch(document);
document.addEventListener("htmx:load", (event) => watch(event.detail.elt.parentElement ?? document));
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) leaving.add(event.target); });
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.detail.requestConfig.elt; // detail.elt would be the form where a field replaced itself
  if (form.tagName !== "FORM") return;
  leaving.delete(form);
  if (event.detail.successful && form.isConnected) clean.set(form, snapshot(form));
});
document.addEventListener("click", (event) => {
  const form = event.target.closest('[type="reset"], [data-discard]')?.closest("form");
  if (form) leaving.add(form);
});
addEventListener("beforeunload", (event) => {
  if ([...document.querySelectorAll("form[data-guard]")].some(isDirty)) event.preventDefault();
});

// Sub-forms: "contacts-__row__-name" in the template becomes the next number.
const PLACEHOLDER = /__row__/g;
function addRow(rows) {
  const list = rows.querySelector("[data-rows-list]");
  const max = Number(rows.dataset.max || Infinity);
  if (list.childElementCount >= max) return null;
  const number = rows.dataset.next;
  rows.dataset.next = Number(number) + 1;
  const row = rows.querySelector("template[data-rows-template]").content.firstElementChild.cloneNode(true);
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of element.attributes) {
      if (attribute.value.includes("__row__")) attribute.value = attribute.value.replace(PLACEHOLDER, number);
    }
  }
  list.append(row);
  htmx.process(row);
  limit(rows);
  return row;
}
function limit(rows) {
  const count = rows.querySelector("[data-rows-list]").childElementCount;
  rows.querySelector("[data-row-add]").hidden = count >= Number(rows.dataset.max || Infinity);
  rows.querySelectorAll("[data-row-remove]").forEach((button) => { button.hidden = count <= Number(rows.dataset.min); });
}
document.querySelectorAll("[data-rows]").forEach(limit);
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("[data-rows]").forEach(limit));
document.addEventListener("banyan:add-row", (event) => addRow(event.target));
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-row-add]");
  if (add) addRow(add.closest("[data-rows]"))?.querySelector("input:not([type=hidden]), select, textarea")?.focus();
  const remove = event.target.closest("[data-row-remove]");
  if (!remove) return;
  const rows = remove.closest("[data-rows]");
  const form = rows.closest("form");
  remove.closest("[data-row]").remove();
  limit(rows);
  rows.querySelector("[data-row-add]").focus();
  form?.dispatchEvent(new Event("input", { bubbles: true }));
});

// Fast entry, in forms with data-entry: Enter goes on to the next field and never saves; on the field of a row that ends it
// (data-row-end) it goes to the next row, which is added where there is none. Ctrl+Enter saves any guarded form.
const isField = (element) => element.matches("input:not([type=hidden]), select, textarea") && !element.disabled && element.checkVisibility();
const fieldsOf = (scope) => [...scope.querySelectorAll("input, select, textarea")].filter(isField);
function goTo(field) { field?.focus(); field?.select?.(); }
function nextRow(row) {
  const rows = row.closest("[data-rows]");
  goTo(fieldsOf(row.nextElementSibling ?? addRow(rows) ?? rows.parentElement)[0]);
}
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.defaultPrevented || event.isComposing) return;
  const { target } = event;
  const form = target.closest("form[data-guard]");
  if (form && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); return; }
  if (!form?.matches("[data-entry]") || !target.matches("input") || target.matches('[role="combobox"][aria-expanded="true"], [data-touched] [role="combobox"]')) return;
  event.preventDefault();
  const row = target.closest("[data-row]");
  if (row && target.matches("[data-row-end]")) { nextRow(row); return; }
  const fields = fieldsOf(form);
  goTo(fields[fields.indexOf(target) + 1]);
});
// What was chosen in a row is followed by the row's next field; what the row said of the former choice goes.
document.addEventListener("banyan:picked", (event) => {
  const row = event.target.closest("[data-entry] [data-row]");
  if (!row || !event.detail.value) return;
  row.querySelectorAll("[data-of-choice]").forEach((field) => { field.value = ""; });
  setTimeout(() => {
    const fields = fieldsOf(row);
    goTo(fields[fields.findIndex((field) => event.target.contains(field)) + 1]);
  });
});
// An answer of the server may offer values for the form: data-fill='{"name": "…"}'. On a button they are taken when it is pressed,
// elsewhere at once, into fields that are empty or still hold what an answer brought.
function fill(form, values, isChosen) {
  for (const [name, value] of Object.entries(values)) {
    const field = form.elements[name];
    if (!field || (!isChosen && field.value && field.value !== field.dataset.filled)) continue;
    field.value = field.dataset.filled = value ?? "";
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}
document.addEventListener("htmx:load", (event) => {
  event.detail.elt.parentElement?.querySelectorAll("[data-fill]:not(button)").forEach((offer) => {
    if (!offer.dataset.taken) { offer.dataset.taken = "1"; fill(offer.closest("form"), JSON.parse(offer.dataset.fill), false); }
  });
});
document.addEventListener("click", (event) => {
  const offer = event.target.closest("button[data-fill]");
  if (!offer) return;
  const { form } = offer;
  const values = JSON.parse(offer.dataset.fill);
  fill(form, values, true);
  const first = form.elements[Object.keys(values)[0]];
  first.dispatchEvent(new Event("input", { bubbles: true }));
  goTo(form.querySelector("[data-rows] input:not([type=hidden])"));
});

// A group of ticks is ticked whole, or emptied when it is whole already.
document.addEventListener("click", (event) => {
  const group = event.target.closest("[data-check-all]")?.closest("[data-check-group]");
  if (!group) return;
  const ticks = [...group.querySelectorAll('input[type="checkbox"]:not(:disabled)')];
  const on = !ticks.every((tick) => tick.checked);
  ticks.forEach((tick) => { tick.checked = on; });
  group.closest("form")?.dispatchEvent(new Event("input", { bubbles: true }));
});
