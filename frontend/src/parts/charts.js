// figure[data-chart]: draws the picture when it comes into view, from the JSON beside its table;
// once one is drawn, the others of the page follow in a quiet moment, so that all can be printed.
// The button, or the key "t" inside the figure, changes between picture and table.
import { find } from "./find.js";

const WAITING = "figure[data-chart]:not(.is-drawn, .is-bare)";
const quiet = window.requestIdleCallback ?? ((run) => setTimeout(run, 400));

async function draw(figure) {
  if (figure.dataset.drawing) return;
  figure.dataset.drawing = "";
  try {
    const { picture } = await import("./pictures.js");
    picture(figure);
  } catch {
    figure.classList.add("is-bare");
    return;
  }
  const next = document.querySelector(WAITING);
  if (next) quiet(() => draw(next));
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
    for (const figure of document.querySelectorAll(WAITING)) draw(figure);
  });
}
