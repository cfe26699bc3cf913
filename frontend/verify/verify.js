// Entry for the public site's verify page: the checks as functions, also as globalThis.linliVerify.
import { Checker, check } from "./checker.js";
import { Key } from "./note.js";
import {
  sameCheckpoint, verifyCheckpointConsistency, verifyCountyInclusion, verifyKeys, verifyReceipt,
} from "./receipt.js";
import { sayFault } from "./words.js";

// The fingerprint of a vkey, as printed on notices; null if it is not a key.
export function fingerprint(vkey) {
  try {
    return new Key(vkey.trim()).print;
  } catch {
    return null;
  }
}

export {
  Checker, check, sameCheckpoint, sayFault, verifyCheckpointConsistency, verifyCountyInclusion, verifyKeys, verifyReceipt,
};

globalThis.linliVerify = {
  check, fingerprint, sameCheckpoint, sayFault, verifyCheckpointConsistency, verifyCountyInclusion, verifyKeys, verifyReceipt,
};
