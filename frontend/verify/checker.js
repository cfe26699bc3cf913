// Everything that is checked about one published folder. A source is {names: Set of paths, read:
// path → promise of bytes}; the answer is the same as verify.py's, fault by fault.
import { Bad, hex, same, text, utf8 } from "./bytes.js";
import { unjson } from "./body.js";
import { Book } from "./book.js";
import { sha256Of } from "./crypto.js";
import { Folder, SUMS, linesOf } from "./folder.js";
import { verifyConsistency } from "./merkle.js";
import { Checkpoint, Key, Note, openKeyLeaf, readConsistency } from "./note.js";
import { KEY_LINE, readBody, shaped } from "./shapes.js";

const FOLDER = /^([^/]+)\/([0-9]{4}-[0-9]{2})(?:\/v([0-9]+))?\/SHA256SUMS$/;
const UNFINISHED = "publishing/", READY = "publishing-", NEW = "publishing/new";
export const WAS = "publishing/was/";
const LITTER = new Set([".DS_Store", "Thumbs.db", "desktop.ini"]); // left behind by file managers

export function readVkey(bytes) {
  const told = text(bytes);
  if (!told.endsWith("\n")) throw new Bad("no newline at the end");
  return new Key(told.slice(0, -1));
}

// A key or a fingerprint as a person may type it, in its one spelling.
export function readTrust(told) {
  const plain = told.trim();
  if (/^[A-Za-z2-7]{4}(?:-?[A-Za-z2-7]{4}){4}$/.test(plain)) {
    return plain.replaceAll("-", "").toUpperCase().match(/..../g).join("-");
  }
  return new Key(plain).text;
}

// The folder of a publication that did not come to its end is judged as it was before; what was
// being made ready is passed over.
async function asItWas({ names, read }) {
  const kept = [...names].filter((name) => !name.startsWith(UNFINISHED) && !name.startsWith(READY));
  if (!names.has(NEW)) return { names: new Set(kept), read };
  const places = new TextDecoder().decode(await read(NEW)).split("\n").filter(Boolean);
  const was = [...names].filter((name) => name.startsWith(WAS)).map((name) => name.slice(WAS.length));
  const there = kept.filter((name) => !places.some((place) => name === place || name.startsWith(`${place}/`)));
  return {
    names: new Set([...there, ...was]),
    read: (name) => read(was.includes(name) ? WAS + name : name),
  };
}

export class Checker {
  constructor(source, { trust = [], since = [], progress = () => {} } = {}) {
    Object.assign(this, { source, progress, faults: [], books: [], anchored: new Map() });
    this.names = new Set([...source.names].filter((name) => !LITTER.has(name.split("/").at(-1))));
    this.named = new Set([SUMS]);
    this.trust = trust.map(readTrust);
    this.since = since.map((bytes) => new Checkpoint(typeof bytes === "string" ? utf8(bytes) : bytes));
    Object.assign(this, { county: null, rotations: [], head: null, sums: null, countyRoots: new Map() });
  }

  fault(code, file, { line, field, ...values } = {}) {
    this.faults.push({ code, file, line: line ?? null, field: field ?? null, values });
  }

  async run() {
    this.sums = await this.readSums("");
    await this.readCounty();
    const places = new Map();
    for (const name of [...this.names].sort()) {
      const found = FOLDER.exec(name);
      if (!found) continue;
      const folder = new Folder(this, name.slice(0, -SUMS.length - 1), found[2], Number(found[3] ?? 1));
      places.set(found[1], [...(places.get(found[1]) ?? []), folder]);
    }
    for (const [code, folders] of [...places].sort()) {
      const book = new Book(this, code, folders);
      this.books.push(book);
      this.progress(this.books.length, places.size, code);
      try {
        await book.run();
      } catch (fault) {
        this.fault("broken", code, { why: String(fault) });
      }
    }
    await this.checkCounty();
    for (const name of [...this.names].sort()) {
      if (!this.named.has(name)) this.fault("file.extra", name);
    }
    this.checkAnchors();
    return this;
  }

  // reading, with a fault instead of an exception

  async parse(name, reader, code = "line.form") {
    if (!this.names.has(name)) return null;
    try {
      return reader(await this.source.read(name));
    } catch (fault) {
      if (!(fault instanceof Bad)) throw fault;
      this.fault(code, name, { why: fault.message });
      return null;
    }
  }

  // Check a SHA256SUMS against the files it lists; answers its note and a Map of path to digest.
  async readSums(place) {
    const prefix = place ? `${place}/` : "", name = prefix + SUMS, listed = new Map();
    if (!this.names.has(name)) {
      this.fault("file.missing", name, { sums: SUMS });
      return [null, listed];
    }
    const note = await this.parse(name, (bytes) => new Note(bytes), "note.form");
    for (const [at, line] of (note?.text.split("\n").slice(0, -1) ?? []).entries()) {
      const [, digest, path] = /^([0-9a-f]{64}) {2}(.+)$/su.exec(line) ?? [];
      if (!path || listed.has(path)) {
        this.fault("sums.form", name, { line: at + 1 });
        continue;
      }
      listed.set(path, digest);
      this.named.add(prefix + path);
      if (!this.names.has(prefix + path)) this.fault("file.missing", prefix + path, { sums: name });
      else if (hex(await sha256Of(await this.source.read(prefix + path))) !== digest) {
        this.fault("file.hash", prefix + path, { sums: name });
      }
    }
    return [note, listed];
  }

  // A fault unless one of the keys signed the note.
  signed(note, keys, file) {
    const codes = note ? keys.map((key) => note.check(key)) : [];
    if (!codes.length || codes.includes(null)) return;
    const code = codes.includes("note.signature") ? "note.signature" : "note.unsigned";
    this.fault(code, file, { name: keys[0].name });
  }

  // the county

  async readCounty() {
    for (const name of ["county.vkey", "county-checkpoint", "verify.html", "verify.py"]) {
      if (!this.sums[1].has(name)) this.fault("file.required", SUMS, { name });
    }
    this.county = await this.parse("county.vkey", readVkey, "key.form");
    this.head = await this.parse("county-checkpoint", (bytes) => new Checkpoint(bytes), "note.form");
    await this.readRotations();
    if (!this.county) return;
    this.signed(this.sums[0], [this.county], SUMS);
    this.signed(this.head, [this.county], "county-checkpoint");
    if (this.head && this.head.origin !== this.county.name) {
      this.fault("tree.origin", "county-checkpoint", { want: this.county.name, told: this.head.origin });
    }
  }

  // County keys in order, as [index of the leaf that announced it, key].
  async readRotations() {
    const name = "county-keys.jsonl";
    let current = null;
    for (const [at, line] of ((await this.parse(name, linesOf)) ?? []).entries()) {
      try {
        const value = shaped(unjson(line), KEY_LINE), it = readBody(value.body);
        if (it.type !== "key" || it.index !== value.index) throw new Bad("not a key leaf of this index");
        if (!current) {
          current = new Key(it.previous ?? "");
          this.rotations.push([-1, current]);
        }
        current = openKeyLeaf(it, current);
        this.rotations.push([it.index, current]);
      } catch (fault) {
        if (!(fault instanceof Bad)) throw fault;
        this.fault("key.chain", name, { line: at + 1, why: fault.message });
        return;
      }
    }
    if (current && this.county && current.text !== this.county.text) {
      this.fault("key.chain", name, { why: "it does not lead to county.vkey" });
    }
    if (this.county && !this.rotations.length) this.rotations.push([-1, this.county]);
  }

  countyKey(size) {
    return this.rotations.filter(([index]) => index < size).map(([, key]) => key).slice(-1);
  }

  // One county log: every folder's county checkpoint leads to the newest one.
  async checkCounty() {
    if (!this.head) return;
    const found = new Map(), name = "county-consistency";
    const note = ({ size, root }, where) => {
      if (!found.has(size)) found.set(size, new Map());
      if (!found.get(size).has(hex(root))) found.get(size).set(hex(root), { root, where });
    };
    for (const book of this.books) {
      for (const folder of book.folders) if (folder.county) note(folder.county, folder.place);
    }
    note(this.head, "county-checkpoint");
    const proofs = (await this.parse(name, readConsistency)) ?? new Map();
    const file = this.names.has(name) ? name : "county-checkpoint";
    for (const [size, roots] of [...found].sort(([one], [other]) => one - other)) {
      const [{ root }] = roots.values();
      this.countyRoots.set(size, root);
      if (roots.size > 1) {
        const where = [...roots.values()].map((it) => it.where).sort().join(", ");
        this.fault("county.fork", "county-checkpoint", { size, where });
      }
      if (size === this.head.size) continue;
      if (!proofs.has(size)) this.fault("proof.old", file, { size });
      else if (!verifyConsistency(size, root, this.head.size, this.head.root, proofs.get(size))) {
        this.fault("proof.consistency", file, { size });
      }
    }
  }

  // anchors

  checkAnchors() {
    for (const wanted of this.trust) {
      const has = (keys) => keys.some(([, key]) => wanted === key.text || wanted === key.print);
      const county = has(this.rotations);
      const books = this.books.filter((book) => county || has(book.keys));
      if (!books.length && !(county && this.head)) this.fault("trust.unknown", "county.vkey");
      books.forEach((book) => this.anchored.set(book.code, "trust"));
    }
    this.since.forEach((kept) => this.checkSince(kept));
  }

  checkSince(kept) {
    let keys = this.rotations, { books, head } = this, roots = this.countyRoots, file = "county-checkpoint";
    if (kept.origin !== this.county?.name) {
      books = this.books.filter((book) => book.origin === kept.origin);
      if (!books.length) {
        this.fault("since.unknown", SUMS, { origin: kept.origin });
        return;
      }
      const last = books[0].folders.at(-1);
      ({ keys, roots } = books[0]);
      head = last.checkpoint;
      file = `${last.place}/checkpoint`;
    }
    const { size } = kept;
    if (!keys.some(([, key]) => kept.check(key) === null)) this.fault("since.key", file);
    else if (!head || size > head.size) this.fault("since.ahead", file, { size });
    else if (!roots.has(size)) this.fault("since.between", file, { size });
    else if (!same(roots.get(size), kept.root)) this.fault("since.root", file, { size });
    else books.forEach((book) => this.anchored.set(book.code, "since"));
  }
}

export async function check(source, options) {
  return new Checker(await asItWas(source), options).run();
}
