// One or two pictures in panes, moved and magnified as one: by wheel, by pinch, by keys.
const MOST = 8, STEP = 1.3, PAN = 0.12;

// What is seen: how many times larger than the whole picture, and its middle in shares of the picture.
export class View {
  constructor(onChange) {
    this.onChange = onChange;
    this.panes = [];
    this.reset();
  }

  reset() {
    Object.assign(this, { zoom: 1, x: 0.5, y: 0.5 });
    this.show();
  }

  // `at`: the point, in shares of the picture, that stays where it is on the screen.
  magnify(factor, at = this) {
    const zoom = Math.min(MOST, Math.max(1, this.zoom * factor));
    const { x, y } = at, left = this.zoom / zoom;
    Object.assign(this, { zoom, x: x + (this.x - x) * left, y: y + (this.y - y) * left });
    this.show();
  }

  // By shares of the picture.
  move(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.show();
  }

  show() {
    this.panes[0]?.bound(this);
    for (const pane of this.panes) pane.show(this);
    this.onChange?.(this);
  }

  // Whether a key was one of these.
  key(key) {
    const pan = PAN / this.zoom;
    const does = {
      "+": () => this.magnify(STEP), "=": () => this.magnify(STEP), "-": () => this.magnify(1 / STEP),
      0: () => this.reset(),
      ArrowLeft: () => this.move(-pan, 0), ArrowRight: () => this.move(pan, 0),
      ArrowUp: () => this.move(0, -pan), ArrowDown: () => this.move(0, pan),
    }[key];
    does?.();
    return Boolean(does);
  }
}

// A frame around one picture. `brush` may take a pointer that goes down, by returning what follows it.
export class Pane {
  constructor(view, { src, alt, width, height }, brush = null) {
    Object.assign(this, { view, brush, width, height, pointers: new Map(), stroke: null });
    this.box = document.createElement("div");
    Object.assign(this.box, { className: "pane", tabIndex: 0 });
    this.box.setAttribute("role", "group");
    this.box.setAttribute("aria-label", alt);
    this.sheet = document.createElement("div");
    this.sheet.className = "sheet";
    this.image = Object.assign(document.createElement("img"), { src, alt, width, height, draggable: false });
    this.sheet.append(this.image);
    this.box.append(this.sheet);
    this.box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    this.box.addEventListener("pointerdown", (event) => this.down(event));
    this.box.addEventListener("pointermove", (event) => this.moved(event));
    for (const end of ["pointerup", "pointercancel"]) this.box.addEventListener(end, (event) => this.up(event));
  }

  // The size of the picture on the screen.
  size(zoom) {
    const fit = Math.min(this.box.clientWidth / this.width, this.box.clientHeight / this.height);
    return { width: this.width * fit * zoom, height: this.height * fit * zoom };
  }

  bound(view) {
    const { width, height } = this.size(view.zoom);
    const within = (middle, frame, length) => {
      const half = length > frame ? frame / 2 / length : 0.5;
      return Math.min(1 - half, Math.max(half, middle));
    };
    view.x = within(view.x, this.box.clientWidth, width);
    view.y = within(view.y, this.box.clientHeight, height);
  }

  show({ zoom, x, y }) {
    const { width, height } = this.size(zoom);
    Object.assign(this.sheet.style, {
      width: `${width}px`, height: `${height}px`,
      left: `${this.box.clientWidth / 2 - x * width}px`, top: `${this.box.clientHeight / 2 - y * height}px`,
    });
  }

  // Where an event is, in shares of the picture.
  share({ clientX, clientY }) {
    const { left, top, width, height } = this.sheet.getBoundingClientRect();
    return { x: (clientX - left) / width, y: (clientY - top) / height };
  }

  wheel(event) {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 30;
    this.view.magnify(Math.exp(-Math.max(-200, Math.min(200, pixels)) / 300), this.share(event));
  }

  down(event) {
    if (event.button !== 0) return;
    this.box.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, event);
    if (this.pointers.size > 1) {
      this.stroke?.cancel();
      this.stroke = null;
    } else {
      this.stroke = this.brush?.begin(this.share(event)) ?? null;
    }
  }

  moved(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    this.pointers.set(event.pointerId, event);
    if (this.stroke) return this.stroke.to(this.share(event));
    const { width, height } = this.sheet.getBoundingClientRect();
    const n = this.pointers.size;
    this.view.move((before.clientX - event.clientX) / width / n, (before.clientY - event.clientY) / height / n);
    if (n !== 2) return;
    const [one, other] = this.pointers.values(), fixed = one.pointerId === event.pointerId ? other : one;
    const apart = (a) => Math.hypot(a.clientX - fixed.clientX, a.clientY - fixed.clientY) || 1;
    const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 };
    this.view.magnify(apart(event) / apart(before), this.share(middle));
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.stroke?.end(this.share(event), this.sheet.getBoundingClientRect());
    this.stroke = null;
  }
}
