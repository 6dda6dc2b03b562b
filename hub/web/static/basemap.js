// The street map: vector tiles from the hub's own file, asked for in portions, and the layers that draw them. Names are
// drawn with the letters that the browser has, as the style names no glyphs: so none have to be fetched.
const MAX_ZOOM = 14;
const REGISTERED = new Set();

// How the map gets the tiles. `maplibregl` is the library; `version` is another where the street map is.
export function basemapSource(maplibregl, version, box, at = "/basemap.pmtiles") {
  const address = new URL(`${at}?v=${version}`, location.href).href;
  if (!REGISTERED.size) maplibregl.addProtocol("pmtiles", protocol.tile);
  if (!REGISTERED.has(address)) {
    REGISTERED.add(address);
    protocol.add(new pmtiles.PMTiles(address));
  }
  return { type: "vector", tiles: [`pmtiles://${address}/{z}/{x}/{y}`], minzoom: 6, maxzoom: MAX_ZOOM, bounds: box };
}
const protocol = globalThis.pmtiles ? new pmtiles.Protocol() : null;

export const STREETS_LIGHT = {
  land: "#f6f3ec", sea: "#d3e1e7", water: "#c7dbe3", green: "#e1e9d5", square: "#efe9dd", building: "#e7e0d4",
  buildingEdge: "#d5ccbd", street: "#ffffff", edge: "#d9d0c0", main: "#fdf3d8", mainEdge: "#d8c69d", path: "#c3b7a2",
  rail: "#b3aca0", name: "#4d463b", quiet: "#746b5e", halo: "#fbf9f4", waterName: "#4a6c7c", greenName: "#55683f",
};
export const STREETS_DARK = {
  land: "#1a242c", sea: "#101c26", water: "#16303d", green: "#1d2f27", square: "#222d35", building: "#232f38",
  buildingEdge: "#303d48", street: "#3a4853", edge: "#141d24", main: "#4c5561", mainEdge: "#141d24", path: "#4a5964",
  rail: "#4d555c", name: "#d3d8dc", quiet: "#a3adb6", halo: "#141d24", waterName: "#7fa6b8", greenName: "#8fae8f",
};

// Metres on the ground, with no less than so many pixels: streets stay visible from afar.
const wide = (metres, least) => ["interpolate", ["exponential", 2], ["zoom"],
  10, Math.max(least * 0.5, metres / 76), 14, Math.max(least, metres / 4.8), 20, Math.max(least, metres * 13.5)];
const kindIs = (...kinds) => ["in", ["get", "kind"], ["literal", kinds]];
const named = (language) => ["coalesce", ["get", `name_${language}`], ["get", "name"]];
const FONT = ["sans-serif"];

// From what is below to what is above; `language` is that in which names are wanted, where they have one.
export function basemapLayers(c, language) {
  return [...areas(c), ...streets(c), ...buildings(c), ...names(c, language)];
}

function layer(id, type, from, more) {
  return { id: `base-${id}`, type, source: "basemap", "source-layer": from, ...more };
}

function areas(c) {
  // Squares of land and sea lie side by side: softened edges would show as a net.
  const fill = (color) => ({ "fill-color": color, "fill-antialias": false });
  return [
    layer("land", "fill", "ground", { filter: kindIs("land"), minzoom: 9, paint: fill(c.land) }),
    layer("sea", "fill", "ground", { filter: kindIs("sea"), minzoom: 9, paint: fill(c.sea) }),
    layer("island", "fill", "ground", { filter: kindIs("island"), minzoom: 9, paint: fill(c.land) }),
    layer("green", "fill", "green", { paint: { "fill-color": c.green } }),
    layer("square", "fill", "squares", { paint: { "fill-color": c.square } }),
    layer("water", "fill", "water", { filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": c.water } }),
    layer("stream", "line", "water", { filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": c.water, "line-width": wide(5, 1) } }),
  ];
}

function streets(c) {
  const round = { "line-cap": "round", "line-join": "round" };
  const open = (...kinds) => ["all", kindIs(...kinds), ["!", ["has", "below"]]];
  const classes = [
    ["service", ["service"], 4, 0.7, c.street, c.edge], ["minor", ["minor", "pedestrian"], 7, 1, c.street, c.edge],
    ["middle", ["middle"], 9, 1.2, c.street, c.edge], ["main", ["main", "motorway"], 12, 1.6, c.main, c.mainEdge],
  ];
  return [
    layer("below", "line", "streets", { filter: ["all", ["has", "below"], ["!", kindIs("path", "steps", "rail")]],
      minzoom: 12, layout: round,
      paint: { "line-color": c.edge, "line-width": wide(7, 1), "line-dasharray": [1.5, 1.5], "line-opacity": 0.6 } }),
    layer("path", "line", "streets", { filter: open("path"), minzoom: 14, layout: round,
      paint: { "line-color": c.path, "line-width": wide(0.9, 0.8), "line-dasharray": [2.5, 1.8] } }),
    layer("steps", "line", "streets", { filter: open("steps"), minzoom: 14,
      paint: { "line-color": c.path, "line-width": wide(2.4, 1.6), "line-dasharray": [0.5, 0.5] } }),
    ...classes.map(([id, kinds, metres, least, , edge]) => layer(`${id}-edge`, "line", "streets", {
      filter: open(...kinds), minzoom: 12, layout: round,
      paint: { "line-color": edge, "line-width": wide(metres + 2, least + 1) } })),
    ...classes.map(([id, kinds, metres, least, color]) => layer(id, "line", "streets", {
      filter: open(...kinds), layout: round, paint: { "line-color": color, "line-width": wide(metres, least) } })),
    layer("rail", "line", "streets", { filter: open("rail"), minzoom: 11,
      paint: { "line-color": c.rail, "line-width": wide(2, 0.8) } }),
  ];
}

function buildings(c) {
  return [
    layer("building", "fill", "buildings", { minzoom: 13.5,
      paint: { "fill-color": c.building, "fill-outline-color": c.buildingEdge } }),
  ];
}

function names(c, language) {
  const text = (color, size, more) => ({
    layout: { "text-field": named(language), "text-font": FONT, "text-size": size, ...more },
    paint: { "text-color": color, "text-halo-color": c.halo, "text-halo-width": 1.6 },
  });
  const along = { "symbol-placement": "line", "text-max-angle": 35, "text-padding": 4, "symbol-spacing": 280 };
  const size = ["interpolate", ["linear"], ["zoom"], 13, 10.5, 18, 14];
  const open = ["!", ["has", "below"]];
  return [
    layer("number", "symbol", "numbers", { minzoom: 17.5, ...text(c.quiet, 10.5, { "text-padding": 3 }) }),
    layer("path-name", "symbol", "streets", { filter: ["all", kindIs("path", "steps", "service"), open], minzoom: 16.5,
      ...text(c.quiet, 11, along) }),
    layer("minor-name", "symbol", "streets", { filter: ["all", kindIs("minor", "pedestrian"), open], minzoom: 14.5,
      ...text(c.name, size, along) }),
    layer("main-name", "symbol", "streets", { filter: ["all", kindIs("main", "middle", "motorway"), open], minzoom: 13,
      ...text(c.name, size, along) }),
    layer("green-name", "symbol", "green", { minzoom: 15, ...text(c.greenName, 11.5, { "text-max-width": 7 }) }),
    layer("water-name", "symbol", "water", { filter: ["==", ["geometry-type"], "Polygon"], minzoom: 14,
      ...text(c.waterName, 12, { "text-max-width": 7 }) }),
    layer("square-name", "symbol", "squares", { minzoom: 15, ...text(c.name, 12, { "text-max-width": 7 }) }),
    layer("place", "symbol", "places", { maxzoom: 16.5,
      ...text(c.name, ["match", ["get", "kind"], ["city"], 16, ["town"], 15, ["village", "suburb"], 13, 12],
        { "text-max-width": 8, "text-padding": 6,
          "symbol-sort-key": ["match", ["get", "kind"], ["city"], 0, ["town"], 1, ["village", "suburb"], 2, 3] }) }),
  ];
}
