"""Gathering what a published folder holds, and writing it where any web server can serve it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string

from linli.disclosure import rules, staging
from linli.disclosure.models import Objection, Release
from linli.kernel import folder, merkle
from linli.kernel.identity import personal_data_in
from linli.ledger import queries as ledger
from linli.vouchers import queries as vouchers

WITHHELD = {
    "counterparty": "自然人",
    "handler": "经办人姓名",
    "erased": "依申请删除",
    "personal": "含个人信息",
}
TOOLS = Path(settings.ROOT) / "linli" / "proof" / "tools"
MOST = 100
"""Releases that are put into the folder in one go."""


def _opened(leaf: object, salts: Mapping, values: Mapping, hidden: Mapping) -> dict:
    """Split committed fields into those shown and those withheld, each with its reason."""
    made = ledger.commitments(leaf)
    shown, withheld = {}, {}
    for name in made:
        if name in hidden:
            withheld[name] = hidden[name]
        elif name not in salts:
            withheld[name] = WITHHELD["erased"]
        else:
            shown[name] = (bytes.fromhex(salts[name]), values[name])
    return {"open": shown, "withheld": withheld}


def _entry_leaf(leaf: object, entry: object, gathered: Sequence) -> folder.Leaf:
    wording = entry.wording  # type: ignore[attr-defined]
    values = {name: getattr(wording, name) for name in ledger.commitments(leaf)}
    hidden = {name: WITHHELD["personal"] for name, text in values.items() if personal_data_in(text)}
    hidden["handler"] = WITHHELD["handler"]
    if wording.person:
        hidden["counterparty"] = WITHHELD["counterparty"]
    receipts = [
        folder.Receipt(
            body=receipt.body.encode(),
            open={
                name: (bytes.fromhex(receipt.salts[name]), getattr(receipt, name))
                for name in ("summary",)
                if name in receipt.salts and not personal_data_in(receipt.summary)
            },
        )
        for receipt in gathered
    ]
    return folder.Leaf(
        body=leaf.body.encode(),  # type: ignore[attr-defined]
        receipts=receipts,
        **_opened(leaf, wording.salts, values, hidden),
    )


def _word_leaf(leaf: object, objections: Mapping[int, Objection]) -> folder.Leaf:
    """An objection's or an answer's leaf: shown when a person has let its text through."""
    row = objections[leaf.pk]  # type: ignore[attr-defined]
    if leaf.kind == "objection":  # type: ignore[attr-defined]
        same = row.screened_at and row.shown == row.text
        hidden = {} if same else {"text": row.withheld or _state(row)}
        return _leaf(leaf, {"text": row.salts["text"]}, {"text": row.text}, hidden)
    values = {"text": row.answer, "shown": row.shown}
    salts = {"text": row.salts["answer"], "shown": row.salts.get("shown", "")}
    return _leaf(leaf, salts, values, {})


def _state(row: Objection) -> str:
    return "已隐去个人信息" if row.screened_at else "待个人信息审查"


def _leaf(leaf: object, salts: Mapping, values: Mapping, hidden: Mapping) -> folder.Leaf:
    return folder.Leaf(
        body=leaf.body.encode(),  # type: ignore[attr-defined]
        **_opened(leaf, salts, values, hidden),
    )


def _shown(book: object, leaves: Iterable, period: str) -> list[folder.Leaf]:
    """Leaves as they may be published with a month; later months' entries need no words yet."""
    leaves = list(leaves)
    entries = ledger.entries_of_leaves(leaves)
    objections = {row.leaf_id: row for row in Objection.objects.filter(book=book)}
    objections |= {row.answer_leaf_id: row for row in objections.values() if row.answer_leaf_id}
    corrections = {row.leaf_id: row for row in Release.objects.filter(book=book, version__gt=1)}
    gathered = vouchers.receipts_by_entry(entry.pk for entry in entries.values())
    told = []
    for leaf in leaves:
        if leaf.kind == "entry":
            entry = entries[leaf.pk]
            mine = gathered.get(entry.pk, [])
            full = entry.period <= period or entry.original_on
            told.append(_entry_leaf(leaf, entry, mine) if full else _bare(leaf, mine))
        elif leaf.kind in {"objection", "answer"}:
            told.append(_word_leaf(leaf, objections))
        elif leaf.kind == "correction":
            row = corrections[leaf.pk]
            told.append(_leaf(leaf, row.salts, {"reason": row.reason}, {}))
        else:
            told.append(folder.Leaf(body=leaf.body.encode()))
    return told


def _bare(leaf: object, gathered: Sequence) -> folder.Leaf:
    """An entry of a later month: its words are not given out before their month is sealed."""
    return folder.Leaf(
        body=leaf.body.encode(),  # type: ignore[attr-defined]
        withheld={name: "所属月份尚未公示" for name in ledger.commitments(leaf)},
        receipts=[folder.Receipt(body=receipt.body.encode()) for receipt in gathered],
    )


def heads(book: object, release: Release) -> folder.Heads:
    """Checkpoint, place in the county's log and proofs for a release's folder."""
    size = release.leaf.index + 1
    checkpoint = ledger.checkpoint_at(ledger.book_log(book), size)
    county = ledger.county_log(book)
    index, signed = ledger.witnessed(county, checkpoint)
    tree = merkle.Tree(ledger.leaf_hashes(book.log_id, size))  # type: ignore[attr-defined]
    upper = merkle.Tree(ledger.leaf_hashes(county.pk, signed.size))
    earlier = Release.objects.filter(book=book, leaf__index__lt=release.leaf.index)
    sizes, county_sizes = set(), set()
    for old in earlier.select_related("leaf"):
        sizes.add(old.leaf.index + 1)
        before = ledger.checkpoint_at(ledger.book_log(book), old.leaf.index + 1)
        county_sizes.add(ledger.witnessed(county, before)[1].size)
    return folder.Heads(
        checkpoint=checkpoint.note.encode(),
        county_checkpoint=signed.note.encode(),
        county_index=index,
        county_hashes=upper.inclusion_proof(index),
        consistency={old: tree.consistency_proof(old) for old in sorted(sizes)},
        county_consistency={
            old: upper.consistency_proof(old) for old in sorted(county_sizes) if old < signed.size
        },
        key=ledger.key_at(ledger.origin(book), size).verifier,
    )


def files(release: Release) -> dict[str, bytes]:
    """The documents of a release, index.html rendered from its statement."""
    told = rules.named(rules.read(release.statement))
    page = render_to_string("disclosure/static.html", {"told": told})
    return {
        "statement.json": release.statement.encode(),
        "statement.csv": release.table_text.encode(),
        "notice.pdf": bytes(release.notice),
        "index.html": page.encode(),
    }


def of_release(release: Release) -> dict[str, bytes]:
    """The folder of one release, as {path: bytes}."""
    book, period = release.book, release.period
    signer = ledger.signer_at(ledger.origin(book), release.leaf.index + 1)
    start = ledger.leaf_after_last_seal(book, release.leaf.index)
    leaves = ledger.leaves(book.log_id, start, release.leaf.index)
    common = {
        "leaves": _shown(book, leaves, period),
        "files": files(release),
        "heads": heads(book, release),
        "signer": signer,
    }
    if release.version == 1:
        early = ledger.early_leaves(book, period, start)
        return folder.period_folder(
            seal=release.leaf.body.encode(), early=_shown(book, early, period), **common
        )
    early = ledger.early_corrections(book, period, start)
    leaf = _leaf(release.leaf, release.salts, {"reason": release.reason}, {})
    return folder.correction_folder(correction=leaf, early=_shown(book, early, period), **common)


def write(releases: Iterable[Release], out: Path) -> list[Path]:
    """Write the folders of releases below `out`, and what lies beside them, signed anew.

    Files that are there with the same bytes are left alone; MOST releases appear at one moment
    with what names them. One writer at a time.
    """
    rest, written = iter(releases), list[Path]()
    while some := list(islice(rest, MOST)):
        county = ledger.county_log(some[0].book)
        with transaction.atomic():
            ledger.hold(county)
            staging.take_back(out)
            files = {path: data for one in some for path, data in of_release(one).items()}
            written += staging.put(out, files | _top(county, out, files))
    return written


def write_top(county: object, out: Path) -> list[Path]:
    """Write what lies beside the folders of a county, signed by it; one writer at a time."""
    with transaction.atomic():
        ledger.hold(county)
        staging.take_back(out)
        return staging.put(out, _top(county, out, {}))


UNFINISHED = staging.UNFINISHED


def standing(out: Path, path: str) -> Path:
    """The file of a published folder at this path; the one before, while a publication that did
    not come to its end has not been taken back."""
    return staging.standing(out, path)


def refresh_top(out: Path) -> list[Path]:
    """Write anew what lies beside the folders that were published here: newest head, keys."""
    head = out / "county-checkpoint"
    if not head.exists():
        return []
    county = ledger.log_named(head.read_text("utf-8").split("\n")[0])
    return write_top(county, out) if county else []


def _top(county: Any, out: Path, coming: Mapping[str, bytes]) -> dict[str, bytes]:
    """What lies beside the folders that are there and those that are `coming`."""
    there = {
        path.relative_to(out).as_posix()
        for pattern in ("*/*/SHA256SUMS", "*/*/v*/SHA256SUMS")
        for path in out.glob(pattern)
    }
    there |= {path for path in coming if path.endswith("/SHA256SUMS")}

    def read(path: str) -> bytes:
        return coming[path] if path in coming else (out / path).read_bytes()

    newest = ledger.newest_checkpoint(county)
    tree = merkle.Tree(ledger.leaf_hashes(county.pk, newest.size))
    heads = (read(path.removesuffix("SHA256SUMS") + "county-checkpoint") for path in there)
    sizes = {int(head.decode().split("\n")[1]) for head in heads} - {newest.size}
    return folder.top_folder(
        sums={path: read(path) for path in sorted(there)},
        verify_py=_tool("verify.py"),
        verify_html=_tool("verify.html"),
        checkpoint=newest.note.encode(),
        signer=ledger.signer(county.origin),
        consistency={old: tree.consistency_proof(old) for old in sorted(sizes)},
        key_changes=ledger.key_leaves(county.origin),
    )


@lru_cache
def _tool(name: str) -> bytes:
    return (TOOLS / name).read_bytes()
