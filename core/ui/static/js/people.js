// Two lists: available on the left, chosen on the right, in the order of choosing. Without this script the left one's ticks are sent.
const words = document.getElementById("words").dataset;
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/g, "d").replace(/Đ/g, "D").toLowerCase();
const rowsOf = (list) => [...list.querySelectorAll("li")];
const isMarked = (row) => row.querySelector("input[type=checkbox]").checked;

const ask = (text) => new Promise((answer) => { document.dispatchEvent(new CustomEvent("banyan:ask", { detail: { text, answer } })); });

function setUp(box) {
  if (box.dataset.ready) return;
  box.dataset.ready = "true";
  const [left, right] = [box.querySelector("[data-available]"), box.querySelector("[data-chosen]")];
  rowsOf(left).filter((row) => row.dataset.order).sort((a, b) => a.dataset.order - b.dataset.order)
    .forEach((row) => take(row, right, box.dataset.people));
  rowsOf(left).forEach((row) => {
    const tick = row.querySelector("input");
    tick.checked = false;
    tick.removeAttribute("name");
  });
  tell(box, left, right);
}

function take(row, right, name) {
  const value = row.dataset.value;
  if (right.querySelector(`li[data-value="${value}"]`)) return;
  const copy = row.cloneNode(true);
  copy.querySelector("input").checked = false;
  copy.querySelector("input").removeAttribute("name");
  copy.hidden = false;
  const sent = Object.assign(document.createElement("input"), { type: "hidden", name, value });
  copy.append(sent);
  right.append(copy);
}

function tell(box, left, right) {
  const chosen = new Set(rowsOf(right).map((row) => row.dataset.value));
  const query = fold(box.querySelector("[data-filter]").value.trim());
  rowsOf(left).forEach((row) => {
    row.hidden = chosen.has(row.dataset.value) || !row.dataset.text.includes(query);
  });
  box.querySelector("[data-count]").textContent = chosen.size;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-people-do]");
  if (!button) return;
  const box = button.closest("[data-people]");
  const [left, right] = [box.querySelector("[data-available]"), box.querySelector("[data-chosen]")];
  const shown = rowsOf(left).filter((row) => !row.hidden);
  const marked = shown.filter(isMarked);
  const name = box.dataset.people;
  switch (button.dataset.peopleDo) {
    case "copy": marked.slice(0, 1).forEach((row) => take(row, right, name)); break;
    case "copy-all":
      if (!marked.length && !(await ask(words.copyAll.replace("%n%", shown.length)))) return;
      (marked.length ? marked : shown).forEach((row) => take(row, right, name)); break;
    case "remove": rowsOf(right).filter(isMarked).forEach((row) => row.remove()); break;
    case "remove-all": right.replaceChildren(); break;
  }
  rowsOf(left).forEach((row) => { if (right.querySelector(`li[data-value="${row.dataset.value}"]`)) row.querySelector("input").checked = false; });
  tell(box, left, right);
  box.dispatchEvent(new Event("change", { bubbles: true }));
});
document.addEventListener("dblclick", (event) => {
  const row = event.target.closest("[data-people] li");
  if (!row) return;
  const box = row.closest("[data-people]");
  const [left, right] = [box.querySelector("[data-available]"), box.querySelector("[data-chosen]")];
  if (left.contains(row)) take(row, right, box.dataset.people);
  else row.remove();
  tell(box, left, right);
});
document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-people] [data-filter]")) return;
  const box = event.target.closest("[data-people]");
  tell(box, box.querySelector("[data-available]"), box.querySelector("[data-chosen]"));
});

const setUpAll = (root) => root.querySelectorAll("[data-people]").forEach(setUp);
setUpAll(document);
document.addEventListener("htmx:load", (event) => setUpAll(event.detail.elt.parentElement ?? document));
