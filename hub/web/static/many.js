// A hub with more cameras than a page can hold: their marks come as tiles, and one by one only those in view.
import { written } from "./filters.js";

export const MANY = 5000;

export class ManyCameras {
  constructor(map, json, { onView }) {
    this.map = map;
    this.json = json;
    this.onView = onView;
    this.version = 0;
    this.asked = 0;
  }

  // The marks anew: other filters, or other cameras. `revision` is the hub's.
  async draw(state, revision) {
    this.state = state;
    const { bounds } = await this.json("/tiles/cameras.json");
    const query = new URLSearchParams({ ...written(state), v: revision });
    this.map.useTiles(`${location.origin}/tiles/cameras/{z}/{x}/{y}.mvt?${query}`, bounds);
    await this.look();
  }

  // What is in view now. An answer that comes after a later question is dropped.
  async look() {
    const question = this.asked += 1;
    const query = new URLSearchParams({ ...written(this.state), bbox: this.map.box().join(",") });
    const found = await this.json(`/tiles/cameras.geojson?${query}`);
    if (question === this.asked) this.onView(found.features, found.total);
  }

  async find(id) {
    const { camera } = await this.json(`/api/cameras/${encodeURIComponent(id)}`);
    const { lat, lon, region95: rings, ...properties } = camera;
    return {
      type: "Feature", id, geometry: { type: "Point", coordinates: [lon, lat] }, properties,
      region95: { type: "MultiPolygon", coordinates: rings.map((ring) => [ring]) },
    };
  }
}
