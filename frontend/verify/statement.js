// The figures: entries folded month by month, and a statement.json held against the result.
// Accounts are keyed "<fund>/<account>" throughout.
import { base64 } from "./bytes.js";
import { dumps, equal, isObject } from "./body.js";
import { yuan } from "./folder.js";

const NOMINAL = new Set(["income", "cost", "use", "transfer", "net_assets"]);
const TOTALS = ["income", "cost", "use", "transfer"];
const SIGN = new Map([["income", -1], ["cost", 1], ["use", 1], ["transfer", -1], ["liability", -1]]);
const OUTSTANDING = [
  "book_receipt_not_in_bank", "book_payment_not_in_bank", "bank_receipt_not_in_book", "bank_payment_not_in_book",
];

const plus = (map, key, value) => map.set(key, (map.get(key) ?? 0) + value);
const fundOf = (at) => at.split("/")[0];

// The running state of a book's accounts.
export class Fold {
  turnover = new Map();
  paid = new Map();
  unknown = new Map();

  // Add entries; answers what they alone moved, brought in as net assets, and paid for projects.
  add(entries, sides) {
    const moved = new Map(), brought = new Map(), paid = new Map();
    for (const { it, file, line } of entries) {
      const touched = new Set();
      for (const [fund, account, project, , fen] of it.lines) {
        const at = `${fund}/${account}`, side = sides.get(at);
        if (!side) this.unknown.set(at, { file, line });
        const [debit, credit] = this.turnover.get(at) ?? [0, 0];
        this.turnover.set(at, fen < 0 ? [debit, credit - fen] : [debit + fen, credit]);
        const [sum, count] = moved.get(at) ?? [0, 0];
        moved.set(at, [sum + fen, count]);
        touched.add(at);
        if (side === "net_assets") plus(brought, fund, -fen);
        if (side === "use" && project) plus(paid, JSON.stringify([project, fund]), fen);
      }
      if (it.kind !== "opening") for (const at of touched) moved.get(at)[1] += 1;
    }
    for (const [at, fen] of paid) plus(this.paid, at, fen);
    return { moved, brought, paid };
  }

  month(entries, sides) {
    const opening = new Map();
    for (const [at, [debit, credit]] of this.turnover) {
      if (NOMINAL.has(sides.get(at) ?? "net_assets")) plus(opening, fundOf(at), credit - debit);
    }
    const { moved, brought, paid } = this.add(entries, sides);
    for (const [fund, fen] of brought) plus(opening, fund, fen);
    const payments = new Map([...this.paid].map(([at, fen]) => [at, [paid.get(at) ?? 0, fen]]));
    return { opening, moved, turnover: new Map(this.turnover), paid: payments };
  }
}

export function balance(figures, at) {
  const [debit, credit] = figures.turnover.get(at) ?? [0, 0];
  return debit - credit;
}

const codes = (items, name) => items.map((item) => (isObject(item) ? item[name] : item));
const tell = (value) => (value === undefined ? "null" : dumps(value));

// A statement held against the figures that follow from the entries. What is of a wrong shape
// throws TypeError or RangeError, which the caller tells as statement.form.
export class Statement {
  constructor(book, folder, seal, sides, figures, later) {
    Object.assign(this, { book, folder, seal, sides, figures, later });
    this.told = folder.statement;
    this.chart = seal.it.chart;
  }

  expect(field, told, want, money = false) {
    if (equal(told, want)) return;
    const show = money ? (value) => (Number.isSafeInteger(value) ? yuan(value) : tell(value)) : tell;
    this.folder.fault("statement.value", "statement.json", { field, told: show(told), want: show(want) });
  }

  check() {
    const { told, folder, book } = this;
    this.expect("format", told.format, "linli-statement/1");
    this.expect("book.code", told.book.code, book.code);
    this.expect("period", told.period, folder.period);
    this.expect("version", told.version, folder.version);
    book.name = String(told.book.name ?? "");
    this.checkFunds();
    this.checkProjects();
    this.checkBank();
    this.expect("log.origin", told.log.origin, book.origin);
    this.expect("log.size", told.log.size, folder.index);
    const root = book.roots.get(folder.index);
    if (root) this.expect("log.root", told.log.root, base64(root));
    this.expect("previous_seal", told.previous_seal, this.seal.it.previous ?? null);
    this.expect("signers", codes(list(told.signers), "role"), folder.it.signers);
    this.expect("open_points", codes(list(told.open_points), "code"), this.seal.it.open_points);
  }

  checkFunds() {
    const funds = new Map(list(this.told.funds).map((fund) => [fund.fund, fund]));
    this.expect("funds", this.told.funds.map((fund) => fund.fund), [...funds.keys()]);
    const { opening, moved } = this.figures;
    const names = new Set([...opening].filter(([, fen]) => fen).map(([fund]) => fund));
    for (const at of moved.keys()) names.add(fundOf(at));
    const sorted = [...names].sort();
    this.expect("funds", sorted.filter((name) => funds.has(name)), sorted);
    for (const [name, fund] of funds) this.checkFund(name, fund);
  }

  checkFund(name, fund) {
    const totals = Object.fromEntries(TOTALS.map((side) => [side, 0]));
    for (const [at, [fen]] of this.figures.moved) {
      const side = this.sides.get(at);
      if (fundOf(at) === name && TOTALS.includes(side)) totals[side] += SIGN.get(side) * fen;
    }
    const opening = this.figures.opening.get(name) ?? 0;
    const closing = opening + totals.income - totals.cost - totals.use + totals.transfer;
    for (const [field, want] of Object.entries({ opening, closing, ...totals })) {
      this.expect(`funds.${name}.${field}_fen`, fund[`${field}_fen`], want + 0, true);
    }
    this.checkLines(name, list(fund.lines));
  }

  checkLines(fund, lines) {
    const want = [];
    for (const [of, account, side, label] of this.chart) {
      const at = `${of}/${account}`, sign = SIGN.get(side);
      const [fen, count] = this.figures.moved.get(at) ?? [0, 0];
      const extra = this.later?.get(at) ?? 0;
      if (of === fund && sign && (count || extra)) {
        want.push({ side, account, label, fen: sign * fen + 0, count, extra: sign * extra + 0 });
      }
    }
    this.expect(`funds.${fund}.lines`, lines.map((line) => line.category), want.map((row) => row.account));
    for (const [at, row] of want.entries()) {
      const line = lines[at];
      if (!line || line.category !== row.account) break;
      const field = `funds.${fund}.lines.${row.account}.`;
      this.expect(`${field}side`, line.side, row.side);
      this.expect(`${field}name`, line.name, row.label);
      this.expect(`${field}amount_fen`, line.amount_fen, row.fen, true);
      this.expect(`${field}count`, line.count, row.count);
      this.expect(`${field}later_fen`, line.later_fen === undefined ? 0 : line.later_fen, row.extra, true);
    }
  }

  checkProjects() {
    const told = new Map();
    for (const project of list(this.told.projects)) {
      for (const line of list(project.funding)) {
        const at = JSON.stringify([project.code, line.fund]);
        if (told.has(at)) this.expect(`projects.${project.code}.${line.fund}`, 2, 1);
        told.set(at, line);
      }
    }
    for (const at of new Set([...told.keys(), ...this.figures.paid.keys()])) {
      const [month, toDate] = this.figures.paid.get(at) ?? [0, 0];
      const line = told.get(at) ?? {}, field = `projects.${JSON.parse(at).join(".")}.`;
      this.expect(`${field}paid_fen`, line.paid_fen, month, true);
      this.expect(`${field}paid_to_date_fen`, line.paid_to_date_fen, toDate, true);
    }
  }

  // One row per money account, in chart order; the bank's side as it was sealed.
  checkBank() {
    const money = this.chart.filter(([, , side]) => side === "money");
    const sealed = new Map(this.seal.it.bank.map((row) => [`${row.fund}/${row.account}`, row]));
    const rows = list(this.told.bank);
    this.expect("bank", rows.map((row) => row.fund), money.map(([fund]) => fund));
    money.slice(0, rows.length).forEach(([fund, account], n) => {
      const row = rows[n], at = `${fund}/${account}`, field = `bank.${account}.`;
      this.expect(`${field}book_balance_fen`, row.book_balance_fen, balance(this.figures, at), true);
      const there = sealed.get(at) ?? { status: "unconfirmed" };
      this.expect(`${field}status`, row.status, there.status);
      const closing = there.closing ?? null;
      this.expect(`${field}bank_balance_fen`, row.bank_balance_fen, closing, closing !== null);
      if (closing === null) {
        this.expect(`${field}difference_fen`, row.difference_fen, null);
        return;
      }
      const open = [0, 0, 0, 0];
      for (const item of list(row.outstanding)) {
        const kind = OUTSTANDING.indexOf(item.kind);
        if (kind < 0) throw new RangeError(`${item.kind} is not a kind of outstanding item`);
        open[kind] += item.amount_fen;
      }
      const expected = balance(this.figures, at) - open[0] + open[1] + open[2] - open[3];
      this.expect(`${field}difference_fen`, Math.abs(row.difference_fen), Math.abs(closing - expected), true);
    });
  }
}

function list(value) {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value;
}
