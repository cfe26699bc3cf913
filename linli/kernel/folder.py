"""The published folder: what outsiders get, and from which they can re-derive every figure.

    <book>/<period>/      statement.json statement.csv notice.pdf index.html entries.jsonl
                          receipts.jsonl seal.json checkpoint county-checkpoint proofs/ SHA256SUMS
    <book>/<period>/v2/   the same for a correction, with correction.json in the place of seal.json
    SHA256SUMS county.vkey county-checkpoint county-consistency county-keys.jsonl verify.py verify.html

Everything here turns plain data into ``{path: bytes}``; nothing is read or written. What does not
fit together raises FolderError, so that nothing is published that the verifier would refuse.
The format is told to strangers in ``docs/format.md``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from linli.kernel import body, merkle, note, receipts
from linli.kernel.body import Json
from linli.kernel.keys import Signer, Verifier, parse_vkey
from linli.kernel.leaves import STATEMENT_FILES
from linli.kernel.receipts import Opened

DOCUMENTS = ("index.html", *STATEMENT_FILES)
"""The documents of a folder that are rendered elsewhere and handed in."""
SUMS = "SHA256SUMS"

_PATH = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*(?:/[0-9A-Za-z][0-9A-Za-z._-]*)*")
_dumps = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


class FolderError(ValueError):
    """Parts of a folder that contradict each other."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A receipt that an entry gathers: its exact body and the fields that may be shown."""

    body: bytes
    open: Opened = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf of the book's log as it may be shown.

    Each committed field is either in ``open`` as (salt, value) or in ``withheld`` with its reason.
    """

    body: bytes
    open: Opened = field(default_factory=dict)
    withheld: Mapping[str, str] = field(default_factory=dict)
    receipts: Sequence[Receipt] = ()


@dataclass(frozen=True, slots=True)
class Heads:
    """What binds a folder to the logs: the book's checkpoint over the folder's last leaf; the
    county's checkpoint, with index and audit path of the book's checkpoint in the county's log;
    and consistency proofs to both, by the size of each checkpoint this book published earlier.

    ``key`` signed the book's checkpoint, if it is no longer the book's current one."""

    checkpoint: bytes
    county_checkpoint: bytes
    county_index: int
    county_hashes: Sequence[bytes]
    consistency: Mapping[int, Sequence[bytes]] = field(default_factory=dict)
    county_consistency: Mapping[int, Sequence[bytes]] = field(default_factory=dict)
    key: Verifier | None = None


def period_folder(
    *,
    seal: bytes,
    leaves: Sequence[Leaf],
    files: Mapping[str, bytes],
    heads: Heads,
    signer: Signer,
    early: Iterable[Leaf] = (),
) -> dict[str, bytes]:
    """The folder of a sealed month, as ``{"<book>/<period>/…": bytes}``.

    ``seal`` is the seal leaf's body; ``leaves`` are all leaves after the previous seal and before
    this one, in order; ``early`` are entries dated in this month that lie before that range.
    Entries of later months are published as bare leaf hashes; their own month will show them.
    ``files`` holds DOCUMENTS (and further files, if any); ``signer`` is the book's current key.
    """
    content = body.decode(seal)
    _must(content["type"] == "seal", "a month's folder ends in a seal")
    period = str(content["period"])
    previous = cast(Mapping[str, int], content.get("previous", {"index": -1}))
    index, start = cast(int, content["index"]), previous["index"] + 1
    rows = _rows(leaves, start, index)
    before = _before(early, start, lambda it: str(it["period"]) <= period)
    shown = [(leaf, it, _of_month(it, period)) for leaf, it in rows]
    head = {"body": seal.decode(), "index": index, "size": index + 1}
    parts = {"seal.json": _dumps(head).encode() + b"\n"}
    return _assemble(
        f"{content['book']}/{period}", content, parts, before + shown, files, heads, signer
    )


def correction_folder(
    *,
    correction: Leaf,
    leaves: Sequence[Leaf],
    files: Mapping[str, bytes],
    heads: Heads,
    signer: Signer,
    early: Iterable[Leaf] = (),
) -> dict[str, bytes]:
    """The folder of a correction, as ``{"<book>/<period>/v<version>/…": bytes}``.

    ``leaves`` are all leaves after the last seal and before the correction; ``early`` are entries
    before them whose original date lies in the corrected month. Of the entries only those with an
    original date in the corrected month are shown in full: they make up the column 后续更正.
    """
    content = body.decode(correction.body)
    _must(content["type"] == "correction", "a correction's folder ends in a correction")
    period, index = str(content["period"]), cast(int, content["index"])
    start = index - len(leaves)
    rows = _rows(leaves, start, index)
    before = _before(early, start, lambda it: _corrects(it, period))
    shown = [(leaf, it, it["type"] != "entry" or _corrects(it, period)) for leaf, it in rows]
    head = {**_full(correction, content), "size": index + 1}
    parts = {"correction.json": _dumps(head).encode() + b"\n"}
    place = f"{content['book']}/{period}/v{content['version']}"
    return _assemble(place, content, parts, before + shown, files, heads, signer)


def top_folder(
    *,
    sums: Mapping[str, bytes],
    verify_py: bytes,
    verify_html: bytes,
    checkpoint: bytes,
    signer: Signer,
    consistency: Mapping[int, Sequence[bytes]] | None = None,
    key_changes: Sequence[bytes] = (),
    more: Mapping[str, bytes] | None = None,
) -> dict[str, bytes]:
    """What lies beside the books' folders, signed by the county.

    ``sums`` maps the path of each folder's SHA256SUMS to its bytes; ``checkpoint`` is the county's
    newest; ``consistency`` proves it from each smaller size of a county checkpoint in any folder;
    ``key_changes`` are the bodies of the county log's ``key`` leaves; ``signer`` its current key.
    """
    head = note.open_checkpoint(checkpoint, [signer.verifier])
    _must(head.origin == signer.name, "the county's checkpoint carries its origin")
    _check_key_changes(key_changes, signer.verifier)
    files = {
        **(more or {}),
        "verify.py": verify_py,
        "verify.html": verify_html,
        "county.vkey": f"{signer.verifier}\n".encode(),
        "county-checkpoint": checkpoint,
    }
    if consistency:
        files["county-consistency"] = note.format_consistency(consistency.items())
    if key_changes:
        lines = (
            {"body": each.decode(), "index": body.decode(each)["index"]} for each in key_changes
        )
        files["county-keys.jsonl"] = _jsonl(lines)
    return {**files, SUMS: sums_note({**sums, **files}, signer)}


def sums_note(files: Mapping[str, bytes], signer: Signer) -> bytes:
    """A SHA256SUMS: ``<sha-256 hex>␠␠<path>`` for each file, by path, signed as a note."""
    for path in files:
        _must(_PATH.fullmatch(path) is not None, f"{path!r} is not a path of the published folder")
    lines = (f"{_digest(data)}  {path}\n" for path, data in sorted(files.items()))
    return note.sign("".join(lines), signer)


# --- parts ------------------------------------------------------------------------------------

Row = tuple[Leaf, Json, bool]


def _assemble(
    place: str,
    content: Json,
    parts: Mapping[str, bytes],
    rows: Sequence[Row],
    files: Mapping[str, bytes],
    heads: Heads,
    signer: Signer,
) -> dict[str, bytes]:
    _check_documents(content, files)
    _check_heads(content, heads, signer)
    inside = {
        **files,
        **parts,
        **_proofs(heads),
        "entries.jsonl": _jsonl(
            _full(leaf, it) if full else _bare(leaf, it) for leaf, it, full in rows
        ),
        "receipts.jsonl": _jsonl(
            line for leaf, it, full in rows if full for line in _receipts(leaf, it)
        ),
        "checkpoint": heads.checkpoint,
        "county-checkpoint": heads.county_checkpoint,
    }
    inside[SUMS] = sums_note(inside, signer)
    return {f"{place}/{path}": data for path, data in inside.items()}


def _rows(leaves: Sequence[Leaf], start: int, end: int) -> list[tuple[Leaf, Json]]:
    rows = [(leaf, body.decode(leaf.body)) for leaf in leaves]
    found = [it["index"] for _, it in rows]
    _must(found == list(range(start, end)), f"the leaves are not {start} … {end - 1} in order")
    return rows


def _before(early: Iterable[Leaf], start: int, belongs: Callable[[Json], bool]) -> list[Row]:
    rows: list[Row] = []
    for leaf in early:
        it = body.decode(leaf.body)
        fits = it["type"] == "entry" and cast(int, it["index"]) < start and belongs(it)
        _must(fits, f"leaf {it['index']} is not an early entry of this folder")
        rows.append((leaf, it, True))
    return sorted(rows, key=lambda row: cast(int, row[1]["index"]))


def _of_month(it: Json, period: str) -> bool:
    return it["type"] != "entry" or str(it["period"]) <= period


def _corrects(it: Json, period: str) -> bool:
    return str(it.get("original", ""))[:7] == period < str(it["period"])


def _full(leaf: Leaf, it: Json) -> Json:
    made = cast(Mapping[str, str], it.get("commit", {}))
    both = [*leaf.open, *leaf.withheld]
    _must(
        sorted(both) == sorted(made),
        f"leaf {it['index']}: each committed field is either open or withheld",
    )
    for name, (salt, value) in leaf.open.items():
        same = body.commitment(salt, name, value).hex() == made[name]
        _must(same, f"leaf {it['index']}: {name} is not what was committed to")
    _must(all(leaf.withheld.values()), f"leaf {it['index']}: a withheld field has a reason")
    opened = {name: [salt.hex(), value] for name, (salt, value) in leaf.open.items()}
    return {
        "body": leaf.body.decode(),
        "index": it["index"],
        "open": opened,
        "withheld": dict(leaf.withheld),
    }


def _bare(leaf: Leaf, it: Json) -> Json:
    return {"index": it["index"], "leaf": merkle.leaf_hash(leaf.body).hex()}


def _receipts(leaf: Leaf, it: Json) -> Iterable[Json]:
    bodies = [each.body for each in leaf.receipts]
    told = receipts.digest(bodies) if bodies else None
    _must(told == it.get("receipts"), f"leaf {it['index']}: these are not its receipts")
    for each in leaf.receipts:
        made = cast(Mapping[str, str], body.decode(each.body)["commit"])
        for name, (salt, value) in each.open.items():
            same = body.commitment(salt, name, value).hex() == made.get(name)
            _must(same, f"leaf {it['index']}: {name} of a receipt is not what was committed to")
        opened = {name: [salt.hex(), value] for name, (salt, value) in each.open.items()}
        yield {"body": each.body.decode(), "entry": it["index"], "open": opened}


def _proofs(heads: Heads) -> dict[str, bytes]:
    county = note.Proof(heads.county_index, tuple(heads.county_hashes), heads.county_checkpoint)
    files = {"proofs/county.tlog-proof": note.format_proof(county)}
    if heads.consistency:
        files["proofs/consistency"] = note.format_consistency(heads.consistency.items())
    if heads.county_consistency:
        told = note.format_consistency(heads.county_consistency.items())
        files["proofs/county-consistency"] = told
    return files


def _check_documents(content: Json, files: Mapping[str, bytes]) -> None:
    missing = [name for name in DOCUMENTS if name not in files]
    _must(not missing, f"missing: {', '.join(missing)}")
    for name, told in cast(Mapping[str, str], content["files"]).items():
        _must(_digest(files[name]) == told, f"{name} is not the file that was sealed")


def _check_heads(content: Json, heads: Heads, signer: Signer) -> None:
    head = note.open_checkpoint(heads.checkpoint, [heads.key or signer.verifier])
    _must(head.origin == signer.name, "the checkpoint is not of this book")
    _must(head.origin.endswith(f"/{content['book']}"), "the key is not of this book")
    _must(head.size == cast(int, content["index"]) + 1, "the checkpoint does not end in this leaf")
    county = note.read_checkpoint(heads.county_checkpoint)
    leaf = merkle.leaf_hash(heads.checkpoint)
    _must(
        merkle.verify_inclusion(
            leaf, heads.county_index, county.size, heads.county_hashes, county.root
        ),
        "the checkpoint is not in the county's log",
    )


def _check_key_changes(key_changes: Sequence[bytes], current: Verifier) -> None:
    key: Verifier | None = None
    for each in key_changes:
        content = body.decode(each)
        before = key or parse_vkey(str(content.get("previous", "")))
        key = note.open_key_leaf(content, before)
    _must(key is None or str(key) == str(current), "the last change of key leads to another key")


def _jsonl(lines: Iterable[Json]) -> bytes:
    return "".join(_dumps(line) + "\n" for line in lines).encode()


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise FolderError(otherwise)
