// The desk: answers by key or tap, and the next question in place of the last one. Without this script the same forms
// and buttons work by themselves.
import { digit, isOurs, Keys } from "./keys.js";
import { openKeys } from "./overlay.js";
import { Direction } from "./direction.js";
import { put } from "../words.js";

const root = document.documentElement;
const content = document.getElementById("content"), toasts = document.getElementById("review-toasts");
const texts = document.getElementById("keys").dataset;
const keys = new Keys();
const TOAST_MS = 12000, MOST_TOASTS = 1;
let busy = false, after = null, ahead = [];

root.classList.add("has-keys");

const screen = () => document.getElementById("screen");
const button = (action) => content.querySelector(`[data-does="${action}"]`);

content.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.action.includes("/review/")) return;
  event.preventDefault();
  post(form, event.submitter);
});
toasts.addEventListener("submit", (event) => { event.preventDefault(); post(event.target, event.submitter); });

async function post(form, submitter) {
  if (busy) return;
  busy = true;
  content.setAttribute("aria-busy", "true");
  const body = new URLSearchParams(new FormData(form, submitter));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    const text = await answer.text();
    const fresh = document.createRange().createContextualFragment(text).querySelector("#screen");
    if (fresh) show(fresh);
    else toast(texts.lost);
  } catch {
    toast(texts.lost);
  } finally {
    busy = false;
    content.removeAttribute("aria-busy");
  }
}

function show(fresh) {
  const same = fresh.dataset.question === screen().dataset.question;
  const open = same ? [...screen().querySelectorAll("details[open][data-opens]")].map(({ dataset }) => dataset.opens) : [];
  screen().replaceWith(fresh);
  for (const name of open) if (name === "tags") fresh.querySelector(`[data-opens=${name}]`).open = true;
  arrive();
  if (!same) { scrollTo(0, 0); fresh.querySelector("#question").focus({ preventScroll: true }); }
  if (fresh.dataset.said) toast(fresh.dataset.said, "undoable" in fresh.dataset);
  root.dataset.answered = Number(root.dataset.answered ?? 0) + 1;  // for tests: a new screen is there
}

// What a screen needs once it is there.
function arrive() {
  keys.show();
  after = null;
  new Direction(content);
  // The next question's pictures are on their way while this one is looked at.
  ahead = JSON.parse(document.getElementById("ahead")?.dataset.pictures ?? "[]").map((address) => {
    const image = new Image();
    image.src = address;
    return image;
  });
}

function toast(sentence, undoable = false) {
  const one = document.getElementById("review-toast").content.firstElementChild.cloneNode(true);
  one.querySelector("p").textContent = sentence;
  if (!undoable) one.querySelector("form").remove();
  keys.show(one);
  toasts.append(one);
  while (toasts.children.length > MOST_TOASTS) toasts.firstElementChild.remove();
  setTimeout(() => one.remove(), TOAST_MS);
}

document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("textarea, .tag input, .note-form input");
  if (event.key === "Escape" && (field || after)) { after = null; field?.blur(); return close(); }
  if (!isOurs(event)) return;
  if (busy) return event.preventDefault();
  if (does(event)) event.preventDefault();
});

// Whether the key was one of ours.
function does(event) {
  const tags = content.querySelector(".tags[open]");
  if (tags && tag(tags, event)) return true;
  if (event.key === "Escape") return close();
  if (event.key === "Enter") return enter(event);
  if (event.key === "ArrowLeft" || event.key === "ArrowRight") return turn(event.key === "ArrowRight" ? 1 : -1);
  if (after) return second(keys.action(event));
  const number = digit(event);
  if (number) return tick(number);
  return act(keys.action(event));
}

function act(action) {
  if (action === "help") openKeys(keys);
  else if (action === "apart" || action === "site") {
    if (!content.querySelector(`[data-with=${action}]`)) return false;
    after = action;
    toast(texts.which);
  } else if (["tags", "note", "split"].includes(action)) return open(action);
  else if (action === "streets") return streets();
  else if (action && button(action)) button(action).click();
  else return false;
  return true;
}

// The second key of two: which of A, B, C.
function second(action) {
  const letter = action?.startsWith("same_") ? action.slice(5) : null;
  const found = letter && content.querySelector(`[data-with=${after}][data-letter=${letter}]`);
  after = null;
  found?.click();
  return true;
}

function enter(event) {
  if (event.target.closest("a, button, summary, label")) return false;
  const primary = content.querySelector("[data-primary]");
  if (primary) primary.click();
  else if (content.querySelector("#answers")) toast(texts.choose);
  return true;
}

function open(name) {
  const details = content.querySelector(`[data-opens=${name}]`);
  if (!details) return false;
  details.open = !details.open;
  if (details.open) (details.querySelector("textarea") ?? details.querySelector("summary")).focus();
  return true;
}

// Closes what is open. Whether anything was.
function close() {
  const all = [...content.querySelectorAll("details[open][data-opens]")];
  for (const one of all) one.open = false;
  content.querySelector("#question")?.focus({ preventScroll: true });
  return all.length > 0;
}

// Within the tags: a letter chooses which, a digit its value.
function tag(tags, event) {
  const about = keys.tag(event), number = digit(event);
  if (about) {
    const form = tags.querySelector(`[data-about=${about.slice(4)}]`);
    for (const one of tags.querySelectorAll(".is-chosen")) one.classList.remove("is-chosen");
    form.classList.add("is-chosen");
    const field = form.querySelector("input:not([type=hidden])");
    field?.focus();
    field?.select();
    return true;
  }
  const values = tags.querySelectorAll(".is-chosen button[name=value]");
  if (number === null || !values.length) return false;
  (number ? values[number - 1] : values[values.length - 1])?.click();
  return true;
}

// A number takes one of several out, or back in.
function tick(number) {
  const boxes = content.querySelectorAll(".split[open] input[type=checkbox], .chosen input[type=checkbox]");
  boxes[number - 1]?.click();
  return Boolean(boxes[number - 1]);
}

// The arrows go along the photos.
function turn(step) {
  const photos = [...content.querySelectorAll(".picture a.open")];
  if (!photos.length) return false;
  const at = photos.indexOf(document.activeElement);
  photos[(at + step + photos.length) % photos.length].focus();
  return true;
}

// The whole street map, with all that it weighs, comes when it is asked for.
function streets() {
  import("./streets.js").then(({ showStreets }) => showStreets(screen())).catch(() => toast(texts.lost));
  return true;
}

// The button says how many it is about.
content.addEventListener("change", ({ target }) => {
  const button = target.closest(".bulk") && content.querySelector("[data-word]");
  if (!button) return;
  const n = content.querySelectorAll(".chosen input[type=checkbox]:checked").length;
  button.querySelector("span").textContent = put(button.dataset.word, { n });
});

content.addEventListener("click", ({ target }) => {
  const does = target.closest("button[data-does]")?.dataset.does;
  if (does === "help") openKeys(keys);
  if (does === "streets") streets();
});

document.addEventListener("keys-changed", () => keys.show());
arrive();
