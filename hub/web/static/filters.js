// Which cameras are shown: by kind, by where each stands, by when it was seen or heard last, by how well its place is
// known. The hub files cameras in its tiles by the same words (hub/web/filters.py).
import { KINDS } from "./icons.js";
import { counted, language, put, words } from "./words.js";

export const STANDINGS = ["confirmed", "waiting", "hint", "follow-up", "gone"];
const HIDDEN_AT_FIRST = ["gone"];
const AGES = ["30", "180", "365", "older"], DOUBTS = ["10", "25", "50", "more"];
const DAY_MS = 86_400_000;

export function defaults() {
  return { kinds: null, standings: STANDINGS.filter((one) => !HIDDEN_AT_FIRST.includes(one)), age: "any", doubt: "any" };
}

// The one thing that matters most about a camera for whoever works with the map.
export function standingOf({ gone, follow_up: followUp, review, standing }) {
  if (gone) return "gone";
  if (followUp) return "follow-up";
  if (review === "confirmed") return "confirmed";
  return standing === "hint" ? "hint" : "waiting";
}

export function matches(properties, state, today = Date.now()) {
  if (state.kinds && !state.kinds.includes(properties.title_kind)) return false;
  if (!state.standings.includes(standingOf(properties))) return false;
  if (state.age !== "any") {
    if (!properties.last_seen) return false;
    const days = (today - Date.parse(properties.last_seen)) / DAY_MS;
    if (state.age === "older" ? days <= 365 : days > Number(state.age)) return false;
  }
  if (state.doubt === "any") return true;
  const radius = properties.radius95_m;
  return state.doubt === "more" ? radius > 50 : radius <= Number(state.doubt);
}

// As parts of an address, and back; what is as at first is not said, and what makes no sense is passed over.
export function written(state) {
  const first = defaults(), parts = {};
  if (state.kinds) parts.kind = state.kinds.join(",");
  if (state.standings.join() !== first.standings.join()) parts.standing = state.standings.join(",");
  if (state.age !== first.age) parts.age = state.age;
  if (state.doubt !== first.doubt) parts.doubt = state.doubt;
  return parts;
}

export function read(parts) {
  const state = defaults();
  const some = (name, known) => {
    const said = parts.get(name);
    return said === null ? null : known.filter((one) => said.split(",").includes(one));
  };
  state.kinds = some("kind", KINDS);
  state.standings = some("standing", STANDINGS) ?? state.standings;
  if (AGES.includes(parts.get("age"))) state.age = parts.get("age");
  if (DOUBTS.includes(parts.get("doubt"))) state.doubt = parts.get("doubt");
  return state;
}

// The box on the page. `onChange` is called with the state after each change by the reader.
export class FilterBox {
  constructor(box, state, onChange) {
    this.box = box;
    this.onChange = onChange;
    this.show(state);
    box.addEventListener("change", () => this.take());
    box.querySelector("#filters-reset").addEventListener("click", () => { this.show(defaults()); this.take(); });
  }

  show(state) {
    this.state = state;
    const kinds = KINDS.map((kind) => check("kind", kind, words.kinds[kind], !state.kinds || state.kinds.includes(kind)));
    const standings = STANDINGS.map((one) => check("standing", one, words.filter[one.replace("-", "_")], state.standings.includes(one)));
    this.box.querySelector("#filters-fields").replaceChildren(
      group(words.filters.standings, standings), group(words.filters.kinds, kinds),
      choice("age", words.filters.age, AGES, state.age), choice("doubt", words.filters.doubt, DOUBTS, state.doubt),
    );
  }

  take() {
    const checked = (name) => [...this.box.querySelectorAll(`input[name="${name}"]:checked`)].map(({ value }) => value);
    const kinds = checked("kind");
    this.state = {
      kinds: kinds.length === KINDS.length ? null : kinds,
      standings: checked("standing"),
      age: this.box.querySelector("[name=age]").value,
      doubt: this.box.querySelector("[name=doubt]").value,
    };
    this.onChange(this.state);
  }

  // How many of all are shown, null where only the hub knows; where not all are, the closed box says so as well.
  tell(shown, total) {
    const text = shown === null ? "" : put(words.filtersShown, { n: shown.toLocaleString(language), total: total.toLocaleString(language) });
    this.box.querySelector("#filters-count").textContent = shown === total ? counted(words.camerasN, total) : text;
    this.box.classList.toggle("is-narrowed", Object.keys(written(this.state)).length > 0);
  }
}

function check(name, value, text, checked) {
  const label = document.createElement("label"), input = document.createElement("input");
  Object.assign(input, { type: "checkbox", name, value, checked });
  label.append(input, ` ${text}`);
  return label;
}

function group(title, labels) {
  const set = document.createElement("fieldset"), legend = document.createElement("legend");
  legend.textContent = title;
  set.append(legend, ...labels);
  return set;
}

function choice(name, title, values, chosen) {
  const label = document.createElement("label"), select = document.createElement("select");
  select.name = name;
  for (const value of ["any", ...values]) {
    const option = document.createElement("option");
    option.value = value;
    option.textContent = value === "any" ? words.filter.any : words.filter[`${name}_${value}`];
    option.selected = value === chosen;
    select.append(option);
  }
  label.append(`${title} `, select);
  return label;
}
