// What a resident can check with one file in hand: a receipt, or that a notice's checkpoint is a
// beginning of today's books. Nothing here throws: the answer says what holds or why not.
import { Bad, hex, same, text, unhex, utf8 } from "./bytes.js";
import { bodyLeaf, commitment, decode, unjson } from "./body.js";
import { leafHash, verifyConsistency, verifyInclusion } from "./merkle.js";
import { Checkpoint, Key, openKeyLeaf, readConsistency, readProof, shortRoot } from "./note.js";
import { HOLDER, RECEIPT, readBody, shaped } from "./shapes.js";

const bytesOf = (it) => (typeof it === "string" ? utf8(it) : it);

function judged(work) {
  try {
    return { ok: true, code: "ok", ...work() };
  } catch (fault) {
    if (!(fault instanceof Bad)) throw fault;
    return { ok: false, code: fault.code ?? "form", why: fault.message };
  }
}

function refuse(code, why = code) {
  throw Object.assign(new Bad(why), { code });
}

function signer(checkpoint, keys) {
  const found = keys.map((key) => (key instanceof Key ? key : new Key(key.trim())));
  for (const key of found) {
    const code = checkpoint.check(key);
    if (code === "note.signature") refuse("signature", `the signature of ${key.name} does not hold`);
    if (!code) return key;
  }
  return refuse("unknown_key", "no known key signed this checkpoint");
}

function told(checkpoint) {
  const { origin, size, root } = checkpoint;
  return { origin, size, root: hex(root), short: shortRoot(root) };
}

function openedFields(open, content) {
  const made = content.commit ?? {};
  for (const [field, [salt, value]] of Object.entries(open)) {
    if (!Object.hasOwn(made, field) || commitment(salt, field, value) !== made[field]) {
      refuse("open", `the field ${field} is not the one that was committed to`);
    }
  }
  return Object.fromEntries(Object.entries(open).map(([field, [, value]]) => [field, value]));
}

/**
 * Check a receipt file (C2SP tlog-proof, text or bytes).
 *
 * keys: vkey texts that are known (of the book; from the notice or the site). checkpoint, if given,
 * is another checkpoint of the book that is trusted more, with consistency, the proof between both.
 * Answers {ok, code, why?, checkpoint, entry, entryOpen, receipt, receiptOpen, signedBy}; code is
 * one of ok, form, unknown_key, signature, inclusion, entry, receipt, open, consistency.
 */
export function verifyReceipt(proofText, { keys = [], checkpoint = null, consistency = null } = {}) {
  return judged(() => {
    const proof = readProof(bytesOf(proofText));
    const head = new Checkpoint(proof.checkpoint);
    const key = signer(head, keys);
    if (!proof.extra) refuse("form", "the receipt file does not carry an entry");
    const extra = shaped(unjson(text(proof.extra)), HOLDER[0], HOLDER[1]);
    if (!verifyInclusion(bodyLeaf(extra.entry), proof.index, head.size, proof.hashes, head.root)) {
      refuse("inclusion", "the entry is not in the tree of this checkpoint");
    }
    const entry = readBody(extra.entry);
    if (entry.type !== "entry" || entry.index !== proof.index) refuse("entry", "the leaf is not this entry");
    const entryOpen = openedFields(extra.open, entry);
    const answer = { entry, entryOpen, receipt: null, receiptOpen: {} };
    if (extra.receipt) Object.assign(answer, heldReceipt(extra.receipt, entry));
    if (checkpoint) {
      const judgement = verifyCheckpointConsistency(proof.checkpoint, checkpoint, consistency, { keys });
      if (!judgement.ok) refuse("consistency", judgement.why);
    }
    return { ...answer, checkpoint: told(head), signedBy: key.name };
  });
}

function heldReceipt(held, entry) {
  const { n, root } = entry.receipts ?? { n: 0, root: "" };
  const path = held.proof.map(unhex);
  const found = n > 0 && verifyInclusion(bodyLeaf(held.body), held.index, n, path, unhex(root));
  if (!found) refuse("receipt", "the receipt is not among those of this entry");
  const receipt = shaped(decode(held.body), RECEIPT);
  return { receipt, receiptOpen: openedFields(held.open, receipt) };
}

/**
 * Check that an old checkpoint (signed note) is a beginning of a new one.
 *
 * proof: the hashes in hex, or the text of a `proofs/consistency` file, or null where both have the
 * same size. keys: known vkeys; both checkpoints must be signed by one of them, if any are given.
 * Answers {ok, code, why?, old, new}; code is one of ok, form, unknown_key, signature, origin,
 * order, missing, consistency.
 */
export function verifyCheckpointConsistency(old, fresh, proof, { keys = [] } = {}) {
  return judged(() => {
    const before = new Checkpoint(bytesOf(old)), after = new Checkpoint(bytesOf(fresh));
    if (before.origin !== after.origin) refuse("origin", `${before.origin} is not ${after.origin}`);
    if (keys.length) [before, after].forEach((head) => signer(head, keys));
    if (before.size > after.size) refuse("order", "the old checkpoint is larger than the new one");
    const hashes = hashesFrom(proof, before.size, after.size);
    if (!verifyConsistency(before.size, before.root, after.size, after.root, hashes)) {
      refuse("consistency", "the old tree is not a beginning of the new one");
    }
    return { old: told(before), new: told(after) };
  });
}

function hashesFrom(proof, oldSize, newSize) {
  if (Array.isArray(proof)) return proof.map((it) => (typeof it === "string" ? unhex(it) : it));
  if (oldSize === newSize) return [];
  const proofs = proof ? readConsistency(bytesOf(proof)) : new Map();
  return proofs.get(oldSize) ?? refuse("missing", `no consistency proof from size ${oldSize}`);
}

/**
 * The keys of a log, from the bodies of its key leaves: each is announced by a leaf that the one
 * before it has signed, too, and the last is `vkey`. A county that never changed its key has no leaf.
 *
 * Answers {ok, code, why?, keys: [vkey, oldest first]}; code is one of ok, form, key.
 */
export function verifyKeys(leaves, vkey) {
  return judged(() => {
    const keys = [];
    for (const leaf of leaves.map((body) => readBody(body))) {
      if (leaf.type !== "key") refuse("form", "not a key leaf");
      if (!keys.length && leaf.previous) keys.push(new Key(leaf.previous));
      keys.push(openKeyLeaf(leaf, keys.at(-1) ?? null));
    }
    if (!keys.length) keys.push(new Key(vkey));
    if (keys.at(-1).text !== vkey) refuse("key", "the key leaves lead to another key");
    return { keys: keys.map((key) => key.text) };
  });
}

// Whether a book's checkpoint stands in the county's log: `proof` is a county.tlog-proof file.
export function verifyCountyInclusion(checkpoint, proof, { keys = [] } = {}) {
  return judged(() => {
    const { index, hashes, checkpoint: head } = readProof(bytesOf(proof));
    const county = new Checkpoint(head), leaf = leafHash(bytesOf(checkpoint));
    if (keys.length) signer(county, keys);
    if (!verifyInclusion(leaf, index, county.size, hashes, county.root)) {
      refuse("inclusion", "the checkpoint is not in the county's log");
    }
    return { county: told(county) };
  });
}

export function sameCheckpoint(one, other) {
  const a = new Checkpoint(bytesOf(one)), b = new Checkpoint(bytesOf(other));
  return a.origin === b.origin && a.size === b.size && same(a.root, b.root);
}
