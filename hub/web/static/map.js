// The map itself. Everything that needs MapLibre is here, so that the page can do without it where it cannot run.
import * as maplibregl from "./vendor/maplibre-gl.mjs";
import { addIcons } from "./icons.js";
import { collection, cone, region } from "./shapes.js";
import { EMPTY, style } from "./style.js";
import { words } from "./words.js";

const MARGIN = { top: 60, bottom: 60, left: 60, right: 60 };

// Raises an error where the browser has no WebGL 2. MapLibre itself moves at once for who asked for less motion.
export class CameraMap {
  constructor(holder, ground, { onSelect, onTaken, onMoved }) {
    this.holder = holder;
    this.ground = ground;
    this.shown = [[], null];
    this.map = new maplibregl.Map({
      container: holder, style: this.style(), center: [4, 46], zoom: 3, maxZoom: 20, attributionControl: false,
      dragRotate: false, pitchWithRotate: false, locale: words.locale,
    });
    this.map.touchZoomRotate.disableRotation();
    this.addControls();
    this.map.on("style.load", () => { addIcons(this.map); this.draw(...this.shown); });
    this.map.on("moveend", onMoved);
    this.wire(onSelect, onTaken);
    document.addEventListener("theme", () => this.map.setStyle(this.style(), { diff: false }));
  }

  style() {
    const { world, base, coverage } = this.ground;
    return style(world, base, coverage, this.holder.dataset.tiles || null);
  }

  addControls() {
    const notes = [words.outlines];
    if (this.holder.dataset.tiles) notes.push(words.streetsBy);
    this.map.addControl(new maplibregl.NavigationControl({ showCompass: false }), "top-left");
    this.map.addControl(new FitControl(() => this.fit(true)), "top-left");
    this.map.addControl(new maplibregl.ScaleControl({ unit: "metric" }), "bottom-left");
    this.map.addControl(new maplibregl.AttributionControl({ compact: true, customAttribution: notes }), "bottom-right");
  }

  wire(onSelect, onTaken) {
    const map = this.map, canvas = map.getCanvas();
    map.on("click", "cameras", ({ features }) => onSelect(features[0].properties.id));
    map.on("click", "clusters", async ({ features }) => {
      const zoom = await map.getSource("cameras").getClusterExpansionZoom(features[0].properties.cluster_id);
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
    this.map.getSource("cameras").setData(collection(features));
    this.map.getSource("cones").setData(collection(features.map(cone)));
    this.map.getSource("regions").setData(collection(features.map(region)));
    this.map.getSource("selected").setData(chosen ? collection([region(chosen)]) : EMPTY);
  }

  cover(coverage) {
    this.ground.coverage = coverage;
    this.map.getSource("coverage")?.setData(coverage);
  }

  fit(asked) {
    const [features] = this.shown;
    if (!features.length) return;
    const box = new maplibregl.LngLatBounds();
    for (const { geometry } of features) box.extend(geometry.coordinates);
    this.map.fitBounds(box, { padding: MARGIN, maxZoom: 17.5, animate: asked });
  }

  // The panel covers the right side of a wide screen and the lower part of a narrow one.
  show(coordinates, narrow) {
    const offset = narrow ? [0, -this.holder.clientHeight * 0.3] : [-Math.min(200, innerWidth / 5), 0];
    this.map.easeTo({ center: coordinates, zoom: Math.max(this.map.getZoom(), 17), offset });
  }

  inView(features) {
    const view = this.map.getBounds();
    return features.filter(({ geometry }) => view.contains(geometry.coordinates));
  }

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
