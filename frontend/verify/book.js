// All folders of one book: one log, and every figure that follows from it.
import { Bad, hex, same } from "./bytes.js";
import { equal } from "./body.js";
import { SUMS, yuan } from "./folder.js";
import { leafHash, rootsAt, verifyConsistency, verifyInclusion } from "./merkle.js";
import { openKeyLeaf, readConsistency, readProof } from "./note.js";
import { Fold, Statement } from "./statement.js";

// The day in China (UTC+8) of a moment.
function localDay(at) {
  return new Date(Date.parse(at) + 8 * 3600_000).toISOString().slice(0, 10);
}

function monthsLater(period, months) {
  const count = Number(period.slice(0, 4)) * 12 + Number(period.slice(5)) - 1 + months;
  return `${String(Math.floor(count / 12)).padStart(4, "0")}-${String((count % 12) + 1).padStart(2, "0")}`;
}

const ascending = (one, other) => one - other;

export class Book {
  constructor(top, code, folders) {
    Object.assign(this, { top, code, folders, name: "", origin: null, keys: [], sound: [], seals: [] });
    Object.assign(this, { leaves: new Map(), bodies: new Map(), roots: new Map() });
  }

  async run() {
    for (const folder of this.folders) await folder.load();
    this.sound = this.folders.filter((folder) => folder.it).sort((a, b) => a.index - b.index);
    this.folders = [...this.folders.filter((folder) => !folder.it), ...this.sound];
    this.sound.forEach((folder) => this.collect(folder));
    this.seals = this.sound.filter((folder) => folder.version === 1);
    for (const folder of this.sound) {
      const before = this.seals.filter((seal) => seal.index < folder.index);
      folder.start = before.length ? before.at(-1).index + 1 : 0;
      folder.checkRows(this.bodies);
    }
    this.checkKeys();
    await this.checkRoots();
    this.checkOrder();
    this.checkEntries();
    this.checkHidden();
    this.checkFigures();
  }

  // Put the folder's leaves in their places in the log; the same leaf may stand twice.
  collect(folder) {
    const head = { index: folder.index, it: folder.it, leaf: folder.leaf, line: 1, file: `${folder.kind}.json` };
    for (const { index, it, leaf, line, file = "entries.jsonl" } of [...folder.rows, head]) {
      const where = folder.name(file);
      if (!this.leaves.has(index)) this.leaves.set(index, { leaf, where });
      const known = this.leaves.get(index);
      if (!same(known.leaf, leaf)) folder.fault("leaf.conflict", file, { line, index, where: known.where });
      else if (it) {
        if (!this.bodies.has(index)) this.bodies.set(index, { it, file: where, line });
        if (it.book !== this.code) {
          folder.fault("folder.name", file, { line, field: "book", want: this.code, told: it.book });
        }
      }
    }
  }

  // Whether a checkpoint ({size, root in hex}) is of these leaves; null if it is beyond them.
  agrees({ size, root }) {
    const leaves = Array.from({ length: Math.min(size, this.leaves.size) }, (_, at) => this.leaves.get(at)?.leaf);
    if (leaves.length < size || leaves.includes(undefined)) return null;
    return hex(rootsAt(leaves, [size]).get(size)) === root;
  }

  get inOrder() {
    return [...this.bodies].sort(([one], [other]) => one - other);
  }

  // keys and trees

  checkKeys() {
    let current = null;
    for (const [index, { it, file, line }] of this.inOrder) {
      if (it.type !== "key") continue;
      try {
        current = openKeyLeaf(it, current);
      } catch (fault) {
        if (!(fault instanceof Bad)) throw fault;
        this.top.fault("key.chain", file, { line, why: fault.message });
        break;
      }
      if ((index === 0) !== (this.keys.length === 0)) this.top.fault("key.none", file, { line });
      this.keys.push([index, current]);
    }
    this.origin = current?.name ?? null;
    const want = `${this.top.county?.name}/${this.code}`;
    if (!this.keys.length) this.top.fault("key.none", this.folders[0].name("entries.jsonl"));
    else if (this.top.county && current.name !== want) {
      this.top.fault("tree.origin", this.bodies.get(this.keys[0][0]).file, { want, told: current.name });
    }
    this.folders.forEach((folder) => this.checkSignatures(folder));
  }

  // The key in force signed the checkpoint; it, or a later one, the list of files.
  checkSignatures(folder) {
    const size = folder.it ? folder.index + 1 : Infinity;
    const before = this.keys.filter(([index]) => index < size).map(([, key]) => key).slice(-1);
    const after = this.keys.filter(([index]) => index >= size).map(([, key]) => key);
    this.top.signed(folder.note, [...before, ...after], folder.name(SUMS));
    this.top.signed(folder.checkpoint, before, folder.name("checkpoint"));
    const { county } = folder, ours = this.top.county;
    if (county && ours) {
      this.top.signed(county, this.top.countyKey(county.size), folder.name("county-checkpoint"));
      if (county.origin !== ours.name) {
        folder.fault("tree.origin", "county-checkpoint", { want: ours.name, told: county.origin });
      }
    }
  }

  // Every root that is published is the one of the leaves that are published.
  async checkRoots() {
    const leaves = [];
    while (this.leaves.has(leaves.length)) leaves.push(this.leaves.get(leaves.length).leaf);
    if (leaves.length < this.leaves.size) {
      const later = this.sound.find((folder) => folder.index >= leaves.length);
      later.fault("leaf.missing", "entries.jsonl", { index: leaves.length });
    }
    const proofs = new Map();
    for (const folder of this.sound) {
      const read = async (file) => (await this.top.parse(folder.name(file), readConsistency)) ?? new Map();
      const book = await read("proofs/consistency");
      proofs.set(folder, { book, county: await read("proofs/county-consistency") });
    }
    const sizes = this.sound.flatMap((folder) => [folder.index, folder.index + 1]);
    for (const { book } of proofs.values()) sizes.push(...book.keys());
    sizes.push(...this.top.since.filter((kept) => kept.origin === this.origin).map((kept) => kept.size));
    this.roots = rootsAt(leaves, sizes);
    for (const [at, folder] of this.sound.entries()) {
      this.checkHeads(folder);
      const earlier = this.sound.slice(0, at);
      this.checkConsistency(folder, earlier, proofs.get(folder).book);
      await this.checkCounty(folder, earlier, proofs.get(folder).county);
    }
  }

  checkHeads(folder) {
    const root = this.roots.get(folder.index), head = folder.checkpoint;
    if (root && folder.it.root !== hex(root)) {
      folder.fault("tree.root", `${folder.kind}.json`, { field: "body.root", size: folder.index });
    }
    if (!head) return;
    if (this.origin && head.origin !== this.origin) {
      folder.fault("tree.origin", "checkpoint", { want: this.origin, told: head.origin });
    }
    if (head.size !== folder.index + 1) {
      folder.fault("tree.size", "checkpoint", { want: folder.index + 1, told: head.size });
    } else if (!same(this.roots.get(head.size) ?? head.root, head.root)) {
      folder.fault("tree.root", "checkpoint", { size: head.size });
    }
  }

  checkConsistency(folder, earlier, proofs) {
    const file = "proofs/consistency", head = folder.checkpoint;
    for (const { index } of earlier) {
      if (!proofs.has(index + 1)) folder.fault("proof.old", file, { size: index + 1 });
    }
    for (const [size, hashes] of proofs) {
      const root = this.roots.get(size);
      const holds = () => root && size < head.size && verifyConsistency(size, root, head.size, head.root, hashes);
      if (head && !holds()) folder.fault("proof.consistency", file, { field: `old ${size}`, size });
    }
  }

  async checkCounty(folder, earlier, proofs) {
    const { county, checkpoint } = folder;
    const found = await this.top.parse(folder.name("proofs/county.tlog-proof"), readProof);
    if (found && county && checkpoint) {
      const leaf = leafHash(checkpoint.data);
      const verbatim = found.extra === null && same(found.checkpoint, county.data);
      if (!verbatim || !verifyInclusion(leaf, found.index, county.size, found.hashes, county.root)) {
        folder.fault("proof.inclusion", "proofs/county.tlog-proof");
      }
    }
    if (!county) return;
    const file = "proofs/county-consistency";
    const known = new Map(earlier.filter((it) => it.county).map(({ county: it }) => [it.size, it.root]));
    for (const [size, root] of known) {
      const hashes = proofs.get(size), field = `old ${size}`;
      if (size === county.size && same(root, county.root) && !hashes) continue;
      if (!hashes) folder.fault("proof.old", file, { size });
      else if (!verifyConsistency(size, root, county.size, county.root, hashes)) {
        folder.fault("proof.consistency", file, { field, size });
      }
    }
    for (const size of proofs.keys()) {
      if (!known.has(size)) folder.fault("proof.consistency", file, { field: `old ${size}`, size });
    }
  }

  // the order of things

  // Seals follow on from one another; versions of a month likewise.
  checkOrder() {
    const versions = new Map();
    let last = null;
    for (const folder of this.sound) {
      const file = `${folder.kind}.json`, line = 1;
      const before = folder.version === 1 ? last : versions.get(folder.period);
      const leaf = before ? { index: before.index, leaf: hex(this.leaves.get(before.index).leaf) } : null;
      if (!equal(folder.it.previous ?? null, leaf)) {
        folder.fault("seal.previous", file, { line, field: "body.previous" });
      }
      if (folder.version === 1) {
        if (last && last.period >= folder.period) folder.fault("folder.order", file, { line, where: last.place });
        if (localDay(folder.it.at).slice(0, 7) <= folder.period) {
          folder.fault("seal.early", file, { line, field: "body.at", period: folder.period });
        }
        last = folder;
      } else if (before?.version !== folder.version - 1) {
        folder.fault("folder.order", file, { line, where: before?.place ?? folder.period });
      }
      versions.set(folder.period, folder);
      for (const [name, digest] of Object.entries(folder.it.files)) {
        if ((folder.listed.get(name) ?? digest) !== digest) folder.fault("seal.file", name);
      }
    }
  }

  // Entry by entry, in the order of the log.
  checkEntries() {
    const keys = new Map(), numbers = new Map(), reversed = new Set(), seals = [...this.seals];
    let number = 0, sealed = "";
    for (const index of [...this.leaves.keys()].sort(ascending)) {
      while (seals.length && seals[0].index < index) sealed = seals.shift().period;
      const { it, file, line } = this.bodies.get(index) ?? {};
      if (it?.type === "answer") this.checkAnswer(index, it, file, line);
      if (it && it.type !== "entry") continue;
      number += 1;
      if (!it) continue;
      const fault = (code, field, values) => this.top.fault(code, file, { line, field, ...values });
      if (it.number !== number) {
        fault("entry.number", "number", { want: number, told: it.number });
        number = it.number;
      }
      if (keys.has(it.key)) fault("entry.key", "key", { index: keys.get(it.key) });
      else keys.set(it.key, index);
      if (it.period <= sealed) fault("entry.sealed", "date", { period: sealed });
      this.checkEntry(it, fault);
      if (Object.hasOwn(it, "reverses") || it.kind === "reversal") {
        if (!proper(it, numbers.get(it.reverses), reversed)) {
          fault("entry.reversal", "reverses", { number: it.reverses });
        }
        reversed.add(it.reverses);
      }
      numbers.set(it.number, it);
    }
  }

  checkAnswer(index, it, file, line) {
    const before = this.bodies.get(it.objection);
    if (it.objection >= index || before?.it.type !== "objection") this.top.fault("answer.objection", file, { line });
  }

  checkEntry(it, fault) {
    if (it.period !== it.date.slice(0, 7) || (it.original ?? "") > it.date) fault("entry.date", "date");
    if (it.lines.length < 2 || !it.lines.every((row) => row[4])) fault("entry.lines", "lines");
    const sums = new Map();
    for (const [fund, , , , fen] of it.lines) sums.set(fund, (sums.get(fund) ?? 0) + fen);
    for (const [fund, fen] of sums) if (fen) fault("entry.balance", "lines", { fund, fen: yuan(fen) });
  }

  // What was kept back for a later month has been shown by the second month after its seal.
  checkHidden() {
    const last = this.seals.at(-1)?.period;
    for (const seal of this.seals) {
      if (last < monthsLater(localDay(seal.it.at).slice(0, 7), 2)) continue;
      for (const { index, it, line } of seal.rows) {
        if (!it && !this.bodies.has(index)) seal.fault("leaf.hidden", "entries.jsonl", { line, index });
      }
    }
  }

  // the figures

  checkFigures() {
    const months = new Map();
    for (const [index, { it, file, line }] of this.inOrder) {
      if (it.type !== "entry") continue;
      if (!months.has(it.period)) months.set(it.period, []);
      months.get(it.period).push({ index, it, file, line });
    }
    this.checkMonths(months);
    const fold = new Fold(), sealed = new Map(), take = (period) => {
      const entries = months.get(period) ?? [];
      months.delete(period);
      return entries;
    };
    let before = new Map();
    for (const seal of this.seals) {
      const sides = new Map(seal.it.chart.map(([fund, account, side]) => [`${fund}/${account}`, side]));
      for (const period of [...months.keys()].filter((it) => it < seal.period).sort()) fold.add(take(period), sides);
      const figures = fold.month(take(seal.period), sides);
      sealed.set(seal.period, { seal, sides, figures });
      for (const [at, { file, line }] of fold.unknown) {
        const [fund, account] = at.split("/");
        this.top.fault("entry.account", file, { line, field: "lines", fund, account });
      }
      fold.unknown.clear();
      this.checkSeal(seal, sides, figures);
      seal.checkReceipts(sides);
      for (const [name, side] of before) {
        if (sides.get(name) !== side) seal.fault("seal.chart", "seal.json", { line: 1, field: "body.chart", name });
      }
      before = new Map([...sides].filter(([at]) => figures.turnover.has(at)));
      this.checkStatement(seal, seal, sides, figures, null);
    }
    for (const folder of this.sound) {
      const found = sealed.get(folder.period);
      if (folder.version === 1 || !found) continue;
      folder.checkReceipts(found.sides);
      this.checkStatement(folder, found.seal, found.sides, found.figures, this.laterCorrections(folder));
    }
  }

  // Every entry up to the last sealed month lies in a published month; openings come first.
  checkMonths(months) {
    const published = this.seals.map((seal) => seal.period), last = published.at(-1);
    const brought = new Set(this.seals.flatMap((seal) => seal.it.chart)
      .filter(([, , side]) => side === "net_assets").map(([fund, account]) => `${fund}/${account}`));
    for (const [period, entries] of months) {
      for (const { it, file, line } of entries) {
        const opening = it.kind === "opening", net = it.lines.some(([f, a]) => brought.has(`${f}/${a}`));
        if ((opening && published.length && period > published[0]) || (net && !opening)) {
          this.top.fault("entry.opening", file, { line, field: "kind" });
        }
        if (!opening && published.length && period <= last && !published.includes(period)) {
          this.top.fault("entry.unpublished", file, { line, field: "date", period });
        }
      }
    }
  }

  // What entries of later months, before this correction, say about its month.
  laterCorrections(folder) {
    const found = new Map();
    for (const [index, { it }] of this.bodies) {
      if (it.type !== "entry" || index >= folder.index || !folder.corrects(it)) continue;
      for (const [fund, account, , , fen] of it.lines) {
        const at = `${fund}/${account}`;
        found.set(at, (found.get(at) ?? 0) + fen);
      }
    }
    return found;
  }

  checkSeal(seal, sides, figures) {
    const rows = seal.it.trial, where = { line: 1, field: "body.trial" };
    const told = new Map(rows.map(([fund, account, ...pair]) => [`${fund}/${account}`, pair]));
    const order = rows.map(([fund, account]) => `${fund}\u0000${account}`);
    if (told.size !== rows.length || order.some((it, at) => at && order[at - 1] > it)) {
      seal.fault("seal.trial", "seal.json", { ...where, name: "", want: "", told: "" });
    }
    for (const name of new Set([...told.keys(), ...figures.turnover.keys()])) {
      const mine = told.get(name) ?? [0, 0], want = figures.turnover.get(name) ?? [0, 0];
      if (!equal(mine, want)) {
        const values = { name, want: want.map(yuan).join(" / "), told: mine.map(yuan).join(" / ") };
        seal.fault("seal.trial", "seal.json", { ...where, ...values });
      }
    }
    const money = [...sides].filter(([, side]) => side === "money").map(([at]) => at).sort();
    const listed = seal.it.bank.map((row) => `${row.fund}/${row.account}`).sort();
    if (!equal(money, listed)) seal.fault("seal.bank", "seal.json", { line: 1, field: "body.bank" });
  }

  checkStatement(folder, seal, sides, figures, later) {
    if (!folder.statement) return;
    try {
      new Statement(this, folder, seal, sides, figures, later).check();
    } catch (fault) {
      if (!(fault instanceof TypeError || fault instanceof RangeError)) throw fault;
      folder.fault("statement.form", "statement.json", { why: fault.message });
    }
  }
}

// Whether a reversal is the exact inverse of an earlier entry, the first one, and not of a reversal.
function proper(it, before, reversed) {
  const named = it.kind === "reversal" && it.reverses !== undefined && it.reverses < it.number
    && !reversed.has(it.reverses) && it.original !== undefined;
  if (!named || !before) return named;
  const inverse = before.lines.map((row) => [...row.slice(0, 4), -row[4]]);
  return before.kind !== "reversal" && equal(it.lines, inverse)
    && it.original === (before.original ?? before.date);
}
