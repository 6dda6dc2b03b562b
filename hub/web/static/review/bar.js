// A camera's own page: the desk's keys press its buttons. The forms work by themselves, as everything else here does.
import { isOurs, Keys } from "./keys.js";

const keys = new Keys(), bar = document.getElementById("desk");
document.documentElement.classList.add("has-keys");
keys.show();

document.addEventListener("keydown", (event) => {
  if (!isOurs(event)) return;
  const action = keys.action(event);
  const button = action && bar.querySelector(`button[data-does="${action}"]`);
  const details = action && bar.querySelector(`details[data-opens="${action}"]`);
  if (button) button.click();
  else if (details) { details.open = !details.open; details.querySelector("textarea, summary").focus(); }
  else return;
  event.preventDefault();
});
