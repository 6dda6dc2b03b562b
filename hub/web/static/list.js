// Keeps the list up to date: at most once a second, however fast sightings come in.
import { listen } from "./live.js";

let waiting = false, met = false;
const refresh = () => {
  if (waiting) return;
  waiting = true;
  setTimeout(() => {
    waiting = false;
    document.getElementById("content").dispatchEvent(new Event("cameras-changed"));
  }, 1000);
};
// How far the hub is that reads its log again is no change of the list.
const take = ({ status }) => { if (status.reading === null) refresh(); };
listen({ onChange: take, onHello: () => { if (met) refresh(); met = true; } });
