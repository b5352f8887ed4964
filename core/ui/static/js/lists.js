// Lists: ticks, the bulk bar, "choose all that match". Whether the bar shows is a matter of CSS (:has), so it works without this.
const ticksOf = (list) => [...list.querySelectorAll("tbody .tick input")];
let last = null;

function refresh(list) {
  const ticks = ticksOf(list);
  const on = ticks.filter((tick) => tick.checked);
  const all = list.querySelector("[data-bulk-all]");
  const whole = list.querySelector("[data-tick-all]");
  ticks.forEach((tick) => tick.closest("tr").classList.toggle("is-on", tick.checked));
  if (whole) {
    whole.checked = on.length > 0 && on.length === ticks.length;
    whole.indeterminate = on.length > 0 && on.length < ticks.length;
  }
  if (all && on.length < ticks.length) all.checked = false;
  const count = list.querySelector("[data-bulk-count]");
  if (count) count.textContent = all?.checked ? all.dataset.total : on.length;
}

document.addEventListener("change", (event) => {
  const list = event.target.closest("[data-list]");
  if (!list) return;
  const box = event.target;
  if (box.matches("[data-tick-all], [data-bulk-all]")) {
    if (box.checked || box.matches("[data-tick-all]")) ticksOf(list).forEach((tick) => { tick.checked = box.checked; });
  } else if (!box.matches(".tick input")) return;
  refresh(list);
});

// Shift chooses the rows between.
document.addEventListener("click", (event) => {
  const box = event.target.closest("tbody .tick input");
  if (!box) return;
  const list = box.closest("[data-list]");
  const ticks = list ? ticksOf(list) : [];
  if (event.shiftKey && last && ticks.includes(last)) {
    const [from, to] = [ticks.indexOf(last), ticks.indexOf(box)].sort((a, b) => a - b);
    ticks.slice(from, to + 1).forEach((tick) => { tick.checked = box.checked; });
    refresh(list);
  }
  last = box;
});
document.addEventListener("click", (event) => {
  const list = event.target.closest("[data-bulk-clear]")?.closest("[data-list]");
  if (!list) return;
  ticksOf(list).forEach((tick) => { tick.checked = false; });
  refresh(list);
  list.querySelector("[data-tick-all]")?.focus();
});
const refreshAll = (scope) => scope.querySelectorAll?.("[data-list]").forEach(refresh);
refreshAll(document);
document.addEventListener("htmx:load", (event) => refreshAll(event.detail.elt.parentElement ?? document));
addEventListener("pageshow", () => refreshAll(document));
