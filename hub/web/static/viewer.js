// A picture in full, alone or beside another of the same camera, with the brush and what a person decides of it.
import { Brush } from "./brush.js";
import { Pane, View } from "./zoom.js";

const template = document.getElementById("viewer-template");

export class Viewer {
  // `figures()` are those of the camera now; `send(action, figure, fields)` resolves to null or a sentence that says
  // what went wrong; `erase(figure)` deletes it in a while; `back(id)` is called when the viewer has closed.
  constructor({ figures, send, erase, back }) {
    Object.assign(this, { figures, send, erase, back, id: null, besideId: null, warned: false });
    this.dialog = template.content.firstElementChild.cloneNode(true);
    document.body.append(this.dialog);
    const find = (selector) => this.dialog.querySelector(selector);
    this.find = find;
    this.view = new View(({ zoom }) => { find(".scale").textContent = `${Math.round(zoom * 100)}\u00a0%`; });
    const { part, undo } = this.dialog.dataset;
    this.brush = new Brush({ chips: find(".chips"), texts: { part, undo }, onChange: (n) => this.marked(n) });
    this.dialog.addEventListener("click", ({ target }) => this.act(target.closest("[data-act]")?.dataset.act));
    this.dialog.addEventListener("keydown", (event) => this.key(event));
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.close(); });
    find("select").addEventListener("change", ({ target }) => this.beside(target.value));
    new ResizeObserver(() => this.view.show()).observe(find(".panes"));
  }

  open(figure) {
    this.show(figure);
    this.dialog.showModal();
    this.view.reset();
    this.view.panes[0].box.focus();
  }

  get figure() { return this.figures().find((one) => one.dataset.picture === this.id); }

  show(figure) {
    this.id = figure.dataset.picture;
    this.besideId = null;
    this.paint(figure);
    this.view.reset();
  }

  // The picture, its state and what may be beside it, as the page has them now.
  paint(figure) {
    const { label, state } = figure.dataset;
    const operator = Boolean(figure.closest("[data-token]"));
    this.find("#viewer-title").textContent = label;
    this.dialog.dataset.state = state;
    this.find(".state").textContent = figure.querySelector(".state").textContent;
    for (const one of this.dialog.querySelectorAll(".operator")) one.hidden = !operator;
    const look = figure.querySelector(".look button"), own = this.find("[data-act=look]");
    own.hidden = !look;
    own.textContent = look?.textContent ?? "";
    this.setBrush(false);
    this.warned = false;
    this.offer(figure);
    this.hang(figure);
    this.say("");
  }

  hang(figure) {
    const held = this.find(".panes").contains(document.activeElement);
    const pane = new Pane(this.view, picture(figure), this.brush);
    this.view.panes = [pane];
    this.find(".panes").replaceChildren(pane.box);
    this.brush.use(pane.sheet);
    if (held) pane.box.focus();
    this.hangBeside();
  }

  // The second pane anew; what was marked on the first picture stays.
  hangBeside() {
    const [first, second] = this.view.panes;
    const held = second?.box.contains(document.activeElement);
    second?.box.remove();
    const figure = this.figures().find((one) => one.dataset.picture === this.besideId);
    this.view.panes = [first];
    if (figure) {
      const pane = new Pane(this.view, picture(figure));
      const label = Object.assign(document.createElement("p"), { className: "pane-label" });
      label.textContent = this.find("select").selectedOptions[0].textContent;
      pane.box.append(label);
      this.view.panes.push(pane);
      this.find(".panes").append(pane.box);
    }
    this.find(".panes").classList.toggle("is-two", Boolean(figure));
    this.view.show();
    if (held) first.box.focus();
  }

  // What may stand beside it: those that show the same place first.
  offer(figure) {
    const alike = new Map(JSON.parse(figure.dataset.alike));
    const others = this.figures().filter((one) => one !== figure);
    const rank = (one) => [...alike.keys()].indexOf(one.dataset.picture);
    const [like, unlike] = [others.filter((one) => rank(one) >= 0), others.filter((one) => rank(one) < 0)];
    const ranked = [...like.sort((a, b) => rank(a) - rank(b)), ...unlike];
    const options = ranked.map((one) => {
      const agrees = alike.get(one.dataset.picture);
      return new Option([one.dataset.label, agrees].filter(Boolean).join(" · "), one.dataset.picture);
    });
    this.find("select").replaceChildren(new Option(this.dialog.dataset.alone, ""), ...options);
    this.find("select").value = this.besideId ?? "";
    this.find(".beside").hidden = !options.length;
    const few = this.figures().length < 2;
    for (const act of ["previous", "next"]) this.find(`[data-act=${act}]`).hidden = few;
  }

  beside(id) {
    this.besideId = id || null;
    this.find("select").value = id;
    this.hangBeside();
  }

  turn(step) {
    const all = this.figures(), at = all.indexOf(this.figure);
    if (all.length < 2 || this.keepsMarks()) return;
    this.show(all[(at + step + all.length) % all.length]);
    this.view.panes[0].box.focus();
  }

  act(name) {
    const does = {
      in: () => this.view.magnify(1.3), out: () => this.view.magnify(1 / 1.3), fit: () => this.view.reset(),
      previous: () => this.turn(-1), next: () => this.turn(1),
      brush: () => this.setBrush(!this.brush.on), part: () => this.brush.add(this.view), save: () => this.save(),
      help: () => this.help(), close: () => this.close(),
      look: () => this.decide("look", [], this.dialog.dataset.shown),
      delete: () => this.remove(),
    }[name];
    does?.();
  }

  // No key goes on to the page below.
  key(event) {
    event.stopPropagation();
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (key === "Escape") { event.preventDefault(); return this.close(); }
    if (target.matches("select")) return;
    const operator = !this.find("[data-act=brush]").hidden;
    const letters = { s: () => this.cycle(), "?": () => this.help(), PageUp: () => this.turn(-1), PageDown: () => this.turn(1) };
    const theirs = {
      b: () => this.act("brush"), n: () => { this.setBrush(true); this.act("part"); }, z: () => this.brush.undo(),
      Delete: () => this.act("delete"),
    };
    const does = letters[letter(key)] ?? (operator ? theirs[letter(key)] : undefined);
    if (does) does();
    else if (!this.view.key(key)) return;
    event.preventDefault();
  }

  cycle() {
    const options = [...this.find("select").options].map(({ value }) => value);
    if (options.length > 1) this.beside(options[(options.indexOf(this.besideId ?? "") + 1) % options.length]);
  }

  help(shown = this.find(".keys").hidden) {
    this.find(".keys").hidden = !shown;
    this.find("[data-act=help]").setAttribute("aria-expanded", shown);
  }

  setBrush(on) {
    this.brush.on = on;
    if (!on) this.brush.clear();
    this.find("[data-act=brush]").setAttribute("aria-pressed", on);
    this.find(".brushing").hidden = !on;
    this.dialog.classList.toggle("is-brush", on);
    if (on) this.help(false);
    this.view.show();
  }

  marked(n) {
    this.warned = false;
    this.find("[data-act=save]").disabled = !n;
  }

  save() { return this.decide("cover", this.brush.boxes().map((box) => ["box", box]), this.dialog.dataset.covered); }

  async decide(action, fields, done) {
    const id = this.id;
    this.find("[data-act=save]").disabled = true;
    const problem = await this.send(action, this.figure, fields);
    if (this.id !== id) return;
    if (problem) {
      this.find("[data-act=save]").disabled = !this.brush.parts.length;
    } else if (this.figure) {
      const held = document.activeElement?.dataset.act;
      this.paint(this.figure);
      if (!held || this.find(`[data-act=${held}]`).checkVisibility?.() === false) this.view.panes[0].box.focus();
    } else {
      return this.leave();
    }
    this.say(problem ?? done);
  }

  remove() {
    const figure = this.figure;
    this.leave();
    this.erase(figure);
  }

  // Marks that are not covered yet are lost only on the second time of asking.
  keepsMarks() {
    const keeps = this.brush.parts.length > 0 && !this.warned;
    if (keeps) { this.warned = true; this.say(this.dialog.dataset.unsaved); }
    return keeps;
  }

  close() { if (!this.keepsMarks()) this.leave(); }

  leave() {
    const id = this.id;
    this.id = null;
    this.dialog.close();
    this.brush.clear();
    this.find(".panes").replaceChildren();
    this.view.panes = [];
    this.back(id);
  }

  say(sentence) { this.find(".said").textContent = sentence; }
}

function letter(key) { return key.length === 1 ? key.toLowerCase() : key; }

function picture(figure) {
  const image = figure.querySelector("img");
  return { src: image.src, alt: image.alt, width: Number(image.getAttribute("width")), height: Number(image.getAttribute("height")) };
}
