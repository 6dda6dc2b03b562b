// The shared map: what the list says, on a map. The page is whole without it.
import { EMPTY } from "./style.js";
import { circle } from "./shapes.js";

const stage = document.getElementById("stage");
const holder = document.getElementById("map");

// The public's fields in the words of the map: all was seen by a walker, or it would not be here.
function drawn({ id, geometry, properties }) {
  const { kind, direction = null, radius_m: radius, gone = null, operator_type: operator = null } = properties;
  return {
    type: "Feature", id, geometry,
    properties: { id, standing: "seen", review: "confirmed", title_kind: kind, direction, gone, operator_type: operator },
    region95: circle(geometry.coordinates, radius),
  };
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return answer.json();
}

async function boot() {
  stage.hidden = false;
  const { CameraMap } = await import("./map.js");
  const [cameras, atlas] = await Promise.all([
    json("/shared/cameras.geojson"), json("/static/vendor/countries-50m.json").catch(() => null),
  ]);
  const world = atlas ? topojson.feature(atlas, atlas.objects.countries) : EMPTY;
  const features = cameras.features.map(drawn);
  const byId = new Map(features.map((feature) => [feature.id, feature]));
  const choose = (id, move) => {
    map.draw(features, byId.get(id));
    if (move) map.show(byId.get(id).geometry.coordinates, "below");
    for (const row of document.querySelectorAll(".is-chosen")) row.classList.remove("is-chosen");
    const row = document.getElementById(`c-${id}`);
    if (!row) { location.assign(`/shared/cameras/${encodeURIComponent(id)}`); return; }  // on another page of the list
    row.classList.add("is-chosen");
    if (!move) row.scrollIntoView({ block: "nearest" });
  };
  const map = new CameraMap(holder, { world, base: EMPTY, coverage: EMPTY }, {
    onSelect: (id) => choose(id, false), onTaken() {}, onMoved() {},
  });
  map.draw(features, null);
  const wanted = new URLSearchParams(location.hash.slice(1)).get("camera");
  if (byId.has(wanted)) choose(wanted, true);
  else map.fit(false);
  map.whenDrawn(() => { document.documentElement.dataset.ready = "yes"; });
}

boot().catch((problem) => {
  console.warn(problem);
  stage.hidden = true;  // the list has every camera
  document.documentElement.dataset.ready = "failed";
});
