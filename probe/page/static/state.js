// What the page knows at this moment, in memory alone.
export const state = {
  view: null,
  at: 0, // when the view came, by performance.now()
  reach: true,
  tab: "walk",
  finder: false,
  tagging: "next", // what the tags are for: the next photo, or a number
  rare: false, // the rarer tags are shown
  picked: null, // of the album
  buzz: false,
  problem: null, // of signing in
  unheard: new Set(), // keys of what was heard since the list was last looked at
  wish: null, // the key that is to be followed, until the probe says so
  letGo: false, // the walker ended the following
  followTold: null, // why following ended or cannot be: { text, at }
  armed: null, // what a second press would do, for who cannot hold
};

let render = () => {};
let asked = false;

export function rendersBy(function_) {
  render = function_;
}

// Show what is known now, once, before the next frame.
export function changed() {
  if (asked) return;
  asked = true;
  const draw = () => { asked = false; render(); };
  if (document.hidden) setTimeout(draw, 50);
  else requestAnimationFrame(draw);
}

// Tags that were pressed here, by the number of their photo (null: the next), until the probe shows the same: a view that
// was on its way meanwhile must not take the last press back.
const MINE_MS = 4000;
const pressed = new Map();

export function press(number, words) {
  pressed.set(number, { words, at: performance.now() });
  overlay(state.view);
}

export function unpress(number) {
  pressed.delete(number);
}

function overlay(view) {
  for (const [number, { words, at }] of pressed) {
    const one = number === null ? view : view.lately.find((each) => each.number === number);
    if (!one || performance.now() - at > MINE_MS || String(one.words) === String(words)) pressed.delete(number);
    else one.words = words;
  }
}

// The number of each transmitter, by when it was first heard: the list, the map and the proposals name it by this.
const numbers = new Map();

function count(view) {
  if (!view.tally.heard && !view.heard.length) numbers.clear(); // forgotten, or another walk
  const keys = [...view.lately.filter(({ key }) => key !== undefined).reverse(), ...view.heard].map(({ key }) => key);
  for (const key of keys) if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
}

export const numberOfKey = (key) => numbers.get(key) ?? null;

// A view with what the probe leaves out because it is nothing.
export function whole(view) {
  for (const name of ["heard", "lately", "stands", "checks", "words", "advice"]) view[name] ??= [];
  for (const name of ["seconds", "metres", "photos", "pins", "heard", "cells", "kept_back", "hidden", "delivered", "lost"]) view.tally[name] ??= 0;
  view.heard = view.heard.map((one) => ({ why: [], sure: false, trend: "same", ago_s: 0, followed: false, ...one }));
  view.lately = view.lately.map((one) => ({ words: [], undone: false, undoable: false, picture: false, ...one }));
  count(view);
  view.machine ??= {};
  overlay(view);
  return view;
}

// Seconds since something that was `ago_s` old when the view came.
export const since = (ago) => ago + (performance.now() - state.at) / 1000;

export const happened = () => state.view.lately.filter((one) => one.thing !== "heard");
export const last = () => state.view?.lately.find((one) => one.thing !== "heard" && !one.undone) ?? null;
export const numbered = (number) => state.view?.lately.find((one) => one.number === number) ?? null;
export const undoable = () => state.view?.lately.find((one) => one.undoable && !one.undone) ?? null;
export const walking = () => ["walking", "starting"].includes(state.view?.phase);
export const forgotten = () => state.view?.advice.some(({ code }) => code === "walk-forgotten") ?? false;
export const onWorkbench = () => state.view?.hidden === "workbench"; // nothing is kept, and nobody walks
export const over = () => ["ending", "ended"].includes(state.view?.phase);
// What is to be known beside the walk: of walks before it. Why following ended stands where it was begun.
export const besides = (view) => (view.told ?? []).filter(({ code }) => code !== "following-lost");
