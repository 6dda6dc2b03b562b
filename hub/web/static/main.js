// The map page: brings the map, the cameras and what happens to them together. It works without a map as well: the
// cameras in view are then all of them.
import { buttonOf, closeInView, listInView } from "./inview.js";
import { drawLegend } from "./legend.js";
import { listen } from "./live.js";
import { closePanel, openPanel } from "./panel.js";
import { EMPTY } from "./style.js";
import { words } from "./words.js";

const AGAIN_MS = 3000;
const holder = document.getElementById("map");
const root = document.documentElement;
const narrow = matchMedia("(max-width: 44rem)");
const cameras = new Map();
let map = null, selected = null, followed = true, drawing = false, loading = false;
const early = [];

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function boot() {
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && selected) close(); });
  map = await makeMap();
  document.getElementById("loading").hidden = true;
  // A stream that never comes, as behind some proxies, keeps no camera from being shown.
  const late = setTimeout(loadAll, AGAIN_MS);
  listen({ onChange: take, onHello: () => { clearTimeout(late); return loadAll(); } });
}

async function makeMap() {
  let library;
  try {
    library = await import("./map.js");
  } catch (problem) {
    return fail(words.noLibrary, problem);
  }
  const ground = await loadGround();
  document.getElementById("no-streets").hidden = Boolean(holder.dataset.tiles) || ground.base.features.length > 0;
  try {
    const made = new library.CameraMap(holder, ground, { onSelect: select, onTaken: takeOver, onMoved: list });
    const legend = () => drawLegend(document.querySelector("#legend ul"), made.layers());
    document.addEventListener("theme", legend);
    legend();
    return made;
  } catch (problem) {
    const webgl = document.createElement("canvas").getContext("webgl2");
    return fail(webgl ? words.noLibrary : words.noWebgl, problem);
  }
}

// What the map is drawn on. A part that does not come is left out: the cameras matter more.
async function loadGround() {
  const parts = ["/static/vendor/countries-50m.json", "/api/base.geojson", "/api/coverage.geojson"];
  const [atlas, base, coverage] = await Promise.all(parts.map((part) => json(part).catch(() => null)));
  const world = atlas ? topojson.feature(atlas, atlas.objects.countries) : EMPTY;
  return { world, base: base ?? EMPTY, coverage: coverage ?? EMPTY };
}

function fail(sentence, problem) {
  console.warn(problem);
  holder.hidden = true;
  for (const id of ["legend", "no-streets"]) document.getElementById(id).hidden = true;
  document.querySelector("#failed p").textContent = sentence;
  document.getElementById("failed").hidden = false;
  document.getElementById("in-view").open = true;
  return null;
}

// For tests and for the curious: which cameras the map has been given, where one stands on the screen, and whether the
// view is on its way.
holder.contrechamp = {
  ids: () => [...cameras.keys()].sort(),
  pixel: (id) => map.pixel(cameras.get(id).geometry.coordinates),
  moving: () => map.isMoving(),
};

async function loadAll() {
  if (loading) return;
  loading = true;
  try {
    const all = await json("/api/cameras.geojson");
    cameras.clear();
    change({ features: all.features, gone: [] });
    map?.cover(await json("/api/coverage.geojson"));
  } catch {
    setTimeout(loadAll, AGAIN_MS);
  } finally {
    loading = false;
    // What happened while the answer was under way may be newer than the answer.
    for (const news of early.splice(0)) change(news);
  }
  if (map) map.whenDrawn(() => { root.dataset.ready = "yes"; });
  else root.dataset.ready = "failed";
}

function take(news) {
  if (loading) early.push(news);
  else change(news);
}

function change({ features, gone }) {
  for (const id of gone) cameras.delete(id);
  for (const feature of features) cameras.set(feature.id, feature);
  document.getElementById("empty").hidden = cameras.size > 0;
  if (selected && !cameras.has(selected)) close();
  if (!drawing) { drawing = true; requestAnimationFrame(() => { drawing = false; draw(); follow(); }); }
}

function draw() {
  map?.draw([...cameras.values()], cameras.get(selected));
  root.dataset.cameras = cameras.size;
  list();
}

function list() {
  const all = [...cameras.values()];
  listInView(map ? map.inView(all) : all, map?.centre(), (id) => select(id, true));
}

// The view follows the cameras until a person takes it over.
function follow() {
  if (!followed || !cameras.size) return;
  const wanted = new URLSearchParams(location.hash.slice(1)).get("camera");
  if (wanted && cameras.has(wanted)) select(wanted, true);
  else map?.fit(false);
}

function takeOver() { followed = false; }

function select(id, move = false) {
  selected = id;
  takeOver();
  history.replaceState(null, "", `#camera=${encodeURIComponent(id)}`);
  if (move) map?.show(cameras.get(id).geometry.coordinates, narrow.matches);
  if (narrow.matches) closeInView();
  draw();
  return openPanel(id, close);
}

function close() {
  const id = selected;
  selected = null;
  closePanel();
  history.replaceState(null, "", location.pathname + location.search);
  draw();
  const back = buttonOf(id);
  if (back) back.focus();
  else if (map) map.focus();
}

boot();
