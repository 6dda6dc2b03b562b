// The probe itself: how its parts are, its self-test, its compass, the end of a walk.
import { button, hint } from "./bits.js";
import { h, icon } from "./dom.js";
import { get } from "./net.js";
import { besides, changed, forgotten, onWorkbench, over, state } from "./state.js";
import { distance, knows, language, lasting, number, octets, say, told } from "./words.js";

const SIGNS = { good: "good", starting: "wait", trouble: "warn", absent: "far" };

export function kit() {
  const { parts, power, machine, software } = state.view;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("page-kit") },
    h("ul", { class: "rows parts" }, parts.map((part) => h("li", { class: `is-${part.health}`, "data-key": part.name },
      icon(SIGNS[part.health]), h("div", {}, h("h2", {}, say(`page-part-${part.name}`)), h("p", {}, part.note ? told(part.note) : say(`page-health-${part.health}`)))))),
    power ? h("p", { class: "plain-line" }, battery(power)) : null,
    h("p", { class: "plain-line" }, h("small", {}, makers(machine, software))));
}

export function battery(power) {
  const left = power.hours_left === undefined ? "" : ` ${say("page-hours-left", { n: power.hours_left })}`;
  if (power.low) return say("page-power-low") + left;
  return power.share === undefined ? say("page-power-good") + left : say("page-power-share", { n: Math.round(power.share * 100) }) + left;
}

function makers(machine, software) {
  const told = [say("page-software", { version: software })];
  if (machine?.rss_bytes !== undefined) told.push(say("page-memory", { now: octets(machine.rss_bytes), peak: octets(machine.peak_rss_bytes ?? machine.rss_bytes) }));
  if (machine?.written_bytes !== undefined) told.push(say("page-written", { n: octets(machine.written_bytes) }));
  return told.join(" ");
}

export function kitDock() {
  const { parts } = state.view;
  return h("div", { class: "dock-kit", "data-key": "kit" },
    button("open", say("page-selftest"), { class: "second", sign: "good", "data-tab": "selftest" }),
    parts.some(({ name, health }) => name === "heading" && health === "absent") ? null : button("open", say("page-compass-turn"), { class: "second", sign: "middle", "data-tab": "compass" }),
    "vibrate" in navigator ? button("buzz", say(state.buzz ? "page-buzz-on" : "page-buzz-off"), { class: "second", "aria-pressed": String(state.buzz) }) : null,
    button("language", language === "fr" ? "English" : "Français", { class: "second", lang: language === "fr" ? "en" : "fr" }),
    over() || onWorkbench() ? null : held("end", "page-end", state.view.ends_shown ? "page-end-how-shown" : "page-end-how", "end"),
    onWorkbench() ? null : forgetting());
}

// Forgetting is offered for as long as nothing was handed over: after that the probe has no say.
export function forgetting() {
  if (forgotten()) return null;
  return state.view.tally.delivered > 0
    ? h("p", { class: "plain-line" }, say("page-forget-late"))
    : held("forget", "page-forget", "page-forget-how", "bad");
}

// Held for a second and a half: no pop-up, and no slip of the thumb. Who cannot hold presses twice.
export function held(act, label, how, sign) {
  return h("button", { type: "button", class: `hold ${act}`, "data-key": act, "data-hold": act, "aria-describedby": `how-${act}` },
    h("span", { class: "fill", "data-own": true }), icon(sign),
    h("span", {}, h("b", {}, say(state.armed === act ? "page-again" : label)), h("small", { id: `how-${act}` }, say(how))));
}

export function selftest() {
  const { checks } = state.view;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("page-selftest") },
    checks.length ? null : hint(say("page-selftest-how"), "good"),
    h("ul", { class: "rows parts" }, checks.map((check, index) => {
      const passed = check.passed === true ? "good" : check.passed === false ? "trouble" : "starting";
      return h("li", { class: `is-${passed}`, "data-key": `${check.name}-${index}` },
        icon(SIGNS[passed]), h("div", {}, h("h2", {}, checked(check.name), " ", h("small", { class: "badge" }, say(`page-check-${passed}`))),
          check.note ? h("p", {}, told(check.note)) : null,
          check.reference && check.passed === false ? h("p", {}, h("small", {}, say("page-reference"))) : null));
    })),
    whatItSays());
}

// What the kit says without a screen: how each sign is felt comes from the probe, once.
let signs = null;

function whatItSays() {
  if (signs === null) fetchSigns();
  return signs?.length ? h("section", { "data-key": "signs" }, h("h2", { class: "plain-line" }, say("page-signs")), h("p", { class: "plain-line" }, say("page-signs-how")),
    h("ul", { class: "rows" }, signs.map(({ sign, felt }) => h("li", { "data-key": sign },
      h("b", { class: "felt", role: "img", "aria-label": [...felt].filter((mark) => mark !== " ").map((mark) => say(mark === "•" ? "page-short" : "page-long")).join(", ") }, felt),
      h("p", {}, say(`sign-${sign}`)))))) : null;
}

async function fetchSigns() {
  signs = [];
  try {
    signs = await get("/signs");
    changed();
  } catch {
    signs = null; // asked for again with the next view
  }
}

function checked(name) {
  for (const code of [`check-${name}`, `page-part-${name}`]) if (knows(code)) return say(code);
  return name.replaceAll(/[-_]/g, " ");
}

export function compass() {
  const now = state.view.calibrating;
  if (!now) return hint(say("page-compass-how"), "middle");
  const sides = Array.from({ length: 12 }, (_, side) => h("i", { class: side < (now.seen ?? 0) ? "seen" : "" }));
  return h("div", { class: "scroll compass-turning", tabindex: "0", role: "region", "aria-label": say("page-compass-turn") },
    h("h2", {}, now.quality ? say(`page-quality-${now.quality}`) : say("page-turn")),
    now.quality ? null : h("div", { class: "eight", "aria-hidden": "true" }, h("i", {})),
    h("progress", { max: "1", value: String(now.share), "aria-label": say("page-turned", { n: Math.round(now.share * 100) }) }),
    h("p", {}, say("page-turned", { n: Math.round(now.share * 100) })),
    h("div", { class: "sides", "aria-hidden": "true" }, sides),
    h("p", {}, say("page-sides", { n: now.seen ?? 0 })),
    now.heading_sd_deg === undefined ? null : h("p", {}, say("page-heading-sd", { n: Math.round(now.heading_sd_deg) })),
    now.note ? h("p", { class: "plain-line" }, told(now.note)) : null);
}

export function subDock() {
  const turning = state.tab === "compass" && state.view.calibrating && !state.view.calibrating.quality;
  return h("div", { class: "row", "data-key": "sub" },
    button("open", say("page-back"), { class: "second", sign: "back", "data-tab": "kit" }),
    state.tab === "selftest"
      ? button("selftest", say("page-selftest-go"), { class: "main", sign: "go" })
      : button("calibrate", say(turning ? "page-compass-done" : "page-compass-go"), { class: "main", sign: turning ? "good" : "go", "data-on": turning ? "no" : "yes" }));
}

export function summary() {
  const { tally, advice, phase } = state.view;
  if (forgotten()) return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("page-summary") }, hint(say("walk-forgotten"), "good"));
  const found = advice.filter(({ code }) => FOUND.test(code));
  const better = advice.filter(({ code }) => !FOUND.test(code));
  const whole = tally.waiting === undefined ? null : tally.delivered + tally.waiting;
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": say("page-summary") },
    h("h2", { class: "big" }, say(phase === "ending" ? "page-ending" : "page-ended")),
    h("dl", { class: "tally" }, [
      ["page-tally-time", lasting(tally.seconds)], ["page-tally-way", distance(tally.metres)], ["page-tally-heard", number(tally.heard)],
      ["page-tally-photos", number(tally.photos)], ["page-tally-pins", number(tally.pins)], ["page-tally-cells", number(tally.cells)],
    ].map(([label, value]) => h("div", { "data-key": label }, h("dd", {}, value), h("dt", {}, say(label))))),
    h("section", { class: "card" }, h("h3", {}, say("page-delivery")), delivery(tally, whole),
      tally.hidden ? h("p", {}, say("page-hidden-n", { n: tally.hidden })) : null,
      besides(state.view).map((note) => h("p", { "data-key": note.code }, told(note))),
      tally.lost ? h("p", { class: "kept-back" }, say("page-lost-n", { n: tally.lost })) : null),
    notes("page-found", found), notes("page-advice", better));
}

// What a walk brought, as against what to do otherwise on the next one.
const FOUND = /^(found-|summary-|covered|hidden-|walk-)/;

function notes(title, all) {
  return all.length ? h("section", { class: "card", "data-key": title }, h("h3", {}, say(title)), h("ul", {}, all.map((note) => h("li", {}, told(note))))) : null;
}

function delivery(tally, whole) {
  if (whole === null) return h("p", {}, say("page-delivery-unknown", { n: tally.delivered }));
  if (whole === 0) return h("p", {}, say(tally.hidden ? "page-delivery-hidden" : "page-delivery-none"));
  if (tally.waiting === 0) return h("p", {}, say("page-delivery-done", { n: whole }));
  const text = say(tally.delivered ? "page-delivery-some" : "page-delivery-home", { done: tally.delivered, n: whole });
  return [h("progress", { max: String(whole), value: String(tally.delivered), "aria-label": text }), h("p", {}, text)];
}
