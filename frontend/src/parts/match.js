// form[data-match]: bank lines on one side, entries on the other.
// Arrows move, space marks, Enter matches what is marked; dragging one onto the other does both.
// data-fen on each box is a signed amount; the sum bar shows both sides and what is left.
// U presses [data-undo] while the focus is in [data-match-desk]: the board itself may be empty then.
import { yuan } from "./capitals.js";
import { find } from "./find.js";

const boxes = (column) => [...column.querySelectorAll("input[type=checkbox]")];

function move(event, form) {
  const columns = [...form.querySelectorAll("[data-side]")];
  const side = columns.findIndex((column) => column.contains(event.target));
  if (side < 0) return;
  const here = boxes(columns[side]);
  const at = here.indexOf(event.target);
  let next;
  if (event.key === "ArrowDown") next = here[Math.min(at + 1, here.length - 1)];
  else if (event.key === "ArrowUp") next = here[Math.max(at - 1, 0)];
  else {
    const there = columns[event.key === "ArrowRight" ? side + 1 : side - 1];
    if (there) next = boxes(there)[Math.min(at, boxes(there).length - 1)];
  }
  event.preventDefault();
  next?.focus();
}

function drags(form, show) {
  let held = null;
  for (const item of form.querySelectorAll(".match-item")) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      held = item;
      event.dataTransfer.effectAllowed = "link";
      event.dataTransfer.setData("text/plain", "");
    });
    item.addEventListener("dragend", () => { held = null; });
    item.addEventListener("dragover", (event) => {
      if (held && held.closest("[data-side]") !== item.closest("[data-side]")) {
        event.preventDefault();
        item.classList.add("over");
      }
    });
    item.addEventListener("dragleave", () => item.classList.remove("over"));
    item.addEventListener("drop", (event) => {
      event.preventDefault();
      item.classList.remove("over");
      held.querySelector("input").checked = true;
      item.querySelector("input").checked = true;
      if (show() === 0n) form.requestSubmit(form.querySelector("[data-do]"));
    });
  }
}

export function once() {
  document.addEventListener("keydown", (event) => {
    const desk = event.target.closest?.("[data-match-desk]");
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const writes = event.target.matches?.("input:not([type=checkbox]), textarea, select");
    if (desk && plain && !writes && event.key.toLowerCase() === "u") {
      desk.querySelector("[data-undo]")?.click();
    }
  });
}

export function start(root) {
  for (const form of find(root, "form[data-match]")) {
    const button = form.querySelector("[data-do]");
    const show = () => {
      const sums = {};
      let marked = 0;
      for (const column of form.querySelectorAll("[data-side]")) {
        const chosen = boxes(column).filter((box) => box.checked);
        marked += chosen.length > 0 ? 1 : 0;
        sums[column.dataset.side] = chosen.reduce((sum, box) => sum + BigInt(box.dataset.fen), 0n);
        form.querySelector(`[data-sum="${column.dataset.side}"]`).textContent
          = yuan(sums[column.dataset.side]);
      }
      const left = sums.bank - sums.book;
      form.querySelector("[data-sum=left]").textContent = yuan(left);
      button.disabled = marked < 2;
      return left;
    };
    form.addEventListener("change", show);
    form.addEventListener("keydown", (event) => {
      if (!event.target.matches("[data-side] input")) return;
      if (event.key.startsWith("Arrow")) move(event, form);
      if (event.key === "Enter") {
        event.preventDefault();
        if (!button.disabled) form.requestSubmit(button);
      }
    });
    drags(form, show);
    show();
  }
}
