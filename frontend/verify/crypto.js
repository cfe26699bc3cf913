// SHA-256 and Ed25519, bundled: they work where the browser's own cryptography does not (plain
// http, files). The browser's own hash is used for large files only, to be quicker.
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha256 } from "@noble/hashes/sha2.js";

export { sha256 };

const LARGE = 1 << 18;

export async function sha256Of(bytes) {
  const quick = globalThis.crypto?.subtle;
  if (quick && bytes.length > LARGE) return new Uint8Array(await quick.digest("SHA-256", bytes));
  return sha256(bytes);
}

const judged = new Map();

// Whether the signature over the message is by this public key; malformed input is a plain false.
export function verifyEd25519(publicKey, message, signature) {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  const key = [publicKey, signature, sha256(message)].map((part) => part.join()).join("/");
  if (!judged.has(key)) {
    let holds = false;
    try {
      holds = ed25519.verify(signature, message, publicKey, { zip215: false });
    } catch {
      holds = false;
    }
    judged.set(key, holds);
  }
  return judged.get(key);
}
