// The walker's page: signs in, follows the walk, shows it, and passes on what the walker does.
import { album, retagging } from "./album.js";
import { button, hint, keepPictures, stand, toggled } from "./bits.js";
import { h, icon, show } from "./dom.js";
import { heard } from "./heard.js";
import { holds } from "./hold.js";
import { battery, compass, forgetting, kit, kitDock, selftest, subDock, summary } from "./kit.js";
import { WalkMap } from "./map.js";
import { act, follow, Refused, signedIn, signIn } from "./net.js";
import { besides, changed, numbered, onWorkbench, over, press, rendersBy, state, unpress, whole } from "./state.js";
import { alarm, quiet, tellNews, toast, toldOfFollowing, whyHidden } from "./tell.js";
import { language, lasting, learn, number, say, told } from "./words.js";
import { shutter, tagging, walk } from "./walk.js";

const by = (id) => document.getElementById(id);
const TABS = ["walk", "map", "heard", "album", "kit"];
const map = new WalkMap();

function render() {
  document.title = say("page-title");
  const view = state.view;
  document.documentElement.dataset.state = !signedIn() ? "signing-in" : !view ? "waiting" : view.phase;
  document.documentElement.toggleAttribute("data-finder", aiming());
  document.documentElement.dataset.tab = view ? state.tab : "";
  show(by("head"), head(view), view ? banners(view) : null);
  if (!signedIn()) {
    show(by("main"), h("div", { class: "scroll sign-in" }, h("h1", {}, say("page-title")), h("p", {}, say("page-welcome"))));
    show(by("dock"), signing());
  } else if (!view) {
    show(by("main"), hint(say("page-waiting"), "wait"));
    show(by("dock"));
  } else {
    show(by("main"), h("h1", { class: "by-ear" }, say(`page-tab-${tabName()}`)), content(view));
    show(by("dock"), dock(), tabs());
    const canvas = document.querySelector("canvas");
    if (canvas) map.shownOn(canvas);
  }
}

const aiming = () => state.finder && state.tab === "walk" && state.view !== null && !over() && state.view.phase !== "paused";
const tabName = () => (state.tab === "walk" && over() ? "summary" : state.tab);

function head(view) {
  if (!view) return h("div", { class: "bar", "data-key": "bar" }, h("p", { class: "phase" }, "Contrechamp"));
  const parts = over() ? view.parts.filter(({ name }) => ["outbox", "delivery", "power"].includes(name)) : view.parts; // the others are needed no more
  const worst = parts.find(({ health }) => health === "trouble") ?? parts.find(({ health, note }) => health === "starting" && note);
  const accuracy = view.here?.accuracy_m;
  const well = accuracy === undefined ? say("page-well") : say("page-well-here", { n: Math.round(accuracy) });
  return h("div", { class: `bar is-${state.reach ? view.phase : "lost"}`, "data-key": "bar" },
    h("p", { class: "phase" }, h("span", { class: "dot" }), say(state.reach ? `page-phase-${view.phase}` : "page-lost-short"),
      h("small", {}, lasting(view.tally.seconds)), charge(view.power)),
    h("p", { class: `health${worst ? ` is-${worst.health}` : ""}` }, worst ? (worst.note ? told(worst.note) : say("page-of", { what: say(`page-part-${worst.name}`), told: say(`page-health-${worst.health}`) })) : well));
}

function charge(power) {
  if (!power || (!power.low && power.share === undefined)) return null;
  const share = power.share === undefined ? "" : `${number(power.share * 100)}\u00a0%`;
  return h("small", { class: power.low ? "charge low" : "charge" }, icon("charge"), power.low ? say("page-power-low-short") : share);
}

function banners(view) {
  const banner = (kind, sign, text) => h("p", { class: `banner ${kind}`, "data-key": kind }, icon(sign), h("span", {}, text));
  const lost = state.reach ? null : banner("lost", "warn", say(over() ? "page-lost-over" : "page-lost"));
  const hidden = view.hidden && !over() && view.phase !== "paused" ? banner("hidden", onWorkbench() ? "warn" : "wait", say(whyHidden(view))) : null;
  if (aiming()) return lost ?? hidden; // the picture has the room: one line, where it bears on the photo
  return [
    lost,
    view.debug ? banner("debug", "warn", say("page-debug")) : null,
    view.composed ? banner("composed", "warn", say("page-composed")) : null,
    view.ends_shown ? banner("ends-shown", "warn", say("page-ends-shown")) : null,
    hidden,
    over() ? null : besides(view).map((note) => h("p", { class: "banner told", "data-key": note.code }, icon("wait"), h("span", {}, told(note)))),
    view.power?.low ? banner("low", "warn", battery(view.power)) : null,
  ];
}

function content(view) {
  if (view.phase === "paused" && ["walk", "map", "heard"].includes(state.tab)) {
    return h("div", { class: "paused", "data-key": "paused" }, icon("pause"), h("h2", {}, say("page-paused")), h("p", {}, say("page-paused-why")));
  }
  if (state.tab === "walk") return over() ? summary() : walk();
  if (state.tab === "map") return mapView(view);
  return { heard, album, kit, selftest, compass }[state.tab]();
}

// What is proposed stands above the map: it is read and not pressed, and however long it is it lifts no button out of reach.
function mapView(view) {
  const next = view.stands[0] && !over() ? h("div", { class: "proposed", "data-key": "proposed" }, stand(view.stands[0], true)) : null;
  return [next, h("div", { class: "map", "data-key": "map" }, h("canvas", { "data-own": true, tabindex: "0", role: "img", "aria-label": map.label }),
    map.way.length ? null : emptyMap(view),
    map.way.length || view.here ? legend() : null,
    map.ways.length ? h("p", { class: "on-map credit" }, say(map.composed ? "page-credit-composed" : "page-credit")) : null,
    h("div", { class: "zoom" }, ["near", "far", "middle"].map((name) => button("map", null, { sign: name, "data-key": name, "data-map": name, "aria-label": say(`page-map-${name}`), "aria-pressed": name === "middle" ? String(map.following) : null }))))];
}

function emptyMap(view) {
  if (over()) return h("p", { class: "on-map none" }, say("page-map-nothing"));
  if (view.hidden === "start") return h("p", { class: "on-map none" }, say("page-map-hidden"));
  return view.here ? null : h("p", { class: "on-map none" }, say("page-map-none"));
}

function legend() {
  return h("ul", { class: "on-map legend", "aria-label": say("page-map-legend") }, ["you", "heard", "photo", "stand"].map((name) =>
    h("li", {}, h("i", { class: `sign-${name}`, "aria-hidden": "true" }, name === "stand" ? "1" : null), say(`page-map-${name}`))));
}

function dock() {
  if (state.tab === "kit") return kitDock();
  if (["selftest", "compass"].includes(state.tab)) return subDock();
  if (state.tab === "album") return retagging();
  if (state.tab === "heard" && state.view.phase !== "paused") return null;
  if (over()) return state.tab === "walk" && state.view.phase === "ended" ? h("div", { class: "dock-kit", "data-key": "forget" }, forgetting()) : null;
  const paused = state.view.phase === "paused";
  return h("div", { class: "dock-walk", "data-key": "dock" },
    state.tab === "walk" && !paused && !aiming() ? tagging() : null,
    shutter());
}

function tabs() {
  const current = ["selftest", "compass"].includes(state.tab) ? "kit" : state.tab;
  return h("nav", { "aria-label": say("page-parts"), "data-key": "tabs" }, TABS.map((tab) =>
    button("open", say(`page-tab-${tab === "walk" && over() ? "summary" : tab}`), { sign: tab, "data-key": tab, "data-tab": tab, "aria-current": tab === current ? "page" : null },
      tab === "heard" && state.unheard.size ? h("b", { class: "count" }, say("page-new-heard", { n: state.unheard.size })) : null)));
}

function signing() {
  return h("form", { class: "dock-kit", "data-key": "sign-in", "data-act-submit": "sign-in" },
    h("label", { for: "code" }, say("page-code")),
    h("input", { id: "code", name: "code", autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false", enterkeyhint: "go", required: true, "aria-describedby": "code-problem" }),
    h("p", { id: "code-problem", class: state.problem ? "problem" : "", role: "alert" }, state.problem ?? ""),
    button("language", language === "fr" ? "English" : "Français", { class: "second", lang: language === "fr" ? "en" : "fr" }),
    h("button", { type: "submit", class: "main" }, h("span", {}, say("page-sign-in"))));
}

async function enter(code) {
  try {
    await signIn(code);
    state.problem = null;
    follow({ view: seen, reach: reached, out: () => { state.view = null; state.problem = say("page-signed-out"); changed(); } });
  } catch (problem) {
    const why = problem instanceof Refused ? problem.told.problem : "lost";
    state.problem = say(knownProblem(why), { n: problem.told?.seconds ?? 0 });
  }
  changed();
}

const knownProblem = (why) => (["wrong", "guesses", "lost"].includes(why) ? `page-sign-in-${why}` : "page-sign-in-wrong");

function seen(view) {
  const before = state.view;
  state.view = whole(view);
  state.at = performance.now();
  tellNews(before, view);
  keepPictures();
  changed();
}

function reached(now) {
  if (state.reach === now) return;
  state.reach = now;
  alarm(say(now ? "page-back-again" : "page-lost"));
  changed();
}

// Do something on the probe; what it refuses is shown in its words.
async function does(name, body, then, refused) {
  try {
    const answer = await act(name, body);
    then?.(answer);
  } catch (problem) {
    refused?.();
    if (!(problem instanceof Refused)) toast(say("page-not-sent"), { bad: true });
    else toast(refusal(problem), { bad: true });
  }
  changed();
}

// What was tapped shows at once; why it cannot be stands above the list.
async function follows(key) {
  state.wish = key;
  state.letGo = key === null;
  state.followTold = null;
  changed();
  try {
    await act("follow", key ? { key } : {});
  } catch (problem) {
    state.letGo = false;
    toldOfFollowing(problem instanceof Refused ? refusal(problem) : say("page-not-sent"));
    if (state.wish === key) state.wish = null;
  }
  setTimeout(() => { if (state.wish === key) { state.wish = null; changed(); } }, 4000);
  changed();
}

// What has no words of ours is English: better nothing than that in another language.
const refusal = ({ told: { note, detail } }) => (note ? told(note) : say("page-refused", { detail: (language === "en" && detail) || "" }).trim());

const numberOf = (data) => (data.number === undefined ? null : Number(data.number));

function retag(data, words) {
  const number = numberOf(data);
  press(number, words);
  if (number === null) does("choose", { words }, null, () => unpress(number));
  else does("retag", { number, words }, null, () => unpress(number));
  changed();
}

const wordsOf = (data) => (numberOf(data) === null ? state.view.words : (numbered(numberOf(data))?.words ?? []));

const acts = {
  photo: () => does("photo", {}, () => { if (navigator.vibrate && state.buzz) navigator.vibrate(30); }),
  pin: () => does("pin", { words: state.view.words }, ({ number }) => toast(say("page-pinned"), { number })),
  undo: (data) => does("undo", numberOf(data) === null ? {} : { number: numberOf(data) }, () => toast(say("page-told-undone"))),
  pause: (data) => { state.finder = false; does("pause", { on: data.on === "yes" }); },
  finder: () => { state.finder = !state.finder; state.tab = "walk"; },
  tag: (data) => retag(data, toggled(wordsOf(data), data.word)),
  untag: (data) => retag(data, []),
  rare: () => { state.rare = !state.rare; },
  tagging: (data) => { state.tagging = data.for; },
  follow: (data) => follows(data.heard || null),
  pick: (data) => { state.picked = Number(data.number); },
  open: (data) => { quiet(); state.tab = data.tab; state.armed = null; if (data.tab === "heard") state.unheard.clear(); if (data.tab !== "walk") state.finder = false; },
  map: (data) => { if (data.map === "middle") map.middle(); else map.zoom(data.map === "near" ? 1.6 : 1 / 1.6); },
  buzz: () => { state.buzz = !state.buzz; if (state.buzz) navigator.vibrate?.(80); },
  selftest: () => does("selftest"),
  calibrate: (data) => does("calibrate", { on: data.on === "yes" }),
  language: async () => { await learn(language === "fr" ? "en" : "fr"); state.problem = null; quiet(); changed(); },
  end: () => does("end", {}, () => { state.tab = "walk"; state.finder = false; }),
  forget: () => does("forget", {}, () => { map.forget(); state.tab = "walk"; toast(say("page-told-forgotten")); }),
};

document.addEventListener("click", (event) => {
  const pressed = event.target.closest?.("[data-act]");
  if (!pressed || pressed.disabled) return;
  acts[pressed.dataset.act]?.(pressed.dataset);
  changed();
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  enter(by("code").value);
});
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() === "u" && !event.target.closest?.("input") && !event.metaKey && !event.ctrlKey && state.view) acts.undo({});
});
holds({
  done: (name) => { state.armed = null; acts[name](); },
  arm: (name) => {
    const meant = state.armed === name;
    state.armed = meant ? null : name;
    if (meant) acts[name]();
    else setTimeout(() => { if (state.armed === name) { state.armed = null; changed(); } }, 6000);
    changed();
  },
});
addEventListener("offline", () => { if (state.view) reached(false); });
setInterval(() => { if (state.view && !document.hidden) changed(); }, 5000); // "20 s ago" goes on by itself

function readable(hash) {
  try {
    return decodeURIComponent(hash);
  } catch {
    return hash;
  }
}

rendersBy(render);
const code = readable(location.hash.slice(1));
if (location.hash) history.replaceState(null, "", location.pathname + location.search);
await learn(document.documentElement.lang);
if (code) await enter(code);
else if (performance.getEntriesByType("navigation")[0]?.type === "reload") state.problem = say("page-sign-in-anew");
changed();
