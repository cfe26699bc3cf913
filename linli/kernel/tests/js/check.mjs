// Runs the page's verifier under node for the Python tests. Reads one JSON object from stdin:
// {"folders": [{"files": {path: base64}, "trust": [...], "since": [base64]}, …]} and answers, for
// each, its faults; or {"golden": …} / {"receipts": …} and answers what the modules make of them.
import { readFileSync } from "node:fs";
import { base64, hex, unbase64, unhex, utf8 } from "../../../../frontend/verify/bytes.js";
import { bodyLeaf, commitment, decode, encode } from "../../../../frontend/verify/body.js";
import { check } from "../../../../frontend/verify/checker.js";
import { verifyEd25519 } from "../../../../frontend/verify/crypto.js";
import { root, rootsAt, verifyConsistency, verifyInclusion } from "../../../../frontend/verify/merkle.js";
import { Checkpoint, Key, Note, shortRoot } from "../../../../frontend/verify/note.js";
import * as receipt from "../../../../frontend/verify/receipt.js";
import { fromSite } from "../../../../frontend/verify/source.js";
import { FAULTS } from "../../../../frontend/verify/words.js";

const asked = JSON.parse(readFileSync(0, "utf8"));
const answer = {};

async function folder({ files, trust, since }) {
  const held = new Map(Object.entries(files).map(([name, data]) => [name, unbase64(data)]));
  const source = { names: new Set(held.keys()), read: async (name) => held.get(name) };
  const found = await check(source, { trust, since: (since ?? []).map(unbase64) });
  return { faults: found.faults, anchored: Object.fromEntries(found.anchored) };
}

function refused(work) {
  try {
    work();
  } catch {
    return true;
  }
  return false;
}

function golden(told) {
  const leaves = told.bodies.map((body) => bodyLeaf(body));
  const sizes = told.roots.map((_, size) => size);
  const head = new Checkpoint(utf8(told.checkpoint.note)), key = new Key(told.key.vkey);
  return {
    bodies: told.bodies.map((body) => new TextDecoder().decode(encode(decode(body)))),
    leaves: leaves.map(hex),
    roots: [...rootsAt(leaves, sizes).values()].map(hex),
    commitments: told.commitments.map(({ salt, field, value }) => commitment(salt, field, value)),
    checkpoint: { origin: head.origin, size: head.size, root: hex(head.root), short: shortRoot(head.root) },
    signed: head.check(key),
    print: key.print,
    inclusion: told.inclusion.map(({ index, size, proof }) =>
      verifyInclusion(leaves[index], index, size, proof.map(unhex), unhex(told.roots[size]))),
    consistency: told.consistency.map(({ old, new: size, proof }) =>
      verifyConsistency(old, unhex(told.roots[old]), size, unhex(told.roots[size]), proof.map(unhex))),
    refused: told.refused.map((body) => refused(() => decode(body))),
    receipt: receipt.verifyReceipt(told.receipt, { keys: [told.key.vkey] }),
  };
}

if (asked.folders) answer.folders = await Promise.all((asked.folders ?? []).map(folder));
if (asked.sites) {
  answer.sites = [];
  for (const base of asked.sites) answer.sites.push((await check(await fromSite(base))).faults);
}
if (asked.golden) answer.golden = golden(asked.golden);
if (asked.receipts) {
  answer.receipts = asked.receipts.map(({ proof, ...options }) =>
    receipt.verifyReceipt(unbase64(proof), options));
}
if (asked.consistency) {
  answer.consistency = asked.consistency.map(({ old, fresh, proof, keys }) =>
    receipt.verifyCheckpointConsistency(old, fresh, proof, { keys }));
}
if (asked.county) {
  answer.county = asked.county.map(({ checkpoint, proof, keys }) =>
    receipt.verifyCountyInclusion(checkpoint, proof, { keys }));
}
if (asked.keys) {
  answer.keys = asked.keys.map(({ leaves, vkey }) => receipt.verifyKeys(leaves, vkey));
}
if (asked.signatures) {
  answer.signatures = asked.signatures.map((parts) => verifyEd25519(...parts.map(unbase64)));
}
if (asked.notes) answer.notes = asked.notes.map((told) => refused(() => new Note(unbase64(told))));
if (asked.rfc6962) {
  const leaves = asked.rfc6962.map((body) => bodyLeaf(new TextDecoder().decode(unhex(body))));
  answer.rfc6962 = leaves.map((_, at) => hex(root(leaves.slice(0, at + 1))));
}
if (asked.words) answer.words = FAULTS;
if (asked.base64) answer.base64 = asked.base64.map((told) => base64(unbase64(told)));
process.stdout.write(JSON.stringify(answer));
