// What htmx could not do is said aloud; a refusal that arrives takes the focus.
import { find } from "./find.js";

function say(text) {
  const region = document.getElementById("notes");
  if (!region || !text) return;
  const note = document.createElement("div");
  note.className = "note";
  const line = document.createElement("p");
  line.textContent = text;
  note.append(line);
  region.replaceChildren(note);
  note.scrollIntoView({ block: "nearest" });
}

export function once() {
  const words = document.body.dataset;
  document.addEventListener("htmx:sendError", () => say(words.offline));
  document.addEventListener("htmx:timeout", () => say(words.offline));
  document.addEventListener("htmx:responseError", (event) => {
    say(event.detail.xhr.status === 403 ? words.forbidden : words.fault);
  });
}

export function start(root) {
  const first = find(root, "[data-attention]")[0];
  if (first) {
    first.setAttribute("tabindex", "-1");
    first.focus();
  }
}
