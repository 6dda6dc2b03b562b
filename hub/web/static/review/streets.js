// The whole map in place of the sketch, for who wants to see the streets: it weighs half a megabyte, and the sketch
// tells what a question needs.
import { EMPTY } from "../style.js";

const json = (address) => fetch(address).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null);

export async function showStreets(screen) {
  const sketch = screen.querySelector("svg.sketch");
  if (!sketch) return;
  if (!document.querySelector("link[href$='maplibre-gl.css']")) {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: "/static/vendor/maplibre-gl.css" });
    document.head.append(sheet);
  }
  const [{ CameraMap }, base, all] = await Promise.all([
    import("../map.js"), json("/api/base.geojson"), json("/api/cameras.geojson"),
  ]);
  if (!sketch.isConnected) return;
  const holder = Object.assign(document.createElement("div"), { className: "streets stage" });
  const inner = document.createElement("div");
  holder.append(inner);
  sketch.replaceWith(holder);
  const nothing = () => {};
  const map = new CameraMap(inner, { world: EMPTY, base: base ?? EMPTY, coverage: EMPTY }, { onSelect: nothing, onTaken: nothing, onMoved: nothing });
  const { lat, lon } = sketch.dataset;
  const id = screen.querySelector("input[type=hidden][name=camera]")?.value;  // none where it asks of several
  const features = all?.features ?? [];
  const asked = features.find((one) => one.id === id);
  map.draw(features, asked);
  map.show(asked?.geometry.coordinates ?? [Number(lon), Number(lat)]);  // no panel lies over this map
  holder.contrechamp = { map: () => map };  // for tests
}
