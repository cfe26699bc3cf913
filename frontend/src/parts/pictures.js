// The drawing of figure[data-chart] by ECharts, loaded only where a chart comes into view.
// Colours come from the page's tokens; fills differ by pattern as well as by colour.
import { BarChart, LineChart, SankeyChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { yuan } from "./capitals.js";

echarts.use([
  BarChart, LineChart, SankeyChart, GridComponent, LegendComponent, TooltipComponent, SVGRenderer,
]);

// What a series stands for decides its colour and pattern, the same in every chart.
const TONES = {
  common: ["--fund-common", null],
  fiscal: ["--fund-fiscal", "stripes"],
  seed: ["--fund-seed", "dots"],
  income: ["--fund-common", null],
  cost: ["--fund-seed", "dots"],
  use: ["--fund-fiscal", "stripes"],
  closing: ["--ink", null],
  plain: ["--ink-3", null],
};
const ORDER = ["common", "fiscal", "seed", "plain"];
const DECALS = {
  stripes: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [2, 4], rotation: -Math.PI / 4 },
  dots: { symbol: "circle", symbolSize: .8, dashArrayX: [[4, 4], [0, 4, 4, 0]], dashArrayY: [4, 0] },
};

const style = () => getComputedStyle(document.documentElement);
const token = (name) => style().getPropertyValue(name).trim();

function look(tone) {
  const [colour, pattern] = TONES[tone] ?? TONES.plain;
  const decal = pattern && { ...DECALS[pattern], color: token("--surface"), dirty: true };
  return { color: token(colour), ...(decal ? { decal } : {}) };
}

function short(fen) {
  const size = Math.abs(fen) / 100;
  const sign = fen < 0 ? "−" : "";
  const whole = () => size.toLocaleString("en");
  if (document.documentElement.lang.startsWith("en")) {
    if (size >= 1e6) return `${sign}${+(size / 1e6).toFixed(1)}m`;
    return size >= 1e3 ? `${sign}${+(size / 1e3).toFixed(1)}k` : `${sign}${whole()}`;
  }
  if (size >= 1e8) return `${sign}${+(size / 1e8).toFixed(2)}亿`;
  return size >= 1e4 ? `${sign}${+(size / 1e4).toFixed(2)}万` : `${sign}${whole()}`;
}

const said = (unit, value) => {
  if (value === null || value === undefined) return "—";
  return unit === "fen" ? yuan(Math.round(value)) : `${value.toLocaleString()}${unit === "percent" ? "%" : ""}`;
};
const brief = (unit, value) => (unit === "fen" ? short(value) : said(unit, value));

function tip(head, rows) {
  const box = document.createElement("div");
  box.className = "chart-tip";
  const title = document.createElement("strong");
  title.textContent = head;
  box.append(title);
  for (const [name, value] of rows) {
    const line = document.createElement("div");
    for (const text of [name, value]) {
      const part = document.createElement("span");
      part.textContent = text;
      line.append(part);
    }
    box.append(line);
  }
  return box;
}

function ground() {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13, color: token("--ink-2") },
    tooltip: {
      backgroundColor: token("--surface"), borderColor: token("--line"), borderRadius: 3,
      extraCssText: "box-shadow: var(--shadow)", confine: true, transitionDuration: 0,
    },
  };
}

// How many rows a legend will take: names are measured roughly, a Chinese character is 13 wide.
function legendRows(names, width) {
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const size = 33 + [...name].reduce((sum, c) => sum + (c > "\u2e80" ? 13 : 7.5), 0);
    if (used && used + size > width - 10) {
      rows += 1;
      used = 0;
    }
    used += size;
  }
  return rows;
}

// Lines (balances) and bars (movements) differ in size: each has a panel and a scale of its own.
function columns(data, width) {
  const ink = token("--ink-2");
  const split = data.series.some((one) => one.line) && data.series.some((one) => !one.line);
  const below = 38 + 24 * legendRows(data.series.map((one) => one.name), width);
  const sides = { left: 58, right: 10 };
  const grids = split
    ? [{ ...sides, top: 14, height: "30%" }, { ...sides, top: "44%", bottom: below }]
    : [{ ...sides, top: 14, bottom: below }];
  const last = grids.length - 1;
  return {
    ...ground(),
    grid: grids,
    legend: { bottom: 0, itemWidth: 14, itemHeight: 14, itemGap: 14, icon: "rect", textStyle: { color: ink, fontSize: 13 } },
    axisPointer: { link: [{ xAxisIndex: "all" }] },
    xAxis: grids.map((_grid, at) => ({
      type: "category", data: data.x, gridIndex: at, axisTick: { show: false },
      axisLine: { lineStyle: { color: token(at === last ? "--ink" : "--line") } },
      axisLabel: { show: at === last, color: ink, hideOverlap: true },
    })),
    yAxis: grids.map((_grid, at) => ({
      type: "value", gridIndex: at, splitNumber: (split && at === 0) || width < 520 ? 2 : 4,
      splitLine: { lineStyle: { color: token("--hairline") } },
      axisLabel: { color: ink, formatter: (value) => brief(data.unit, value) },
    })),
    tooltip: {
      ...ground().tooltip, trigger: "axis", axisPointer: { type: "shadow", shadowStyle: { color: token("--ink"), opacity: .06 } },
      formatter: (points) => tip(points[0].axisValue, points.map((p) => [p.seriesName, said(data.unit, p.value)])),
    },
    series: data.series.map((one, at) => {
      const { color, decal } = look(one.tone ?? ORDER[at % ORDER.length]);
      const panel = split && !one.line ? 1 : 0;
      const place = { name: one.name, data: one.values, xAxisIndex: panel, yAxisIndex: panel };
      return one.line
        ? { ...place, type: "line", symbol: "circle", symbolSize: 6, lineStyle: { color, width: 2 }, itemStyle: { color } }
        : { ...place, type: "bar", barMaxWidth: 22, barGap: "12%", stack: one.stack, itemStyle: { color, decal } };
    }),
  };
}

// How far each node stands from the sources, and how many stand side by side at most.
function layers(data) {
  const depth = Object.fromEntries(data.nodes.map((node) => [node.id, 0]));
  for (let moved = true, round = 0; moved && round < data.nodes.length; round += 1) {
    moved = false;
    for (const { source, target } of data.links) {
      if (depth[target] < depth[source] + 1) {
        depth[target] = depth[source] + 1;
        moved = true;
      }
    }
  }
  const last = Math.max(...Object.values(depth));
  const ends = new Set(data.links.map((link) => link.source));
  const counts = {};
  for (const node of data.nodes) {
    const at = ends.has(node.id) ? depth[node.id] : last;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return { count: last + 1, most: Math.max(...Object.values(counts)) };
}

// On a narrow screen streams end at what was paid; whom it serves stands in the table.
const NARROW = 640;
function fit(data, width) {
  if (width >= NARROW) return data;
  const kept = (id) => !id.startsWith("need:");
  return {
    ...data,
    nodes: data.nodes.filter((node) => kept(node.id)),
    links: data.links.filter((link) => kept(link.target)),
  };
}

// Every node has a line of its own for its name and amount: no picture so wide or low that they
// meet. Where the screen is narrow, names stand in the picture and amounts in its tips and table.
function sankey(all, width) {
  const narrow = width < NARROW;
  const data = fit(all, width);
  const { count } = layers(data);
  const names = Object.fromEntries(data.nodes.map((node) => [node.id, node.name]));
  const room = narrow ? 92 : 236;
  const step = (width - room - 8) / Math.max(1, count - 1);
  return {
    ...ground(),
    tooltip: {
      ...ground().tooltip, trigger: "item",
      formatter: (p) => (p.dataType === "edge"
        ? tip(`${names[p.data.source]} → ${names[p.data.target]}`, [["", said(data.unit, p.data.value)]])
        : tip(p.data.label_, [["", said(data.unit, p.value)]])),
    },
    series: [{
      type: "sankey", orient: "horizontal", draggable: false, nodeWidth: narrow ? 8 : 14, nodeGap: narrow ? 26 : 20,
      left: 4, right: room, top: 10, bottom: 10, layoutIterations: 64, nodeAlign: "justify",
      emphasis: { focus: "adjacency", lineStyle: { opacity: .55 } },
      lineStyle: { color: "source", opacity: .28, curveness: .5 },
      label: {
        color: token("--ink"), fontSize: narrow ? 11 : 13, lineHeight: narrow ? 12 : 18, position: "right", distance: narrow ? 3 : 5,
        overflow: narrow ? "break" : "truncate", width: Math.min(room - 14, step - (narrow ? 14 : 26)),
        formatter: (p) => (narrow ? p.data.label_ : `${p.data.label_}  ${said(data.unit, p.value)}`),
      },
      labelLayout: { hideOverlap: true },
      data: data.nodes.map((node) => ({
        name: node.id, label_: node.name, href: node.href, itemStyle: { ...look(node.tone), borderWidth: 0 },
      })),
      links: data.links.map(({ source, target, value, href }) => ({ source, target, value, href })),
    }],
  };
}

// A picture of streams is as high as its fullest column needs.
function height(data, width) {
  return `${Math.max(18, layers(fit(data, width)).most * 2.9)}rem`;
}

// Paper is white in every theme: charts are drawn in the light colours while printing.
let screen = null;
addEventListener("beforeprint", () => {
  screen = document.documentElement.dataset.bsTheme ?? "";
  document.documentElement.dataset.bsTheme = "light";
  dispatchEvent(new Event("linli:paper"));
});
addEventListener("afterprint", () => {
  document.documentElement.dataset.bsTheme = screen;
  dispatchEvent(new Event("linli:paper"));
});

/** Draw a figure, and draw it again when its size, the theme or the paper changes. */
export function picture(figure) {
  const data = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  const place = figure.querySelector(".chart-picture");
  figure.classList.add("is-drawn");
  const streams = figure.dataset.chart === "sankey";
  if (streams) place.style.height = height(data, place.clientWidth);
  const chart = echarts.init(place, null, { renderer: "svg" });
  const shape = streams ? sankey : columns;
  const option = () => shape(data, place.clientWidth);
  const again = () => {
    if (!place.clientWidth) return;
    chart.resize();
    chart.setOption(option(), true);
  };
  again();
  chart.on("click", (point) => {
    const href = point.data?.href ?? data.hrefs?.[point.dataIndex];
    if (href) location.assign(href);
  });
  new ResizeObserver(again).observe(place);
  figure.addEventListener("linli:shown", again);
  document.addEventListener("linli:theme", again);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(again));
  addEventListener("linli:paper", again);
}
