// table[data-grid]: a field a cell. Up and down move within the column, left and right at the ends
// of what is typed; Enter sends the form, as everywhere.
import { find } from "./find.js";

function step(event, table) {
  const field = event.target;
  const cell = field.closest("td");
  if (!cell || field.tagName !== "INPUT") return;
  const row = cell.parentElement;
  let next;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const rows = [...table.tBodies[0].rows];
    const to = rows[rows.indexOf(row) + (event.key === "ArrowDown" ? 1 : -1)];
    next = to?.cells[cell.cellIndex]?.querySelector("input");
  } else if (event.key === "ArrowRight" && field.selectionEnd === field.value.length) {
    next = cell.nextElementSibling?.querySelector("input");
  } else if (event.key === "ArrowLeft" && field.selectionStart === 0) {
    next = cell.previousElementSibling?.querySelector("input");
  } else return;
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
}

export function start(root) {
  for (const table of find(root, "table[data-grid]")) {
    table.addEventListener("keydown", (event) => step(event, table));
  }
}
