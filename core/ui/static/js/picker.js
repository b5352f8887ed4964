// Pickers: a combobox whose list the server searches. The answer is HTML: <li role="option" data-value data-label>.
const words = document.getElementById("words").dataset;
const PAUSE = 200; // ms after the last key
const state = new WeakMap();

const partsOf = (picker) => ({
  input: picker.querySelector('[role="combobox"]'),
  list: picker.querySelector('[role="listbox"]'),
  value: picker.querySelector("[data-picker-value]"),
  clear: picker.querySelector("[data-picker-clear]"),
  picked: picker.querySelector("[data-picked]"),
  status: picker.querySelector("[data-picker-status]"),
});
const optionsOf = (list) => [...list.querySelectorAll('[role="option"]:not([aria-disabled="true"])')];

async function search(picker) {
  const { input, list, status } = partsOf(picker);
  state.get(picker)?.abort();
  const control = new AbortController();
  state.set(picker, control);
  const url = new URL(picker.dataset.url, location);
  url.searchParams.set("q", picker.dataset.touched ? input.value.trim() : "");
  picker.querySelectorAll("[data-picked] input").forEach((field) => url.searchParams.append("without", field.value));
  const depends = picker.dataset.depends && input.form?.elements[picker.dataset.depends];
  if (depends) url.searchParams.set(picker.dataset.depends, depends.value);
  picker.classList.add("is-searching");
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": list.id }, signal: control.signal });
    if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) throw new Error(String(answer.redirected ? 401 : answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = [...page.querySelectorAll('[role="option"]')];
    found.forEach((option, index) => { option.id = `${list.id}-${index}`; option.setAttribute("aria-selected", "false"); });
    list.replaceChildren(...found);
    open(picker);
    const count = optionsOf(list).length;
    delete picker.dataset.waiting;
    if (picker.dataset.hurry) { delete picker.dataset.hurry; if (count) { choose(picker, optionsOf(list)[0]); return; } }
    status.textContent = count ? words.results.replace("%n%", count) : words.noResults;
    if (count && input.value && picker.dataset.touched) activate(picker, optionsOf(list)[0]);
  } catch (error) {
    if (error.name === "AbortError") return;
    close(picker);
    document.dispatchEvent(new CustomEvent("banyan:toast", { detail: { message: words[`s${error.message}`] ?? words.offline, level: "error" } }));
  } finally {
    if (state.get(picker) === control) picker.classList.remove("is-searching");
  }
}

function open(picker) {
  const { input, list } = partsOf(picker);
  if (document.activeElement !== input) return;
  list.hidden = false;
  input.setAttribute("aria-expanded", "true");
  list.scrollIntoView({ block: "nearest" });
}
function close(picker) {
  const { input, list } = partsOf(picker);
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
}
function activate(picker, option) {
  const { input, list } = partsOf(picker);
  optionsOf(list).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
  else input.removeAttribute("aria-activedescendant");
}

function choose(picker, option) {
  const { input, value, clear, picked } = partsOf(picker);
  const { value: chosen, label } = option.dataset;
  if (picked) {
    const exists = [...picked.querySelectorAll("input")].some((field) => field.value === chosen);
    if (!exists) picked.append(chip(picker, chosen, label));
    input.value = "";
  } else {
    value.value = chosen;
    input.value = label;
    if (clear) clear.hidden = false;
  }
  input.dataset.label = picked ? "" : label;
  delete picker.dataset.touched;
  close(picker);
  input.removeAttribute("aria-invalid");
  tell(picker, { value: chosen, label, ...option.dataset });
}
function chip(picker, value, label) {
  const item = picker.querySelector("template[data-picked-template]").content.firstElementChild.cloneNode(true);
  item.querySelector("input").value = value;
  item.querySelector("[data-picked-text]").textContent = label;
  const remove = item.querySelector("[data-picked-remove]");
  remove.setAttribute("aria-label", `${remove.getAttribute("aria-label").trim()} ${label}`);
  return item;
}
function tell(picker, detail) {
  const field = picker.querySelector("[data-picker-value]") ?? picker;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  picker.dispatchEvent(new CustomEvent("banyan:picked", { bubbles: true, detail }));
}
function empty(picker) {
  const { input, value, clear } = partsOf(picker);
  if (value) value.value = "";
  input.value = "";
  input.dataset.label = "";
  if (clear) clear.hidden = true;
  tell(picker, { value: "", label: "" });
}

const pickerOf = (target) => target.closest?.("[data-picker]");
const isInput = (target) => target.matches?.('[data-picker] [role="combobox"]');
const timers = new WeakMap();

document.addEventListener("input", (event) => {
  if (!isInput(event.target)) return;
  const picker = pickerOf(event.target);
  picker.dataset.touched = "1";
  picker.dataset.waiting = "1";
  clearTimeout(timers.get(picker));
  timers.set(picker, setTimeout(search, PAUSE, picker));
});
document.addEventListener("focusin", (event) => {
  if (isInput(event.target)) { event.target.dataset.label ??= event.target.value; event.target.select(); }
});
document.addEventListener("click", (event) => {
  const picker = pickerOf(event.target);
  if (!picker) return;
  const option = event.target.closest('[role="option"]:not([aria-disabled="true"])');
  const { input, list } = partsOf(picker);
  if (option) { choose(picker, option); input.focus(); close(picker); }
  else if (event.target.closest("[data-picker-clear]")) { empty(picker); input.focus(); }
  else if (event.target.closest("[data-picked-remove]")) { event.target.closest("li").remove(); tell(picker, {}); input.focus(); }
  else if (isInput(event.target) && list.hidden) search(picker);
});
// Pressing on the list must not take the focus from the field.
document.addEventListener("pointerdown", (event) => { if (event.target.closest?.("[data-picker] [role=listbox]")) event.preventDefault(); });
document.addEventListener("mousedown", (event) => { if (event.target.closest?.("[data-picker] [role=listbox]")) event.preventDefault(); });
document.addEventListener("focusout", (event) => {
  if (!isInput(event.target)) return;
  const picker = pickerOf(event.target);
  if (picker.contains(event.relatedTarget)) return;
  close(picker);
  leave(picker);
});
// What was typed but not chosen is not a choice: an emptied field clears, anything else falls back to the last choice.
function leave(picker) {
  const { input, value } = partsOf(picker);
  if (!picker.dataset.touched || !value) return;
  delete picker.dataset.touched;
  if (!input.value.trim() && value.value) empty(picker);
  else input.value = value.value ? input.dataset.label : "";
}

document.addEventListener("keydown", (event) => {
  if (!isInput(event.target)) return;
  const picker = pickerOf(event.target);
  const { list, picked, input } = partsOf(picker);
  const options = optionsOf(list);
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    if (list.hidden) search(picker);
    else activate(picker, options[(at + step + options.length) % options.length]);
  } else if (event.key === "Enter" && picker.dataset.waiting && input.value.trim()) {
    event.preventDefault(); // typed faster than was found, by a scanner for instance: the first of what comes
    picker.dataset.hurry = "1";
    clearTimeout(timers.get(picker));
    search(picker);
  } else if (event.key === "Enter" && !list.hidden) {
    event.preventDefault();
    if (at >= 0) choose(picker, options[at]);
  } else if (event.key === "Escape" && !list.hidden) {
    event.preventDefault();
    event.stopPropagation();
    close(picker);
  } else if (event.key === "Backspace" && picked && !input.value) {
    picked.lastElementChild?.remove();
  }
}, true);
