// Builds linli/proof/tools/verify.html: template, style, words and script in one file that needs
// nothing else. The script is left readable, so that a stranger can see what the page does.
//     node frontend/verify/build.mjs [--check]
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { PAGE } from "./words.js";

const HERE = dirname(fileURLToPath(import.meta.url));
const TOOLS = join(HERE, "..", "..", "linli", "proof", "tools");
const TARGET = ["chrome109", "safari15.4", "firefox109"];
export const OUTFILE = join(TOOLS, "verify.html");

const hash = (text) => createHash("sha256").update(text, "utf8").digest("base64");
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

// The page as one text.
export async function page() {
  const { outputFiles: [{ text }] } = await esbuild.build({
    entryPoints: [join(HERE, "page.js")], bundle: true, write: false, format: "iife", target: TARGET,
    charset: "utf8", legalComments: "inline", logLevel: "warning", absWorkingDir: HERE,
  });
  const script = `\n${text.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--")}`;
  const style = `\n${readFileSync(join(HERE, "page.css"), "utf8")}`;
  const parts = {
    "script-hash": hash(script), "style-hash": hash(style), script, style,
  };
  return readFileSync(join(TOOLS, "verify_template.html"), "utf8")
    .replace(/(<(\w+)[^>]*\sdata-word="(\w+)"[^>]*>)(<\/\2>)/g, (_, open, tag, name, close) =>
      open + escaped(PAGE[name][0]) + close)
    .replace(/%(script-hash|style-hash|script|style)%/g, (_, name) => parts[name]);
}

// Write the page if it is not there already; answers whether anything changed.
export async function buildPage({ check = false } = {}) {
  const made = await page();
  let there = "";
  try {
    there = readFileSync(OUTFILE, "utf8");
  } catch (fault) {
    if (fault.code !== "ENOENT") throw fault;
  }
  if (made !== there && !check) writeFileSync(OUTFILE, made);
  return made !== there;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const check = process.argv.includes("--check");
  const changed = await buildPage({ check });
  if (changed && check) {
    console.error("linli/proof/tools/verify.html is not what its sources build");
    process.exit(1);
  }
}
