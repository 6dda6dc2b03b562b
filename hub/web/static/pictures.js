// The pictures of a camera: opens them in full, sends what a person decides, and leaves some seconds to undo a deletion.
// Without this script the same forms work by themselves.
import { Viewer } from "./viewer.js";

const UNDO_MS = 8000;
const holder = document.getElementById("panel") ?? document.getElementById("content");
const toasts = document.getElementById("toasts");
const leaving = new Map();  // what is about to be deleted, by picture: how to do it now

document.documentElement.classList.add("js");

// On the desk there are several cameras' pictures; elsewhere one camera's.
const section = (camera) => holder.querySelector(`.pictures[data-camera="${CSS.escape(camera)}"]`);
const figures = () => [...holder.querySelectorAll(".picture")].filter(({ dataset }) => !leaving.has(dataset.picture));
const figureOf = (id) => holder.querySelector(`.picture[data-picture="${CSS.escape(id ?? "")}"]`);

let made = null;
const viewer = () => made ??= new Viewer({ figures, send: sendAndReload, erase, back });

holder.addEventListener("click", (event) => {
  const { target } = event;
  const figure = target.closest(".picture");
  if (!figure || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (target.closest("a.open")) viewer().open(figure);
  else if (target.closest(".erase-now")) erase(figure);
  else return;
  event.preventDefault();
});

holder.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.look, form.take-back");
  if (!form) return;
  event.preventDefault();
  const figure = form.closest(".picture");
  const problem = await sendAndReload(form.matches(".look") ? "look" : "private", figure, []);
  if (problem) toast(problem);
  back(figure.dataset.picture);
});

function back(id) {
  (figureOf(id)?.querySelector("a.open") ?? holder.querySelector("#pictures-title"))?.focus();
}

// Null where it was done, else a sentence.
async function send(action, figure, fields) {
  const { token, camera } = figure.closest(".pictures").dataset;
  const body = new URLSearchParams([["token", token], ["camera", camera], ...fields]);
  let answer;
  try {
    answer = await fetch(`/pictures/${figure.dataset.picture}/${action}`, {
      method: "POST", body, headers: { accept: "application/json" }, keepalive: true,
    });
    if (answer.ok) return null;
    return (await answer.json()).problem;
  } catch {
    return toasted().dataset.lost;
  }
}

async function sendAndReload(action, figure, fields) {
  const problem = await send(action, figure, fields);
  await reload(figure.closest(".pictures").dataset.camera);
  return problem;
}

// The section as the hub writes it now, where that camera is still shown.
async function reload(camera) {
  let anew;
  const address = section(camera)?.dataset.reload ?? `/cameras/${encodeURIComponent(camera)}`;
  try {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (answer.ok) anew = document.createRange().createContextualFragment(await answer.text());
  } catch { /* what is shown stays: it is what was, and the next answer tells */ }
  const now = section(camera), fresh = anew?.querySelector(`.pictures[data-camera="${CSS.escape(camera)}"]`);
  if (!now || !fresh) return;
  const rank = now.querySelector("#pictures-title")?.tagName;
  // A camera's own page ranks its headings one higher than the panel that was asked for.
  const title = fresh.querySelector("#pictures-title");
  if (title && rank && title.tagName !== rank) {
    const same = document.createElement(rank);
    for (const { name, value } of title.attributes) same.setAttribute(name, value);
    same.append(...title.childNodes);
    title.replaceWith(same);
  }
  now.replaceWith(fresh);
}

function toasted() { return document.getElementById("toast-template").content.firstElementChild; }

// A sentence at the edge of the page; returns it, to be added to.
function toast(sentence) {
  const one = toasted().cloneNode(true);
  one.querySelector("p").textContent = sentence;
  for (const button of one.querySelectorAll("button")) button.hidden = button.dataset.act !== "dismiss";
  one.querySelector("[data-act=dismiss]").addEventListener("click", () => one.remove());
  toasts.append(one);
  return one;
}

function erase(figure) {
  const id = figure.dataset.picture;
  if (leaving.has(id)) return;
  const one = toast(toasted().dataset.deleted);
  for (const button of one.querySelectorAll("button")) button.hidden = button.dataset.act === "dismiss";
  const settle = () => { clearTimeout(timer); leaving.delete(id); one.remove(); };
  const now = async () => {
    if (leaving.get(id) !== now) return;
    clearTimeout(timer);
    leaving.set(id, null);  // on its way: no longer to be undone, still not to be seen
    one.remove();
    const problem = await sendAndReload("delete", figure, []);
    leaving.delete(id);
    if (problem) { toast(problem); hide(); }
  };
  const timer = setTimeout(now, UNDO_MS);
  leaving.set(id, now);
  one.querySelector("[data-act=now]").addEventListener("click", () => { now(); back(id); });
  one.querySelector("[data-act=undo]").addEventListener("click", () => { settle(); hide(); back(id); });
  hide();
  one.querySelector("[data-act=undo]").focus();
}

// Pictures that are about to go are not shown, also not when the camera is opened again.
function hide() {
  for (const figure of holder.querySelectorAll(".picture")) {
    const hidden = leaving.has(figure.dataset.picture);
    if (figure.hidden !== hidden) figure.hidden = hidden;
  }
}
new MutationObserver(hide).observe(holder, { childList: true, subtree: true });

// Who leaves has decided.
const leave = () => { for (const now of leaving.values()) now?.(); };
addEventListener("pagehide", leave);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
