// What the page shows of a finished check, as plain data without any DOM.
import { yuan } from "./folder.js";
import { unhex } from "./bytes.js";
import { shortRoot } from "./note.js";
import { fundName, sayFault, word } from "./words.js";

// Faults of files that are not the published ones come first: whatever follows, follows from them.
const FIRST = new Set([
  "file.hash", "file.missing", "file.extra", "note.form", "note.signature", "note.unsigned",
]);

export function sortedFaults(checker) {
  const rank = (fault) => (FIRST.has(fault.code) ? 0 : 1);
  return checker.faults.map((fault, at) => ({ fault, at }))
    .sort((one, other) => rank(one.fault) - rank(other.fault) || one.at - other.at)
    .map(({ fault }) => fault);
}

function inside(fault, folder) {
  if (!fault.file.startsWith(`${folder.place}/`)) return false;
  return folder.version > 1 || !/^v[0-9]+\//.test(fault.file.slice(folder.place.length + 1));
}

export function faultRows(checker, lang) {
  return sortedFaults(checker).map((fault) => ({
    file: fault.file,
    line: fault.line ? word("line", lang, { line: fault.line }) : "",
    field: fault.field ?? "",
    text: sayFault(fault, lang),
  }));
}

export function bookRows(checker, lang) {
  return checker.books.map((book) => ({
    code: book.code,
    name: book.name,
    anchor: checker.anchored.get(book.code) ?? "none",
    print: book.keys.at(-1)?.[1].print ?? "",
    folders: [...book.folders]
      .sort((a, b) => (a.period + a.version < b.period + b.version ? -1 : 1))
      .map((folder) => folderRow(checker, book, folder, lang)),
  }));
}

function folderRow(checker, book, folder, lang) {
  const bad = checker.faults.some((fault) => inside(fault, folder));
  const entries = folder.rows.filter(({ it }) => it?.type === "entry").length;
  const hidden = folder.rows.filter(({ index, it }) => !it && !book.bodies.has(index)).length;
  const funds = bad ? [] : folder.statement?.funds ?? [];
  return {
    period: folder.period,
    version: folder.version > 1 ? word("version", lang, { version: folder.version }) : "",
    bad,
    entries,
    hidden: hidden ? word("hidden", lang, { count: hidden }) : "",
    seal: folder.it ? shortRoot(unhex(folder.it.root)) : "",
    funds: funds.map((fund) => ({
      name: fundName(fund.fund, lang),
      closing: yuan(fund.closing_fen),
      rows: fundFigures(fund, lang),
    })),
  };
}

// A fund's month as it stands in the statement, which the entries have borne out by now.
function fundFigures(fund, lang) {
  const rows = [[word("opening", lang), fund.opening_fen, "sum"]];
  for (const side of ["income", "cost", "use", "transfer"]) {
    const lines = fund.lines.filter((line) => line.side === side);
    if (fund[`${side}_fen`] || lines.length) rows.push([word(side, lang), fund[`${side}_fen`], "sum"]);
    for (const line of lines) rows.push([line.name, line.amount_fen, "part"]);
  }
  rows.push([word("closing", lang), fund.closing_fen, "sum"]);
  for (const line of fund.lines) if (line.side === "liability") rows.push([line.name, line.amount_fen, "part"]);
  return rows.map(([name, fen, kind]) => ({ name, yuan: yuan(fen), kind }));
}

export function totals(checker) {
  const folders = checker.books.flatMap((book) => book.folders);
  const entries = checker.books.flatMap((book) => [...book.bodies.values()])
    .filter(({ it }) => it.type === "entry").length;
  return { books: checker.books.length, folders: folders.length, entries };
}
