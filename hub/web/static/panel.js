// The details of one camera beside the map.
import { words } from "./words.js";

const panel = document.getElementById("panel");
let wanted = null;

// Fetches and shows them, and takes the focus; what comes after another camera was chosen is dropped. `onTold` gets what
// they say for the map to draw.
export async function openPanel(id, onClose, onTold) {
  wanted = id;
  let content;
  try {
    const answer = await fetch(`/cameras/${encodeURIComponent(id)}`, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    content = document.createRange().createContextualFragment(await answer.text());
  } catch {
    content = document.createElement("p");
    content.textContent = words.noDetails;
  }
  if (wanted !== id) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "close";
  button.textContent = words.close;
  button.addEventListener("click", onClose);
  panel.replaceChildren(button, content);
  panel.setAttribute("aria-labelledby", "detail-title");
  panel.scrollTop = 0;
  panel.hidden = false;
  panel.focus();
  const { drawn } = panel.querySelector("[data-drawn]")?.dataset ?? {};
  if (drawn) onTold(id, JSON.parse(drawn));
}

export function closePanel() {
  wanted = null;
  panel.hidden = true;
  panel.replaceChildren();
}
