// The palette: Ctrl+K, "/" or the box at the top open it; one request per pause in typing, given up when typing goes on. Its answers are
// those of the page of results, where the box leads without this script, and Enter as long as the options are those of an older text.
const words = document.getElementById("words").dataset;
const palette = document.getElementById("palette");
const find = document.getElementById("find");
const PAUSE = 150; // ms after the last key
let timer;
let control;

const input = palette?.querySelector('[role="combobox"]');
const list = palette?.querySelector('[role="listbox"]');
const status = palette?.querySelector('[role="status"]');
const options = () => [...list.querySelectorAll('[role="option"]')];
const active = () => list.querySelector('[aria-selected="true"]');
const isTyping = (element) => element.matches?.("input, textarea, select, [contenteditable]");

function open(text = "") {
  document.querySelector(":popover-open")?.hidePopover();
  palette.showModal();
  input.value = text;
  input.focus();
  search();
}

async function search() {
  clearTimeout(timer);
  control?.abort();
  control = new AbortController();
  const { signal } = control;
  const url = new URL(input.form.action);
  url.searchParams.set("q", input.value.trim());
  palette.classList.add("is-searching");
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true", "HX-Target": "found" }, signal });
    if (answer.redirected || answer.headers.has("HX-Redirect")) { location.reload(); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    show(new DOMParser().parseFromString(await answer.text(), "text/html").body);
  } catch (error) {
    if (signal.aborted) return;
    list.replaceChildren();
    status.textContent = words[`s${error.message}`] ?? words.offline;
    document.dispatchEvent(new CustomEvent("banyan:toast", { detail: { message: status.textContent, level: "error" } }));
  }
  if (!signal.aborted) palette.classList.remove("is-searching");
}

// The page's sections, lists and links become a listbox with groups.
function show(found) {
  found.querySelectorAll("ul, li").forEach((element) => element.setAttribute("role", "presentation"));
  found.querySelectorAll("section").forEach((section) => {
    const title = section.querySelector("h2");
    title.id = `palette-${title.id}`;
    title.setAttribute("role", "presentation");
    section.setAttribute("role", "group");
    section.setAttribute("aria-labelledby", title.id);
  });
  found.querySelectorAll("a").forEach((link, index) => {
    link.id = `palette-option-${index}`;
    link.tabIndex = -1;
    link.setAttribute("role", "option");
    link.setAttribute("aria-selected", "false");
  });
  list.replaceChildren(...found.childNodes);
  list.scrollTop = 0;
  palette.classList.remove("is-stale");
  const count = options().length;
  status.textContent = count ? words.results.replace("%n%", count) : words.noResults;
  choose(input.value.trim() ? options()[0] : null);
}

function choose(option) {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  if (option) input.setAttribute("aria-activedescendant", option.id);
  else input.removeAttribute("aria-activedescendant");
}

if (palette && find) {
  find.addEventListener("click", () => open(find.value));
  find.addEventListener("input", () => { open(find.value); find.value = find.defaultValue; });
  document.addEventListener("keydown", (event) => {
    const isKey = (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) || (event.key === "/" && !isTyping(event.target));
    if (!isKey || document.querySelector("dialog[open]:not(#palette)")) return;
    event.preventDefault();
    if (palette.open) palette.close(); else open();
  });
  input.addEventListener("input", () => {
    palette.classList.add("is-stale");
    clearTimeout(timer);
    control?.abort();
    timer = setTimeout(search, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const all = options();
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && all.length) {
      const at = all.indexOf(active());
      choose(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
    } else if (event.key === "Enter" && active() && !palette.classList.contains("is-stale")) active().click();
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointermove", (event) => {
    const option = event.target.closest('[role="option"]');
    if (option && option !== active()) choose(option);
  });
  palette.addEventListener("close", () => { clearTimeout(timer); control?.abort(); palette.classList.remove("is-searching", "is-stale"); });
}
