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

export function region(feature) {
  return { type: "Feature", properties: { id: feature.id }, geometry: feature.region95 };
}

export function collection(features) {
  return { type: "FeatureCollection", features: features.filter(Boolean) };
}
