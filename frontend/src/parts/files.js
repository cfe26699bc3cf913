// [data-files] around a file input: lists what was chosen, with picture and size; drop works, too.
// data-max is the largest size in bytes, data-too-big the sentence for what is larger.
import { find } from "./find.js";

function size(bytes) {
  if (bytes < 1024 * 1024) return `${Math.max(1, Math.round(bytes / 1024))} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

function item(file, box) {
  const line = document.createElement("li");
  const big = box.dataset.max && file.size > Number(box.dataset.max);
  let picture;
  if (/^image\/(jpeg|png|webp|gif)$/.test(file.type)) {
    picture = document.createElement("img");
    picture.alt = "";
    picture.src = URL.createObjectURL(file);
    picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  } else {
    picture = box.querySelector("template").content.firstElementChild.cloneNode(true);
  }
  const name = document.createElement("span");
  name.className = "file-name";
  name.textContent = file.name;
  const weight = document.createElement("span");
  weight.className = "file-size";
  weight.textContent = big ? `${size(file.size)} · ${box.dataset.tooBig}` : size(file.size);
  if (big) line.className = "too-big";
  line.append(picture, name, weight);
  return line;
}

export function start(root) {
  for (const box of find(root, "[data-files]")) {
    const input = box.querySelector("input[type=file]");
    const list = box.querySelector(".file-list");
    const zone = box.querySelector(".dropzone");
    const show = () => list.replaceChildren(...[...input.files].map((file) => item(file, box)));
    input.addEventListener("change", show);
    for (const kind of ["dragenter", "dragover"]) {
      zone.addEventListener(kind, (event) => {
        event.preventDefault();
        zone.classList.add("over");
      });
    }
    for (const kind of ["dragleave", "drop"]) {
      zone.addEventListener(kind, () => zone.classList.remove("over"));
    }
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
}
