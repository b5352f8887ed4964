// Boards: a card is dragged to another column, or moved by the arrow keys on its handle. The server decides: a refused card goes back.
const TOUCH_DELAY = 200; // ms; a shorter touch scrolls
const back = new WeakMap();

function send(card, list, undo) {
  back.set(card, undo);
  card.classList.add("is-busy");
  const values = { stage: list.closest("[data-lane]").dataset.lane, version: card.dataset.version };
  htmx.ajax("POST", card.dataset.move, { source: card, target: card, swap: "outerHTML", values });
}
document.addEventListener("htmx:afterRequest", (event) => {
  const card = event.detail.requestConfig.elt;
  const undo = back.get(card);
  if (!undo) return;
  back.delete(card);
  card.classList.remove("is-busy");
  const { status } = event.detail.xhr;
  if (status > 0 && status < 400) return;
  undo();
  if (status === 409 || status === 404) refresh();
});
// Somebody else was here: the board as it is now.
const refresh = () => htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "outerHTML" });

const placeOf = (card) => {
  const { parentElement: list, nextElementSibling: next } = card;
  return () => list.insertBefore(card, next);
};

function begin(scope) {
  for (const list of scope.querySelectorAll("[data-board] [data-cards]")) {
    if (!list.querySelector("[data-move]") && !list.closest("[data-open]")) continue;
    let undo;
    Sortable.get(list)?.destroy();
    Sortable.create(list, {
      group: { name: "cards", put: list.closest("[data-open]") !== null },
      draggable: ".deal[data-move]",
      sort: false,
      delay: TOUCH_DELAY,
      delayOnTouchOnly: true,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
      onStart: ({ item }) => { undo = placeOf(item); },
      onEnd: ({ item, from, to }) => { if (from !== to) send(item, to, undo); },
    });
  }
}
begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt.parentElement ?? document));

// Left and right move the card, up and down go from card to card.
document.addEventListener("keydown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  const card = handle?.closest(".deal");
  const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!card || event.ctrlKey || event.altKey || event.metaKey) return;
  if (aside) {
    const lanes = [...card.closest("[data-board]").querySelectorAll("[data-lane]")];
    let at = lanes.indexOf(card.closest("[data-lane]")) + aside;
    while (lanes[at] && !("open" in lanes[at].dataset)) at += aside;
    if (!lanes[at] || back.has(card)) return;
    event.preventDefault();
    const undo = placeOf(card);
    const list = lanes[at].querySelector("[data-cards]");
    list.prepend(card);
    handle.focus();
    send(card, list, () => { undo(); handle.focus(); });
  } else if (event.key === "ArrowUp" || event.key === "ArrowDown") {
    const next = event.key === "ArrowUp" ? card.previousElementSibling : card.nextElementSibling;
    event.preventDefault();
    next?.querySelector("[data-handle], a")?.focus();
  }
});
