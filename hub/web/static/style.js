import { cameraLayers } from "./cameralayers.js";

// The map's own look, with no internet: world outlines, what the hub has of streets and buildings, and the cameras.
import { basemapLayers, STREETS_DARK, STREETS_LIGHT } from "./basemap.js";

const LIGHT = {
  sea: "#dbe6ea", land: "#f6f3ec", border: "#b9b2a3", water: "#c7dbe3", park: "#dfe8d2", building: "#e4ddd0",
  buildingEdge: "#cfc6b5", street: "#ffffff", streetEdge: "#d5ccbb", label: "#574f43", halo: "#f6f3ec",
  cover: "#2f7f79", region: "#16324f", cone: "#d9822b",
};
const DARK = {
  sea: "#0f1a23", land: "#1a242c", border: "#44525c", water: "#16303d", park: "#1d2f27", building: "#26323b",
  buildingEdge: "#33424d", street: "#33424d", streetEdge: "#1a242c", label: "#c6cdd2", halo: "#1a242c",
  cover: "#4fb3aa", region: "#9cc3ea", cone: "#f0a84b",
};
export const EMPTY = { type: "FeatureCollection", features: [] };

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

// Streets are so many metres wide: a width that doubles with each zoom level.
const width = (metres) => ["interpolate", ["exponential", 2], ["zoom"], 12, metres / 19, 20, metres * 13.5];
const layerIs = (...names) => ["in", ["get", "layer"], ["literal", names]];

// `basemap` is the source of the hub's street map, null where it has none; `language` that of its names.
export function style(world, base, coverage, tiles, basemap = null, language = "en") {
  const c = isDark() ? DARK : LIGHT;
  const sources = {
    world: { type: "geojson", data: world },
    base: { type: "geojson", data: base },
    coverage: { type: "geojson", data: coverage },
    cones: { type: "geojson", data: EMPTY },
    regions: { type: "geojson", data: EMPTY },
    selected: { type: "geojson", data: EMPTY },
    inner: { type: "geojson", data: EMPTY },
    modes: { type: "geojson", data: EMPTY },
    cameras: {
      type: "geojson", data: EMPTY, promoteId: "id", cluster: true, clusterMaxZoom: 13, clusterRadius: 44,
    },
  };
  const ground = [
    { id: "sea", type: "background", paint: { "background-color": c.sea } },
    { id: "land", type: "fill", source: "world", paint: { "fill-color": c.land } },
    { id: "border", type: "line", source: "world", paint: { "line-color": c.border, "line-width": 0.8 } },
  ];
  if (tiles) {
    sources.tiles = { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 19 };
    ground.push({ id: "tiles", type: "raster", source: "tiles" });
  }
  // Whoever names a tile server wants to see its streets, and not ours on top of them.
  const streets = basemap && !tiles ? basemapLayers(isDark() ? STREETS_DARK : STREETS_LIGHT, language) : [];
  if (streets.length) sources.basemap = basemap;
  return {
    version: 8,
    sources,
    layers: [...ground, ...streets, ...town(c), ...cover(c), ...cameraLayers(c)],
  };
}

function town(c) {
  return [
    { id: "coast", type: "fill", source: "base", filter: layerIs("coast"), paint: { "fill-color": c.land } },
    { id: "park", type: "fill", source: "base", filter: layerIs("park"), paint: { "fill-color": c.park } },
    { id: "water", type: "fill", source: "base", filter: layerIs("water"), paint: { "fill-color": c.water } },
    { id: "street-edge", type: "line", source: "base", filter: layerIs("street"), minzoom: 13,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": c.streetEdge, "line-width": width(10) } },
    { id: "street", type: "line", source: "base", filter: layerIs("street"),
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": c.street, "line-width": width(8) } },
    { id: "building", type: "fill", source: "base", filter: layerIs("building"), minzoom: 13,
      paint: { "fill-color": c.building, "fill-outline-color": c.buildingEdge } },
    { id: "street-name", type: "symbol", source: "base", filter: layerIs("street"), minzoom: 15,
      layout: { "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 12,
        "text-font": ["sans-serif"] },
      paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.5 } },
    { id: "place-name", type: "symbol", source: "base", filter: layerIs("park", "water", "place"), minzoom: 12,
      layout: { "text-field": ["get", "name"], "text-size": 13, "text-font": ["sans-serif"] },
      paint: { "text-color": c.label, "text-halo-color": c.halo, "text-halo-width": 1.5 } },
  ];
}

function cover(c) {
  return [
    { id: "coverage", type: "fill", source: "coverage", minzoom: 9, maxzoom: 16.5,
      paint: { "fill-color": c.cover, "fill-opacity": 0.06, "fill-outline-color": c.cover } },
  ];
}
