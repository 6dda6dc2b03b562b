// Light or dark: the reader's choice if there is one, else the system's. Runs before the page is drawn.
const system = matchMedia("(prefers-color-scheme: dark)");
const chosen = localStorage.getItem("theme");
if (chosen) document.documentElement.dataset.theme = chosen;

const tellTheme = () => document.dispatchEvent(new CustomEvent("theme"));
system.addEventListener("change", tellTheme);

document.addEventListener("DOMContentLoaded", () => {
  // On a phone the links scroll sideways: the page that one is on is in view.
  for (const here of document.querySelectorAll(".links [aria-current], .sections [aria-current]")) here.scrollIntoView({ block: "nearest", inline: "center" });
  document.getElementById("theme")?.addEventListener("click", () => {
    const now = document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light");
    const next = now === "dark" ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem("theme", next);
    tellTheme();
  });
});
