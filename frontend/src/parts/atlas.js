// A map out of a sheet drawn by the server (see maps.js). The sheet's y runs down, Leaflet's up.
import {
  CRS, Control, DomUtil, divIcon, imageOverlay, map as makeMap, marker as makeMarker, polygon,
  svg as svgRenderer,
} from "leaflet/dist/leaflet-src.esm.js";

const STYLES = {
  street: { weight: 2.5, fill: false },
  community: { weight: 1, fill: false },
  estate: { weight: 1.2, fill: true, fillOpacity: 1 },
  building: { weight: 1, fill: true, fillOpacity: 1 },
};
const MARK = 28;

// The buttons stand at the left.
const FIT = { paddingTopLeft: [44, 4], paddingBottomRight: [4, 4] };

const at = (x, y) => [-y, x];

function corners(shape) {
  return shape.querySelector("polygon").getAttribute("points").trim().split(/\s+/)
    .map((pair) => at(...pair.split(",").map(Number)));
}

function symbol(spot) {
  const mark = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  mark.setAttribute("viewBox", "-1.1 -1.1 2.2 2.2");
  mark.setAttribute("class", "map-mark");
  mark.setAttribute("aria-hidden", "true");
  mark.append(spot.querySelector(".map-symbol").cloneNode(true));
  return mark;
}

function word(text, kind) {
  const span = document.createElement("span");
  span.textContent = text;
  return divIcon({ className: `map-name map-name-${kind}`, html: span, iconSize: [0, 0] });
}

function drawShapes(map, sheet, renderer) {
  for (const shape of sheet.querySelectorAll("[data-shape]")) {
    const kind = shape.dataset.shape;
    const drawn = polygon(corners(shape), {
      ...STYLES[kind], renderer, interactive: false, className: `map-line map-line-${kind}`,
    }).addTo(map);
    const name = shape.querySelector("text")?.textContent;
    if (name) {
      const bounds = drawn.getBounds();
      const above = kind === "street" || kind === "building";
      makeMarker(above ? [bounds.getNorth(), bounds.getCenter().lng] : bounds.getCenter(), {
        icon: word(name, kind), interactive: false, keyboard: false, zIndexOffset: -1000,
      }).addTo(map);
    }
  }
}

function drawSpots(map, sheet) {
  const marks = new Map();
  for (const spot of sheet.querySelectorAll("[data-spot]")) {
    const { spot: key, x, y, count } = spot.dataset;
    // A larger number stands in a larger circle, up to twice the size.
    const size = MARK * (1 + Math.min(Math.log10(Math.max(+count || 1, 1)) / 2.5, 1));
    const mark = makeMarker(at(+x, +y), {
      icon: divIcon({ className: "map-pin", html: symbol(spot), iconSize: [size, size] }),
      keyboard: false, riseOnHover: true,
    }).addTo(map);
    const href = spot.getAttribute("href");
    const label = spot.querySelector("title").textContent;
    const element = mark.getElement();
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", label);
    element.title = label;
    if (href) mark.on("click", () => location.assign(href));
    marks.set(key, mark);
  }
  return marks;
}

// Names that would lie on others are not shown; those of streets come first.
function unclutter(map) {
  const order = ["street", "estate", "building", "community"];
  const rank = (name) => order.findIndex((kind) => name.parentElement.classList.contains(`map-name-${kind}`));
  const names = [...map.getContainer().querySelectorAll(".map-name span")].sort((a, b) => rank(a) - rank(b));
  const kept = [];
  for (const name of names) {
    name.classList.remove("is-hidden");
    const box = name.getBoundingClientRect();
    const clash = kept.some((other) => box.left < other.right && other.left < box.right
      && box.top < other.bottom && other.top < box.bottom);
    name.classList.toggle("is-hidden", clash);
    if (!clash) kept.push(box);
  }
}

// The list beside the map and the map show each other what is meant.
function link(map, marks) {
  for (const [key, mark] of marks) {
    for (const entry of document.querySelectorAll(`[data-spot-of="${CSS.escape(key)}"]`)) {
      const light = (on) => {
        mark.getElement()?.classList.toggle("is-lit", on);
        mark.setZIndexOffset(on ? 1000 : 0);
        if (on && !map.getBounds().contains(mark.getLatLng())) map.panTo(mark.getLatLng());
      };
      for (const event of ["mouseenter", "focusin"]) entry.addEventListener(event, () => light(true));
      for (const event of ["mouseleave", "focusout"]) entry.addEventListener(event, () => light(false));
      mark.on("mouseover", () => entry.classList.add("is-lit"));
      mark.on("mouseout", () => entry.classList.remove("is-lit"));
    }
  }
}

// Putting one spot on the map: by a click, by dragging, or by the arrow keys on the spot.
function pick(map, figure, width, height) {
  const fields = [figure.dataset.pickX, figure.dataset.pickY].map((id) => document.getElementById(id));
  if (fields.some((field) => !field)) return;
  const spot = makeMarker(at(width / 2, height / 2), {
    draggable: true, keyboard: true, title: figure.dataset.pickLabel,
    icon: divIcon({ className: "map-target", iconSize: [28, 28] }),
  });
  const show = () => {
    const [x, y] = fields.map((field) => (field.value === "" ? NaN : +field.value));
    if (Number.isNaN(x) || Number.isNaN(y)) spot.remove();
    else spot.setLatLng(at((x / 1000) * width, (y / 1000) * height)).addTo(map);
  };
  const take = ({ lat, lng }) => {
    const told = [(lng / width) * 1000, (-lat / height) * 1000];
    fields.forEach((field, n) => { field.value = String(Math.round(Math.min(Math.max(told[n], 0), 1000))); });
    show();
  };
  map.on("click", (event) => take(event.latlng));
  spot.on("dragend", () => take(spot.getLatLng()));
  spot.on("keydown", ({ originalEvent: event }) => {
    const step = event.shiftKey ? 1 : 10;
    const moved = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (!moved) return;
    event.preventDefault();
    event.stopPropagation();
    fields.forEach((field, n) => { field.value = String(Math.min(Math.max(+field.value + moved[n], 0), 1000)); });
    show();
    spot.getElement()?.focus();
  });
  for (const field of fields) field.addEventListener("input", show);
  show();
}

const Whole = Control.extend({
  options: { position: "topleft" },
  onAdd(map) {
    const bar = DomUtil.create("div", "leaflet-bar leaflet-control");
    const button = DomUtil.create("button", "map-whole", bar);
    button.type = "button";
    button.title = this.options.label;
    button.setAttribute("aria-label", this.options.label);
    button.textContent = "⤢";
    button.addEventListener("click", (event) => {
      event.stopPropagation();
      map.fitBounds(this.options.bounds, FIT);
    });
    return bar;
  },
});

export function unfold(figure) {
  const sheet = figure.querySelector("svg.map-sheet");
  if (!sheet || figure.classList.contains("is-drawn")) return;
  const { width, height } = sheet.viewBox.baseVal;
  const box = document.createElement("div");
  box.className = "map-canvas";
  figure.append(box);
  // As high as the sheet asks for, within what a page can bear.
  const most = Math.min(innerHeight * 0.75, 640);
  const asked = (figure.clientWidth * height) / width;
  box.style.height = `${Math.round(Math.max(Math.min(asked, most), Math.min(figure.clientWidth * 0.55, 260)))}px`;
  figure.classList.add("is-drawn");
  const bounds = [at(0, height), at(width, 0)];
  const map = makeMap(box, {
    crs: CRS.Simple, zoomSnap: 0.25, zoomDelta: 0.5, minZoom: -3, maxZoom: 4, zoomControl: false,
    attributionControl: false, scrollWheelZoom: false, maxBoundsViscosity: 0.8,
    maxBounds: [at(-width * 0.3, height * 1.3), at(width * 1.3, -height * 0.3)],
  });
  new Control.Zoom({
    zoomInTitle: figure.dataset.nearer, zoomOutTitle: figure.dataset.farther,
  }).addTo(map);
  new Whole({ label: figure.dataset.whole, bounds }).addTo(map);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", figure.dataset.region);
  map.fitBounds(bounds, FIT);
  const picture = sheet.querySelector("image")?.getAttribute("href");
  if (picture) imageOverlay(picture, bounds).addTo(map);
  drawShapes(map, sheet, svgRenderer({ padding: 0.5 }));
  link(map, drawSpots(map, sheet));
  unclutter(map);
  map.on("zoomend", () => unclutter(map));
  if (figure.dataset.pickX) pick(map, figure, width, height);
  // The wheel turns the page until one is in the map.
  map.on("focus click", () => map.scrollWheelZoom.enable());
  map.on("blur", () => map.scrollWheelZoom.disable());
}
