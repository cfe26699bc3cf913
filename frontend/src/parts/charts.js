// figure[data-chart]: draws the picture when it comes into view, from the JSON beside its table.
// The button, or the key "t" inside the figure, changes between picture and table.
import { find } from "./find.js";

async function draw(figure) {
  const { picture } = await import("./pictures.js");
  picture(figure);
}

function toggle(figure) {
  const table = figure.classList.toggle("as-table");
  const button = figure.querySelector("[data-toggle]");
  button.setAttribute("aria-pressed", String(table));
  if (!table) figure.dispatchEvent(new CustomEvent("linli:shown"));
}

export function start(root) {
  const figures = find(root, "figure[data-chart]");
  if (!figures.length) return;
  const watcher = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) {
        watcher.unobserve(target);
        draw(target);
      }
    }
  }, { rootMargin: "200px" });
  for (const figure of figures) {
    const button = figure.querySelector("[data-toggle]");
    button.hidden = false;
    button.addEventListener("click", () => toggle(figure));
    figure.addEventListener("keydown", (event) => {
      const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
      if (event.key === "t" && plain && !event.target.matches("input, textarea")) toggle(figure);
    });
    watcher.observe(figure);
  }
}

export function once() {
  addEventListener("beforeprint", () => {
    for (const figure of document.querySelectorAll("figure[data-chart]:not(.is-drawn)")) draw(figure);
  });
}
