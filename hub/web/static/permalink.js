// The page's address says what is seen: #map=17.0/47.00000/-17.00000&standing=hint&camera=ID. Whoever opens it sees the
// same; it holds nothing that the reader did not choose.
import { read as readFilters, written } from "./filters.js";

const VIEW = /^(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;

export function readLink(hash = location.hash) {
  const parts = new URLSearchParams(hash.slice(1));
  const view = VIEW.exec(parts.get("map") ?? "");
  const [zoom, lat, lon] = view ? view.slice(1).map(Number) : [];
  const sound = view && zoom <= 22 && Math.abs(lat) <= 85 && Math.abs(lon) <= 180;
  return { view: sound ? { zoom, center: [lon, lat] } : null, filters: readFilters(parts), camera: parts.get("camera") };
}

// `view` as { zoom, center: [lon, lat] }, or null where the view still follows the cameras.
export function writeLink({ view, filters, camera }) {
  const parts = [];
  if (view) parts.push(`map=${view.zoom.toFixed(1)}/${view.center[1].toFixed(5)}/${view.center[0].toFixed(5)}`);
  for (const [name, value] of Object.entries(written(filters))) parts.push(`${name}=${value}`);
  if (camera) parts.push(`camera=${encodeURIComponent(camera)}`);
  history.replaceState(null, "", parts.length ? `#${parts.join("&")}` : location.pathname + location.search);
}
