// Runs before the first paint: without an explicit choice the page follows the system.
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");

function follow() {
  if (!root.dataset.themeChoice) root.dataset.bsTheme = system.matches ? "dark" : "light";
}

follow();
// What only a script can draw keeps its room from the first paint on.
root.classList.add("scripts");
system.addEventListener("change", follow);
