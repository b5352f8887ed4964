// The calendar: what is planned is dragged to another day or time, or pushed there with Shift and the arrow keys. The server decides.
let held = null; // what is being dragged, and how far below its top it was taken
let focusOn = ""; // what had the focus when it was pushed by keys

const minutesOf = (slot) => `${String(Math.floor(slot / 2)).padStart(2, "0")}:${slot % 2 ? "30" : "00"}`;

function send(item, values) {
  if (item.classList.contains("is-busy")) return;
  item.classList.add("is-busy");
  const { version, calMove } = item.dataset;
  htmx.ajax("POST", calMove, { source: item, target: "#calendar", swap: "outerHTML", values: { ...values, version, page: location.search } });
}
document.addEventListener("htmx:afterRequest", (event) => {
  const item = event.detail.requestConfig.elt;
  if (!item.matches?.("[data-cal-move]")) return;
  item.classList.remove("is-busy");
  const { status } = event.detail.xhr;
  if (status === 409 || status === 404) htmx.ajax("GET", location.pathname + location.search, { target: "#calendar", swap: "outerHTML" });
});
document.addEventListener("htmx:afterSettle", () => {
  if (!focusOn) return;
  document.querySelector(`[data-cal-item="${focusOn}"]`)?.focus();
  focusOn = "";
});

const clear = () => document.querySelectorAll(".is-over").forEach((day) => day.classList.remove("is-over"));

document.addEventListener("dragstart", (event) => {
  const item = event.target.closest?.("[data-cal-move]");
  if (!item) return;
  held = { item, below: event.clientY - item.getBoundingClientRect().top };
  event.dataTransfer.effectAllowed = "move";
  item.classList.add("is-held");
});
document.addEventListener("dragover", (event) => {
  const day = held && event.target.closest?.("[data-cal-day]");
  if (!day) return;
  event.preventDefault();
  clear();
  day.classList.add("is-over");
});
document.addEventListener("drop", (event) => {
  const day = held && event.target.closest?.("[data-cal-day]");
  if (!day) return;
  event.preventDefault();
  const lanes = event.target.closest("[data-cal-first]");
  const values = { day: day.dataset.calDay };
  if (lanes) {
    const { top, height } = lanes.getBoundingClientRect();
    const { calFirst: first, calSlots: slots } = lanes.dataset;
    const at = Math.round((event.clientY - held.below - top) / (height / slots));
    values.start = minutesOf(Number(first) + Math.min(Math.max(at, 0), slots - 1));
  }
  send(held.item, values);
});
document.addEventListener("dragend", () => {
  held?.item.classList.remove("is-held");
  held = null;
  clear();
});

document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.("[data-cal-move]");
  if (!item || !event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const along = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!aside && !along) return;
  const inMonth = item.closest(".cal-cell") !== null;
  if (along && !inMonth && !item.closest(".cal-lanes")) return;
  event.preventDefault();
  focusOn = item.dataset.calItem;
  send(item, aside ? { days: aside } : inMonth ? { days: 7 * along } : { minutes: 30 * along });
});
