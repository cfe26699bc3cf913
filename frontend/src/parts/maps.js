// figure[data-map]: the drawn sheet becomes a map when it comes into view. The server drew
// everything; what is here only takes its shapes and spots into Leaflet.
import { find } from "./find.js";

export function start(root) {
  const figures = find(root, "figure[data-map]");
  if (!figures.length) return;
  const watcher = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) {
        watcher.unobserve(target);
        import("./atlas.js").then(({ unfold }) => unfold(target));
      }
    }
  }, { rootMargin: "200px" });
  for (const figure of figures) watcher.observe(figure);
}
