// details[data-menu]: one open at a time, closed by Esc, by leaving it, and by a click outside;
// arrows walk through its items. #site-nav: Esc closes the drawer.
const ITEMS = "a[href], button:not([disabled]), input:not([type=hidden])";

function close(menu, refocus) {
  menu.open = false;
  if (refocus) menu.querySelector("summary").focus();
}

function walk(event, menu) {
  const items = [...menu.querySelectorAll(ITEMS)].filter((item) => item.offsetParent);
  if (!items.length) return;
  event.preventDefault();
  const at = items.indexOf(document.activeElement);
  const step = event.key === "ArrowDown" ? 1 : -1;
  items[(at + step + items.length) % items.length].focus();
}

export function once() {
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) close(menu, false);
    }
  });
  document.addEventListener("focusin", (event) => {
    for (const menu of document.querySelectorAll("details[data-menu][open]")) {
      if (!menu.contains(event.target)) close(menu, false);
    }
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.("details[data-menu][open]");
    if (menu && event.key === "Escape") {
      event.preventDefault();
      close(menu, true);
    } else if (menu && (event.key === "ArrowDown" || event.key === "ArrowUp")) walk(event, menu);
    else if (event.key === "Escape" && location.hash === "#site-nav") location.hash = "main";
  });
  document.addEventListener("toggle", (event) => {
    const menu = event.target;
    if (menu.matches?.("details[data-menu][open]")) menu.querySelector("[data-focus]")?.focus();
  }, true);
  addEventListener("hashchange", () => {
    if (location.hash === "#site-nav") document.querySelector("#site-nav a")?.focus();
  });
}
