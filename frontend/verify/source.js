import { hex } from "./bytes.js";
import { WAS } from "./checker.js";
import { sha256Of } from "./crypto.js";

// Where the files come from: a picked folder, a dropped one, or the site that serves this page.
// Each gives {names: Set of paths below the published folder, read: path → promise of bytes}.

// A File of a picked or dropped folder carries its path with the folder's own name in front.
function fromFiles(pairs) {
  const files = new Map(pairs);
  const read = async (name) => new Uint8Array(await files.get(name).arrayBuffer());
  return { names: new Set(files.keys()), read };
}

export function fromPicked(list) {
  return fromFiles([...list].map((file) => [file.webkitRelativePath.split("/").slice(1).join("/"), file]));
}

export async function fromDropped(items) {
  const roots = [...items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const pairs = [];
  const single = roots.length === 1 && roots[0].isDirectory;
  for (const root of single ? await children(roots[0]) : roots) await walk(root, "", pairs);
  return fromFiles(pairs);
}

async function walk(entry, prefix, pairs) {
  const name = prefix + entry.name;
  if (entry.isFile) pairs.push([name, await new Promise((done, fail) => entry.file(done, fail))]);
  else for (const child of await children(entry)) await walk(child, `${name}/`, pairs);
}

// A directory hands out its entries in batches, an empty one at the end.
async function children(directory) {
  const reader = directory.createReader(), all = [];
  for (;;) {
    const batch = await new Promise((done, fail) => reader.readEntries(done, fail));
    if (!batch.length) return all;
    all.push(...batch);
  }
}

// The folder on the site that serves this page. A site does not list its files, so the lists that
// are published say what there is; files that no list names cannot be seen this way. The topmost
// list is the last to be replaced: what no longer fits it lies beside, if a publication broke off.
export async function fromSite(base) {
  const held = new Map();
  const load = async (name) => {
    if (!held.has(name)) {
      const answer = await fetch(new URL(name, base), { cache: "no-store" });
      held.set(name, answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null);
    }
    return held.get(name);
  };
  const fitting = async (name, digest) => {
    const fits = async (bytes) => bytes && hex(await sha256Of(bytes)) === digest;
    if (await fits(await load(name))) return true;
    const was = await load(WAS + name);
    if (await fits(was)) held.set(name, was);
    return Boolean(await load(name));
  };
  const names = new Set();
  const list = async (name) => {
    const bytes = await load(name);
    if (!bytes) return;
    names.add(name);
    const place = name.slice(0, name.lastIndexOf("/") + 1);
    const lines = new TextDecoder().decode(bytes).split("\n")
      .map((line) => /^([0-9a-f]{64}) {2}([0-9A-Za-z][0-9A-Za-z._/-]*)$/.exec(line)).filter(Boolean);
    for (const [, digest, path] of lines) {
      if (path.includes("..") || !(await fitting(place + path, digest))) continue;
      if (path.endsWith("/SHA256SUMS")) await list(place + path);
      else names.add(place + path);
    }
  };
  await list("SHA256SUMS");
  return { names, read: async (name) => held.get(name) };
}
