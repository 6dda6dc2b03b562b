// The map on paper: what is seen now as a picture, the cameras in view as a list, the sources, and the day. A browser
// prints what the page holds, and of a map that WebGL draws it holds nothing; so its picture is put there in time.
import { language, put, words } from "./words.js";

export function readyToPrint({ picture, rows }) {
  const sheet = document.getElementById("printed");
  addEventListener("beforeprint", () => {
    const day = new Date().toLocaleDateString(language, { year: "numeric", month: "long", day: "numeric" });
    const image = document.createElement("img"), list = document.createElement("ol"), foot = document.createElement("p");
    const shown = picture();
    image.alt = "";
    if (shown) image.src = shown;
    list.replaceChildren(...rows().map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
    const sources = document.querySelector(".maplibregl-ctrl-attrib-inner")?.textContent ?? words.outlines;
    foot.textContent = `${put(words.printedOn, { day })} · ${sources} · ${location.origin}${location.pathname}`;
    sheet.replaceChildren(...(shown ? [image] : []), list, foot);
  });
  addEventListener("afterprint", () => sheet.replaceChildren());
  document.getElementById("print").addEventListener("click", () => print());
}
