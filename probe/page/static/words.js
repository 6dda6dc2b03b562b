// The page's sentences, in the language that was chosen: fetched from the probe, put in as text.
let said = {};
let plural = new Intl.PluralRules("en");
export let language = "en";

export async function learn(wanted) {
  const answer = await fetch(`/words/${wanted}`);
  if (!answer.ok) throw new Error("no words");
  said = await answer.json();
  language = wanted;
  plural = new Intl.PluralRules(wanted);
  document.documentElement.lang = wanted;
}

export const knows = (code) => Object.hasOwn(said, code);
export const number = (value, digits = 0) => value.toLocaleString(language, { maximumFractionDigits: digits });

// A sentence by its code: `{n}` writes a value, `{n:camera|cameras}` takes the word that agrees with it.
export function say(code, values = {}) {
  return (knows(code) ? said[code] : code).replaceAll(/\{([a-z_]+)(?::([^{}|]*)\|([^{}|]*))?\}/g, (_, name, one, many) => {
    const value = values[name];
    if (one !== undefined) return plural.select(Number(value ?? 0)) === "one" ? one : many;
    return value === undefined || value === null ? "–" : typeof value === "number" ? number(value, 1) : String(value);
  });
}

// What the probe wants to say: in our words where we have them, else as its part says it.
export const told = (note) => (!note ? "" : knows(note.code) ? say(note.code, note.values) : (note.detail ?? note.code));

export function distance(metres) {
  if (metres >= 950) return `${number(metres / 1000, 1)}\u00a0km`;
  return `${number(metres < 20 ? Math.round(metres) : Math.round(metres / 5) * 5)}\u00a0m`;
}

export function ago(seconds) {
  if (seconds < 5) return say("page-now");
  if (seconds < 90) return say("page-seconds-ago", { n: Math.round(seconds) });
  if (seconds < 5400) return say("page-minutes-ago", { n: Math.round(seconds / 60) });
  return say("page-hours-ago", { n: Math.round(seconds / 3600) });
}

export function lasting(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${number(minutes)}\u00a0min`;
  return `${number(Math.floor(minutes / 60))}\u00a0h\u00a0${String(minutes % 60).padStart(2, "0")}`;
}

export function octets(count) {
  const unit = language === "fr" ? "Mo" : "MB";
  return `${number(count / 1e6, 1)}\u00a0${unit}`;
}

// One of eight points of the compass, in full.
export const towards = (bearing) => say("page-compass").split("|")[Math.round((((bearing % 360) + 360) % 360) / 45) % 8];
