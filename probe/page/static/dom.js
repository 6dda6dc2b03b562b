// Elements without markup: whatever comes from the air or from the probe is text, never HTML.
const SVG = "http://www.w3.org/2000/svg";
const DRAWN = new Set(["svg", "path", "circle", "g"]);

// An element with attributes; `vars` are CSS custom properties. Children that are null or false are left out.
export function h(tag, attributes = {}, ...children) {
  const element = DRAWN.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "vars") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

// Make what is shown like what was just made, and leave alone what is so already: a finger that is down on a button, the
// focus, a scrolled list all stay. Elements with `data-own` keep their inside and their own attributes.
export function show(parent, ...fresh) {
  children(parent, fresh.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false));
}

const keyOf = (node) => (node.nodeType === 1 ? node.getAttribute("data-key") : null);
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

function children(parent, fresh) {
  let at = parent.firstChild;
  for (const node of fresh) {
    const wanted = typeof node === "string" ? document.createTextNode(node) : node;
    let found = at;
    if (keyOf(wanted) !== null) while (found && !alike(found, wanted)) found = found.nextSibling;
    if (found && alike(found, wanted)) {
      while (at !== found) { const gone = at; at = at.nextSibling; gone.remove(); }
      at = found.nextSibling;
      sync(found, wanted);
    } else parent.insertBefore(wanted, at);
  }
  while (at) { const gone = at; at = at.nextSibling; gone.remove(); }
}

function sync(live, fresh) {
  if (live.nodeType !== 1) {
    if (live.data !== fresh.data) live.data = fresh.data;
    return;
  }
  if (live.hasAttribute("data-own")) return;
  for (const { name, value } of [...fresh.attributes]) {
    if (name !== "style" && live.getAttribute(name) !== value) live.setAttribute(name, value);
  }
  for (const { name } of [...live.attributes]) if (name !== "style" && !fresh.hasAttribute(name)) live.removeAttribute(name);
  if (live.style.cssText !== fresh.style.cssText) live.style.cssText = fresh.style.cssText;
  if (live.nodeName === "PROGRESS" && fresh.hasAttribute("value")) live.value = Number(fresh.getAttribute("value"));
  children(live, [...fresh.childNodes]);
}

const PATHS = {
  walk: "M13 4a2 2 0 1 0 0-.1M9 21l3-7-2-3 1-4 4 2 3 2M12 14l4 7M11 7 8 9l-1 4",
  map: "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
  heard: "M12 12v.1M8.5 15.5a5 5 0 0 1 0-7M15.5 8.5a5 5 0 0 1 0 7M5.6 18.4a9 9 0 0 1 0-12.8M18.4 5.6a9 9 0 0 1 0 12.8",
  album: "M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.5 9.5v.1",
  kit: "M4 8h16v11H4zM9 8V5h6v3M4 13h16",
  finder: "M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M12 9a3 3 0 1 0 .1 0",
  pin: "M12 21s7-6.5 7-11a7 7 0 0 0-14 0c0 4.500 7 11 7 11zM12 8a2 2 0 1 0 .1 0",
  undo: "M9 7L4 12l5 5M4 12h10a6 6 0 0 1 0 8",
  pause: "M8 5v14M16 5v14",
  go: "M7 5l12 7-12 7z",
  arrow: "M12 3l6 16-6-4-6 4z",
  near: "M12 5v14M5 12h14",
  far: "M5 12h14",
  middle: "M12 8a4 4 0 1 0 .1 0M12 2v4M12 18v4M2 12h4M18 12h4",
  good: "M5 13l5 5L20 7",
  bad: "M6 6l12 12M18 6L6 18",
  warn: "M12 4l9 16H3zM12 10v5M12 17.500v.1",
  wait: "M12 4a8 8 0 1 0 .1 0M12 8v4l3 2",
  charge: "M4 8h14v8H4zM21 11v2M7 11v2M10 11v2",
  end: "M6 6h12v12H6z",
  back: "M15 5l-7 7 7 7",
};

export function icon(name, attributes = {}) {
  return h("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", ...attributes }, h("path", { d: PATHS[name] }));
}
