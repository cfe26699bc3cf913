"""Receipts: the small tree behind one entry, and the proof that its holder takes home.

An entry that gathers receipts carries ``{n, sum, root}``: how many, their fen together, and the
RFC 6962 root over their bodies in order. A receipt's body is ``{"amount": fen, "commit": {…}}`` in
the spelling of ``body``, its code, payer and summary committed. The same small tree, without a
sum, holds a month's matches with the bank.

The proof is a C2SP tlog-proof of the entry's leaf; its ``extra`` carries what the holder may show:
the entry's body, the receipt's body and its place in the small tree, and the opened fields.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from linli.kernel import body, merkle, note
from linli.kernel.body import BodyError, Json
from linli.kernel.keys import NoteError, Verifier

FIELDS = ("code", "payer", "summary")
CODE_LENGTH = 12

Opened = Mapping[str, tuple[bytes, str]]
"""Fields laid open: ``{field: (salt, value)}``."""

_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def code(random: bytes) -> str:
    """A receipt's code: 12 base32 characters (60 bits) out of 8 random bytes."""
    if len(random) != 8:
        raise ValueError("a code is made of 8 random bytes")
    return base64.b32encode(random).decode()[:CODE_LENGTH]


def receipt(*, amount_fen: int, commit: Mapping[str, bytes]) -> Json:
    """The content of one receipt's body: a positive amount, and commitments (``code`` at least)."""
    if type(amount_fen) is not int or not 0 < amount_fen < body.LIMIT:
        raise BodyError(f"{amount_fen!r} is not the amount of a receipt")
    if "code" not in commit or not set(commit) <= set(FIELDS):
        raise BodyError(f"a receipt commits to its code, and to no more than {', '.join(FIELDS)}")
    return {"amount": amount_fen, "commit": {field: made.hex() for field, made in commit.items()}}


def digest(bodies: Sequence[bytes]) -> Json:
    """``{n, root, sum}`` of receipt bodies in order, for the entry that gathers them."""
    if not bodies:
        raise BodyError("an entry gathers at least one receipt")
    total = sum(cast(int, body.decode(each)["amount"]) for each in bodies)
    return {**_tree(bodies), "sum": total}


def match(*, lines: Iterable[bytes], entries: Iterable[int]) -> Json:
    """The content of one match with the bank: SHA-256 of each bank line, numbers of entries."""
    return {"entries": sorted(entries), "lines": sorted(line.hex() for line in lines)}


def matches_digest(bodies: Sequence[bytes]) -> Json:
    """``{n, root}`` of match bodies in order, for the seal."""
    return _tree(bodies)


def inclusion_proof(bodies: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of one receipt in its small tree."""
    return merkle.inclusion_proof([merkle.leaf_hash(each) for each in bodies], index)


def _tree(bodies: Sequence[bytes]) -> Json:
    root = merkle.root(merkle.leaf_hash(each) for each in bodies)
    return {"n": len(bodies), "root": root.hex()}


# --- the proof file ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Held:
    """One receipt of an entry, as its holder may show it."""

    body: bytes
    index: int
    proof: tuple[bytes, ...]
    open: Opened


@dataclass(frozen=True, slots=True)
class Shown:
    """What a receipt file proves: the entry, the receipt if it names one, and the fields laid open,
    all under a checkpoint that a known key signed."""

    checkpoint: note.Checkpoint
    index: int
    entry: Json
    entry_open: dict[str, str]
    receipt: Json | None
    receipt_open: dict[str, str]


def format_proof(
    *,
    entry: bytes,
    index: int,
    hashes: Sequence[bytes],
    checkpoint: bytes,
    open: Opened | None = None,
    held: Held | None = None,
) -> bytes:
    """The receipt file (``<code>.tlog-proof``) of an entry, or of one receipt that it gathers.

    ``hashes`` lead from the entry's leaf to the root in ``checkpoint`` (a signed note).
    """
    extra: Json = {"entry": entry.decode(), "open": _opened(open or {})}
    if held:
        extra["receipt"] = {
            "body": held.body.decode(),
            "index": held.index,
            "open": _opened(held.open),
            "proof": [each.hex() for each in held.proof],
        }
    told = _dumps(extra).encode()
    return note.format_proof(note.Proof(index, tuple(hashes), checkpoint, told))


def open_proof(text: bytes, verifiers: Iterable[Verifier]) -> Shown:
    """Check a receipt file to the end; raises NoteError or BodyError at the first fault."""
    proof = note.parse_proof(text)
    checkpoint = note.open_checkpoint(proof.checkpoint, verifiers)
    try:
        extra = json.loads(proof.extra or b"")
        entry_body = extra["entry"].encode()
        entry, opened = body.decode(entry_body), _shown(extra["open"])
        held = extra.get("receipt")
        part = held and (held["body"].encode(), held["index"], held["proof"], _shown(held["open"]))
        path = [bytes.fromhex(each) for each in part[2]] if part else []
    except BodyError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise NoteError("the receipt file does not carry an entry") from fault
    leaf = merkle.leaf_hash(entry_body)
    if not merkle.verify_inclusion(
        leaf, proof.index, checkpoint.size, proof.hashes, checkpoint.root
    ):
        raise NoteError("the entry is not in the tree of this checkpoint")
    if entry.get("index") != proof.index or entry.get("type") != "entry":
        raise NoteError("the leaf is not this entry")
    told = _check_open(opened, entry)
    if not part:
        return Shown(checkpoint, proof.index, entry, told, None, {})
    gathered = cast(Json, entry.get("receipts") or {"n": 0, "root": ""})
    root, count = bytes.fromhex(str(gathered["root"])), cast(int, gathered["n"])
    if not merkle.verify_inclusion(merkle.leaf_hash(part[0]), part[1], count, path, root):
        raise NoteError("the receipt is not among those of this entry")
    held_content = body.decode(part[0])
    held_told = _check_open(part[3], held_content)
    return Shown(checkpoint, proof.index, entry, told, held_content, held_told)


def _opened(fields: Opened) -> Json:
    return {field: [salt.hex(), value] for field, (salt, value) in fields.items()}


def _shown(fields: Mapping[str, Sequence[str]]) -> dict[str, tuple[bytes, str]]:
    return {field: (bytes.fromhex(salt), value) for field, (salt, value) in fields.items()}


def _check_open(fields: Opened, content: Json) -> dict[str, str]:
    made = cast(Mapping[str, str], content.get("commit", {}))
    for field, (salt, value) in fields.items():
        if body.commitment(salt, field, value).hex() != made.get(field):
            raise NoteError(f"the field {field} is not the one that was committed to")
    return {field: value for field, (_, value) in fields.items()}
