// What several of the page's views are made of.
import { h, icon } from "./dom.js";
import { changed, numbered, numberOfKey, since, state } from "./state.js";
import { ago, distance, knows, say, told, towards } from "./words.js";
import { get } from "./net.js";

export const TAGS = ["dome", "fixed", "panning", "alpr", "pole", "wall", "gone"];
export const RARE = ["panoramic", "multi_sensor", "gunshot_detector", "ceiling", "street_lamp", "tree"];
const ONE_OF = [["dome", "fixed", "panning", "panoramic", "multi_sensor"], ["alpr", "gunshot_detector"], ["pole", "wall", "ceiling", "street_lamp", "tree"]];

export const tagName = (word) => (knows(`page-tag-${word}`) ? say(`page-tag-${word}`) : word);

// The tags after one was pressed: what excludes it goes.
export function toggled(words, word) {
  if (words.includes(word)) return words.filter((one) => one !== word);
  const excluded = ONE_OF.find((group) => group.includes(word)) ?? [];
  return [...words.filter((one) => !excluded.includes(one)), word];
}

export function button(act, label, { sign, ...attributes } = {}, ...more) {
  return h("button", { type: "button", "data-act": act, ...attributes }, sign ? icon(sign) : null, label === null ? null : h("span", {}, label), ...more);
}

// The chips of the tags: `act` is called with the word, for `number` or the next photo. The rarer ones take the place of the
// others, so that nothing is pushed out of reach; how many of them are chosen is said on the button behind which they are.
export function tags(words, number) {
  return h("div", { class: state.rare ? "tags rare" : "tags", role: "group", "aria-label": say(number === null ? "page-tags-next" : "page-tags-of", { n: number ?? 0 }) },
    (state.rare ? RARE : TAGS).map((word) => button("tag", tagName(word), { class: "tag", "data-key": word, "data-word": word, "data-number": number, "aria-pressed": String(words.includes(word)) })),
    state.rare ? button("untag", say("page-tag-none"), { class: "tag none", "data-key": "none", "data-number": number, disabled: words.length === 0 }) : null,
    button("rare", behind(words), { class: "tag none", "data-key": "rare", "aria-expanded": String(state.rare) }));
}

function behind(words) {
  const chosen = words.filter((word) => (state.rare ? TAGS : RARE).includes(word)).length;
  return `${say(state.rare ? "page-tags-back" : "page-tags-more")}${chosen ? ` (${chosen})` : ""}`;
}

// Pictures of photos, as the browser holds them for this page: the newest few, in memory.
const MOST_PICTURES = 24;
const pictures = new Map();

export function picture(number, label, attributes = {}) {
  const url = pictures.get(number);
  if (url === undefined) fetchPicture(number);
  return url ? h("img", { src: url, alt: label, ...attributes }) : h("span", { class: "blank", ...attributes }, icon("album"));
}

async function fetchPicture(number) {
  pictures.set(number, null);
  if (pictures.size > MOST_PICTURES) drop(pictures.keys().next().value);
  try {
    pictures.set(number, URL.createObjectURL(await get(`/picture/${number}`)));
    changed();
  } catch {
    setTimeout(() => pictures.get(number) === null && pictures.delete(number), 5000); // asked for again then
  }
}

function drop(number) {
  if (pictures.get(number)) URL.revokeObjectURL(pictures.get(number));
  pictures.delete(number);
}

// A picture of a walk that was forgotten, or that the probe no longer has, is not held here either.
export function keepPictures() {
  for (const number of [...pictures.keys()]) if (!numbered(number)?.picture) drop(number);
}

export function what(one) {
  if (one.words.length) return one.words.map(tagName).join(", ");
  const heard = one.key === undefined ? undefined : state.view.heard.find(({ key }) => key === one.key);
  return heard ? say("page-told-heard", { name: named(heard) }) : say(`page-thing-${one.thing}`);
}

export function thumbnail(one) {
  if (one.picture && !one.undone) return picture(one.number, say("page-picture", { n: one.number }), { class: "thumb" });
  return h("span", { class: "thumb blank" }, icon(one.thing === "heard" ? "heard" : one.thing === "pin" ? "pin" : "album"));
}

export const maker = (heard) => heard.vendor ?? say(heard.bluetooth ? "page-some-bluetooth" : "page-some-camera");

// Eight of one maker are told apart by their numbers.
export function named(heard) {
  const n = numberOfKey(heard.key);
  return n === null ? maker(heard) : say("page-numbered", { n, name: maker(heard) });
}

export function why(heard) {
  return heard.why.length ? told(heard.why[0]) : say(heard.rule);
}

const COLD_DBM = -95;
const HOT_DBM = -35;

// How near: a bar and a word, never the bar alone.
export function meter(heard) {
  const old = since(heard.ago_s) > 15;
  const share = heard.signal_dbm === undefined ? 0 : Math.max(0.02, Math.min(1, (heard.signal_dbm - COLD_DBM) / (HOT_DBM - COLD_DBM)));
  const word = old ? say("page-silent", { ago: ago(since(heard.ago_s)) }) : say(`page-${heard.trend ?? "same"}`);
  const level = heard.signal_dbm === undefined ? word : `${word}, ${say("page-dbm", { n: heard.signal_dbm })}`;
  return h("div", { class: `hotcold is-${old ? "silent" : (heard.trend ?? "same")}` },
    h("p", { class: "trend" }, word),
    h("div", { class: "bar", role: "meter", "aria-label": say("page-meter", { name: named(heard) }), "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(share * 100)), "aria-valuetext": level, vars: { "--share": String(old ? 0 : share) } },
      h("span", { class: "fill" })),
    h("p", { class: "ends", "aria-hidden": "true" }, h("span", {}, say("page-cold")), h("span", {}, heard.signal_dbm === undefined ? "" : say("page-dbm", { n: heard.signal_dbm })), h("span", {}, say("page-hot"))));
}

// What a place to stand is for, where it is for something that was heard.
export function standTitle(one) {
  const n = one.key === undefined ? null : numberOfKey(one.key);
  return n === null ? say("page-next") : say("page-next-for", { n });
}

// Which way: by the walker's own direction where the probe knows it, else by the compass in words.
export function stand(one, numbering = false) {
  const n = numbering && one.key !== undefined ? numberOfKey(one.key) : null;
  const heading = state.view?.here?.heading_deg;
  const turn = Math.round(heading === undefined ? one.bearing_deg : one.bearing_deg - heading);
  const go = one.distance_m < 8 ? say("page-stand-here") : say("page-stand", { metres: distance(one.distance_m), towards: towards(one.bearing_deg) });
  return h("div", { class: "stand" },
    h("div", { class: `compass${heading === undefined ? " of-north" : ""}`, vars: { "--turn": `${turn}deg` }, "aria-hidden": "true" },
      heading === undefined ? h("b", {}, say("page-north")) : null, icon("arrow")),
    h("div", {},
      h("p", { class: "go" }, n === null ? go : say("page-numbered", { n, name: go })),
      h("p", {}, told(one.note))));
}

export function hint(text, sign = "walk") {
  return h("p", { class: "hint" }, icon(sign), h("span", {}, text));
}
