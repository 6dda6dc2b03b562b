// The cameras' marks, drawn here: a filled disc for what a walker saw, a dashed ring for a hint; a sign for the kind.
const SIZE = 44;
const INK = "#16324f", PAPER = "#f4efe4", AMBER = "#e8a33d";

export function addIcons(map) {
  for (const standing of ["seen", "hint"]) {
    for (const kind of ["camera", "fixed", "dome", "panning", "alpr", "bridge", "gunshot_detector"]) {
      const name = `${standing}-${kind}`;
      if (!map.hasImage(name)) map.addImage(name, draw(standing, kind), { pixelRatio: 2 });
    }
  }
}

function draw(standing, kind) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  const middle = SIZE / 2;
  pen.lineWidth = 4;
  pen.fillStyle = standing === "seen" ? INK : PAPER;
  pen.strokeStyle = standing === "seen" ? PAPER : INK;
  if (standing === "hint") pen.setLineDash([6, 4]);
  outline(pen, kind, middle);
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
  sign(pen, kind, middle, standing === "seen" ? PAPER : INK);
  return pen.getImageData(0, 0, SIZE, SIZE);
}

// Shape tells as much as colour: plate readers are square, bridges are diamonds, all others round.
function outline(pen, kind, middle) {
  pen.beginPath();
  if (kind === "alpr") pen.roundRect(5, 5, SIZE - 10, SIZE - 10, 7);
  else if (kind === "bridge") {
    pen.moveTo(middle, 3); pen.lineTo(SIZE - 3, middle); pen.lineTo(middle, SIZE - 3); pen.lineTo(3, middle); pen.closePath();
  } else pen.arc(middle, middle, middle - 4, 0, 2 * Math.PI);
}

function sign(pen, kind, middle, ink) {
  pen.fillStyle = pen.strokeStyle = ink;
  pen.lineWidth = 3;
  pen.beginPath();
  if (kind === "dome") {
    pen.arc(middle, middle - 3, 9, 0, Math.PI); pen.fill(); pen.fillRect(middle - 11, middle - 7, 22, 4);
  } else if (kind === "alpr") {
    pen.strokeRect(middle - 11, middle - 6, 22, 12); pen.fillRect(middle - 7, middle - 1.5, 3, 3);
    pen.fillRect(middle - 1.5, middle - 1.5, 3, 3); pen.fillRect(middle + 4, middle - 1.5, 3, 3);
  } else if (kind === "bridge") {
    for (const radius of [4, 9]) { pen.beginPath(); pen.arc(middle, middle + 5, radius, 1.25 * Math.PI, 1.75 * Math.PI); pen.stroke(); }
    pen.beginPath(); pen.arc(middle, middle + 5, 1.8, 0, 7); pen.fill();
  } else {
    pen.roundRect(middle - 11, middle - 6, 16, 12, 3); pen.fill();
    pen.beginPath(); pen.moveTo(middle + 4, middle); pen.lineTo(middle + 12, middle - 6); pen.lineTo(middle + 12, middle + 6); pen.fill();
    pen.fillStyle = AMBER; pen.beginPath(); pen.arc(middle - 5, middle, 2.6, 0, 7); pen.fill();
    if (kind === "panning") { pen.beginPath(); pen.arc(middle - 2, middle, 12.5, 0.3 * Math.PI, 0.7 * Math.PI); pen.stroke(); }
  }
}
