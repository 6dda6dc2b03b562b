// Keeps the list up to date: at most once a second, however fast sightings come in.
import { listen } from "./live.js";

let waiting = false;
const refresh = () => {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    document.getElementById("list").dispatchEvent(new Event("cameras-changed"));
  }, 1000);
};
listen({ onChange: refresh, onAgain: refresh });
