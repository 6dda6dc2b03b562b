// The walk on a map, drawn on a canvas: streets where the hub gave them along, and the way in any case.
import { get } from "./net.js";
import { changed, numberOfKey, state } from "./state.js";
import { say } from "./words.js";

const METRES = 111320; // per degree of latitude
const MOST_BOX_DEG = 0.12;
const WIDTHS = { fast: 7, main: 6, street: 4 }; // the others are thin lines: a path, a railway, water
const THIN = { path: ["edge", 1.2, [3, 4]], rail: ["quiet", 1.6, [9, 3]], water: ["water", 2.2, []] };

export class WalkMap {
  constructor() {
    this.canvas = null;
    this.pen = null;
    this.centre = null; // [lat, lon]
    this.scale = 1.2; // CSS pixels a metre
    this.following = true;
    this.way = [];
    this.after = 0;
    this.ways = [];
    this.composed = false; // the streets are of a fictional town
    this.box = null; // of the streets that are here
    this.fingers = new Map();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.canvas && this.draw());
  }

  // Draw on this canvas from now on, and bring it up to date.
  shownOn(canvas) {
    if (canvas !== this.canvas) {
      this.canvas = canvas;
      this.pen = canvas.getContext("2d");
      this.fingers.clear();
      for (const name of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.touched(event));
      canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2); }, { passive: false });
      canvas.addEventListener("keydown", (event) => this.key(event));
      this.sized?.disconnect();
      this.sized = new ResizeObserver(() => this.draw());
      this.sized.observe(canvas);
    }
    canvas.setAttribute("aria-label", this.label);
    if (this.serial === state.view.serial && this.lastLook === canvas) return; // drawn anew for a label alone
    this.serial = state.view.serial;
    this.lastLook = canvas;
    this.refresh();
  }

  // Fetch what is new of the way, and streets for where the map is; then draw.
  async refresh() {
    if (this.busy) return;
    this.busy = true;
    try {
      const { after, points } = await get(`/track?after=${this.after}`);
      if (after < this.after) { this.way = []; this.after = 0; } // it was wiped
      else { this.way.push(...points); this.after = after; }
      this.draw();
      await this.fetchStreets();
    } catch { /* it is tried again with the next view */ }
    this.busy = false;
  }

  forget() {
    this.way = [];
    this.after = 0;
    this.ways = [];
    this.box = null;
    this.centre = null;
    this.draw();
  }

  async fetchStreets() {
    const [west, south, east, north] = this.bounds(0) ?? [];
    if (west === undefined || east - west > MOST_BOX_DEG || north - south > MOST_BOX_DEG) return;
    const here = this.box;
    if (here && west >= here[0] && south >= here[1] && east <= here[2] && north <= here[3]) return;
    const box = this.bounds(0.6).map((degrees) => degrees.toFixed(5));
    const found = await get(`/streets?west=${box[0]}&south=${box[1]}&east=${box[2]}&north=${box[3]}`, 15000);
    this.ways = found.ways;
    this.composed = found.composed ?? false;
    this.box = box.map(Number);
    this.draw();
    changed(); // whose streets they are is said beside them
  }

  bounds(more) {
    if (!this.centre) return null;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const across = ((width / 2) * (1 + more)) / this.scale / METRES / this.shrink();
    const up = ((height / 2) * (1 + more)) / this.scale / METRES;
    return [this.centre[1] - across, this.centre[0] - up, this.centre[1] + across, this.centre[0] + up];
  }

  shrink() {
    return Math.max(0.01, Math.cos((this.centre[0] * Math.PI) / 180));
  }

  at(lat, lon) {
    return [
      this.canvas.clientWidth / 2 + (lon - this.centre[1]) * METRES * this.shrink() * this.scale,
      this.canvas.clientHeight / 2 - (lat - this.centre[0]) * METRES * this.scale,
    ];
  }

  zoom(by) {
    this.scale = Math.min(12, Math.max(0.02, this.scale * by));
    this.moved();
  }

  middle() {
    this.following = true;
    this.moved();
  }

  pan(x, y) {
    if (!this.centre) return;
    this.following = false;
    this.centre = [this.centre[0] + y / METRES / this.scale, this.centre[1] - x / METRES / this.scale / this.shrink()];
    this.moved();
  }

  moved() {
    this.draw();
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.fetchStreets().catch(() => {}), 300);
  }

  key(event) {
    const step = { ArrowLeft: [40, 0], ArrowRight: [-40, 0], ArrowUp: [0, 40], ArrowDown: [0, -40] }[event.key];
    if (step) this.pan(...step);
    else if (event.key === "+") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else return;
    event.preventDefault();
  }

  touched(event) {
    const before = this.fingers.get(event.pointerId);
    if (event.type === "pointerdown") {
      try { this.canvas.setPointerCapture(event.pointerId); } catch { /* a finger that has gone already */ }
      this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
    } else if (event.type === "pointermove" && before) {
      const apart = () => {
        const [a, b] = [...this.fingers.values()];
        return Math.hypot(a[0] - b[0], a[1] - b[1]);
      };
      const was = this.fingers.size === 2 ? apart() : 0;
      this.fingers.set(event.pointerId, [event.clientX, event.clientY]);
      if (was) this.zoom(apart() / Math.max(was, 1));
      else if (this.fingers.size === 1) this.pan(event.clientX - before[0], event.clientY - before[1]);
    } else if (event.type !== "pointermove") this.fingers.delete(event.pointerId);
  }

  draw() {
    if (!this.canvas?.isConnected) return;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const dense = Math.min(devicePixelRatio || 1, 2);
    if (!width) return;
    if (this.canvas.width !== width * dense) this.canvas.width = width * dense;
    if (this.canvas.height !== height * dense) this.canvas.height = height * dense;
    this.pen.setTransform(dense, 0, 0, dense, 0, 0);
    const style = getComputedStyle(this.canvas);
    this.colour = (name) => style.getPropertyValue(`--${name}`);
    this.pen.fillStyle = this.colour("ground");
    this.pen.fillRect(0, 0, width, height);
    const view = state.view;
    if (view?.here && (this.following || !this.centre)) this.centre = [view.here.lat, view.here.lon];
    if (!this.centre && this.way.length) this.centre = this.way.at(-1);
    if (!this.centre) return;
    this.drawStreets();
    this.line(this.way.flat(), this.colour("way"), 4);
    this.taken = [];
    (view?.stands ?? []).forEach((one) => this.flag(one, one.key === undefined ? "?" : String(numberOfKey(one.key) ?? "?")));
    for (const one of view?.lately ?? []) if (one.at && !one.undone) this.spot(one.at, one.thing, one.key);
    if (view?.here) this.here(view.here);
    this.ruler(height);
  }

  line(flat, colour, width, dashes = []) {
    const pen = this.pen;
    pen.beginPath();
    for (let index = 0; index + 1 < flat.length; index += 2) pen.lineTo(...this.at(flat[index], flat[index + 1]));
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.lineJoin = pen.lineCap = "round";
    pen.setLineDash(dashes);
    pen.stroke();
    pen.setLineDash([]);
  }

  drawStreets() {
    const wide = Math.max(0.4, Math.min(2.2, this.scale));
    for (const [kind, , flat] of this.ways) {
      if (THIN[kind]) this.line(flat, this.colour(THIN[kind][0]), ...THIN[kind].slice(1));
      else this.line(flat, this.colour("edge"), (WIDTHS[kind] ?? 3) * wide + 1.5);
    }
    for (const [kind, , flat] of this.ways) if (!THIN[kind]) this.line(flat, this.colour("street"), (WIDTHS[kind] ?? 3) * wide);
    if (this.scale > 0.35) this.names();
  }

  // Names along the longest straight of their street, none over another, each street once.
  names() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const pen = this.pen;
    const taken = [];
    const said = new Set();
    pen.font = "600 12px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    for (const [, name, flat] of this.ways) {
      if (!name || said.has(name)) continue;
      const longest = this.straight(flat, width, height);
      const long = pen.measureText(name).width;
      if (!longest || longest.long < long + 6 || taken.some(([x, y, r]) => Math.hypot(x - longest.x, y - longest.y) < (r + long) / 2 + 4)) continue;
      said.add(name);
      taken.push([longest.x, longest.y, long]);
      pen.save();
      pen.translate(longest.x, longest.y);
      pen.rotate(longest.turn);
      pen.lineWidth = 3.5;
      pen.lineJoin = "round";
      pen.strokeStyle = this.colour("street");
      pen.strokeText(name, 0, 0);
      pen.fillStyle = this.colour("ink");
      pen.fillText(name, 0, 0);
      pen.restore();
    }
  }

  straight(flat, width, height) {
    let best = null;
    for (let index = 0; index + 3 < flat.length; index += 2) {
      const seen = clipped(this.at(flat[index], flat[index + 1]), this.at(flat[index + 2], flat[index + 3]), width, height);
      if (!seen) continue;
      const [[ax, ay], [bx, by]] = seen;
      const long = Math.hypot(bx - ax, by - ay);
      if (best && long <= best.long) continue;
      const turn = Math.atan2(by - ay, bx - ax);
      best = { x: (ax + bx) / 2, y: (ay + by) / 2, long, turn: Math.abs(turn) > Math.PI / 2 ? turn + Math.PI : turn };
    }
    return best;
  }

  spot([lat, lon], thing, key) {
    const [x, y] = this.at(lat, lon);
    this.pen.beginPath();
    if (thing === "heard") this.pen.arc(x, y, 6, 0, 7);
    else this.pen.rect(x - 6, y - 6, 12, 12);
    this.fillOutlined(thing === "heard" ? "amber" : "ink");
    const n = key === undefined ? null : numberOfKey(key);
    if (n !== null && this.free(x + 14, y, 9)) this.write(String(n), x + 14, y, "ink", "card");
  }

  fillOutlined(colour) {
    this.pen.fillStyle = this.colour(colour);
    this.pen.fill();
    this.pen.lineWidth = 2;
    this.pen.strokeStyle = this.colour("card");
    this.pen.stroke();
  }

  // Whether a number has room of its own here; then it is taken.
  free(x, y, r) {
    if (this.taken.some(([ax, ay, ar]) => Math.hypot(ax - x, ay - y) < ar + r)) return false;
    this.taken.push([x, y, r]);
    return true;
  }

  write(text, x, y, colour, around) {
    const pen = this.pen;
    pen.font = "700 13px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    if (around) {
      pen.lineWidth = 3.5;
      pen.strokeStyle = this.colour(around);
      pen.strokeText(text, x, y);
    }
    pen.fillStyle = this.colour(colour);
    pen.fillText(text, x, y);
  }

  flag({ lat, lon }, number) {
    const [x, y] = this.at(lat, lon);
    if (!this.free(x, y, 11)) return; // the first is the one to go to
    this.pen.beginPath();
    this.pen.arc(x, y, 11, 0, 7);
    this.fillOutlined("act");
    this.write(number, x, y + 0.5, "on-act");
  }

  here({ lat, lon, accuracy_m: accuracy, heading_deg: heading }) {
    const [x, y] = this.at(lat, lon);
    const pen = this.pen;
    if (accuracy) {
      pen.beginPath();
      pen.arc(x, y, Math.max(10, accuracy * this.scale), 0, 7);
      pen.fillStyle = this.colour("doubt");
      pen.fill();
    }
    if (heading !== undefined) {
      const middle = ((heading - 90) * Math.PI) / 180;
      pen.beginPath();
      pen.moveTo(x, y);
      pen.arc(x, y, 34, middle - 0.45, middle + 0.45);
      pen.fillStyle = this.colour("doubt");
      pen.fill();
    }
    pen.beginPath();
    pen.arc(x, y, 8, 0, 7);
    this.fillOutlined("live");
  }

  ruler(height) {
    const metres = [5000, 2000, 1000, 500, 200, 100, 50, 20, 10].find((one) => one * this.scale < 110) ?? 5;
    const pen = this.pen;
    const long = metres * this.scale;
    pen.font = "600 12px system-ui, sans-serif";
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    const text = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
    pen.lineWidth = 3;
    pen.strokeStyle = this.colour("ground");
    pen.strokeText(text, 12, height - 12);
    pen.fillStyle = this.colour("ink");
    pen.fillText(text, 12, height - 12);
    pen.fillRect(10, height - 10, long, 2);
    pen.fillRect(10, height - 15, 2, 7);
    pen.fillRect(8 + long, height - 15, 2, 7);
  }

  get label() {
    return say("page-map-shows", { n: this.way.length, stands: state.view?.stands.length ?? 0 });
  }
}

// The part of a straight line that is in view, null where none is (Liang and Barsky).
function clipped([ax, ay], [bx, by], width, height) {
  const [dx, dy] = [bx - ax, by - ay];
  let [from, to] = [0, 1];
  for (const [slope, room] of [[-dx, ax], [dx, width - ax], [-dy, ay], [dy, height - ay]]) {
    if (slope === 0 && room < 0) return null;
    if (slope < 0) from = Math.max(from, room / slope);
    if (slope > 0) to = Math.min(to, room / slope);
  }
  return from < to ? [[ax + from * dx, ay + from * dy], [ax + to * dx, ay + to * dy]] : null;
}
