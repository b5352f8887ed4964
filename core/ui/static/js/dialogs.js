// Native dialogs: opened by data-dialog, by an answer swapped into #dialog, or as the question before a dangerous action.
const frame = document.getElementById("dialog");
const question = document.getElementById("confirm");

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    opener.closest(":popover-open")?.hidePopover();
    if (!dialog.open) dialog.showModal();
    return;
  }
  const dialog = event.target.closest("[data-close]")?.closest("dialog") ?? (event.target.matches("dialog") && isOutside(event) && event.target);
  if (dialog) dialog.close();
});
function isOutside(event) {
  const box = event.target.getBoundingClientRect();
  return event.target.querySelector("form[data-guard]") === null
    && (event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom);
}

document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target === frame) event.detail.swapOverride = "innerHTML";
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== frame) return;
  const title = frame.querySelector("h2[id]");
  if (title) { frame.setAttribute("aria-labelledby", title.id); frame.removeAttribute("aria-label"); }
  if (frame.childElementCount && !frame.open) frame.showModal();
  else if (!frame.childElementCount && frame.open) frame.close();
});
// A question that stands in the page which the server has sent.
for (const dialog of document.querySelectorAll("dialog[data-modal]")) { dialog.close(); dialog.showModal(); }
// The server closes it with HX-Trigger: dialog-close.
document.addEventListener("dialog-close", () => document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close()));
frame.addEventListener("close", () => frame.replaceChildren());

function ask(text) {
  question.querySelector("[data-confirm-question]").textContent = text;
  question.returnValue = "no";
  question.showModal();
  return new Promise((resolve) => {
    question.addEventListener("close", () => resolve(question.returnValue === "yes"), { once: true });
  });
}
document.addEventListener("banyan:ask", async ({ detail: { text, answer } }) => answer(await ask(text))); // other scripts
document.addEventListener("htmx:confirm", async (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  if (await ask(event.detail.question)) event.detail.issueRequest(true);
});
const agreed = new WeakSet();
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const text = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (!text || agreed.delete(form)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const count = document.querySelector("[data-bulk-count]")?.textContent ?? "";
  if (!(await ask(text.replace("%n%", count)))) return;
  agreed.add(form);
  form.requestSubmit(event.submitter);
}, true);
