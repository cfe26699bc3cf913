// "/" and Ctrl-K open the search; in any [data-search] arrows walk from the input through the
// [data-results] below it, Enter opens the first of them once they answer what was typed, typing
// goes on in the input, and Esc closes the dialog around it.
function typing(target) {
  return target.closest("input, textarea, select, [contenteditable]");
}

function open(dialog) {
  dialog.showModal();
  dialog.querySelector("input").select();
}

function walk(event, input, links) {
  const items = [input, ...links];
  const step = event.key === "ArrowDown" ? 1 : -1;
  event.preventDefault();
  event.stopImmediatePropagation();
  items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
}

export function once() {
  document.addEventListener("keydown", (event) => {
    const dialog = document.getElementById("search");
    const slash = event.key === "/" && !typing(event.target);
    const letter = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey);
    if (dialog && !dialog.open && (slash || letter)) {
      event.preventDefault();
      open(dialog);
    }
  });
  document.addEventListener("keydown", (event) => {
    const box = event.target.closest?.("[data-search]");
    if (!box || event.isComposing) return;
    const input = box.querySelector("input");
    const links = box.querySelectorAll("[data-results] a[href]");
    if (event.key === "ArrowDown" || event.key === "ArrowUp") walk(event, input, links);
    else if (event.key === "Escape" && box.matches("dialog[open]")) {
      event.preventDefault(); // A search field would only be emptied.
      box.close();
    }
    else if (event.key === "Enter" && event.target === input) {
      const answered = box.querySelector("[data-found]")?.dataset.found === input.value;
      if (!answered || !links.length) return;
      event.preventDefault();
      links[0].click();
    } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.target !== input
        && event.target.closest("[data-results]")) input.focus();
  }, true);
}
