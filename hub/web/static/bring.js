// Sends what was dropped, one at a time and as it is: each is a request whose body is the file's octets. Then asks how
// far the hub is with it.
import { put } from "./words.js";

const ASK_MS = 400, AGAIN_MS = 2500, TRIES = 40;
const START = 32;
export const texts = JSON.parse(document.getElementById("adding-words").textContent);

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Whether a file is a photo, by its first octets: its name and type are what somebody called it.
export async function isPhoto(file) {
  const start = new Uint8Array(await file.slice(0, START).arrayBuffer());
  const text = String.fromCharCode(...start);
  return text.startsWith("\xff\xd8\xff") || text.startsWith("\x89PNG") || text.startsWith("II*\0") || text.startsWith("MM\0*")
    || text.startsWith("GIF8") || (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") || text.slice(4, 8) === "ftyp";
}

// The hub's answer about one file: { said, taken, undo, ... }, or { said, failed: true }. `tell` gets a stage and a share.
export async function bring(file, { photo, drop, place, again }, tell) {
  const query = new URLSearchParams({ name: file.name });
  if (photo) query.set("drop", drop);
  if (place) { query.set("lat", place.lat); query.set("lon", place.lon); }
  if (again) query.set("again", "1");
  for (let tries = 0; ; tries += 1) {
    const { status, body } = await send(`/add/${photo ? "photos" : "files"}?${query}`, file, tell);
    if (status === 202) return watch(body.id, photo, tell);
    if (status !== 503 || tries >= TRIES) return failed(body?.problem ?? (status ? texts.foreign : texts.offline));
    tell(body?.problem ?? texts.full, null);
    await pause(AGAIN_MS);
  }
}

const failed = (sentence) => ({ said: [sentence], failed: true });

// XMLHttpRequest, as fetch does not say how much of a body has gone.
function send(address, file, tell) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "json";
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      const share = total ? loaded / total : 0;
      tell(put(texts.stage_coming, { n: Math.round(share * 100) }), share);
    });
    request.addEventListener("loadend", () => resolve({ status: request.status, body: request.response }));
    request.send(file);
  });
}

async function watch(id, photo, tell) {
  for (let lost = 0; lost < 10; ) {
    let answer, state;
    try {
      answer = await fetch(`/add/jobs/${id}`, { cache: "no-store" });
      state = await answer.json();
    } catch {
      lost += 1;
      await pause(AGAIN_MS);
      continue;
    }
    if (!answer.ok) return failed(state.problem ?? texts.lost);
    lost = 0;
    if (state.stage === "done") return state;
    tell(...stage(state, photo));
    await pause(ASK_MS);
  }
  return failed(texts.offline);
}

function stage({ stage, share, lines }, photo) {
  if (stage === "taking") return [put(texts.stage_taking, { n: lines }), share];
  if (stage !== "reading") return [texts.stage_waiting, null];
  return [put(photo ? texts.stage_reading_photo : texts.stage_reading_file, { n: Math.round(share * 100) }), share];
}

// A JSON request: { ok, status, ...answer }; a sentence in `problem` where it was not done.
export async function ask(address, fields) {
  try {
    const answer = await fetch(address, {
      method: "POST", body: JSON.stringify(fields), headers: { "content-type": "application/json" },
    });
    const body = await answer.json().catch(() => ({ problem: texts.foreign }));
    return { ...body, ok: answer.ok, status: answer.status };
  } catch {
    return { ok: false, status: 0, problem: texts.offline };
  }
}
