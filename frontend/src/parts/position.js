// [data-position] in a form[data-position-form]: a person says that where they stand may be noted;
// the browser asks once more. Without that, or without scripts, the form is sent without a place.
const MILLION = 1e6;

function field(form, name) {
  return form.querySelector(`[name="${name}"]`);
}

export function start(root) {
  if (!("geolocation" in navigator)) return;
  for (const box of root.querySelectorAll("[data-position]")) {
    const form = box.closest("form");
    const told = box.querySelector("output");
    box.hidden = false;
    box.querySelector("button").addEventListener("click", () => {
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        field(form, "lat_e6").value = String(Math.round(coords.latitude * MILLION));
        field(form, "lon_e6").value = String(Math.round(coords.longitude * MILLION));
        field(form, "within_m").value = String(Math.round(coords.accuracy));
        told.textContent = `${box.dataset.done} ${Math.round(coords.accuracy)}`;
      }, () => { told.textContent = box.dataset.failed; }, { enableHighAccuracy: true, timeout: 15000 });
    });
  }
}
