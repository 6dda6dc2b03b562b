// Says what happens: in a line that stays a while, to screen readers, and by the phone's own buzzer where that is wanted.
import { button, named } from "./bits.js";
import { h, show } from "./dom.js";
import { numbered, over, state } from "./state.js";
import { say, told } from "./words.js";

const STAYS_MS = 5000;
const UNDOABLE_MS = 8000;
const HEARD_MS = [80, 60, 80];
let timer = null;
let line = null; // { text, number, bad }

export function toast(text, { number = null, bad = false } = {}) {
  line = { text, number, bad };
  draw();
  clearTimeout(timer);
  timer = setTimeout(fade, number === null ? STAYS_MS : UNDOABLE_MS);
}

// What is read may not vanish under a finger.
function fade() {
  if (document.getElementById("toast").matches(":focus-within")) timer = setTimeout(fade, STAYS_MS);
  else quiet();
}

export function quiet() {
  line = null;
  draw();
}

function draw() {
  const undoing = line?.number !== null && line && numbered(line.number)?.undoable && !numbered(line.number).undone;
  show(document.getElementById("toast"), line
    ? h("div", { class: line.bad ? "line bad" : "line" }, h("p", {}, line.text),
        undoing ? button("undo", say(`page-undo-${numbered(line.number).thing}`), { class: "second", sign: "undo", "data-number": line.number }, h("kbd", { "aria-hidden": "true" }, "U")) : null)
    : []);
}

export function alarm(text) {
  document.getElementById("alarm").textContent = text;
}

export const whyHidden = (view) => `page-hidden-${view.hidden}`;

// Who is new among what is heard is counted on its tab, and told by ear in one sentence: nothing is covered by it.
function tellHeard(before, now) {
  if (state.tab === "heard") state.unheard.clear();
  if (now.hidden) return;
  const known = new Set(before.heard.map(({ key }) => key));
  const had = new Set(before.lately.map(({ key }) => key));
  const fresh = now.heard.filter(({ key }) => !known.has(key) && !had.has(key));
  if (!fresh.length) return;
  if (state.tab !== "heard") for (const { key } of fresh) state.unheard.add(key);
  document.getElementById("news").textContent = say("page-told-heard", { name: fresh.map(named).join(", ") });
  if (state.buzz) navigator.vibrate?.(HEARD_MS);
}

export function toldOfFollowing(text) {
  state.followTold = { text, at: performance.now() };
  if (state.tab === "heard") alarm(text);
  else toast(text);
}

// Following that began, and why it ended where the walker did not end it.
function tellFollowed(before, now) {
  const was = before.heard.find(({ followed }) => followed);
  const is = now.heard.find(({ followed }) => followed);
  if (is) {
    state.followTold = state.wish = null;
    if (is.key !== was?.key) alarm(say("page-told-followed", { name: named(is) }));
  } else if (was) {
    const there = now.heard.find(({ key }) => key === was.key);
    if (!state.letGo && now.phase === "walking") toldOfFollowing(say(there && there.ago_s < 20 ? "page-told-let-go" : "page-told-gone", { name: named(was) }));
    state.letGo = false;
  }
}

// Compare two views, and say what is new.
export function tellNews(before, now) {
  draw();
  if (!before) return;
  tellHeard(before, now);
  tellFollowed(before, now);
  const had = new Map(before.lately.map((one) => [one.number, one]));
  for (const one of now.lately) {
    const was = had.get(one.number);
    if (one.thing === "heard" || one.undone || (was && was.note?.code === one.note?.code)) continue;
    if (one.note) toast(told(one.note), { number: one.number });
  }
  if (before.phase !== now.phase && ["paused", "walking", "ended"].includes(now.phase)) alarm(say(`page-phase-${now.phase}`));
  if (before.hidden !== now.hidden) alarm(now.hidden ? say(whyHidden(now)) : over() ? "" : say("page-hidden-over"));
  const worse = now.parts.find((part) => part.health === "trouble" && before.parts.find(({ name }) => name === part.name)?.health !== "trouble");
  if (worse) alarm(say("page-of", { what: say(`page-part-${worse.name}`), told: worse.note ? told(worse.note) : say("page-health-trouble") }));
  if (now.power?.low && !before.power?.low) alarm(say("page-power-low"));
}
