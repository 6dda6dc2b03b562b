// The legend: the map's own icons, and its own layers drawn small, so that neither can differ from the map.
import { drawIcon, KINDS, STANDINGS } from "./icons.js";
import { words } from "./words.js";

const SIZE = 44;  // shown at half of it
const M = SIZE / 2;

const SHAPES = {
  disc(pen) { pen.arc(M, M, M - 6, 0, 2 * Math.PI); },
  wedge(pen) { pen.moveTo(6, M); pen.arc(6, M, SIZE - 10, -Math.PI / 6, Math.PI / 6); pen.closePath(); },
  square(pen) { pen.rect(6, 6, SIZE - 12, SIZE - 12); },
};

// What the legend tells of layers, in this order: the layers' ids and the shape in which they are shown.
const LAYERS = [
  ["legend_cluster", ["clusters"], "disc"],
  ["legend_cone", ["cones"], "wedge"],
  ["legend_region", ["selected-region", "selected-edge"], "disc"],
  ["legend_mode", ["modes"], "disc"],
  ["legend_coverage", ["coverage"], "square"],
];

export function drawLegend(list, layers) {
  list.replaceChildren(
    ...STANDINGS.map((standing) => row(drawIcon(standing, "camera"), words.legend[standing])),
    ...KINDS.filter((kind) => kind !== "camera").map((kind) => row(drawIcon("seen", kind), words.kinds[kind])),
    row(drawIcon("seen", "camera", { operator: "public" }), words.legend.public),
    row(drawIcon("seen", "camera", { operator: "private" }), words.legend.private),
    row(drawIcon("seen", "camera", { gone: true }), words.legend.gone),
    ...LAYERS.map(([key, ids, shape]) => row(swatch(ids, shape, layers), words.legend[key.replace("legend_", "")])),
  );
}

function row(canvas, text) {
  canvas.setAttribute("aria-hidden", "true");
  const item = document.createElement("li");
  item.append(canvas, text);
  return item;
}

function swatch(ids, shape, layers) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  for (const id of ids) {
    pen.beginPath();
    SHAPES[shape](pen);
    paint(pen, layers.find((layer) => layer.id === id).paint);
  }
  return canvas;
}

// A layer's colours; thin veils are thickened a little, as a swatch is smaller than a town.
function paint(pen, of) {
  const fill = of["fill-color"] ?? of["circle-color"];
  const line = of["line-color"] ?? of["circle-stroke-color"] ?? of["fill-outline-color"];
  if (fill) {
    pen.globalAlpha = Math.max(0.25, of["fill-opacity"] ?? 1);
    pen.fillStyle = fill;
    pen.fill();
  }
  pen.globalAlpha = 1;
  pen.lineWidth = 2 * (of["line-width"] ?? of["circle-stroke-width"] ?? 1);
  pen.strokeStyle = line;
  if (line) pen.stroke();
}
