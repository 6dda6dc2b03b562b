// Shows how far a work of the hub is, and goes to the page that tells what came of it. Without this script the page
// loads itself again every two seconds.
const EVERY_MS = 500;

export async function follow(holder) {
  const bar = holder.querySelector("progress");
  const told = holder.querySelector(".told");
  for (;;) {
    const work = await state(holder.dataset.work);
    if (work === null) told.textContent = holder.dataset.lost;
    else if (work.state !== "running") return location.replace(work.then);
    else if (work.share !== null) {
      bar.max = 1;
      bar.value = work.share;
    }
    await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
  }
}

// Null where the hub does not answer: it may be back in a moment.
async function state(id) {
  try {
    const answer = await fetch(`/work/${id}`, { headers: { accept: "application/json" } });
    if (answer.status === 404) return { state: "gone", then: "/hub" };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

for (const holder of document.querySelectorAll("[data-work]")) follow(holder);
