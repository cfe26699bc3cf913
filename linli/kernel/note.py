"""Signed notes, checkpoints and proofs as text: the C2SP formats, byte for byte.

- signed-note: a text, an empty line, and signature lines ``— <name> <base64(key id ‖ signature)>``
- tlog-checkpoint: a note whose text is origin, size and base64 root
- tlog-proof: index and audit path of one leaf, with the checkpoint that it ends in
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from linli.kernel import body, leaves
from linli.kernel.keys import NoteError, Signer, Verifier, b64, check_name, parse_vkey, unb64
from linli.kernel.merkle import HASH_SIZE, MAX_SIZE

MAX_SIGNATURES = 64
PROOF_HEADER = "c2sp.org/tlog-proof@v1"

_DECIMAL = re.compile(r"0|[1-9][0-9]*")


# --- notes ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: the key's name and 4-byte id, and the bare signature."""

    name: str
    id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note. ``signatures`` are as they stand, verified or not (see ``open_note``)."""

    text: str
    signatures: tuple[Signature, ...]


def sign(text: str, *signers: Signer) -> bytes:
    """A note over ``text`` (which ends in a newline), one signature line per signer, in order."""
    if not text.endswith("\n") or _controls(text):
        raise NoteError("a note's text ends in a newline and has no other control character")
    if not signers:
        raise NoteError("a note has a signature")
    return (text + "\n" + "".join(_line(signer, text) for signer in signers)).encode()


def cosign(note: bytes, *signers: Signer) -> bytes:
    """The same note with further signature lines."""
    text = parse_note(note).text
    return note + "".join(_line(signer, text) for signer in signers).encode()


def parse_note(note: bytes) -> Note:
    """Take a note apart without judging its signatures; raises NoteError if it is malformed."""
    try:
        told = note.decode()
    except UnicodeDecodeError as fault:
        raise NoteError("a note is UTF-8") from fault
    at = told.rfind("\n\n")
    if _controls(told) or at < 0 or not told.endswith("\n") or at + 2 == len(told):
        raise NoteError("not a signed note")
    lines = told[at + 2 : -1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"a note has at most {MAX_SIGNATURES} signatures")
    return Note(told[: at + 1], tuple(_parse_line(line) for line in lines))


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> Note:
    """The note with only those signatures that a known key has made and that hold.

    Lines of unknown keys are passed over. Raises NoteError if a known key's signature does not
    hold, or if no known key signed.
    """
    parsed = parse_note(note)
    known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
    good: list[Signature] = []
    for signature in parsed.signatures:
        verifier = known.get((signature.name, signature.id))
        if verifier is None:
            continue
        if not verifier.verify(parsed.text, signature.signature):
            raise NoteError(f"the signature of {signature.name} does not hold")
        good.append(signature)
    if not good:
        raise NoteError("no known key signed this note")
    return Note(parsed.text, tuple(good))


def _line(signer: Signer, text: str) -> str:
    return f"— {signer.name} {signer.token(text)}\n"


def _parse_line(line: str) -> Signature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != "—":
        raise NoteError("not a signature line")
    check_name(parts[1])
    told = unb64(parts[2])
    if len(told) < 5:
        raise NoteError("a signature is longer than its key id")
    return Signature(parts[1], told[:4], told[4:])


# --- checkpoints ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head: what its ``size`` leaves hash to. ``extensions`` are passed through unread."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.origin or "\n" in self.origin or not 0 <= self.size <= MAX_SIZE:
            raise NoteError("a checkpoint has an origin and a size")
        if len(self.root) != HASH_SIZE:
            raise NoteError("a root has 32 bytes")
        if any(not line or "\n" in line for line in self.extensions):
            raise NoteError("an extension is one line")

    @property
    def text(self) -> str:
        lines = (self.origin, str(self.size), b64(self.root), *self.extensions)
        return "\n".join(lines) + "\n"


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> bytes:
    """A signed checkpoint; the first signer is the log, its key name the origin."""
    if not signers or signers[0].name != checkpoint.origin:
        raise NoteError("a log signs its checkpoint under its origin")
    return sign(checkpoint.text, *signers)


def open_checkpoint(note: bytes, verifiers: Iterable[Verifier]) -> Checkpoint:
    """The checkpoint in a note that a known key signed; raises NoteError otherwise."""
    return parse_checkpoint(open_note(note, verifiers).text)


def read_checkpoint(note: bytes) -> Checkpoint:
    """The checkpoint in a note, its signatures *not* judged."""
    return parse_checkpoint(parse_note(note).text)


def parse_checkpoint(text: str) -> Checkpoint:
    """The checkpoint that a note's text says; raises NoteError if it is malformed."""
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not _DECIMAL.fullmatch(lines[1]):
        raise NoteError("not a checkpoint")
    return Checkpoint(lines[0], int(lines[1]), _root(lines[2]), tuple(lines[3:]))


# --- proofs as text ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proof:
    """A C2SP tlog-proof: ``hashes`` lead from leaf ``index`` to the root in ``checkpoint``
    (verbatim); ``extra`` is opaque and not authenticated."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None


def format_proof(proof: Proof) -> bytes:
    lines = [PROOF_HEADER]
    if proof.extra is not None:
        lines.append(f"extra {b64(proof.extra)}")
    lines.append(f"index {proof.index}")
    lines += [b64(digest) for digest in proof.hashes]
    return "\n".join([*lines, "", ""]).encode() + proof.checkpoint


def parse_proof(text: bytes) -> Proof:
    """Take a tlog-proof apart; nothing in it is verified yet. Raises NoteError if malformed."""
    head, gap, checkpoint = text.partition(b"\n\n")
    try:
        lines = head.decode().split("\n")
    except UnicodeDecodeError as fault:
        raise NoteError("a proof is UTF-8") from fault
    if not gap or not checkpoint or lines.pop(0) != PROOF_HEADER:
        raise NoteError("not a tlog-proof")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = unb64(lines.pop(0)[6:])
    if not lines or not lines[0].startswith("index ") or not _DECIMAL.fullmatch(lines[0][6:]):
        raise NoteError("a proof names its index")
    index = int(lines.pop(0)[6:])
    if index > MAX_SIZE or len(lines) > HASH_SIZE * 2:
        raise NoteError("a proof is too long")
    return Proof(index, tuple(_root(line) for line in lines), checkpoint, extra)


def format_consistency(proofs: Iterable[tuple[int, Sequence[bytes]]]) -> bytes:
    """Consistency proofs to one checkpoint, from the sizes given, smallest first.

    Each is ``old <size>``, its hashes in base64, and an empty line; followed by the checkpoint it
    is what a C2SP witness takes.
    """
    told = []
    for old, hashes in sorted(proofs, key=lambda proof: proof[0]):
        told.append("\n".join([f"old {old}", *(b64(digest) for digest in hashes), "", ""]))
    return "".join(told).encode()


def parse_consistency(text: bytes) -> dict[int, list[bytes]]:
    """The inverse of format_consistency, by old size; raises NoteError if malformed."""
    proofs: dict[int, list[bytes]] = {}
    stanzas = text.decode("ascii", "replace").split("\n\n")
    if stanzas.pop():
        raise NoteError("consistency proofs end in an empty line")
    for stanza in stanzas:
        first, *rest = stanza.split("\n")
        if not first.startswith("old ") or not _DECIMAL.fullmatch(first[4:]):
            raise NoteError("a consistency proof names its old size")
        if int(first[4:]) in proofs:
            raise NoteError("an old size stands twice")
        proofs[int(first[4:])] = [_root(line) for line in rest]
    return proofs


# --- key leaves -------------------------------------------------------------------------------


def key_leaf(
    *, index: int, signer: Signer, at: datetime, book: str | None = None, old: Signer | None = None
) -> dict[str, object]:
    """The content of the ``key`` leaf that announces ``signer``'s key for its log.

    Leaf 0 of a book is signed by the key itself; a change of key by ``old`` and then the new one.
    """
    bare = leaves.key(
        index=index,
        book=book,
        origin=signer.name,
        vkey=str(signer.verifier),
        at=at,
        previous=str(old.verifier) if old else None,
    )
    if old and old.name != signer.name:
        raise NoteError("both keys of a log carry its origin")
    text = body.encode(bare).decode() + "\n"
    who = [old, signer] if old else [signer]
    return {**bare, "signatures": [each.token(text) for each in who]}


def open_key_leaf(content: Mapping[str, object], current: Verifier | None) -> Verifier:
    """The key that a decoded ``key`` leaf announces, given the key in force before it.

    Raises NoteError unless it is signed as ``key_leaf`` signs and follows on from ``current``.
    """
    bare = {name: value for name, value in content.items() if name != "signatures"}
    text = body.encode(bare).decode() + "\n"
    new = parse_vkey(cast(str, content.get("vkey", "")))
    if content.get("previous") != (str(current) if current else None):
        raise NoteError("the key does not follow on from the one before it")
    signers = [current, new] if current else [new]
    tokens = cast(list[str], content.get("signatures", []))
    if content.get("origin") != new.name or any(key.name != new.name for key in signers):
        raise NoteError("both keys of a log carry its origin")
    if len(tokens) != len(signers):
        raise NoteError("a key leaf is signed by each key it names")
    for key, token in zip(signers, tokens, strict=True):
        told = unb64(token)
        if told[:4] != key.id or not key.verify(text, told[4:]):
            raise NoteError(f"the signature of key {key.id.hex()} does not hold")
    return new


# --- parts ------------------------------------------------------------------------------------


def _root(text: str) -> bytes:
    data = unb64(text)
    if len(data) != HASH_SIZE:
        raise NoteError("a hash has 32 bytes")
    return data


def _controls(text: str) -> bool:
    return any(char < " " and char != "\n" for char in text)
