// Filters are folded on a narrow screen unless one of them is set.
// [data-choices]: a table of rows to tick. One box ticks all, shift ticks a range, the bar counts.
import { find } from "./find.js";

const narrow = window.matchMedia("(max-width: 767.98px)");

export function start(root) {
  for (const filters of find(root, "details.filters")) {
    const set = document.querySelector("#register .chosen");
    if (narrow.matches && !set) filters.open = false;
  }
  for (const area of find(root, "[data-choices]")) {
    const all = area.querySelector("[data-all]");
    const rows = [...area.querySelectorAll("[data-row]")];
    const tally = area.querySelector("[data-chosen]");
    const buttons = [...area.querySelectorAll("[data-bulk]")];
    let last = null;
    const show = () => {
      const chosen = rows.filter((row) => row.checked).length;
      if (tally) tally.textContent = tally.dataset.chosen.replace("0", String(chosen));
      for (const button of buttons) button.disabled = !chosen;
      area.querySelector(".bulk")?.classList.toggle("has-some", chosen > 0);
      if (all) {
        all.checked = chosen === rows.length && chosen > 0;
        all.indeterminate = chosen > 0 && chosen < rows.length;
      }
    };
    all?.addEventListener("change", () => {
      for (const row of rows) row.checked = all.checked;
      show();
    });
    rows.forEach((row, at) => {
      row.addEventListener("click", (event) => {
        if (event.shiftKey && last !== null) {
          const [from, to] = [Math.min(last, at), Math.max(last, at)];
          for (const between of rows.slice(from, to + 1)) between.checked = row.checked;
        }
        last = at;
        show();
      });
    });
    show();
  }
}
