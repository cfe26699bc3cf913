// [data-dialog="id"] opens a dialog, [data-close] closes the one around it.
// details[data-confirm] asks in place without scripts; here its dialog becomes a real one.
import { find } from "./find.js";

export function start(root) {
  for (const details of find(root, "details[data-confirm]")) {
    const dialog = details.querySelector("dialog");
    const summary = details.querySelector("summary");
    dialog.removeAttribute("open");
    details.after(dialog);
    summary.setAttribute("aria-haspopup", "dialog");
    summary.addEventListener("click", (event) => {
      event.preventDefault();
      dialog.showModal();
    });
    dialog.addEventListener("close", () => summary.focus());
  }
}

export function once() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
    }
    if (event.target.closest("[data-close]")) {
      event.preventDefault();
      event.target.closest("dialog").close();
    }
    if (event.target.matches("dialog")) event.target.close(); // A click on the backdrop.
  });
}
