// A button that is held: it fills up, and does what it says once it is full. Let go before, and nothing happens.
const HOLD_MS = 1500;

export function holds({ done, arm }) {
  let holding = null;
  let full = false;

  const stop = () => {
    if (!holding) return;
    cancelAnimationFrame(holding.frame);
    holding.fill?.style.removeProperty("--share");
    holding = null;
  };

  const begin = (button) => {
    stop();
    full = false;
    const fill = button.querySelector(".fill");
    holding = { fill, began: performance.now(), frame: 0 };
    const step = () => {
      const share = Math.min(1, (performance.now() - holding.began) / HOLD_MS);
      fill.style.setProperty("--share", String(share));
      if (share < 1) { holding.frame = requestAnimationFrame(step); return; }
      full = true;
      stop();
      done(button.dataset.hold);
    };
    holding.frame = requestAnimationFrame(step);
  };

  const held = (event) => event.target.closest?.("[data-hold]");
  document.addEventListener("pointerdown", (event) => { if (held(event) && event.isPrimary && event.button === 0) begin(held(event)); });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, stop);
  document.addEventListener("pointermove", (event) => { // a finger that slides off has thought better of it
    if (holding && !document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-hold]")) stop();
  });
  document.addEventListener("contextmenu", (event) => { if (held(event)) event.preventDefault(); });
  document.addEventListener("keydown", (event) => {
    if (!held(event) || !["Enter", " "].includes(event.key)) return;
    event.preventDefault();
    if (!event.repeat) begin(held(event));
  });
  document.addEventListener("keyup", (event) => { if (["Enter", " "].includes(event.key)) stop(); });
  addEventListener("blur", stop);
  // A screen reader's press has no length, and comes as a click alone, with no finger before it: two of them are meant.
  document.addEventListener("click", (event) => {
    const button = held(event);
    if (button && event.detail === 0 && !full) arm(button.dataset.hold);
    full = false;
  });
}
