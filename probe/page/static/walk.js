// The first view: what the lens sees while the viewfinder is open, else what there is to know just now.
import { button, hint, meter, named, stand, standTitle, tags, thumbnail, what, why } from "./bits.js";
import { h, icon } from "./dom.js";
import { get } from "./net.js";
import { changed, last, numbered, onWorkbench, since, state, undoable, walking } from "./state.js";
import { ago, say, told } from "./words.js";

const EACH_MS = 1000;
let shown = null; // the viewfinder's picture, as an address in memory
let shape = 16 / 9; // of the picture, width by height
let failing = false;
let asking = false;

export function walk() {
  if (state.finder) return finder();
  const { heard, stands, hidden } = state.view;
  const one = heard.find(({ followed }) => followed) ?? heard[0];
  const photo = last();
  return h("div", { class: "cards", tabindex: "0", role: "region", "aria-label": say("page-tab-walk") },
    one ? heardCard(one) : null,
    stands.length ? h("section", { class: "card", "data-key": "stand" }, h("h2", {}, standTitle(stands[0])), stand(stands[0])) : null,
    photo ? photoCard(photo) : null,
    !one && !stands.length ? hint(say(hidden && !onWorkbench() ? "page-quiet-hidden" : "page-quiet"), "heard") : null);
}

function heardCard(one) {
  return h("section", { class: "card", "data-key": `heard-${one.key}` },
    h("h2", {}, named(one), " ", h("small", { class: "badge" }, say(one.sure ? "page-sure" : "page-maybe"))),
    one.followed ? meter(one) : h("p", {}, why(one), " ", h("small", {}, ago(since(one.ago_s)))));
}

export function photoCard(one) {
  return h("section", { class: "card with-thumb", "data-key": "photo" }, thumbnail(one),
    h("div", {}, h("h2", {}, what(one)), h("p", {}, one.note ? told(one.note) : "", " ", h("small", {}, ago(since(one.ago_s)))),
      one.hidden && !onWorkbench() ? h("p", { class: "kept-back" }, say("page-goes-nowhere")) : null));
}

function finder() {
  watch();
  return h("div", { class: "finder" },
    shown && !failing ? h("div", { class: "lens", vars: { "--shape": String(shape) } }, h("div", { class: "frame" }, h("img", { src: shown, alt: say("page-finder-shows") }))) : h("p", { class: "hint" }, icon("finder"), h("span", {}, say(failing ? "page-finder-none" : "page-finder-wait"))),
    h("p", { class: "caption" }, say(state.view.camera_busy ? "page-busy" : "page-finder-frame")));
}

const wanted = () => state.finder && state.tab === "walk" && walking() && state.reach;

// About once a second, for as long as the viewfinder is looked at.
export async function watch() {
  if (asking) return;
  asking = true;
  while (wanted()) {
    const began = performance.now();
    if (!document.hidden && !state.view.camera_busy) {
      try {
        const taken = await get("/preview");
        const { width, height } = await createImageBitmap(taken);
        shape = width / height;
        const url = URL.createObjectURL(taken);
        if (shown) URL.revokeObjectURL(shown);
        shown = url;
        failing = false;
      } catch {
        failing = true;
      }
      changed();
    }
    await new Promise((go) => setTimeout(go, Math.max(100, EACH_MS - (performance.now() - began))));
  }
  if (shown) URL.revokeObjectURL(shown);
  shown = null;
  asking = false;
}

// The tags and what they are for: the next photo, or the last one.
export function tagging() {
  const photo = last();
  const number = state.tagging === "next" ? null : (photo?.number ?? null);
  const words = number === null ? state.view.words : (numbered(number)?.words ?? []);
  const choice = (name, label, off) => button("tagging", label, { class: "choice", "data-for": name, "aria-pressed": String((number === null) === (name === "next")), disabled: off });
  return [
    state.rare ? null : h("div", { class: "choices", "data-key": "choices" }, choice("next", say("page-for-next"), false), choice("last", say("page-for-last"), !photo)),
    tags(words, number),
  ];
}

// The row that is always there while a walk is: the shutter in the middle.
export function shutter() {
  if (state.view.phase === "paused") {
    return h("div", { class: "row", "data-key": "row" }, button("pause", say("page-resume"), { class: "wide main", sign: "go", "data-on": "no" }));
  }
  const waits = !walking() || !state.reach;
  return h("div", { class: "row shutter-row", "data-key": "row" },
    button("finder", say("page-finder"), { class: "side", sign: "finder", "aria-pressed": String(state.finder), disabled: waits }),
    button("pin", say("page-pin"), { class: "side", sign: "pin", disabled: waits }),
    h("button", { type: "button", class: `shutter${state.view.camera_busy ? " is-busy" : ""}`, "data-act": "photo", "aria-label": say("page-shutter"), disabled: waits || state.view.camera_busy }, h("span", {})),
    button("undo", say(undoable() ? `page-undo-${undoable().thing}` : "page-undo"), { class: "side", sign: "undo", disabled: waits || !undoable(), "aria-keyshortcuts": "u" }),
    button("pause", say("page-pause"), { class: "side", sign: "pause", "data-on": "yes", disabled: waits || onWorkbench() }));
}
