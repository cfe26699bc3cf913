// Builds linli/web/static/dist: app.css, app.js (+ lazy chunks), theme.js, icons.svg, verify.js.
// Entry files keep stable names; chunks carry their hash, because app.js names them itself.
import {
  chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import * as sass from "sass";

const HERE = dirname(fileURLToPath(import.meta.url));
const PACKAGE = join(HERE, "..", "linli");
const DIST = join(PACKAGE, "web", "static", "dist");
const OUT = mkdtempSync(join(HERE, "node_modules", ".dist-"));
process.on("exit", () => rmSync(OUT, { recursive: true, force: true }));
// Chromium 109 is the last one for Windows 7, which many counters still run.
const TARGET = ["chrome109", "safari15.4", "firefox109"];

const common = {
  bundle: true, minify: true, target: TARGET, charset: "utf8",
  legalComments: "eof", logLevel: "warning", outdir: OUT,
};

async function scripts() {
  await esbuild.build({
    ...common, entryPoints: [join(HERE, "src/app.js")],
    format: "esm", splitting: true, chunkNames: "chunks/[name]-[hash]",
  });
  const alone = [join(HERE, "src/theme.js")];
  const verify = join(HERE, "verify", "verify.js");
  if (existsSync(verify)) alone.push(verify);
  await esbuild.build({ ...common, entryPoints: alone, format: "iife", entryNames: "[name]" });
}

async function styles() {
  const { css } = sass.compile(join(HERE, "src/css/app.scss"), {
    loadPaths: [join(HERE, "node_modules")], quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  const { code } = await esbuild.transform(css, {
    loader: "css", minify: true, target: TARGET, charset: "utf8",
  });
  writeFileSync(join(OUT, "app.css"), code);
}

function* files(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["static", "migrations", "__pycache__", "tests"].includes(entry.name)) yield* files(path);
    } else if (/\.(html|py)$/.test(entry.name)) yield path;
  }
}

// Icons: every name used by a template or a menu entry, plus a basic set, as one sprite.
function icons() {
  const names = new Set(JSON.parse(readFileSync(join(HERE, "icons.json"), "utf8")));
  for (const path of files(PACKAGE)) {
    const text = readFileSync(path, "utf8");
    for (const [, name] of text.matchAll(/(?:\{%\s*icon\s+|\bicon\s*=\s*)["']([a-z0-9-]+)["']/g)) {
      names.add(name);
    }
  }
  const symbols = [...names].sort().map((name) => {
    const path = join(HERE, "node_modules/@tabler/icons/icons/outline", `${name}.svg`);
    if (!existsSync(path)) throw new Error(`there is no icon "${name}" in @tabler/icons`);
    const body = readFileSync(path, "utf8").replace(/<!--[\s\S]*?-->/g, "")
      .match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/<path stroke="none"[^>]*\/>/, "");
    return `<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  writeFileSync(
    join(OUT, "icons.svg"),
    `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
  );
}

async function build() {
  const begun = Date.now();
  mkdirSync(OUT, { recursive: true, mode: 0o755 });
  icons();
  await Promise.all([scripts(), styles()]);
  // Whole or not at all: a build that fails leaves the last one, and readers never see half of one.
  mkdirSync(dirname(DIST), { recursive: true });
  rmSync(DIST, { recursive: true, force: true });
  renameSync(OUT, DIST);
  chmodSync(DIST, 0o755);
  console.log(`linli/web/static/dist built in ${Date.now() - begun} ms`);
}

await build();
if (process.argv.includes("--watch")) {
  let timer;
  watch(join(HERE, "src"), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => build().catch((fault) => console.error(fault.message)), 100);
  });
}
