// Merkle trees by RFC 6962. `leaf` is always the 32-byte leaf hash; proofs are judged only against
// a size and a root taken together from a checkpoint.
import { joined, same } from "./bytes.js";
import { sha256 } from "./crypto.js";

const LEAF = Uint8Array.of(0), NODE = Uint8Array.of(1);

export const EMPTY_ROOT = sha256(new Uint8Array(0));

export function leafHash(body) {
  return sha256(joined(LEAF, body));
}

export function nodeHash(left, right) {
  return sha256(joined(NODE, left, right));
}

// The roots of the tree over these leaves at the sizes asked for, as a Map from size to root.
export function rootsAt(leaves, sizes) {
  const wanted = new Set(sizes), found = new Map(), stack = [];
  for (let size = 0; size <= leaves.length; size++) {
    if (size) {
      let node = leaves[size - 1];
      for (let bits = size - 1; bits % 2; bits = Math.floor(bits / 2)) {
        node = nodeHash(stack.pop(), node);
      }
      stack.push(node);
    }
    if (wanted.has(size)) {
      let root = stack.at(-1) ?? EMPTY_ROOT;
      for (let at = stack.length - 2; at >= 0; at--) root = nodeHash(stack[at], root);
      found.set(size, root);
    }
  }
  return found;
}

export function root(leaves) {
  return rootsAt(leaves, [leaves.length]).get(leaves.length);
}

const half = (count) => Math.floor(count / 2);
const counts = (...values) => values.every((value) => Number.isSafeInteger(value) && value >= 0);
const hashes = (...values) => values.every((it) => it instanceof Uint8Array && it.length === 32);

// Whether `leaf` is leaf `index` of the tree of `size` leaves with this root.
export function verifyInclusion(leaf, index, size, proof, rootHash) {
  if (!counts(index, size) || index >= size || !hashes(leaf, rootHash, ...proof)) return false;
  let last = size - 1;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (index % 2 || index === last) {
      leaf = nodeHash(sibling, leaf);
      while (index && index % 2 === 0) {
        index = half(index);
        last = half(last);
      }
    } else {
      leaf = nodeHash(leaf, sibling);
    }
    index = half(index);
    last = half(last);
  }
  return last === 0 && same(leaf, rootHash);
}

// Whether the tree (oldSize, oldRoot) is a prefix of the tree (newSize, newRoot). From size 0
// nothing can be shown, so that is refused.
export function verifyConsistency(oldSize, oldRoot, newSize, newRoot, proof) {
  if (!counts(oldSize, newSize) || !hashes(oldRoot, newRoot, ...proof)) return false;
  if (oldSize === 0 || oldSize > newSize) return false;
  if (oldSize === newSize) return proof.length === 0 && same(oldRoot, newRoot);
  const path = Number.isInteger(Math.log2(oldSize)) ? [oldRoot, ...proof] : [...proof];
  if (!path.length) return false;
  let index = oldSize - 1, last = newSize - 1;
  while (index % 2) {
    index = half(index);
    last = half(last);
  }
  let before = path[0], after = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0) return false;
    if (index % 2 || index === last) {
      before = nodeHash(sibling, before);
      after = nodeHash(sibling, after);
      while (index && index % 2 === 0) {
        index = half(index);
        last = half(last);
      }
    } else {
      after = nodeHash(after, sibling);
    }
    index = half(index);
    last = half(last);
  }
  return last === 0 && same(before, oldRoot) && same(after, newRoot);
}
