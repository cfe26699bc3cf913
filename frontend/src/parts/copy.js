// button[data-copy="id"] copies the text of an element, also on plain http.
// Copied money carries an ASCII minus, so a spreadsheet reads it as a number.
function byHand(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "visually-hidden";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}

async function put(text) {
  if (navigator.clipboard && isSecureContext) {
    await navigator.clipboard.writeText(text);
    return true;
  }
  return byHand(text);
}

export function once() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const status = document.getElementById(`${button.dataset.copy}-status`);
    const done = await put(document.getElementById(button.dataset.copy).textContent.trim())
      .catch(() => false);
    status.textContent = done ? button.dataset.copied : button.dataset.failed;
  });
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (!selection.rangeCount || !/−\d/.test(selection.toString())) return;
    if (event.target.closest?.("input, textarea")) return;
    const piece = document.createElement("div");
    piece.append(selection.getRangeAt(0).cloneContents());
    const table = selection.getRangeAt(0).commonAncestorContainer;
    const inTable = (table.closest?.("table") ?? table.parentElement?.closest("table"));
    const html = inTable ? `<table>${piece.innerHTML}</table>` : piece.innerHTML;
    event.clipboardData.setData("text/plain", selection.toString().replace(/−(?=\d)/g, "-"));
    event.clipboardData.setData("text/html", html.replace(/−(?=\d)/g, "-"));
    event.preventDefault();
  });
}
