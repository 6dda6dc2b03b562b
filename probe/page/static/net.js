// The way to the probe. The code and the token stay in this page's memory: closed or loaded anew, it knows neither.
const GIVE_UP_MS = 7000; // the probe says something every 4 s
const AGAIN_MS = [300, 1000, 2000, 3000];

let code = null;
let token = null;

export const signedIn = () => token !== null;
export const signOut = () => { token = code = null; };

export class Refused extends Error {
  constructor(status, told) {
    super(`refused: ${status}`);
    this.status = status;
    this.told = told ?? {};
  }
}

async function ask(path, options = {}, wait = GIVE_UP_MS) {
  const giving = new AbortController();
  const timer = setTimeout(() => giving.abort(), wait);
  try {
    const answer = await fetch(path, { ...options, signal: giving.signal, cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
    if (answer.status === 204) return null;
    const json = (answer.headers.get("content-type") ?? "").startsWith("application/json");
    const body = json ? await answer.json() : await answer.blob();
    if (!answer.ok) throw new Refused(answer.status, json ? body : {});
    return body;
  } finally {
    clearTimeout(timer);
  }
}

const json = (body) => ({ method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

// Trade the kit's code for a token. Throws Refused for a wrong one.
export async function signIn(typed) {
  token = (await ask("/sign-in", json({ code: typed }))).token;
  code = typed;
}

// As somebody who has signed in; a probe that began anew has forgotten the token, and is shown the code again.
async function own(path, options = {}, wait = GIVE_UP_MS) {
  const asked = () => ask(path, { ...options, headers: { ...options.headers, authorization: `Bearer ${token}` } }, wait);
  try {
    return await asked();
  } catch (problem) {
    if (!(problem instanceof Refused) || problem.status !== 401 || code === null) throw problem;
    await signIn(code);
    return asked();
  }
}

export const get = (path, wait) => own(path, {}, wait);
export const act = (name, body = {}) => own(`/do/${name}`, json(body), 15000);

const visible = () => document.hidden
  ? new Promise((go) => document.addEventListener("visibilitychange", go, { once: true }))
  : Promise.resolve();
const pause = (ms) => new Promise((go) => setTimeout(go, ms));

// Hear of each new view for as long as the page is looked at. `reach(false)` within seconds of the probe's falling
// silent, `reach(true)` once it answers again; `out()` where the code holds no more.
export async function follow({ view, reach, out }) {
  let serial = -1;
  let failed = 0;
  while (token !== null) {
    await visible();
    try {
      const found = await get(`/view?after=${failed ? -1 : serial}`);
      if (failed) reach(true);
      failed = 0;
      if (found) {
        serial = found.serial;
        view(found);
        await pause(250);
      }
    } catch (problem) {
      if (problem instanceof Refused && [401, 403].includes(problem.status)) {
        signOut();
        out();
        return;
      }
      if (document.hidden) continue; // a phone in a pocket lets connections go
      failed += 1;
      // One broken connection is none; one that hung until we gave up, or two, are.
      if (failed > 1 || problem.name === "AbortError" || !navigator.onLine) reach(false);
      await pause(AGAIN_MS[Math.min(failed - 1, AGAIN_MS.length - 1)]);
    }
  }
}
