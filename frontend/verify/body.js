// Leaf bodies and JSON in their one spelling (see docs/format.md): what is read must be, byte for
// byte, what would be written.
import { Bad, byCodePoint, hex, joined, same, text, unhex, utf8 } from "./bytes.js";
import { sha256 } from "./crypto.js";
import { leafHash } from "./merkle.js";

const MAX_BYTES = 65535;

// JSON with keys sorted by code point and no spaces.
export function dumps(value) {
  if (Array.isArray(value)) return `[${value.map(dumps).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const keys = Object.keys(value).sort(byCodePoint);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${dumps(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

// JSON that is in its one spelling already.
export function unjson(told) {
  let value;
  try {
    value = JSON.parse(told);
    if (dumps(value) === told) return value;
  } catch {
    throw new Bad("not JSON");
  }
  throw new Bad("JSON in another spelling");
}

// The content of a body; Bad unless `encode` would give exactly this text.
export function decode(told) {
  const value = unjson(told);
  if (!isObject(value) || utf8(told).length > MAX_BYTES) throw new Bad("not a body");
  check(value);
  return value;
}

export function encode(value) {
  const told = dumps(value);
  decode(told);
  return utf8(told);
}

function check(value) {
  if (typeof value === "string") checkText(value);
  else if (Array.isArray(value)) value.forEach(check);
  else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      checkText(key);
      check(item);
    }
  } else if (!Number.isSafeInteger(value)) throw new Bad("only text, integers, lists and objects");
}

function checkText(told) {
  if (/[\u0000-\u001f\u007f-\u009f]/.test(told)) throw new Bad("control character");
  if (/\p{Surrogate}/u.test(told)) throw new Bad("not Unicode text");
  if (told.normalize("NFC") !== told) throw new Bad("not NFC");
}

export function bodyLeaf(told) {
  return leafHash(utf8(told));
}

// SHA-256(0x02 ‖ salt ‖ field ‖ 0x00 ‖ value), in hex.
export function commitment(salt, field, value) {
  const head = joined(Uint8Array.of(2), unhex(salt), utf8(field), Uint8Array.of(0));
  return hex(sha256(joined(head, utf8(value))));
}

// --- documents that are not in the one spelling -------------------------------------------------

// A number with a fraction or an exponent, kept as it is written: money never has one.
export class Fraction {
  constructor(told) {
    this.told = told;
  }
}

// JSON as Python reads it: a key that stands twice is refused, fractions stay apart from integers.
export function readDocument(bytes) {
  const told = text(bytes);
  let at = 0;
  const fail = () => { throw new Bad(`not JSON at character ${at}`); };
  const space = () => { while (" \t\n\r".includes(told[at] || "x")) at++; };
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(told);
    if (!found) return fail();
    at += found[0].length;
    return found[0];
  };
  const string = () => {
    const raw = take(/"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y);
    return JSON.parse(raw);
  };
  const members = (close, read) => {
    at++;
    space();
    if (told[at] === close) return void at++;
    for (;;) {
      read();
      space();
      if (told[at] === close) return void at++;
      if (told[at++] !== ",") fail();
      space();
    }
  };
  const value = (depth) => {
    space();
    if (depth > 64) fail();
    if (told[at] === '"') return string();
    if (told[at] === "[") {
      const list = [];
      members("]", () => list.push(value(depth + 1)));
      return list;
    }
    if (told[at] === "{") {
      const object = Object.create(null);
      members("}", () => {
        const key = string();
        space();
        if (key in object || told[at++] !== ":") fail();
        object[key] = value(depth + 1);
      });
      return object;
    }
    const word = take(/true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y);
    if (/[.eE]/.test(word) && word[0] !== "t" && word[0] !== "f") return new Fraction(word);
    return JSON.parse(word);
  };
  const whole = value(0);
  space();
  if (at !== told.length) fail();
  if (!isObject(whole)) throw new Bad("not an object");
  return whole;
}

// Deep equality of documents: same kinds, same keys, same order in lists.
export function equal(one, other) {
  if (one instanceof Uint8Array && other instanceof Uint8Array) return same(one, other);
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, at) => equal(item, other[at]));
  }
  if (isObject(one) && isObject(other)) {
    const keys = Object.keys(one);
    return keys.length === Object.keys(other).length
      && keys.every((key) => Object.hasOwn(other, key) && equal(one[key], other[key]));
  }
  return one === other;
}
