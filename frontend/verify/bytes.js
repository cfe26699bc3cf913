// Bytes, hex, base64 and text: strict, so that one meaning has one spelling.

export class Bad extends Error {}

const HEX_DIGITS = "0123456789abcdef";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const VALUES = new Map([...BASE64].map((char, value) => [char, value]));

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text) {
  return encoder.encode(text);
}

export function text(bytes) {
  try {
    return decoder.decode(bytes);
  } catch {
    throw new Bad("not UTF-8");
  }
}

export function hex(bytes) {
  let told = "";
  for (const byte of bytes) told += HEX_DIGITS[byte >> 4] + HEX_DIGITS[byte & 15];
  return told;
}

export function unhex(told) {
  if (!/^(?:[0-9a-f]{2})*$/.test(told)) throw new Bad("not hex");
  return Uint8Array.from(told.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export function base64(bytes) {
  let told = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    told += BASE64[word >> 18] + BASE64[(word >> 12) & 63];
    told += left > 1 ? BASE64[(word >> 6) & 63] : "=";
    told += left > 2 ? BASE64[word & 63] : "=";
  }
  return told;
}

export function unbase64(told) {
  const bare = told.replace(/={0,2}$/, "");
  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let word = 0, bits = 0, at = 0;
  for (const char of bare) {
    const value = VALUES.get(char);
    if (value === undefined) throw new Bad("not base64");
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >> bits) & 255;
    }
  }
  if (base64(bytes) !== told) throw new Bad("not base64 in its one spelling");
  return bytes;
}

export function base32(bytes) {
  let told = "", word = 0, bits = 0;
  for (const byte of bytes) {
    word = ((word << 8) | byte) & 0xffff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      told += BASE32[(word >> bits) & 31];
    }
  }
  return told;
}

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

// A count as decimal digits without leading zeros.
export function decimal(told) {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(told) || !Number.isSafeInteger(Number(told))) {
    throw new Bad(`${told} is not a count`);
  }
  return Number(told);
}

// Order by code point, which is not JavaScript's own order of strings.
export function byCodePoint(one, other) {
  const a = one[Symbol.iterator](), b = other[Symbol.iterator]();
  for (;;) {
    const left = a.next(), right = b.next();
    if (left.done || right.done) return (left.done ? 0 : 1) - (right.done ? 0 : 1);
    const gap = left.value.codePointAt(0) - right.value.codePointAt(0);
    if (gap) return gap;
  }
}
