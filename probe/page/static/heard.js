// What was heard, and why; the meter of what is followed.
import { button, hint, meter, named, stand, standTitle, why } from "./bits.js";
import { h } from "./dom.js";
import { numberOfKey, onWorkbench, since, state } from "./state.js";
import { ago, say } from "./words.js";

const OFFERED_S = 20; // the probe follows nobody who was silent for longer
const TOLD_MS = 20_000;

// The rows stay where they are: by when each was first heard, never by how loud it is just now.
export function heard() {
  const all = state.view.heard.toSorted((a, b) => numberOfKey(a.key) - numberOfKey(b.key));
  const followed = all.find((one) => one.followed);
  const next = followed && state.view.stands.find(({ key }) => key === followed.key);
  const lost = (state.view.told ?? []).find(({ code }) => code === "following-lost");
  const answered = state.followTold && performance.now() - state.followTold.at < TOLD_MS ? state.followTold.text : null;
  const told = answered ?? (lost ? say(lost.code, lost.values) : null);
  if (!all.length) {
    return h("div", { class: "split" }, h("div", { class: "above", role: "region", "aria-label": say("page-heard") },
      hint(told ?? say(state.view.hidden && !onWorkbench() ? "page-quiet-hidden" : "page-quiet"), "heard")));
  }
  const most = Math.max(...all.map((one) => (fresh(one) ? (one.signal_dbm ?? -999) : -999)));
  const rows = all.map((one) => row(one, all.length > 1 && most > -999 && one.signal_dbm === most && fresh(one)));
  if (!followed) { // the list is drawn up over the sentence, as far as is wanted
    return h("div", { class: "scroll drawn-up", tabindex: "0", role: "region", "aria-label": say("page-heard-list"), "data-key": "all" },
      h("div", { class: "above" }, hint(told ?? say("page-follow-how"), "heard")), h("ul", { class: "rows" }, rows));
  }
  return h("div", { class: "split", "data-key": "one" },
    h("div", { class: "above", tabindex: "0", role: "region", "aria-label": say("page-heard") },
      h("section", { class: "card followed", "data-key": "followed" }, h("h2", {}, named(followed)), meter(followed), h("p", {}, why(followed)), next ? [h("h3", {}, standTitle(next)), stand(next)] : null)),
    h("ul", { class: "below rows", tabindex: "0", "aria-label": say("page-heard-list") }, rows));
}

const fresh = (one) => since(one.ago_s) < OFFERED_S;

function row(one, loudest) {
  const wished = state.wish === one.key && !one.followed;
  const label = say(wished ? "page-following" : one.followed ? "page-unfollow" : "page-follow");
  return h("li", { "data-key": one.key },
    h("div", { class: "what" },
      h("h2", {}, named(one), " ", h("small", { class: "badge" }, say(one.sure ? "page-sure" : "page-maybe"))),
      h("p", {}, h("small", {}, fresh(one) ? ago(since(one.ago_s)) : say("page-silent", { ago: ago(since(one.ago_s)) }), one.signal_dbm === undefined ? "" : ` · ${say("page-dbm", { n: one.signal_dbm })}`, loudest ? [" · ", h("b", {}, say("page-loudest"))] : ""))),
    fresh(one) || one.followed ? button("follow", label, { class: "second", "data-key": "follow", "data-heard": one.followed ? "" : one.key, "aria-pressed": String(one.followed || wished), "aria-label": `${label}: ${named(one)}` }) : null);
}
