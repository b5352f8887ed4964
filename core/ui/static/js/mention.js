// Mentions: "@xx" in a textarea[data-mention-url] offers people; choosing one writes "@username ". The answer is HTML options.
const words = document.getElementById("words").dataset;
const WANTED = /(?:^|\s)@([\p{L}\p{N}._-]{0,40})$/u;
const PAUSE = 150; // ms after the last key
let timer;
let control;

const isHere = (target) => target.matches?.("textarea[data-mention-url]");
const queryOf = (area) => area.value.slice(0, area.selectionStart).match(WANTED)?.[1];

function listOf(area) {
  const known = document.getElementById(area.getAttribute("aria-controls"));
  if (known) return known;
  const list = Object.assign(document.createElement("ul"), { id: `mentions-${Math.random().toString(36).slice(2)}`, className: "options options-up", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.results.replace("%n%", "").trim());
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  area.after(list);
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest('[role="option"]:not([aria-disabled="true"])');
    if (option) insert(area, option);
  });
  return list;
}
const optionsOf = (area) => [...listOf(area).querySelectorAll('[role="option"]:not([aria-disabled="true"])')];

async function search(area) {
  const query = queryOf(area);
  if (query === undefined || query.length < 1) return close(area);
  control?.abort();
  control = new AbortController();
  const url = new URL(area.dataset.mentionUrl, location);
  url.searchParams.set("q", query);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, signal: control.signal });
    if (!answer.ok || answer.redirected) return close(area);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const options = [...page.querySelectorAll('[role="option"][data-value]')];
    const list = listOf(area);
    options.forEach((option, index) => { option.id = `${list.id}-${index}`; });
    list.replaceChildren(...options);
    list.hidden = options.length === 0 || document.activeElement !== area;
    return activate(area, options[0]);
  } catch { return close(area); }
}
function activate(area, option) {
  optionsOf(area).forEach((other) => other.setAttribute("aria-selected", String(other === option)));
  if (option) area.setAttribute("aria-activedescendant", option.id);
  option?.scrollIntoView({ block: "nearest" });
}
function close(area) {
  if (!area.hasAttribute("aria-controls")) return;
  listOf(area).hidden = true;
  area.removeAttribute("aria-activedescendant");
}
function insert(area, option) {
  const end = area.selectionStart;
  const start = end - queryOf(area).length;
  area.setRangeText(`${option.dataset.value} `, start, end, "end");
  close(area);
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("input", (event) => {
  if (!isHere(event.target)) return;
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE, event.target);
});
document.addEventListener("focusout", (event) => { if (isHere(event.target)) close(event.target); });
document.addEventListener("keydown", (event) => {
  const area = event.target;
  if (!isHere(area)) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form?.requestSubmit(); return; }
  if (!area.hasAttribute("aria-controls") || listOf(area).hidden) return;
  const options = optionsOf(area);
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) activate(area, options[(at + step + options.length) % options.length]);
  else if (event.key === "Enter" || event.key === "Tab") insert(area, options[Math.max(at, 0)]);
  else if (event.key === "Escape") { close(area); event.stopPropagation(); }
  else return;
  event.preventDefault();
}, true);
