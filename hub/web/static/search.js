// The search box on the map: streets by name, and where the reader is. By keys as by mouse and finger.
import { counted, language, length, put, words } from "./words.js";

const WAIT_MS = 120;
const text = words.search;
const form = document.getElementById("search");
const field = document.getElementById("search-text");
const list = document.getElementById("search-found");
const said = document.getElementById("search-said");
let found = [], active = -1, asking = null, waiting = 0, map = null;

// `on` is the map that is moved: it has `go(box, at)`, `here(at, accuracy)` and `centre()`.
export function searchOn(on) {
  if (!form) return;
  map = on;
  form.addEventListener("submit", (event) => { event.preventDefault(); choose(Math.max(0, active)); });
  field.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(ask, WAIT_MS); });
  field.addEventListener("keydown", key);
  form.addEventListener("focusout", ({ relatedTarget }) => { if (!form.contains(relatedTarget)) close(); });
  document.getElementById("search-here").addEventListener("click", whereAmI);
}

async function ask() {
  asking?.abort();
  const wanted = field.value.trim();
  if (!wanted) { said.textContent = ""; return show([]); }
  asking = new AbortController();
  const [lon, lat] = map.centre();
  const query = new URLSearchParams({ q: wanted, lat: lat.toFixed(5), lon: lon.toFixed(5), lang: language });
  try {
    const answer = await fetch(`/api/streets?${query}`, { signal: asking.signal });
    if (!answer.ok) throw new Error(`${answer.status}`);
    show(await answer.json());
    said.textContent = found.length ? counted(text.found, found.length) : text.none;
  } catch (problem) {
    if (problem.name === "AbortError") return;
    show([]);
    said.textContent = text.failed;
  }
}

function show(streets) {
  found = streets;
  active = -1;
  list.replaceChildren(...found.map(option));
  list.hidden = found.length === 0;
  field.setAttribute("aria-expanded", String(found.length > 0));
  field.removeAttribute("aria-activedescendant");
}

function option({ name, place }, n) {
  const item = document.createElement("li");
  item.id = `search-found-${n}`;
  item.role = "option";
  item.setAttribute("aria-selected", "false");
  const title = document.createElement("b");
  title.textContent = name;
  item.append(title);
  if (place) {
    const more = document.createElement("small");
    more.textContent = place;
    item.append(" ", more);
  }
  item.addEventListener("pointerdown", (event) => event.preventDefault());  // the field keeps the focus
  item.addEventListener("click", () => choose(n));
  return item;
}

function key(event) {
  if (event.key === "Escape") {
    if (found.length) event.stopPropagation();
    close();
  } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && found.length) {
    event.preventDefault();
    const turn = event.key === "ArrowDown" ? 1 : -1;
    mark(active < 0 ? (turn > 0 ? 0 : found.length - 1) : (active + turn + found.length) % found.length);
  }
}

function mark(n) {
  list.children[active]?.setAttribute("aria-selected", "false");
  active = n;
  list.children[n].setAttribute("aria-selected", "true");
  list.children[n].scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", list.children[n].id);
}

function choose(n) {
  const street = found[n];
  if (!street) return;
  field.value = street.name;
  close();
  said.textContent = "";
  map.go(street.box, street.at);
}

function close() {
  clearTimeout(waiting);
  asking?.abort();
  show([]);
}

// Only on a tap: the page never asks by itself where somebody is. The hub is not told either.
function whereAmI() {
  close();
  if (!isSecureContext || !navigator.geolocation) { said.textContent = text.insecure; return; }
  said.textContent = text.wait;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      said.textContent = put(text.here, { distance: length(coords.accuracy) });
      map.here([coords.longitude, coords.latitude], coords.accuracy);
    },
    () => { said.textContent = text.refused; },
    { enableHighAccuracy: true, timeout: 20000, maximumAge: 30000 },
  );
}
