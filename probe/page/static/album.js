// What happened on this walk: each photo and pin can be said otherwise, and taken back.
import { button, hint, picture, tags, thumbnail, what } from "./bits.js";
import { h, icon } from "./dom.js";
import { happened, last, numbered, onWorkbench, since, state } from "./state.js";
import { ago, say, told } from "./words.js";

const picked = () => numbered(state.picked) ?? last() ?? happened()[0];

// The tags of the one that was picked.
export function retagging() {
  const one = picked();
  return one && one.thing !== "heard" && !one.undone ? h("div", { class: "dock-walk retag", "data-key": "retag" }, tags(one.words, one.number)) : null;
}

export function album() {
  const all = happened();
  const one = picked();
  if (!one) return hint(say("page-nothing-yet"), "album");
  return h("div", { class: "split" },
    h("div", { class: "above picked", role: "region", "aria-label": what(one), tabindex: "0" },
      one.picture && !one.undone ? picture(one.number, say("page-picture", { n: one.number }), { class: "large" }) : null,
      h("div", {}, h("h2", {}, what(one)), h("p", {}, one.note ? told(one.note) : ""), h("p", {}, state_of(one), h("small", {}, ago(since(one.ago_s)))))),
    h("ul", { class: "below rows", tabindex: "0", "aria-label": say("page-album-list") }, all.map((each) => row(each, each.number === one.number))));
}

function state_of(one) {
  if (one.undone) return h("b", {}, say("page-undone"), " ");
  return one.hidden && !onWorkbench() ? h("b", {}, say("page-goes-nowhere"), " ") : null;
}

function row(one, picked) {
  return h("li", { "data-key": String(one.number), class: `${one.undone ? "undone" : ""}${picked ? " picked" : ""}` },
    h("button", { type: "button", class: "pick", "data-act": "pick", "data-number": one.number, "aria-current": picked ? "true" : null },
      thumbnail(one), h("span", {}, h("b", {}, what(one)), h("small", {}, one.undone ? say("page-undone") : ago(since(one.ago_s))))),
    one.undoable && !one.undone ? h("button", { type: "button", class: "second", "data-key": "undo", "data-act": "undo", "data-number": one.number, "aria-label": say("page-undo-this", { what: what(one) }) }, icon("undo"), h("span", {}, say("page-undo"))) : null);
}
