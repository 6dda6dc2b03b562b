// Changes as they happen, and a sentence on the page while they cannot come.
import { counted, words } from "./words.js";

const AGAIN_MS = 3000, SILENT_MS = 45000, LOOK_MS = 5000, SPEAK_MS = 2000;

// `onHello` is called each time the hub is there (again): what happened before is to be asked for.
export function listen({ onChange, onHello }) {
  let events, heard;
  const still = () => { heard = Date.now(); };
  const open = () => {
    events?.close();
    still();
    events = new EventSource("/api/events");
    events.addEventListener("hello", () => { still(); show(true); tellReading().finally(onHello); });
    events.addEventListener("still", still);
    events.addEventListener("cameras", (event) => {
      still();
      const news = JSON.parse(event.data);
      if (news.reload) return tellReading().finally(onHello);
      tell(news.status);
      onChange(news);
    });
    events.addEventListener("error", ({ target }) => {
      show(false);
      askAgain(target);
      // A browser tries again by itself after a cut, but never after an answer that is no stream, as a proxy's is.
      if (target.readyState === EventSource.CLOSED) setTimeout(() => { if (target === events) open(); }, AGAIN_MS);
    });
  };
  open();
  // A hub that is gone without a goodbye sends nothing, not even that it is still there.
  setInterval(() => {
    if (Date.now() - heard > SILENT_MS && events.readyState === EventSource.OPEN) { show(false); open(); }
  }, LOOK_MS);
  addEventListener("pagehide", () => events.close());
  addEventListener("pageshow", ({ persisted }) => { if (persisted) open(); });
}

// Whoever was signed out meanwhile sees the form for signing in.
async function askAgain({ readyState }) {
  if (readyState !== EventSource.CLOSED) return;
  const answer = await fetch("/api/status").catch(() => null);
  if (answer?.status === 401) location.reload();
}

function show(live) {
  const status = document.getElementById("status").classList;
  status.toggle("is-live", live);
  status.toggle("is-lost", !live);
  document.getElementById("live").textContent = live ? words.live : words.offline;
  document.getElementById("lost").hidden = live;
}

// Whether the hub still reads its log again, where this page says so: it may have ended unheard.
async function tellReading() {
  if (document.getElementById("reading").hidden) return;
  const answer = await fetch("/api/status").catch(() => null);
  if (answer?.ok) tell(await answer.json());
}

function tell(status) {
  const reading = document.getElementById("reading");
  reading.hidden = status.reading === null;
  if (!reading.hidden) reading.textContent = words.reading.replace("{percent}", status.reading);
  document.getElementById("count").textContent = counted({ one: "{n}", many: "{n}" }, status.cameras);
  document.getElementById("count-word").textContent = counted(words.cameras, status.cameras);
  document.getElementById("sightings").textContent = counted(words.sightings, status.sightings);
  // A page that was open before the first sighting came must say it as well.
  document.getElementById("composed").hidden = !status.composed;
  if (reading.hidden) speak(counted(words.camerasN, status.cameras));
}

// The number by ear: the latest, and not one for every sighting.
let spoken = null, speaking = false;
function speak(text) {
  spoken = text;
  if (speaking) return;
  speaking = true;
  setTimeout(() => { speaking = false; document.getElementById("spoken").textContent = spoken; }, SPEAK_MS);
}
