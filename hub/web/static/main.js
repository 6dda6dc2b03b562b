// The map page: brings the map, the cameras and what happens to them together.
import * as maplibregl from "./vendor/maplibre-gl.mjs";
import { addIcons } from "./icons.js";
import { listen } from "./live.js";
import { collection, cone, region } from "./shapes.js";
import { EMPTY, style } from "./style.js";

const words = JSON.parse(document.getElementById("words").textContent);
const holder = document.getElementById("map");
const panel = document.getElementById("panel");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const cameras = new Map();
let map, layers, selected = null, fitted = false, drawing = false;

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function boot() {
  const [atlas, base, coverage] = await Promise.all([
    json("/static/vendor/countries-50m.json"), json("/api/base.geojson"), json("/api/coverage.geojson"),
  ]);
  layers = { world: topojson.feature(atlas, atlas.objects.countries), base, coverage };
  map = new maplibregl.Map({
    container: holder, style: style(layers.world, layers.base, layers.coverage, holder.dataset.tiles || null),
    center: [4, 46], zoom: 3, maxZoom: 20, attributionControl: false, dragRotate: false, pitchWithRotate: false,
    locale: { "Map.Title": words.map },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
  map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
  const notes = ["World outlines: Natural Earth"];
  if (holder.dataset.tiles) notes.push("© OpenStreetMap contributors");
  map.addControl(new maplibregl.AttributionControl({ compact: true, customAttribution: notes }), "bottom-right");
  map.addControl(new FitControl(), "top-left");
  map.on("style.load", () => { addIcons(map); draw(); });
  map.on("moveend", listNearby);
  wire();
  await loadAll();
  listen({ onChange: take, onAgain: loadAll });
  map.once("idle", () => { document.documentElement.dataset.ready = "yes"; });
}

// For tests and for the curious: which cameras the map has been given, and where one stands on the screen.
holder.contrechamp = {
  ids: () => [...cameras.keys()].sort(),
  pixel: (id) => map.project(cameras.get(id).geometry.coordinates),
};

class FitControl {
  onAdd() {
    this.box = document.createElement("div");
    this.box.className = "maplibregl-ctrl maplibregl-ctrl-group";
    const button = document.createElement("button");
    button.type = "button";
    button.title = words.fit;
    button.setAttribute("aria-label", words.fit);
    button.textContent = "⤢";
    button.addEventListener("click", () => fit(true));
    this.box.append(button);
    return this.box;
  }
  onRemove() { this.box.remove(); }
}

async function loadAll() {
  const all = await json("/api/cameras.geojson");
  cameras.clear();
  take({ features: all.features, gone: [] });
  layers.coverage = await json("/api/coverage.geojson");
  map.getSource("coverage")?.setData(layers.coverage);
}

function take({ features, gone }) {
  for (const id of gone) cameras.delete(id);
  for (const feature of features) cameras.set(feature.id, feature);
  document.getElementById("empty").hidden = cameras.size > 0;
  if (selected && !cameras.has(selected)) close();
  if (!drawing) { drawing = true; requestAnimationFrame(() => { drawing = false; draw(); }); }
  if (cameras.size && (!fitted || gone.length + features.length > 0)) follow();
}

function draw() {
  if (!map.getSource("cameras")) return;
  const all = [...cameras.values()];
  map.getSource("cameras").setData(collection(all));
  map.getSource("cones").setData(collection(all.map(cone)));
  map.getSource("regions").setData(collection(all.map(region)));
  const chosen = cameras.get(selected);
  map.getSource("selected").setData(chosen ? collection([region(chosen)]) : EMPTY);
  document.documentElement.dataset.cameras = all.length;
  listNearby();
}

// The view follows the cameras until a person takes it over.
function follow() {
  if (fitted === "by hand") return;
  const wanted = new URLSearchParams(location.hash.slice(1)).get("camera");
  if (wanted && cameras.has(wanted)) { fitted = "by hand"; select(wanted, true); return; }
  fit(false);
}

function fit(asked) {
  if (!cameras.size) return;
  const box = new maplibregl.LngLatBounds();
  for (const { geometry } of cameras.values()) box.extend(geometry.coordinates);
  map.fitBounds(box, { padding: { top: 50, bottom: 60, left: 60, right: 60 }, maxZoom: 17.5, animate: asked && !calm });
  fitted = fitted || "by itself";
}

function wire() {
  map.on("click", "cameras", ({ features }) => select(features[0].properties.id, false));
  map.on("click", "clusters", async ({ features }) => {
    const zoom = await map.getSource("cameras").getClusterExpansionZoom(features[0].properties.cluster_id);
    map.easeTo({ center: features[0].geometry.coordinates, zoom, animate: !calm });
  });
  for (const layer of ["cameras", "clusters"]) {
    map.on("mouseenter", layer, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; });
  }
  for (const kind of ["dragstart", "wheel", "keydown", "touchstart"]) {
    map.getCanvas().addEventListener(kind, () => { fitted = "by hand"; }, { passive: true });
  }
  map.on("dragstart", () => { fitted = "by hand"; });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && selected) close(); });
  document.addEventListener("theme", () => {
    map.setStyle(style(layers.world, layers.base, layers.coverage, holder.dataset.tiles || null), { diff: false });
  });
}

async function select(id, move) {
  selected = id;
  fitted = "by hand";
  history.replaceState(null, "", `#camera=${encodeURIComponent(id)}`);
  const { coordinates } = cameras.get(id).geometry;
  if (move) map.easeTo({ center: coordinates, zoom: Math.max(map.getZoom(), 17), offset: besidePanel(), animate: !calm });
  draw();
  await htmx.ajax("GET", `/cameras/${encodeURIComponent(id)}`, { target: "#panel", swap: "innerHTML" });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "close";
  button.textContent = panel.dataset.close;
  button.addEventListener("click", close);
  panel.prepend(button);
  panel.hidden = false;
  if (innerWidth < 704) document.getElementById("nearby-box").open = false;
  panel.focus();
}

// The panel covers the right side of a wide screen and the lower part of a narrow one.
function besidePanel() {
  return innerWidth < 704 ? [0, -holder.clientHeight * 0.3] : [-Math.min(200, innerWidth / 5), 0];
}

function close() {
  const id = selected;
  selected = null;
  panel.hidden = true;
  panel.replaceChildren();
  history.replaceState(null, "", location.pathname + location.search);
  draw();
  (document.querySelector(`#nearby [data-camera="${CSS.escape(id)}"]`) ?? map.getCanvas()).focus();
}

// The cameras in view as buttons: the same choice by keyboard and by ear.
function listNearby() {
  const view = map.getBounds();
  const inside = [...cameras.values()].filter(({ geometry }) => view.contains(geometry.coordinates));
  document.getElementById("nearby-count").textContent = `(${inside.length})`;
  const held = document.activeElement?.dataset?.camera;
  document.getElementById("nearby").replaceChildren(...inside.slice(0, 100).map(({ id, properties }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.camera = id;
    button.textContent = `${words[properties.title_kind] ?? words.camera} · ${words[properties.standing]}`;
    button.addEventListener("click", () => select(id, true));
    item.append(button);
    return item;
  }));
  if (held) document.querySelector(`#nearby [data-camera="${CSS.escape(held)}"]`)?.focus();
}

boot();
