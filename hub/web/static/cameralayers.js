// The layers of the cameras: where they may be, where they look, and their marks; many that are close together as one.
const GONE = ["all", ["has", "gone"], ["!=", ["get", "gone"], null]];

export function cameraLayers(c) {
  const single = ["!", ["has", "point_count"]];
  return [
    { id: "regions", type: "line", source: "regions", minzoom: 15.5,
      paint: { "line-color": c.region, "line-opacity": 0.28, "line-width": 1, "line-dasharray": [3, 3] } },
    { id: "selected-region", type: "fill", source: "selected", paint: { "fill-color": c.region, "fill-opacity": 0.13 } },
    { id: "selected-edge", type: "line", source: "selected", paint: { "line-color": c.region, "line-width": 2 } },
    { id: "selected-inner", type: "fill", source: "inner", paint: { "fill-color": c.region, "fill-opacity": 0.13 } },
    { id: "cones", type: "fill", source: "cones", minzoom: 14.5,
      paint: { "fill-color": c.cone, "fill-opacity": 0.3, "fill-outline-color": c.cone } },
    { id: "clusters", type: "circle", source: "cameras", filter: ["has", "point_count"],
      paint: { "circle-color": "#16324f", "circle-stroke-color": "#f4efe4", "circle-stroke-width": 2.5,
        "circle-radius": ["step", ["get", "point_count"], 16, 10, 20, 100, 26] } },
    { id: "cluster-count", type: "symbol", source: "cameras", filter: ["has", "point_count"],
      layout: { "text-field": ["to-string", ["get", "point_count"]], "text-size": 13, "text-font": ["sans-serif"],
        "text-allow-overlap": true },
      paint: { "text-color": "#f4efe4" } },
    { id: "cameras", type: "symbol", source: "cameras", filter: single,
      layout: {
        "icon-image": ["concat", ["get", "standing"], "-", ["get", "title_kind"], "-",
          ["coalesce", ["get", "operator_type"], "unknown"], ["case", GONE, "-gone", ""]],
        "icon-allow-overlap": true, "icon-size": ["interpolate", ["linear"], ["zoom"], 13, 0.8, 17, 1],
        "symbol-sort-key": ["case", GONE, 0, ["==", ["get", "standing"], "seen"], 2, 1],
      } },
    // Over the marks: a mark may stand between two places.
    { id: "modes", type: "circle", source: "modes",
      paint: { "circle-color": c.cone, "circle-opacity": ["/", ["get", "percent"], 100], "circle-radius": 6,
        "circle-stroke-color": c.region, "circle-stroke-width": 2 } },
  ];
}

// A style whose cameras come as tiles from an address, in place of one GeoJSON.
export function withTiles(style, address) {
  style.sources.cameras = { type: "vector", tiles: [address], maxzoom: 16 };
  for (const layer of style.layers) if (layer.source === "cameras") layer["source-layer"] = "cameras";
  return style;
}
