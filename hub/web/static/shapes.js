// What is drawn around a camera: the cone it looks into, and the region of doubt.
const METRES_PER_DEGREE = 111195;
const CONE_M = 16, CONE_DEG = 60;

export function cone(feature) {
  const { direction } = feature.properties;
  if (direction === null || direction === undefined) return null;
  const [lon, lat] = feature.geometry.coordinates;
  const ring = [[lon, lat]];
  for (let turn = -CONE_DEG / 2; turn <= CONE_DEG / 2; turn += 5) {
    const angle = ((direction + turn) * Math.PI) / 180;
    ring.push([
      lon + (CONE_M * Math.sin(angle)) / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
      lat + (CONE_M * Math.cos(angle)) / METRES_PER_DEGREE,
    ]);
  }
  ring.push([lon, lat]);
  return { type: "Feature", properties: { id: feature.id }, geometry: { type: "Polygon", coordinates: [ring] } };
}

// A circle of so many metres around (lon, lat), as a polygon.
export function circle([lon, lat], metres) {
  const ring = [];
  for (let turn = 0; turn <= 360; turn += 10) {
    const angle = (turn * Math.PI) / 180;
    ring.push([
      lon + (metres * Math.sin(angle)) / (METRES_PER_DEGREE * Math.cos((lat * Math.PI) / 180)),
      lat + (metres * Math.cos(angle)) / METRES_PER_DEGREE,
    ]);
  }
  return { type: "Polygon", coordinates: [ring] };
}

export function region(feature) {
  return { type: "Feature", properties: { id: feature.id }, geometry: feature.region95 };
}

// What the page of a camera tells of it beyond that: where it stands half of the time, and places if there are several.
export function inner({ region50 }) {
  return region50 ? { type: "Feature", properties: {}, geometry: region50 } : null;
}

export function modes({ modes: places }) {
  return places.map(({ at, percent }) => ({
    type: "Feature", properties: { percent }, geometry: { type: "Point", coordinates: at },
  }));
}

export function collection(features) {
  return { type: "FeatureCollection", features: features.filter(Boolean) };
}

// How far, and in which direction, one place lies from another near by; both as (lon, lat).
export function offset([lon0, lat0], [lon, lat]) {
  const turn = ((lon - lon0 + 540) % 360) - 180;
  const east = turn * METRES_PER_DEGREE * Math.cos((lat0 * Math.PI) / 180);
  const north = (lat - lat0) * METRES_PER_DEGREE;
  return { metres: Math.hypot(east, north), bearing: ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360 };
}
