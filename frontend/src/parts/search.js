// "/" and Ctrl-K open the search; arrows walk through any [data-results] below an input.
function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}

export function once() {
  document.addEventListener("keydown", (event) => {
    const dialog = document.getElementById("search");
    const slash = event.key === "/" && !typing(event.target);
    const letter = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (dialog && !dialog.open && (slash || letter)) {
      event.preventDefault();
      dialog.showModal();
    }
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-search]");
    if (!box || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    const items = [box.querySelector("input"), ...box.querySelectorAll("[data-results] a[href]")];
    const at = items.indexOf(document.activeElement);
    event.preventDefault();
    event.stopImmediatePropagation();
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    items[(next + items.length) % items.length].focus();
  }, true);
}
