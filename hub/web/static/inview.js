// The cameras in view as buttons: the same choice by keyboard and by ear, the nearest to the middle first.
import { offset } from "./shapes.js";
import { counted, length, put, sector, words } from "./words.js";

const MOST = 100;
const box = document.getElementById("in-view");
const list = box.querySelector("ol");

// `centre` as (lon, lat), or null where there is no map; `total` is how many there are where not all were sent.
export function listInView(features, centre, onSelect, total = features.length) {
  document.getElementById("in-view-count").textContent = counted(words.camerasInView, total);
  const away = new Map(features.map(({ id, geometry }) => [id, centre ? offset(centre, geometry.coordinates) : null]));
  const sorted = centre ? [...features].sort((a, b) => away.get(a.id).metres - away.get(b.id).metres) : features;
  const held = document.activeElement?.dataset?.camera;
  list.replaceChildren(...sorted.slice(0, MOST).map((feature) => row(feature, away.get(feature.id), onSelect)));
  if (held) buttonOf(held)?.focus();
}

export function buttonOf(id) {
  return box.open ? list.querySelector(`[data-camera="${CSS.escape(id)}"]`) : null;
}

export function closeInView() { box.open = false; }

function row({ id, properties }, away, onSelect) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.camera = id;
  const title = document.createElement("b");
  title.textContent = words.kinds[properties.title_kind] ?? words.kinds.camera;
  const more = document.createElement("small");
  more.textContent = told(properties, away).join(" · ");
  button.append(title, more);
  button.addEventListener("click", () => onSelect(id));
  const item = document.createElement("li");
  item.append(button);
  return item;
}

export function told({ standing, mount, direction, vendor, walks }, away) {
  return [
    standing === "hint" ? words.hint : null,
    words.mounts[mount],
    direction === null ? null : put(words.looks, { sector: sector(words.compass, direction) }),
    vendor,
    counted(words.walks, walks),
    away ? put(words.away, { distance: length(away.metres), sector: sector(words.sectors, away.bearing) }) : null,
  ].filter(Boolean);
}
