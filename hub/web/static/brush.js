// The brush: parts of a picture that are to be covered, shown as they will be. It only adds, and saving is for good.
import { put } from "./words.js";

const LEAST_PX = 4, PLACES = 1e6, STEP = 0.02, NEW = 0.2, MOST = 100;
const clamp = (share) => Math.min(1, Math.max(0, share));

export class Brush {
  // `chips` takes a button for each part; `texts` are how a part is named and taken away.
  constructor({ chips, texts, onChange }) {
    Object.assign(this, { chips, texts, onChange, on: false, parts: [], sheet: null });
  }

  // The sheet of the picture on which parts are marked from now on.
  use(sheet) {
    this.sheet = sheet;
    this.clear();
  }

  clear() {
    for (const part of this.parts) part.mark.remove();
    this.parts = [];
    this.tell();
  }

  // Parts as a form takes them: left, top, width, height in shares of the picture.
  boxes() {
    const round = (share) => Math.round(clamp(share) * PLACES);
    return this.parts.map(({ left, top, right, bottom }) => {
      const [l, t, r, b] = [left, top, right, bottom].map(round);
      return [l, t, r - l, b - t].map((number) => number / PLACES).join(",");
    });
  }

  // A pointer has gone down: null where the brush is off, and the pointer moves the picture.
  begin(at) {
    if (!this.on || this.parts.length >= MOST) return null;
    const part = this.part(at, at);
    return {
      to: (point) => this.stretch(part, at, point),
      cancel: () => this.remove(part),
      end: (point, { width, height }) => {
        this.stretch(part, at, point);
        const small = (part.right - part.left) * width < LEAST_PX || (part.bottom - part.top) * height < LEAST_PX;
        if (small) this.remove(part);
      },
    };
  }

  // By keyboard: a part in the middle of what is seen.
  add({ zoom, x, y }) {
    if (this.parts.length >= MOST) return;
    const half = NEW / 2 / zoom;
    this.part({ x: x - half, y: y - half }, { x: x + half, y: y + half }).mark.focus();
  }

  undo() { if (this.parts.length) this.remove(this.parts.at(-1)); }

  part(at, to) {
    const mark = document.createElement("div");
    mark.className = "cover";
    mark.tabIndex = 0;
    mark.setAttribute("role", "img");
    const part = { mark };
    mark.addEventListener("keydown", (event) => this.key(part, event));
    this.parts.push(part);
    this.sheet.append(mark);
    this.stretch(part, at, to);
    this.tell();
    return part;
  }

  stretch(part, from, to) {
    const xs = [clamp(from.x), clamp(to.x)], ys = [clamp(from.y), clamp(to.y)];
    this.place(part, { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) });
  }

  place(part, box) {
    Object.assign(part, box);
    const percent = (share) => `${share * 100}%`;
    const { left, top, right, bottom } = box;
    Object.assign(part.mark.style, {
      left: percent(left), top: percent(top), width: percent(right - left), height: percent(bottom - top),
    });
  }

  key(part, event) {
    const { key, shiftKey } = event;
    const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
    if (key === "Delete" || key === "Backspace") {
      const pane = part.mark.closest(".pane");
      this.remove(part);
      (this.parts.at(-1)?.mark ?? pane).focus();
    } else if (dx || dy) {
      this.nudge(part, dx * STEP, dy * STEP, shiftKey);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  nudge(part, dx, dy, size) {
    const { left, top, right, bottom } = part;
    if (size) {
      const wide = Math.max(STEP, right - left + dx), high = Math.max(STEP, bottom - top + dy);
      return this.place(part, { left, top, right: Math.min(1, left + wide), bottom: Math.min(1, top + high) });
    }
    const x = Math.min(1 - right, Math.max(-left, dx)), y = Math.min(1 - bottom, Math.max(-top, dy));
    this.place(part, { left: left + x, right: right + x, top: top + y, bottom: bottom + y });
  }

  remove(part) {
    part.mark.remove();
    this.parts = this.parts.filter((one) => one !== part);
    this.tell();
  }

  // Numbers the parts and writes their buttons anew.
  tell() {
    const chips = this.parts.map((part, index) => {
      const number = index + 1;
      part.mark.textContent = number;
      part.mark.setAttribute("aria-label", put(this.texts.part, { number }));
      const chip = document.createElement("button");
      Object.assign(chip, { type: "button", className: "plain", textContent: `${number} ×` });
      chip.setAttribute("aria-label", put(this.texts.undo, { number }));
      chip.addEventListener("click", () => {
        this.remove(part);
        (this.chips.lastElementChild ?? this.sheet.closest(".pane")).focus();
      });
      return chip;
    });
    this.chips.replaceChildren(...chips);
    this.onChange(this.parts.length);
  }
}
