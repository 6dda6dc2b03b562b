// The cameras' marks, drawn here for the map and its legend: filled for what a walker saw, paper with a dashed ring for
// a hint; a sign for the kind; a small square for a public operator, a small triangle for a private one; a cross through
// what is gone. Shape tells as much as colour.
const SIZE = 44;
const INK = "#16324f", PAPER = "#f4efe4", AMBER = "#e8a33d";
const PUBLIC = "#0b6fb8", PRIVATE = "#a3266e", FADED = "#7b8691", CROSS = "#8c2f1b";
const INKS = { public: "#0d4a7a", private: "#6d1f4c" };
export const STANDINGS = ["seen", "hint"];
export const KINDS = ["fixed", "dome", "panning", "alpr", "camera", "bridge", "gunshot_detector", "panoramic", "multi_sensor"];
export const OPERATORS = ["public", "private", "unknown"];

// Each mark is drawn as the map first asks for it: its name is standing-kind, -operator, and -gone where it is.
export function addIcons(map) {
  map.setMissingStyleImageResolver((id) => {
    const [standing, kind, operator, gone] = id.split("-");
    if (!STANDINGS.includes(standing) || map.hasImage(id)) return;
    const pixels = drawIcon(standing, kind, { operator, gone: Boolean(gone) }).getContext("2d");
    map.addImage(id, pixels.getImageData(0, 0, SIZE, SIZE), { pixelRatio: 2 });
  });
}

// A canvas of twice the size at which it is shown.
export function drawIcon(standing, kind, { operator = "unknown", gone = false } = {}) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  const seen = standing === "seen";
  outline(pen, kind, 4);
  const ink = gone ? FADED : INKS[operator] ?? INK;
  pen.fillStyle = seen ? ink : PAPER;
  pen.strokeStyle = PAPER;
  pen.lineWidth = 4;
  pen.fill();
  pen.stroke();
  if (!seen) ring(pen, kind, ink);
  pen.fillStyle = pen.strokeStyle = seen ? PAPER : ink;
  pen.lineWidth = 3;
  (SIGNS[kind] ?? SIGNS.camera)(pen, SIZE / 2);
  if (operator !== "unknown") badge(pen, operator);
  if (gone) cross(pen);
  return canvas;
}

// At the lower right: a square for a public operator, a triangle for a private one.
function badge(pen, operator) {
  pen.beginPath();
  if (operator === "public") pen.rect(SIZE - 16, SIZE - 16, 13, 13);
  else { pen.moveTo(SIZE - 9.5, SIZE - 18); pen.lineTo(SIZE - 2, SIZE - 3); pen.lineTo(SIZE - 17, SIZE - 3); pen.closePath(); }
  pen.fillStyle = operator === "public" ? PUBLIC : PRIVATE;
  pen.strokeStyle = PAPER;
  pen.lineWidth = 2.5;
  pen.stroke();
  pen.fill();
}

function cross(pen) {
  for (const [colour, width] of [[PAPER, 7], [CROSS, 3.6]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(6, 6); pen.lineTo(SIZE - 6, SIZE - 6);
    pen.moveTo(SIZE - 6, 6); pen.lineTo(6, SIZE - 6);
    pen.stroke();
  }
}

// Within the paper, so that it shows on a dark map too.
function ring(pen, kind, ink) {
  outline(pen, kind, 4.5);
  pen.strokeStyle = ink;
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
  // A dome that sees all around, and three lenses in one housing.
  panoramic(pen, m) {
    pen.beginPath(); pen.ellipse(m, m, 12, 6, 0, 0, 2 * Math.PI); pen.stroke();
    dot(pen, m, m, 4.2);
  },
  multi_sensor(pen, m) {
    for (let lens = 0; lens < 3; lens += 1) {
      const angle = ((lens * 120 - 90) * Math.PI) / 180;
      dot(pen, m + 8 * Math.cos(angle), m + 8 * Math.sin(angle), 4.4);
    }
    pen.lineWidth = 2;
    pen.beginPath(); pen.arc(m, m, 8, 0, 2 * Math.PI); pen.stroke();
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
