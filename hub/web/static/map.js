// The map itself. Everything that needs MapLibre is here, so that the page can do without it where it cannot run.
import * as maplibregl from "./vendor/maplibre-gl.mjs";
import { basemapSource } from "./basemap.js";
import { withTiles } from "./cameralayers.js";
import { addIcons } from "./icons.js";
import { collection, cone, inner, modes, region } from "./shapes.js";
import { EMPTY, style } from "./style.js";
import { language, words } from "./words.js";

const COPYRIGHT = "https://www.openstreetmap.org/copyright";
const MARGIN = { top: 60, bottom: 60, left: 60, right: 60 };

// Raises an error where the browser has no WebGL 2. MapLibre itself moves at once for who asked for less motion.
export class CameraMap {
  constructor(holder, ground, { onSelect, onTaken, onMoved, view = null }) {
    this.holder = holder;
    this.ground = ground;
    this.shown = [[], null];
    this.told = null;
    this.tiles = this.bounds = null;
    this.map = new maplibregl.Map({
      container: holder, style: this.style(), ...(view ?? this.start()), maxZoom: 20, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, locale: words.locale,
    });
    this.map.touchZoomRotate.disableRotation();
    this.addControls();
    addIcons(this.map);
    this.map.on("style.load", () => this.draw(...this.shown));
    this.map.on("moveend", onMoved);
    this.wire(onSelect, onTaken);
    document.addEventListener("theme", () => this.map.setStyle(this.style(), { diff: false }));
  }

  style() {
    const { world, base, coverage } = this.ground;
    const made = style(world, base, coverage, this.holder.dataset.tiles || null, this.basemap(), language);
    return this.tiles ? withTiles(made, this.tiles) : made;
  }

  // What is shown before there is any camera: the street map, else Europe.
  start() {
    const { box } = this.holder.dataset;
    return box ? { bounds: box.split(",").map(Number) } : { center: [4, 46], zoom: 3 };
  }

  // The hub's own street map, where it has one.
  basemap() {
    const { basemap, box, at } = this.holder.dataset;
    return basemap ? basemapSource(maplibregl, basemap, box.split(",").map(Number), at) : null;
  }

  addControls() {
    const { tiles, basemap } = this.holder.dataset;
    const streets = `<a href="${COPYRIGHT}" target="_blank" rel="noopener noreferrer">${words.streetsFrom}</a>`;
    // Whose data the streets are is always shown; that of the outlines is anybody's, and steps back where it is narrow.
    const notes = basemap && !tiles ? [`${streets}<span class="outlines"> | ${words.outlines}</span>`] : [words.outlines];
    if (tiles) notes.push(words.streetsBy);
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
    this.map.addControl(new FitControl(() => this.fit(true)), "top-left");
    this.map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
    this.map.addControl(new maplibregl.AttributionControl({
      compact: !basemap || Boolean(tiles),
      customAttribution: notes,
    }), "bottom-right");
  }

  wire(onSelect, onTaken) {
    const map = this.map, canvas = map.getCanvas();
    map.on("click", "cameras", ({ features }) => onSelect(features[0].properties.id));
    map.on("click", "clusters", async ({ features }) => {
      const zoom = this.tiles ? Math.min(map.getZoom() + 2, 17)
        : await map.getSource("cameras").getClusterExpansionZoom(features[0].properties.cluster_id);
      map.easeTo({ center: features[0].geometry.coordinates, zoom });
    });
    for (const layer of ["cameras", "clusters"]) {
      map.on("mouseenter", layer, () => { canvas.style.cursor = "pointer"; });
      map.on("mouseleave", layer, () => { canvas.style.cursor = ""; });
    }
    for (const kind of ["dragstart", "wheel", "keydown", "touchstart"]) {
      canvas.addEventListener(kind, onTaken, { passive: true });
    }
    map.on("dragstart", onTaken);
  }

  draw(features, chosen) {
    this.shown = [features, chosen];
    if (!this.map.getSource("cameras")) return;
    if (!this.tiles) this.map.getSource("cameras").setData(collection(features));
    this.map.getSource("cones").setData(collection(features.map(cone)));
    this.map.getSource("regions").setData(collection(features.map(region)));
    this.map.getSource("selected").setData(chosen ? collection([region(chosen)]) : EMPTY);
    const told = chosen && this.told?.id === chosen.id ? this.told : null;
    this.map.getSource("inner").setData(told ? collection([inner(told)]) : EMPTY);
    this.map.getSource("modes").setData(told ? collection(modes(told)) : EMPTY);
  }

  // What the page of a camera says beyond what is drawn of all of them: `region50`, a geometry or null, and `modes`.
  tell(id, { region50, modes: places }) {
    this.told = { id, region50, modes: places };
    this.draw(...this.shown);
  }

  // From now on the marks come as tiles; an address that was given before is asked again.
  useTiles(address, bounds) {
    const began = this.tiles === null;
    this.tiles = address;
    this.bounds = bounds;
    if (began) this.map.setStyle(this.style(), { diff: false });
    else this.map.getSource("cameras")?.setTiles([address]);
  }

  cover(coverage) {
    this.ground.coverage = coverage;
    this.map.getSource("coverage")?.setData(coverage);
  }

  fit(asked) {
    const [features] = this.shown;
    if (!features.length && !this.bounds) return;
    const box = new maplibregl.LngLatBounds(this.bounds ?? undefined);
    if (!this.bounds) for (const { geometry } of features) box.extend(geometry.coordinates);
    this.map.fitBounds(box, { padding: MARGIN, maxZoom: 17.5, animate: asked });
  }

  // Shows a street: all of its box, or of one that is long the middle, where its name can be read.
  go([west, south, east, north], at) {
    const wanted = this.map.cameraForBounds([[west, south], [east, north]], { padding: MARGIN, maxZoom: 17.5 });
    this.map.easeTo(wanted && wanted.zoom >= 15 ? wanted : { center: at, zoom: 16 });
  }

  // Marks where the reader is, as their browser says, known to so many metres.
  here(at, accuracy) {
    this.mark?.remove();
    const dot = document.createElement("div");
    dot.className = "here";
    this.mark = new maplibregl.Marker({ element: dot }).setLngLat(at).addTo(this.map);
    this.map.easeTo({ center: at, zoom: accuracy > 500 ? 14 : 17 });
  }

  // The names that are drawn in layers whose ids begin so: for tests.
  names(prefix) {
    const layers = this.layers().filter(({ id, type }) => type === "symbol" && id.startsWith(prefix)).map(({ id }) => id);
    return [...new Set(this.map.queryRenderedFeatures({ layers }).map(({ properties }) => properties.name))].sort();
  }

  // Shows a place in the middle of what is seen: a panel covers the `right` side of the map, or what is `below`.
  show(coordinates, covered = null) {
    const below = [0, -this.holder.clientHeight * 0.3], right = [-Math.min(200, innerWidth / 5), 0];
    const offset = { below, right }[covered] ?? [0, 0];
    this.map.easeTo({ center: coordinates, zoom: Math.max(this.map.getZoom(), 17), offset });
  }

  inView(features) {
    const view = this.map.getBounds();
    return features.filter(({ geometry }) => view.contains(geometry.coordinates));
  }

  view() { return { zoom: this.map.getZoom(), center: this.centre() }; }

  jump(view) { this.map.jumpTo(view); }

  // The map as it is now, as an image's address.
  picture() {
    this.map.redraw();
    return this.map.getCanvas().toDataURL("image/png");
  }

  box() { return this.map.getBounds().toArray().flat(); }

  centre() { return this.map.getCenter().toArray(); }

  pixel(coordinates) { return this.map.project(coordinates); }

  isMoving() { return this.map.isMoving(); }

  layers() { return this.style().layers; }

  whenDrawn(call) { this.map.once("idle", call); }

  focus() { this.map.getCanvas().focus(); }
}

class FitControl {
  constructor(onClick) { this.onClick = onClick; }

  onAdd() {
    this.box = document.createElement("div");
    this.box.className = "maplibregl-ctrl maplibregl-ctrl-group";
    const button = document.createElement("button");
    button.type = "button";
    button.title = words.fit;
    button.setAttribute("aria-label", words.fit);
    button.textContent = "⤢";
    button.addEventListener("click", this.onClick);
    this.box.append(button);
    return this.box;
  }

  onRemove() { this.box.remove(); }
}
