// The page of the street map: sends an extract to the hub in portions, and shows how far its making is.
const texts = JSON.parse(document.getElementById("making-words").textContent);
const AGAIN_MS = 700, TRIES = 5;
const by = (id) => document.getElementById(id);
const form = by("upload"), file = by("upload-file"), bar = by("upload-bar"), said = by("upload-said");

async function post(address, body) {
  const answer = await fetch(address, { method: "POST", body, headers: { accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? `${answer.status}`);
  return told;
}

async function patiently(address, body) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await post(address, body);
    } catch (problem) {
      // What the hub refuses it refuses again; what was lost on the way is sent once more.
      if (!(problem instanceof TypeError) || tries === TRIES) throw problem;
      await new Promise((go) => { setTimeout(go, AGAIN_MS * tries); });
    }
  }
}

async function send(extract) {
  const query = new URLSearchParams({ name: extract.name, octets: extract.size });
  const { upload, portion } = await post(`/streets/upload?${query}`);
  for (let at = 0; at < extract.size;) {
    ({ at } = await patiently(`/streets/upload/${upload}?at=${at}`, extract.slice(at, at + portion)));
    bar.value = at / extract.size;
    said.textContent = texts.sent.replace("{part}", Math.floor((100 * at) / extract.size));
  }
  said.textContent = texts.whole;
  await post("/streets/make", new URLSearchParams({ upload }));
}

form.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  bar.hidden = false;
  try {
    await send(file.files[0]);
    follow(true);
  } catch (problem) {
    said.textContent = problem instanceof TypeError ? texts.unreachable : `${texts.refused} ${problem.message}`;
  } finally {
    button.disabled = false;
    bar.hidden = true;
  }
});

// Shows how far the making is, until it has ended; then the page says what came of it. `begun` where this page began it:
// a small extract is done before anybody has asked.
async function follow(begun) {
  let told;
  try {
    told = await (await fetch("/streets/state")).json();
  } catch {
    return setTimeout(() => follow(begun), 3 * AGAIN_MS);
  }
  if (told.state !== "running") return begun ? location.reload() : undefined;
  for (const id of ["making", "making-bar", "making-stop"]) by(id).hidden = false;
  by("making").dataset.state = told.state;
  by("making-bar").value = told.part;
  by("making-step").textContent = texts[told.step];
  return setTimeout(() => follow(true), AGAIN_MS);
}
follow(false);
