// The cameras' marks, drawn here for the map and its legend: filled for what a walker saw, paper with a dashed ring for
// a hint; a sign for the kind. Shape tells as much as colour.
const SIZE = 44;
const INK = "#16324f", PAPER = "#f4efe4", AMBER = "#e8a33d";
export const STANDINGS = ["seen", "hint"];
export const KINDS = ["fixed", "dome", "panning", "alpr", "camera", "bridge", "gunshot_detector"];

export function addIcons(map) {
  for (const standing of STANDINGS) {
    for (const kind of KINDS) {
      const name = `${standing}-${kind}`;
      if (map.hasImage(name)) continue;
      const pixels = drawIcon(standing, kind).getContext("2d").getImageData(0, 0, SIZE, SIZE);
      map.addImage(name, pixels, { pixelRatio: 2 });
    }
  }
}

// A canvas of twice the size at which it is shown.
export function drawIcon(standing, kind) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  const seen = standing === "seen";
  outline(pen, kind, 4);
  pen.fillStyle = seen ? INK : PAPER;
  pen.strokeStyle = PAPER;
  pen.lineWidth = 4;
  pen.fill();
  pen.stroke();
  if (!seen) ring(pen, kind);
  pen.fillStyle = pen.strokeStyle = seen ? PAPER : INK;
  pen.lineWidth = 3;
  (SIGNS[kind] ?? SIGNS.camera)(pen, SIZE / 2);
  return canvas;
}

// Within the paper, so that it shows on a dark map too.
function ring(pen, kind) {
  outline(pen, kind, 4.5);
  pen.strokeStyle = INK;
  pen.lineWidth = 3;
  pen.setLineDash([5, 4]);
  pen.stroke();
  pen.setLineDash([]);
}

// Plate readers are square; what is no camera itself is a diamond; all others are round.
function outline(pen, kind, inset) {
  const middle = SIZE / 2, far = SIZE - inset;
  pen.beginPath();
  if (kind === "alpr") pen.roundRect(inset, inset, SIZE - 2 * inset, SIZE - 2 * inset, 7);
  else if (kind === "bridge" || kind === "gunshot_detector") {
    pen.moveTo(middle, inset - 1); pen.lineTo(far + 1, middle); pen.lineTo(middle, far + 1); pen.lineTo(inset - 1, middle);
    pen.closePath();
  } else pen.arc(middle, middle, middle - inset, 0, 2 * Math.PI);
}

function dot(pen, x, y, radius) {
  pen.beginPath(); pen.arc(x, y, radius, 0, 2 * Math.PI); pen.fill();
}

function body(pen, x, y) {
  pen.beginPath(); pen.roundRect(x - 11, y - 6, 16, 12, 3); pen.fill();
  pen.beginPath(); pen.moveTo(x + 4, y); pen.lineTo(x + 12, y - 6); pen.lineTo(x + 12, y + 6); pen.fill();
  pen.fillStyle = AMBER;
  dot(pen, x - 4, y, 2.6);
}

const SIGNS = {
  // A lens: that there is a camera is all that is known.
  camera(pen, m) {
    pen.beginPath(); pen.arc(m, m, 8.5, 0, 2 * Math.PI); pen.stroke();
    dot(pen, m, m, 3.2);
  },
  fixed(pen, m) { body(pen, m, m); },
  dome(pen, m) {
    pen.beginPath(); pen.arc(m, m - 3, 9, 0, Math.PI); pen.fill();
    pen.fillRect(m - 11, m - 7, 22, 4);
  },
  panning(pen, m) {
    body(pen, m, m - 4);
    const ink = pen.strokeStyle;
    pen.lineWidth = 2.4;
    pen.beginPath(); pen.moveTo(m - 9, m + 9); pen.lineTo(m + 9, m + 9); pen.stroke();
    pen.fillStyle = ink;
    for (const side of [-1, 1]) {
      pen.beginPath(); pen.moveTo(m + side * 12, m + 9); pen.lineTo(m + side * 7, m + 5); pen.lineTo(m + side * 7, m + 13); pen.fill();
    }
  },
  alpr(pen, m) {
    pen.strokeRect(m - 12, m - 7, 24, 14);
    for (const x of [-7.5, -1.5, 4.5]) pen.fillRect(m + x, m - 2.5, 3.2, 5);
  },
  bridge(pen, m) {
    for (const radius of [5.5, 11]) {
      pen.beginPath(); pen.arc(m, m + 6, radius, 1.25 * Math.PI, 1.75 * Math.PI); pen.stroke();
    }
    dot(pen, m, m + 6, 2.2);
  },
  gunshot_detector(pen, m) {
    dot(pen, m, m, 3);
    pen.lineWidth = 2.4;
    for (let ray = 0; ray < 8; ray += 1) {
      const x = Math.cos((ray * Math.PI) / 4), y = Math.sin((ray * Math.PI) / 4);
      pen.beginPath(); pen.moveTo(m + 6 * x, m + 6 * y); pen.lineTo(m + 11 * x, m + 11 * y); pen.stroke();
    }
  },
};
