// form[data-draft="key"] keeps what is typed in this tab until it has been sent and accepted:
// a time-out or a closed page loses nothing. Passwords, files and hidden fields are never kept.
import { find } from "./find.js";

const SKIP = new Set(["password", "file", "hidden", "submit", "button"]);
const keyOf = (form) => `draft:${form.dataset.draft}`;

function fields(form) {
  return [...form.elements].filter((f) => f.name && !SKIP.has(f.type) && !("noDraft" in f.dataset));
}

function read(form) {
  return fields(form).map((field) => {
    const tick = field.type === "checkbox" || field.type === "radio";
    return [field.name, field.value, tick ? field.checked : null];
  });
}

function fill(form, kept) {
  const seen = {};
  for (const field of fields(form)) {
    const tick = field.type === "checkbox" || field.type === "radio";
    const same = kept.filter(([name, value]) => name === field.name && (!tick || value === field.value));
    const at = tick ? 0 : (seen[field.name] = (seen[field.name] ?? -1) + 1);
    if (!same[at]) continue;
    if (tick) field.checked = same[at][2];
    else field.value = same[at][1];
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

export function start(root) {
  // A page after a success names the draft that is done with.
  for (const done of find(root, "[data-draft-done]")) {
    sessionStorage.removeItem(`draft:${done.dataset.draftDone}`);
  }
  for (const form of find(root, "form[data-draft]")) {
    const note = form.querySelector("[data-draft-note]");
    const kept = sessionStorage.getItem(keyOf(form));
    const blank = JSON.stringify(read(form));
    // A form that comes back with errors already holds what was typed.
    if (kept && kept !== blank && !form.querySelector("[aria-invalid=true]")) {
      fill(form, JSON.parse(kept));
      if (note) note.hidden = false;
    }
    note?.querySelector("button")?.addEventListener("click", () => {
      sessionStorage.removeItem(keyOf(form));
      fill(form, JSON.parse(blank));
      note.hidden = true;
    });
    form.addEventListener("input", () => {
      sessionStorage.setItem(keyOf(form), JSON.stringify(read(form)));
    });
  }
}
