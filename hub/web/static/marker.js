// The marker that a person puts where a camera hangs, and the handle that says where it looks. The map is never turned,
// so that an angle on the screen is a bearing.
import * as maplibregl from "./vendor/maplibre-gl.mjs";

const REACH_PX = 56;

export class PutMarker {
  // `onMoved` gets { lat, lon, direction }; direction is null until it was said.
  constructor(map, onMoved) {
    this.map = map;
    this.onMoved = onMoved;
    this.direction = null;
    this.marker = null;
    this.tapped = ({ lngLat }) => { this.at(lngLat.lat, lngLat.lng); this.tell(); };
    this.moved = () => this.hang();
  }

  // Shows it at a place, or in the middle of what is seen of the map beside `cover`, which lies over it. `looks` is
  // whether it has a handle.
  show(place, cover, { looks = true, direction = null } = {}) {
    this.hide();
    this.cover = cover;
    if (place) this.move(place, Math.max(this.map.getZoom(), 17));
    const centre = place ?? this.map.unproject(this.middle());
    this.direction = direction;
    this.marker = new maplibregl.Marker({ element: dot("put-camera"), draggable: true }).setLngLat(centre).addTo(this.map);
    this.marker.on("drag", () => { this.hang(); this.tell(); });
    if (looks) {
      this.handle = new maplibregl.Marker({ element: dot("put-looks"), draggable: true }).setLngLat(centre).addTo(this.map);
      this.handle.on("drag", () => this.turn());
      this.handle.on("dragend", () => this.hang());
    }
    this.map.on("click", this.tapped);
    this.map.on("move", this.moved);
    this.hang();
    this.tell();
  }

  // Of what is seen of the map, in its pixels: what covers it is at its right, or on a narrow screen below.
  middle() {
    const map = this.map.getContainer().getBoundingClientRect(), { left, top, width } = this.cover.getBoundingClientRect();
    const below = width > map.width * 0.8;
    return below ? [map.width / 2, (top - map.top) / 2] : [(left - map.left) / 2, map.height / 2];
  }

  move(center, zoom) {
    const [x, y] = this.middle(), { clientWidth, clientHeight } = this.map.getContainer();
    this.map.easeTo({ center, offset: [x - clientWidth / 2, y - clientHeight / 2], zoom });
  }

  hide() {
    this.marker?.remove();
    this.handle?.remove();
    this.marker = this.handle = null;
    this.map.off("click", this.tapped);
    this.map.off("move", this.moved);
  }

  at(lat, lon) {
    this.marker.setLngLat([lon, lat]);
    this.hang();
  }

  // Moves it, and the map, to what was typed.
  typed(lat, lon) {
    if (!this.marker || !(Math.abs(lat) <= 90 && Math.abs(lon) <= 180)) return;
    this.at(lat, lon);
    this.move([lon, lat], this.map.getZoom());
  }

  looks(direction) {
    this.direction = direction;
    this.hang();
  }

  turn() {
    const from = this.map.project(this.marker.getLngLat()), to = this.map.project(this.handle.getLngLat());
    this.direction = Math.round((Math.atan2(to.x - from.x, from.y - to.y) * 180) / Math.PI + 360) % 360;
    this.handle.getElement().classList.add("said");
    this.tell();
  }

  // The handle hangs at the same distance on the screen, however near the map is.
  hang() {
    if (!this.handle) return;
    const from = this.map.project(this.marker.getLngLat()), angle = ((this.direction ?? 0) * Math.PI) / 180;
    this.handle.setLngLat(this.map.unproject([from.x + REACH_PX * Math.sin(angle), from.y - REACH_PX * Math.cos(angle)]));
    this.handle.getElement().classList.toggle("said", this.direction !== null);
  }

  tell() {
    const { lat, lng } = this.marker.getLngLat().wrap();
    this.onMoved({ lat, lon: lng, direction: this.direction });
  }
}

function dot(name) {
  const element = document.createElement("div");
  element.className = name;
  element.setAttribute("aria-hidden", "true");  // the fields of the form say the same
  return element;
}
