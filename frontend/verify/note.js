// Signed notes, checkpoints, proofs and keys as text: the C2SP formats, byte for byte.
import { Bad, base32, decimal, hex, joined, same, text, unbase64, utf8 } from "./bytes.js";
import { dumps } from "./body.js";
import { sha256, verifyEd25519 } from "./crypto.js";

const ED25519 = 1;

function hash(told) {
  const bytes = unbase64(told);
  if (bytes.length !== 32) throw new Bad("a hash has 32 bytes");
  return bytes;
}

const plainName = (name) => name !== "" && !/[+\s]/u.test(name);

// A public key in C2SP text form: <name>+<key id>+<base64(type ‖ public key)>.
export class Key {
  constructor(told) {
    const [name, id, ...rest] = told.split("+");
    if (!plainName(name) || !id || !rest.length) throw new Bad("not a key");
    const bytes = unbase64(rest.join("+"));
    if (bytes.length !== 33 || bytes[0] !== ED25519) throw new Bad("not an Ed25519 key");
    this.text = told;
    this.name = name;
    this.public = bytes.slice(1);
    this.id = sha256(joined(utf8(`${name}\n`), bytes)).slice(0, 4);
    if (hex(this.id) !== id) throw new Bad("the key id does not fit the key");
  }

  // 20 characters to compare with paper.
  get print() {
    return base32(sha256(utf8(this.text))).slice(0, 20).match(/..../g).join("-");
  }
}

// A root in 8 characters, as on the printed seal.
export function shortRoot(root) {
  return base32(root.slice(0, 5));
}

// A note: `text`, and `signatures` as {name, id, signature}, not judged yet.
export class Note {
  constructor(bytes) {
    const told = text(bytes), at = told.lastIndexOf("\n\n");
    if (/[\u0000-\u0009\u000b-\u001f]/.test(told) || at < 0 || !told.endsWith("\n")) {
      throw new Bad("not a signed note");
    }
    this.data = bytes;
    this.text = told.slice(0, at + 1);
    this.signatures = told.slice(at + 2, -1).split("\n").map((line) => {
      const parts = line.split(" ");
      if (parts.length !== 3 || parts[0] !== "—" || !plainName(parts[1])) {
        throw new Bad("not a signature line");
      }
      const signed = unbase64(parts[2]);
      if (signed.length < 5) throw new Bad("not a signature");
      return { name: parts[1], id: signed.slice(0, 4), signature: signed.slice(4) };
    });
  }

  // null if the key signed this, else the code of the fault.
  check(key) {
    const mine = this.signatures.filter((it) => it.name === key.name && same(it.id, key.id));
    if (!mine.length) return "note.unsigned";
    const message = utf8(this.text);
    const holds = mine.every((it) => verifyEd25519(key.public, message, it.signature));
    return holds ? null : "note.signature";
  }
}

// A checkpoint (tlog-checkpoint) without extension lines: `origin`, `size`, `root`.
export class Checkpoint extends Note {
  constructor(bytes) {
    super(bytes);
    const lines = this.text.split("\n");
    if (lines.length !== 4 || !lines[0]) throw new Bad("not a checkpoint");
    this.origin = lines[0];
    this.size = decimal(lines[1]);
    this.root = hash(lines[2]);
  }
}

// A C2SP tlog-proof as {index, hashes, checkpoint (bytes), extra (bytes or null)}.
export function readProof(bytes) {
  const told = text(bytes), at = told.indexOf("\n\n");
  const lines = told.slice(0, Math.max(at, 0)).split("\n");
  if (at < 0 || lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Bad("not a proof");
  const extra = lines[0]?.startsWith("extra ") ? unbase64(lines.shift().slice(6)) : null;
  const first = lines.shift() ?? "";
  if (!first.startsWith("index ")) throw new Bad("a proof names its index");
  return {
    index: decimal(first.slice(6)),
    hashes: lines.map(hash),
    checkpoint: utf8(told.slice(at + 2)),
    extra,
  };
}

// Consistency proofs as a Map from old size to hashes.
export function readConsistency(bytes) {
  const proofs = new Map(), stanzas = text(bytes).split("\n\n");
  if (stanzas.pop()) throw new Bad("not consistency proofs");
  for (const stanza of stanzas) {
    const [first, ...rest] = stanza.split("\n");
    const old = first.startsWith("old ") ? decimal(first.slice(4)) : null;
    if (old === null || proofs.has(old)) throw new Bad("not a consistency proof");
    proofs.set(old, rest.map(hash));
  }
  return proofs;
}

// The key that a key leaf announces after the current one (or null); Bad if it does not hold.
export function openKeyLeaf(it, current) {
  const fresh = new Key(it.vkey), signers = current ? [current, fresh] : [fresh];
  if ((it.previous ?? null) !== (current?.text ?? null)) {
    throw new Bad("it does not follow on from the key before it");
  }
  if (it.origin !== fresh.name || signers.some((key) => key.name !== fresh.name)) {
    throw new Bad("the names differ");
  }
  if (it.signatures.length !== signers.length) throw new Bad("signatures are missing");
  const { signatures, ...bare } = it;
  const message = utf8(`${dumps(bare)}\n`);
  signers.forEach((key, at) => {
    const token = unbase64(signatures[at]);
    if (!same(token.slice(0, 4), key.id) || !verifyEd25519(key.public, message, token.slice(4))) {
      throw new Bad("a signature does not hold");
    }
  });
  return fresh;
}
