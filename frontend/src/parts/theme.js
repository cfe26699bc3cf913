// a[data-theme-to]: changes the theme at once; the address behind it does the same without scripts.
const YEAR = 365 * 24 * 3600;

export function once() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-theme-to]");
    if (!link) return;
    event.preventDefault();
    const choice = link.dataset.themeTo;
    const root = document.documentElement;
    root.dataset.themeChoice = choice;
    const dark = choice ? choice === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.bsTheme = dark ? "dark" : "light";
    document.cookie = `theme=${choice}; path=/; max-age=${YEAR}; samesite=lax`;
    for (const other of document.querySelectorAll("a[data-theme-to]")) {
      if (other.dataset.themeTo === choice) other.setAttribute("aria-current", "true");
      else other.removeAttribute("aria-current");
    }
    document.dispatchEvent(new CustomEvent("linli:theme"));
  });
}
