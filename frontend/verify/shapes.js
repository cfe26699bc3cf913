// What bodies and lines may say: the fields of each kind, as docs/format.md names them.
import { Bad } from "./bytes.js";
import { decode, isObject } from "./body.js";

const text = (value) => typeof value === "string";
const integer = (value) => Number.isSafeInteger(value);
const count = (value) => integer(value) && value >= 0;
const like = (pattern) => (value) => text(value) && pattern.test(value);
const list = (check) => (value) => Array.isArray(value) && value.every(check);
const row = (...checks) => (value) =>
  Array.isArray(value) && value.length === checks.length && checks.every((check, at) => check(value[at]));
const map = (key, check) => (value) =>
  isObject(value) && Object.entries(value).every(([name, it]) => key(name) && check(it));
const object = (required, optional = {}) => (value) =>
  isObject(value) && wrongFields(value, required, { ...required, ...optional }).length === 0;

export function wrongFields(value, required, allowed) {
  const missing = Object.keys(required).filter((name) => !Object.hasOwn(value, name));
  const wrong = Object.entries(value).filter(
    ([name, it]) => !Object.hasOwn(allowed, name) || !allowed[name](it),
  );
  return [...missing, ...wrong.map(([name]) => name)];
}

function day(value) {
  if (!text(value) || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return false;
  return moment(`${value}T00:00:00Z`);
}

function moment(value) {
  if (!text(value) || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(value)) return false;
  const time = Date.parse(value);
  return !Number.isNaN(time) && new Date(time).toISOString() === value.replace("Z", ".000Z");
}

const HEX64 = like(/^[0-9a-f]{64}$/), NAME = like(/^[a-z][a-z0-9_]*$/);
const CODE = like(/^[0-9A-Za-z][0-9A-Za-z._-]*$/), PERIOD = like(/^[0-9]{4}-(?:0[1-9]|1[0-2])$/);
const COMMIT = map(NAME, HEX64);
const PREVIOUS = object({ index: count, leaf: HEX64 });
const TREE = { n: count, root: HEX64 };
const SIDE = like(/^(?:money|income|cost|use|transfer|liability|net_assets)$/);
const FILES = object({ "notice.pdf": HEX64, "statement.csv": HEX64, "statement.json": HEX64 });
const BANK = object(
  { account: CODE, fund: NAME, status: like(/^(?:reconciled|custodian_confirmed|unconfirmed)$/) },
  { closing: integer, files: list(object({ closing: integer, sha256: HEX64 })), matches: object(TREE) },
);
const COMMON = { type: text, v: integer, index: count, at: moment };
const BOOK = { ...COMMON, book: CODE };

const FIELDS = new Map(Object.entries({
  entry: [
    {
      ...BOOK, number: count, kind: like(/^(?:voucher|opening|reversal|import)$/), date: day,
      period: PERIOD, key: text, lines: list(row(NAME, CODE, text, text, integer)), recorded_by: NAME,
    },
    {
      approved_by: list(NAME), commit: COMMIT, papers: list(HEX64),
      receipts: object({ ...TREE, sum: integer }), reverses: count, original: day,
    },
  ],
  seal: [
    {
      ...BOOK, period: PERIOD, size: count, root: HEX64, files: FILES,
      chart: list(row(NAME, CODE, SIDE, text)), trial: list(row(NAME, CODE, count, count)),
      bank: list(BANK), signers: list(NAME), open_points: list(text),
    },
    { previous: PREVIOUS },
  ],
  correction: [
    {
      ...BOOK, period: PERIOD, version: count, size: count, root: HEX64, files: FILES,
      previous: PREVIOUS, commit: COMMIT, signers: list(NAME),
    },
    {},
  ],
  objection: [{ ...BOOK, number: count, period: PERIOD, version: count, figure: text, commit: COMMIT }, {}],
  answer: [{ ...BOOK, objection: count, outcome: NAME, commit: COMMIT }, {}],
  key: [{ ...COMMON, origin: text, vkey: text, signatures: list(text) }, { book: CODE, previous: text }],
}));

const OPENED = map(NAME, row(HEX64, text));
export const FULL_LINE = { body: text, index: count, open: OPENED, withheld: map(NAME, text) };
export const BARE_LINE = { index: count, leaf: HEX64 };
export const KEY_LINE = { body: text, index: count };
export const RECEIPT_LINE = { body: text, entry: count, open: OPENED };
export const RECEIPT = { amount: count, commit: COMMIT };
export const SEAL_FILE = { body: text, index: count, size: count };
export const CORRECTION_FILE = { ...FULL_LINE, size: count };
export const HELD = { body: text, index: count, open: OPENED, proof: list(HEX64) };
export const HOLDER = [{ entry: text, open: OPENED }, { receipt: object(HELD) }];

export function shaped(value, fields, optional = {}) {
  if (!isObject(value)) throw new Bad("not an object");
  const wrong = wrongFields(value, fields, { ...fields, ...optional });
  if (wrong.length) throw new Bad(`field ${wrong[0]}`);
  return value;
}

export class UnknownVersion extends Bad {}
export class WrongField extends Bad {}

// A body's content in the shape of its type; Bad otherwise.
export function readBody(told) {
  const it = decode(told);
  if (!Object.hasOwn(it, "v") || !integer(it.v) || !Object.hasOwn(it, "type") || !FIELDS.has(it.type)) {
    throw new Bad("neither type nor version");
  }
  if (it.v !== 1) throw new UnknownVersion(String(it.v));
  const [required, optional] = FIELDS.get(it.type);
  const wrong = wrongFields(it, required, { ...required, ...optional });
  if (wrong.length) throw new WrongField(wrong[0]);
  return it;
}
