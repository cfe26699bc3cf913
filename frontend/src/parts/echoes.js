// data-capitals="<id of the output>" on an amount field says the amount in capitals as it is typed.
import { capitals, fenOf } from "./capitals.js";
import { find } from "./find.js";

export function start(root) {
  for (const input of find(root, "input[data-capitals]")) {
    const echo = document.getElementById(input.dataset.capitals);
    const say = () => {
      const fen = fenOf(input.value);
      echo.textContent = fen === null ? "" : capitals(fen);
    };
    input.addEventListener("input", say);
    say();
  }
}
