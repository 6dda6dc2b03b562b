// The keys on one sheet, and others in their place.
import { put } from "../words.js";

const dialog = document.getElementById("keys"), said = document.getElementById("keys-said");
let keys = null, choosing = null;

export function openKeys(of) {
  keys = of;
  keys.show(dialog);
  said.textContent = "";
  dialog.showModal();
}

const what = (action) => dialog.querySelector(`[data-action="${action}"] th`).textContent;
const tell = () => document.dispatchEvent(new CustomEvent("keys-changed"));

dialog.addEventListener("click", ({ target }) => {
  const act = target.closest("[data-act]")?.dataset.act;
  if (act === "close") return dialog.close();
  if (act === "reset") { keys.reset(); tell(); return; }
  const row = target.closest("button") && target.closest("[data-action]");
  if (!row) return;
  choosing = row.dataset.action;
  said.textContent = put(dialog.dataset.press, { what: what(choosing) });
});

dialog.addEventListener("keydown", (event) => {
  const { key } = event;
  event.stopPropagation();
  if (choosing === null) {
    if (key === "?" || key.toLowerCase() === keys.of.help) { event.preventDefault(); dialog.close(); }
    return;
  }
  if (["Shift", "Control", "Alt", "Meta", "Tab"].includes(key)) return;
  event.preventDefault();
  const action = choosing;
  choosing = null;
  if (key === "Escape") { said.textContent = ""; return; }
  const problem = keys.choose(action, key);
  const shown = key.toUpperCase();
  if (problem?.wrong) said.textContent = dialog.dataset.wrong;
  else if (problem) said.textContent = put(dialog.dataset.taken, { pressed: shown, what: what(problem.taken) });
  else { said.textContent = put(dialog.dataset.done, { pressed: shown, what: what(action) }); tell(); }
});
