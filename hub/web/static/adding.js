// The panel for adding: files that are dropped or chosen, and cameras by hand. Works without a map as well: then a place
// is typed.
import { ask, bring, isPhoto, texts } from "./bring.js";

const by = (id) => document.getElementById(id);
const panel = by("adding"), opener = by("add-open"), form = by("by-hand"), first = by("adding-first"), list = by("brought");
const holder = by("map"), page = holder.contrechamp ?? {};
const SHOW_TRIES = 40, SHOW_MS = 250;
let marker = null, extra = {}, placing = null, depth = 0, chain = Promise.resolve();

// The marker comes with the map, which may take a while, or never come.
async function put() {
  const map = (await page.made)?.map;
  if (!map) return null;
  if (!marker) {
    const { PutMarker } = await import("./marker.js");
    marker = new PutMarker(map, moved);
  }
  return marker;
}

function moved({ lat, lon, direction }) {
  form.elements.lat.value = lat.toFixed(6);
  form.elements.lon.value = lon.toFixed(6);
  form.elements.direction.value = direction ?? "";
  by("may-be-there").hidden = true;
}

function open(focus = true) {
  panel.hidden = false;
  opener.hidden = true;
  opener.setAttribute("aria-expanded", "true");
  if (focus) panel.focus();
}

function close() {
  stopByHand();
  stopPlacing(null);
  panel.hidden = true;
  opener.hidden = false;
  opener.setAttribute("aria-expanded", "false");
  opener.focus();
}

const say = (sentence) => { by("adding-spoken").textContent = sentence; };

// By hand: `more` is { seen: id } or { near: id } where it is about a camera that is there.
async function byHand(place = null, more = {}) {
  stopPlacing(null);
  open(false);
  form.reset();
  extra = more;
  by("may-be-there").hidden = true;
  by("by-hand-why").textContent = more.seen ? texts.seen_note : more.near ? texts.near_note : "";
  first.hidden = true;
  form.hidden = false;
  if (place) moved({ ...place, direction: null });
  panel.scrollTop = 0;
  form.elements.direction.focus();
  const shown = await put();
  if (form.hidden || extra !== more) return;  // it was closed while the map was made
  if (place) page.takeOver?.();  // else the view would go on to all cameras
  shown?.show(place && [place.lon, place.lat], panel);
}

// The desk's link: { place, more } of the camera that a person has seen, null where the address names none.
function askedFor() {
  const query = new URLSearchParams(location.search), camera = query.get("camera");
  const [lat, lon] = ["lat", "lon"].map((name) => Number.parseFloat(query.get(name)));
  return camera && Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { place: { lat, lon }, more: { seen: camera } } : null;
}

function start() {
  if (location.pathname !== "/add") return;
  const asked = askedFor();
  if (asked) byHand(asked.place, asked.more);
  else open(false);
}

function stopByHand() {
  if (!form.hidden && askedFor()) history.replaceState(null, "", location.pathname + location.hash);  // it is answered
  form.hidden = true;
  first.hidden = false;
  marker?.hide();
}

async function send(sure) {
  const fields = Object.fromEntries(new FormData(form));
  const answer = await ask("/add/camera", { ...fields, ...extra, sure });
  if (answer.ok) {
    stopByHand();
    const item = row(texts.by_hand);
    finish(item, { ...answer, taken: true, stored: 1 });
    return show(answer.camera);
  }
  warn(answer);
}

// What speaks against it, at the form, with what can be done: no second question pops up.
function warn({ problem, cameras = [] }) {
  const box = by("may-be-there"), acts = box.querySelector(".acts");
  box.querySelector("p").textContent = problem;
  acts.replaceChildren();
  if (cameras.length) {
    const [{ id, name }] = cameras;
    acts.append(button(`${texts.same_one} (${name})`, () => { close(); page.select?.(id); }));
    acts.append(button(texts.another_here, () => { extra = { near: id }; send(true); }));
    acts.append(button(texts.add_anyway, () => send(true)));
  }
  box.hidden = false;
  box.scrollIntoView({ block: "nearest" });
}

// A camera that was added comes to the map a moment later.
async function show(id) {
  for (let tries = 0; id && tries < SHOW_TRIES; tries += 1) {
    if (page.has?.(id)) return page.select(id);
    await new Promise((resolve) => { setTimeout(resolve, SHOW_MS); });
  }
}

function button(text, press) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "plain";
  made.textContent = text;
  made.addEventListener("click", press);
  return made;
}

function row(name) {
  by("brought-section").hidden = false;
  const item = document.createElement("li"), title = document.createElement("b"), bar = document.createElement("progress");
  title.textContent = name;
  bar.setAttribute("aria-label", name);
  bar.max = 1;
  bar.hidden = true;
  const text = document.createElement("p");
  item.append(title, bar, text);
  list.prepend(item);
  return item;
}

function tell(item, sentence, share) {
  const bar = item.querySelector("progress");
  bar.hidden = false;
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
  item.querySelector("p").textContent = sentence;
}

// What came of it, and what can be done about it at once. `retry` sends it again, with a place or what was taken back.
function finish(item, result, retry = null) {
  item.querySelector("progress").hidden = true;
  item.querySelectorAll("p").forEach((old) => old.remove());
  item.className = result.failed || !result.taken ? "failed" : "done";
  for (const sentence of result.said) {
    const text = document.createElement("p");
    text.textContent = sentence;
    item.append(text);
  }
  const acts = document.createElement("p");
  acts.className = "acts";
  if (result.needs_place && retry) acts.append(button(texts.put_marker, () => place(retry)));
  if (result.taken_back && retry) acts.append(button(texts.again, () => retry({ again: true })));
  if (result.camera) acts.append(button(texts.show, () => show(result.camera)));
  if (result.undo) acts.append(button(texts.undo, () => undo(item, result.undo)));
  if (acts.children.length) item.append(acts);
  say(result.said[0] ?? "");
}

async function undo(item, name) {
  const answer = await ask("/add/undo", { name });
  finish(item, { said: answer.ok ? answer.said : [answer.problem], taken: answer.ok, failed: !answer.ok });
}

// Files, one after the other; those of one drop are taken back together.
function take(files) {
  if (!files.length) return;
  open(false);
  const drop = [...crypto.getRandomValues(new Uint8Array(16))].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  for (const file of files) {
    const item = row(file.name);
    const go = (more = {}) => { chain = chain.then(() => one(item, file, { drop, ...more }, go)); };
    go();
  }
}

async function one(item, file, more, go) {
  let photo;
  try {
    photo = await isPhoto(file);
  } catch {  // a folder, or a file that is gone
    return finish(item, { said: [texts.is_unknown], failed: true });
  }
  if (!photo && !("files" in panel.dataset)) return finish(item, { said: [texts.no_files], failed: true });
  const result = await bring(file, { photo, ...more }, (sentence, share) => tell(item, sentence, share));
  finish(item, result, (again) => go({ place: more.place, ...again }));
}

// A photo that does not say where: the marker says it, and the photo is sent again. The hub has kept nothing of it.
async function place(retry) {
  stopByHand();
  const shown = await put();
  if (!shown) return say(texts.offline);
  stopPlacing(null);
  first.hidden = true;
  by("put-marker").hidden = false;
  shown.show(null, panel, { looks: false });
  panel.scrollTop = 0;
  by("put-here").focus();
  placing = retry;
}

function stopPlacing(spot) {
  const retry = placing;
  placing = null;
  by("put-marker").hidden = true;
  if (!retry) return;
  first.hidden = false;
  marker?.hide();
  if (spot) retry({ place: spot });
}

function wire() {
  opener.addEventListener("click", () => open());
  by("adding-close").addEventListener("click", close);
  by("by-hand-open").addEventListener("click", () => byHand());
  by("by-hand-cancel").addEventListener("click", stopByHand);
  by("put-here").addEventListener("click", () => {
    stopPlacing({ lat: form.elements.lat.value, lon: form.elements.lon.value });
  });
  by("put-not").addEventListener("click", () => stopPlacing(null));
  form.addEventListener("submit", (event) => { event.preventDefault(); send(false); });
  form.addEventListener("input", ({ target }) => {
    const { lat, lon, direction } = form.elements;
    if (target === lat || target === lon) marker?.typed(Number(lat.value), Number(lon.value));
    if (target === direction) marker?.looks(direction.value.trim() === "" ? null : Number(direction.value) || 0);
  });
  by("choose").addEventListener("change", ({ target }) => { take([...target.files]); target.value = ""; });
  document.addEventListener("click", ({ target }) => {
    const asked = target.closest?.("[data-add]");
    if (!asked) return;
    const { camera, lat, lon } = asked.closest(".add-here").dataset;
    byHand({ lat: Number(lat), lon: Number(lon) }, { [asked.dataset.add]: camera });
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (event.key === "Escape" && !panel.hidden) return close();
    if (event.key !== "+" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();  // the map would come nearer
    byHand();
  }, true);
  wireDrop();
}

function wireDrop() {
  const isFiles = ({ dataTransfer }) => dataTransfer && [...dataTransfer.types].includes("Files");
  const cover = (on) => { by("drop-here").hidden = !on; };
  document.addEventListener("dragenter", (event) => { if (isFiles(event)) { depth += 1; cover(true); } });
  document.addEventListener("dragleave", (event) => { if (isFiles(event) && (depth -= 1) <= 0) { depth = 0; cover(false); } });
  document.addEventListener("dragover", (event) => { if (isFiles(event)) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    if (!isFiles(event)) return;
    event.preventDefault();  // else the browser would leave the page for the file
    depth = 0;
    cover(false);
    take([...event.dataTransfer.files]);
  });
}

wire();
start();
