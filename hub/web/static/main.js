// The map page: brings the map, the cameras and what happens to them together. It works without a map as well: the
// cameras in view are then all of them.
import { FilterBox, matches } from "./filters.js";
import { buttonOf, closeInView, listInView, told } from "./inview.js";
import { drawLegend } from "./legend.js";
import { listen } from "./live.js";
import { MANY, ManyCameras } from "./many.js";
import { closePanel, openPanel } from "./panel.js";
import { readLink, writeLink } from "./permalink.js";
import { readyToPrint } from "./printing.js";
import { searchOn } from "./search.js";
import { EMPTY } from "./style.js";
import { words } from "./words.js";

const AGAIN_MS = 3000;
const holder = document.getElementById("map");
const root = document.documentElement;
const narrow = matchMedia("(max-width: 44rem)");
const cameras = new Map();
const asked = readLink();
const filters = new FilterBox(document.getElementById("filters"), asked.filters, () => { note(); refile(); });
let many = null, inAll = 0, revision = 0;  // where there are many: what knows them, how many, as of which revision
let map = null, selected = null, wanted = asked.camera, followed = !asked.view, drawing = false, loading = false;
const early = [];

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function boot() {
  const making = makeMap();
  holder.contrechamp.made = making;
  document.addEventListener("keydown", ({ key }) => { if (key === "Escape" && selected) close(); });
  map = await making;
  document.getElementById("loading").hidden = true;
  readyToPrint({ picture: () => map?.picture() ?? null, rows: printedRows });
  addEventListener("hashchange", goTo);
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
  document.getElementById("no-streets").hidden = Boolean(holder.dataset.tiles || holder.dataset.basemap) || ground.base.features.length > 0;
  try {
    const made = new library.CameraMap(holder, ground, { onSelect: select, onTaken: takeOver, onMoved: moved, view: asked.view });
    const legend = () => drawLegend(document.querySelector("#legend ul"), made.layers());
    document.addEventListener("theme", legend);
    legend();
    searchOn({
      go: (...street) => { takeOver(); made.go(...street); }, here: (...at) => { takeOver(); made.here(...at); }, centre: () => made.centre(),
    });
    return made;
  } catch (problem) {
    const webgl = document.createElement("canvas").getContext("webgl2");
    return fail(webgl ? words.noLibrary : words.noWebgl, problem);
  }
}

// What the map is drawn on. A part that does not come is left out: the cameras matter more.
async function loadGround() {
  const parts = ["/static/vendor/countries-50m.json", "/api/base.geojson"];
  if (document.getElementById("reading").hidden) parts.push("/api/coverage.geojson");
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

// For adding.js, for tests and for the curious: the map once it is made, null where it cannot be; which cameras it has
// been given, where one stands on the screen, and whether the view is on its way.
holder.contrechamp = {
  ids: () => [...cameras.keys()].sort(),
  pixel: (id) => map.pixel(cameras.get(id).geometry.coordinates),
  moving: () => map.isMoving(),
  map: () => map,
  takeOver,
  select: (id) => { if (cameras.has(id)) select(id, true); },
  has: (id) => cameras.has(id),
  names: (prefix) => map.names(prefix),
};

async function loadAll() {
  if (loading) return;
  loading = true;
  try {
    const status = await json("/api/status");
    if (map && status.cameras > MANY) await loadMany(status);
    else {
      const all = await json("/api/cameras.geojson");
      cameras.clear();
      change({ features: all.features, gone: [] });
    }
    // While the hub reads its log again, nobody knows yet where people walked.
    if (status.reading === null) map?.cover(await json("/api/coverage.geojson"));
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

async function loadMany(status) {
  many ??= new ManyCameras(map, json, { onView: viewed });
  [inAll, revision] = [status.cameras, status.revision];
  document.getElementById("empty").hidden = true;
  await many.draw(filters.state, revision);
  root.dataset.cameras = inAll;
  if (wanted) {
    const found = await many.find(wanted).catch(() => null);
    if (found) { cameras.set(found.id, found); wanted = null; select(found.id, followed); }
  } else if (followed) map.fit(false);
}

// What is in view, of many.
function viewed(features, total) {
  const chosen = cameras.get(selected);
  cameras.clear();
  if (chosen) cameras.set(selected, chosen);
  for (const feature of features) cameras.set(feature.id, feature);
  map.draw(features, cameras.get(selected));
  root.dataset.shown = total;
  filters.tell(null, inAll);
  listInView(features, map.centre(), (id) => select(id, true), total);
}

function refile() {
  if (many) many.draw(filters.state, revision).catch(console.warn);
  else draw();
}

function take(news) {
  if (news.status.reading !== null) return; // how far the hub is that reads its log again: no camera is another
  if (many) return loadAll();
  if (loading) early.push(news);
  else change(news);
}

function change({ features, gone }) {
  for (const id of gone) cameras.delete(id);
  for (const feature of features) cameras.set(feature.id, feature);
  document.getElementById("empty").hidden = cameras.size > 0 || !document.getElementById("reading").hidden;
  if (selected && !cameras.has(selected)) close();
  if (!drawing) { drawing = true; requestAnimationFrame(() => { drawing = false; draw(); follow(); }); }
}

function shown() {
  return [...cameras.values()].filter(({ properties }) => matches(properties, filters.state));
}

function draw() {
  if (many) return map.draw([...cameras.values()], cameras.get(selected));
  const all = shown();
  map?.draw(all, cameras.get(selected));
  root.dataset.cameras = cameras.size;
  root.dataset.shown = all.length;
  filters.tell(all.length, cameras.size);
  list();
}

function moved() {
  note();
  if (many) many.look().catch(console.warn);
  else list();
}

// The address follows the view once a reader has chosen it.
function note() {
  writeLink({ view: followed ? null : map?.view(), filters: filters.state, camera: selected });
}

// Somebody put another address into the same page.
function goTo() {
  const link = readLink();
  filters.show(link.filters);
  if (link.view) { takeOver(); map?.jump(link.view); }
  if (link.camera && cameras.has(link.camera)) return select(link.camera, !link.view);
  refile();
  if (!link.view) map?.fit(false);
}

function printedRows() {
  const inView = map ? map.inView(shown()) : shown();
  return inView.map(({ geometry, properties }) => {
    const [lon, lat] = geometry.coordinates;
    const kind = words.kinds[properties.title_kind] ?? words.kinds.camera;
    return [kind, ...told(properties, null), `${lat.toFixed(5)}, ${lon.toFixed(5)}`].join(" · ");
  });
}

function list() {
  const all = shown();
  listInView(map ? map.inView(all) : all, map?.centre(), (id) => select(id, true));
}

// The view follows the cameras until a person takes it over.
function follow() {
  if (!cameras.size) return;
  const there = wanted && cameras.has(wanted) ? wanted : null;
  if (there) { wanted = null; select(there, followed); }
  else if (followed) map?.fit(false);
}

function takeOver() { followed = false; }

function select(id, move = false) {
  selected = id;
  takeOver();
  note();
  if (move) map?.show(cameras.get(id).geometry.coordinates, narrow.matches ? "below" : "right");
  if (many && !cameras.has(id)) many.find(id).then((found) => { cameras.set(id, found); draw(); }, console.warn);
  if (narrow.matches) closeInView();
  draw();
  return openPanel(id, close, (...told) => map?.tell(...told));
}

function close() {
  const id = selected;
  selected = null;
  closePanel();
  note();
  draw();
  const back = buttonOf(id);
  if (back) back.focus();
  else if (map) map.focus();
}

boot();
