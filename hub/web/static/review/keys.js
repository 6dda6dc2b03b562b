// The keys of the desk: bare letters by what they print, so that they are the same letters on AZERTY and QWERTY, and
// digits by where they lie, as AZERTY prints them with shift alone. Each person may choose others.
const STORED = "review-keys";
const DEFAULTS = {
  confirm: "o", new: "n", same_a: "a", same_b: "b", same_c: "c", reject: "r", private: "p", gone: "g", follow_up: "f",
  skip: "s", undo: "u", redo: "y", tags: "t", note: "m", split: "x", apart: "d", site: "l", streets: "v", seen: "i",
  help: "h",
};
// Within the tags: first which, then what. They mean nothing elsewhere, and cannot be chosen anew.
const TAGS = {
  tag_kind: "k", tag_mount: "m", tag_direction: "d", tag_height: "h", tag_operator_type: "t", tag_operator: "o",
  tag_vendor: "v",
};

export class Keys {
  constructor() {
    let own = {};
    try { own = JSON.parse(localStorage.getItem(STORED)) ?? {}; } catch { /* nobody's choice: the usual ones */ }
    this.of = { ...DEFAULTS, ...TAGS };
    for (const action of Object.keys(DEFAULTS)) if (fits(own[action])) this.of[action] = own[action];
    // Two of one key, as a page of another version may have left them: the usual ones.
    if (new Set(Object.keys(DEFAULTS).map((action) => this.of[action])).size < Object.keys(DEFAULTS).length) this.reset();
  }

  // What a key does on the desk; null where nothing.
  action(event) {
    const key = event.key.toLowerCase();
    if (event.key === "?") return "help";
    return Object.keys(DEFAULTS).find((action) => this.of[action] === key) ?? null;
  }

  tag(event) { return Object.keys(TAGS).find((action) => TAGS[action] === event.key.toLowerCase()) ?? null; }

  // Another key for an action. Returns null where it was taken, else {wrong} or {taken: the action that has it}.
  choose(action, key) {
    const small = key.toLowerCase();
    if (!fits(small)) return { wrong: true };
    const taken = Object.keys(DEFAULTS).find((other) => other !== action && this.of[other] === small);
    if (taken) return { taken };
    this.of[action] = small;
    this.store();
    return null;
  }

  reset() {
    Object.assign(this.of, DEFAULTS);
    this.store();
  }

  store() {
    const own = Object.fromEntries(Object.keys(DEFAULTS).filter((one) => this.of[one] !== DEFAULTS[one]).map((one) => [one, this.of[one]]));
    localStorage.setItem(STORED, JSON.stringify(own));
  }

  // Writes the keys where the page shows them.
  show(root = document) {
    for (const one of root.querySelectorAll("kbd[data-key]")) one.textContent = this.of[one.dataset.key]?.toUpperCase() ?? "";
  }
}

// 1 to 9 and 0, on the row or on the pad; null for other keys.
export function digit({ code }) {
  const found = /^(?:Digit|Numpad)(\d)$/.exec(code);
  return found ? Number(found[1]) : null;
}

// Whether a key is for us: bare, pressed once, and not meant for a field that takes letters.
export function isOurs(event) {
  const { target } = event;
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return false;
  if (document.querySelector("dialog[open]")) return false;
  if (target.closest?.("textarea, select, [contenteditable]")) return false;
  return !target.matches?.("input") || ["checkbox", "radio", "button", "submit"].includes(target.type);
}

function fits(key) { return typeof key === "string" && /^\p{L}$/u.test(key) && key === key.toLowerCase(); }
