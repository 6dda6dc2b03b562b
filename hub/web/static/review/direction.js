// Where a camera looks, drawn on the sketch or turned by the arrows: both fill in the field, which is what is sent.
const STEP = 5;

export class Direction {
  constructor(content) {
    this.sketch = content.querySelector("svg.sketch");
    this.mark = this.sketch?.querySelector("[data-x]");
    this.tags = content.querySelector(".tags");
    this.field = this.tags?.querySelector("[data-about=direction] input[name=value]");
    if (!this.field || !this.mark) return;
    this.sketch.addEventListener("click", (event) => this.draw(event));
    this.field.addEventListener("keydown", (event) => this.turn(event));
  }

  draw({ clientX, clientY }) {
    if (!this.tags.open) return;
    const at = new DOMPoint(clientX, clientY).matrixTransform(this.sketch.getScreenCTM().inverse());
    const east = at.x - Number(this.mark.dataset.x), north = Number(this.mark.dataset.y) - at.y;
    this.set((Math.atan2(east, north) * 180) / Math.PI);
    this.field.focus();
  }

  turn(event) {
    const step = { ArrowUp: STEP, ArrowRight: STEP, ArrowDown: -STEP, ArrowLeft: -STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    this.set((Number(this.field.value.replace(",", ".")) || 0) + step);
  }

  set(degrees) { this.field.value = (Math.round(degrees) + 360) % 360; }
}
