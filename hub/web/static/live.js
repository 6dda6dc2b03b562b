// Changes as they happen. The browser reconnects by itself; after a gap, everything is asked for again.
export function listen({ onChange, onAgain }) {
  const status = document.getElementById("status");
  const word = document.getElementById("live");
  const show = (live) => {
    status.classList.toggle("is-live", live);
    word.textContent = live ? status.dataset.live : status.dataset.offline;
  };
  let before = false;
  const events = new EventSource("/api/events");
  events.addEventListener("hello", () => {
    show(true);
    if (before) onAgain();
    before = true;
  });
  events.addEventListener("cameras", (event) => {
    const news = JSON.parse(event.data);
    if (news.reload) return onAgain();
    tell(news.status);
    onChange(news);
  });
  events.addEventListener("error", () => show(false));
  addEventListener("pagehide", () => events.close());
}

export function tell(status) {
  const line = document.getElementById("status").dataset;
  document.getElementById("count").textContent = status.cameras;
  document.getElementById("count-word").textContent = status.cameras === 1 ? line.camerasOne : line.camerasMany;
  document.getElementById("sightings").textContent = status.sightings;
  // A page that was open before the first sighting came must say it as well.
  document.getElementById("composed").hidden = !status.composed;
}
