// One published folder: a month, or a correction of one. What its files say, read once.
import { Bad, hex, text, unhex, utf8 } from "./bytes.js";
import { bodyLeaf, commitment, decode, readDocument, unjson } from "./body.js";
import { leafHash, root } from "./merkle.js";
import { Checkpoint } from "./note.js";
import {
  BARE_LINE, CORRECTION_FILE, FULL_LINE, RECEIPT, RECEIPT_LINE, SEAL_FILE, UnknownVersion, WrongField,
  readBody, shaped,
} from "./shapes.js";

export const SUMS = "SHA256SUMS";
const DOCUMENTS = ["index.html", "notice.pdf", "statement.csv", "statement.json"];
const PARTS = ["checkpoint", "county-checkpoint", "entries.jsonl", "proofs/county.tlog-proof", "receipts.jsonl"];

export function yuan(fen) {
  if (!Number.isSafeInteger(fen)) return String(fen);
  const whole = String(Math.floor(Math.abs(fen) / 100)).replace(/\B(?=(?:[0-9]{3})+$)/g, ",");
  return `${fen < 0 ? "-" : ""}${whole}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}

export function linesOf(bytes) {
  const told = text(bytes);
  if (told && !told.endsWith("\n")) throw new Bad("no newline at the end");
  return told.split("\n").slice(0, -1);
}

export class Folder {
  constructor(top, place, period, version) {
    Object.assign(this, { top, place, period, version });
    Object.assign(this, { it: null, index: null, checkpoint: null, county: null, statement: null });
    Object.assign(this, { rows: [], receipts: [], note: null, listed: new Map(), start: 0, leaf: null });
  }

  get kind() {
    return this.version === 1 ? "seal" : "correction";
  }

  get code() {
    return this.place.split("/")[0];
  }

  name(file) {
    return `${this.place}/${file}`;
  }

  fault(code, file, { line, field, ...values } = {}) {
    this.top.fault(code, this.name(file), { line, field, ...values });
  }

  async load() {
    const { top } = this;
    [this.note, this.listed] = await top.readSums(this.place);
    for (const name of [...DOCUMENTS, ...PARTS, `${this.kind}.json`]) {
      if (!this.listed.has(name)) this.fault("file.required", SUMS, { name });
    }
    this.checkpoint = await top.parse(this.name("checkpoint"), (it) => new Checkpoint(it), "note.form");
    this.county = await top.parse(this.name("county-checkpoint"), (it) => new Checkpoint(it), "note.form");
    await this.loadHead();
    const entries = (await top.parse(this.name("entries.jsonl"), linesOf)) ?? [];
    entries.forEach((line, at) => {
      const row = this.bodyLine("entries.jsonl", at + 1, line);
      if (row) this.rows.push({ ...row, line: at + 1 });
    });
    const receipts = (await top.parse(this.name("receipts.jsonl"), linesOf)) ?? [];
    receipts.forEach((line, at) => this.receiptLine(at + 1, line));
    this.statement = await top.parse(this.name("statement.json"), readDocument, "statement.form");
  }

  async loadHead() {
    const file = `${this.kind}.json`;
    const lines = (await this.top.parse(this.name(file), linesOf)) ?? [];
    if (lines.length !== 1) {
      if (lines.length) this.fault("line.form", file, { why: "one line" });
      return;
    }
    const row = this.bodyLine(file, 1, lines[0], this.version === 1 ? SEAL_FILE : CORRECTION_FILE);
    if (!row) return;
    const { it } = row;
    if (it.type !== this.kind) {
      this.fault("folder.kind", file, { want: this.kind, told: it.type });
      return;
    }
    for (const [field, want] of [["period", this.period], ["book", this.code]]) {
      if (it[field] !== want) this.fault("folder.name", file, { field, want, told: it[field] });
    }
    if ((it.version ?? 1) !== this.version) {
      this.fault("folder.name", file, { field: "version", want: this.version, told: it.version });
    }
    this.it = it;
    this.index = it.index;
    this.leaf = row.leaf;
    if (it.size !== it.index) this.fault("tree.size", file, { field: "body.size", want: it.index, told: it.size });
    const { size } = JSON.parse(lines[0]);
    if (size !== it.index + 1) this.fault("tree.size", file, { field: "size", want: it.index + 1, told: size });
  }

  // A line with a body or a bare leaf hash, as {index, it or null, leaf}.
  bodyLine(file, line, told, fields = null) {
    let value;
    try {
      value = unjson(told);
      if (!fields && value && !Array.isArray(value) && typeof value === "object" && Object.hasOwn(value, "leaf")) {
        shaped(value, BARE_LINE);
        return { index: value.index, it: null, leaf: unhex(value.leaf) };
      }
      shaped(value, fields ?? FULL_LINE);
    } catch (fault) {
      return this.malformed(fault, "line.form", file, line);
    }
    let it;
    try {
      it = readBody(value.body);
    } catch (fault) {
      return this.malformed(fault, "body.form", file, line);
    }
    if (it.index !== value.index) this.fault("leaf.index", file, { line, field: "index", told: it.index });
    this.checkOpen(file, line, it, value);
    return { index: it.index, it, leaf: bodyLeaf(value.body) };
  }

  malformed(fault, code, file, line) {
    if (!(fault instanceof Bad)) throw fault;
    const why = fault.message;
    if (fault instanceof UnknownVersion) this.fault("body.version", file, { line, v: why });
    else if (fault instanceof WrongField) this.fault("body.field", file, { line, field: why, name: why });
    else this.fault(code, file, { line, why });
    return null;
  }

  checkOpen(file, line, it, value) {
    const made = it.commit ?? {}, shown = value.open ?? {}, withheld = value.withheld ?? {};
    const both = [...Object.keys(shown), ...Object.keys(withheld)].sort().join();
    if (value.open && both !== Object.keys(made).sort().join()) this.fault("open.fields", file, { line });
    for (const [field, [salt, told]] of Object.entries(shown)) {
      if (Object.hasOwn(made, field) && commitment(salt, field, told) !== made[field]) {
        this.fault("open.value", file, { line, field });
      }
    }
  }

  receiptLine(line, told) {
    let value, it;
    try {
      value = shaped(unjson(told), RECEIPT_LINE);
      it = shaped(decode(value.body), RECEIPT);
    } catch (fault) {
      this.malformed(fault, "line.form", "receipts.jsonl", line);
      return;
    }
    for (const [field, [salt, shown]] of Object.entries(value.open)) {
      if (!Object.hasOwn(it.commit, field) || commitment(salt, field, shown) !== it.commit[field]) {
        this.fault("open.value", "receipts.jsonl", { line, field });
      }
    }
    this.receipts.push({ entry: value.entry, amount: it.amount, body: utf8(value.body), line });
  }

  // Whether an entry belongs in this correction's column of later corrections.
  corrects(it) {
    return (it.original ?? "").slice(0, 7) === this.period && this.period < it.period;
  }

  shows(it) {
    if (it.type !== "entry") return true;
    return this.version === 1 ? it.period <= this.period : this.corrects(it);
  }

  // The lines are those this folder has to hold, shown in full where they have to be.
  checkRows(known) {
    const file = "entries.jsonl";
    const early = this.rows.filter((row) => row.index < this.start);
    const rows = this.rows.filter((row) => row.index >= this.start);
    const ordered = early.every((row, at) => at === 0 || early[at - 1].index < row.index);
    const count = this.index - this.start;
    const found = rows.findIndex((row, at) => row.index !== this.start + at);
    const gap = found < 0 ? Math.min(rows.length, count) : found;
    if (!ordered || gap < rows.length || gap < count) {
      this.fault("leaf.range", file, { start: this.start, end: this.index - 1, index: this.start + gap });
    }
    for (const { index, it, line } of early) {
      if (!it || it.type !== "entry" || !this.shows(it)) this.fault("leaf.misplaced", file, { line, index });
    }
    for (const { index, it, line } of rows) {
      const shown = it ?? known.get(index)?.it;
      if (it && !this.shows(it)) this.fault("leaf.misplaced", file, { line, index });
      else if (!it && shown && this.shows(shown)) {
        this.fault("leaf.late", file, { line, index, period: shown.period ?? "" });
      }
    }
  }

  // The published receipts of each entry are as many, as much and as hashed as it says.
  checkReceipts(sides) {
    const found = new Map();
    for (const receipt of this.receipts) {
      found.set(receipt.entry, [...(found.get(receipt.entry) ?? []), receipt]);
    }
    for (const { index, it, line } of this.rows) {
      const told = it?.receipts;
      if (!told) continue;
      const mine = found.get(index) ?? [];
      found.delete(index);
      const sum = mine.reduce((total, receipt) => total + receipt.amount, 0);
      const top = hex(root(mine.map((receipt) => leafHash(receipt.body))));
      if (told.n !== mine.length || told.root !== top || told.sum !== sum) {
        this.fault("entry.receipts", "receipts.jsonl", { line: mine[0]?.line, field: `entry ${index}` });
      }
      const income = it.lines.reduce((total, [fund, account, , , fen]) =>
        total - (["income", "liability"].includes(sides.get(`${fund}/${account}`)) ? fen : 0), 0);
      if (told.sum !== income) {
        const values = { want: yuan(income), told: yuan(told.sum) };
        this.fault("entry.receipt_sum", "entries.jsonl", { line, field: "receipts", ...values });
      }
    }
    for (const [stray] of found.values()) {
      this.fault("receipt.stray", "receipts.jsonl", { line: stray.line });
    }
  }
}
