// In a form of many figures Enter goes on to the next one; from the last it sends the form.
export function once() {
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || field.tagName !== "INPUT") return;
    const form = field.closest("form[data-next]");
    if (!form) return;
    const fields = [...form.querySelectorAll("input:not([type=hidden])")];
    const next = fields[fields.indexOf(field) + 1];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  });
}

export function start(root) {
  const form = root.querySelector?.("form[data-next]");
  if (!form || form.querySelector("[data-attention]")) return;
  const empty = [...form.querySelectorAll("[inputmode=decimal]")].find((field) => !field.value);
  empty?.focus({ preventScroll: true });
}
