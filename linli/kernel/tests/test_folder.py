"""The published folder is assembled whole, fixed to the byte, and never from parts that clash."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from linli.kernel import body, folder, merkle, note
from linli.kernel.folder import FolderError
from linli.kernel.keys import NoteError, Signer, parse_vkey
from linli.kernel.tests import sample

PLACE = "B000001/2026-09/"


def parts():
    """What ``period_folder`` was given for the smallest folder."""
    log = sample.county()
    book = sample.open_book(log)
    rows = list(book.shown)
    files = book.seal("2026-09", date(2026, 10, 2))
    documents = {name: files[PLACE + name] for name in folder.DOCUMENTS}
    heads = folder.Heads(
        checkpoint=files[PLACE + "checkpoint"],
        county_checkpoint=files[PLACE + "county-checkpoint"],
        county_index=0,
        county_hashes=[],
    )
    given = {"seal": book.bodies[-1], "leaves": rows, "files": documents, "heads": heads}
    return given | {"signer": book.signer}, files


def lines(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def test_a_month_holds_exactly_what_the_format_names():
    _, _, files = sample.small()
    assert sorted(path.removeprefix(PLACE) for path in files) == [
        "SHA256SUMS",
        "checkpoint",
        "county-checkpoint",
        "entries.jsonl",
        "index.html",
        "notice.pdf",
        "proofs/county.tlog-proof",
        "receipts.jsonl",
        "seal.json",
        "statement.csv",
        "statement.json",
    ]


def test_the_same_parts_give_the_same_bytes():
    given, files = parts()
    assert folder.period_folder(**given) == files
    assert sample.full()[2] == sample.full()[2]


def test_the_leaves_of_all_folders_are_the_whole_log():
    _, (book, _), files = sample.full()
    leaves = {}
    for path, data in files.items():
        if path.startswith("B000001/") and path.endswith("entries.jsonl"):
            for line in lines(data):
                told = line.get("leaf") or merkle.leaf_hash(line["body"].encode()).hex()
                assert leaves.setdefault(line["index"], told) == told
        if path.startswith("B000001/") and path.endswith(("seal.json", "correction.json")):
            (line,) = lines(data)
            leaves[line["index"]] = merkle.leaf_hash(line["body"].encode()).hex()
    in_order = [bytes.fromhex(leaves[index]) for index in range(book.size)]
    assert merkle.root(in_order) == book.tree.root()


def test_an_entry_of_a_later_month_is_a_bare_hash_until_its_month_shows_it():
    _, (book, _), files = sample.full()
    early = book.entries[3]
    september = lines(files["B000001/2026-09/entries.jsonl"])
    assert [set(line) for line in september if line["index"] == early["index"]] == [
        {"index", "leaf"}
    ]
    october = lines(files["B000001/2026-10/entries.jsonl"])
    assert october[0]["index"] == early["index"] and json.loads(october[0]["body"]) == early


def test_a_correction_shows_only_the_entries_that_correct_its_month():
    _, _, files = sample.full()
    rows = lines(files["B000001/2026-09/v2/entries.jsonl"])
    told = [json.loads(row["body"]) for row in rows if "body" in row]
    assert [it["type"] for it in told] == ["objection", "entry", "entry", "answer"]
    assert {it["original"] for it in told if "original" in it} == {"2026-09-03"}


def test_withheld_fields_keep_their_reason_and_their_secret():
    _, _, files = sample.small()
    text = files[PLACE + "entries.jsonl"].decode()
    line = lines(files[PLACE + "entries.jsonl"])[3]
    assert line["withheld"] == {"counterparty": "自然人"} and "counterparty" not in line["open"]
    assert "张三" not in text and "张三" not in files[PLACE + "receipts.jsonl"].decode()


def test_receipts_are_published_as_amount_and_commitments():
    _, _, files = sample.small()
    told = lines(files[PLACE + "receipts.jsonl"])
    assert [json.loads(row["body"])["amount"] for row in told] == [20000, 35000, 45000]
    assert {row["entry"] for row in told} == {2}
    assert all(set(row["open"]) == {"summary"} for row in told)


def test_every_file_stands_in_the_signed_list_and_the_list_under_the_county():
    log, (book, other), files = sample.full()
    for path, data in files.items():
        if not path.endswith(folder.SUMS):
            continue
        place = path.removesuffix(folder.SUMS)
        opened = note.parse_note(data)
        listed = dict(reversed(line.split("  ")) for line in opened.text.splitlines())
        for name, told in listed.items():
            assert hashlib.sha256(files[place + name]).hexdigest() == told
        assert list(listed) == sorted(listed)
        if place:
            inside = {p.removeprefix(place) for p in files if p.startswith(place)}
            assert set(listed) == {p for p in inside if "/v" not in f"/{p}"} - {folder.SUMS}
    note.open_note(files["SHA256SUMS"], [parse_vkey(files["county.vkey"].decode().strip())])
    note.open_note(files["B000002/2026-09/SHA256SUMS"], [other.signer.verifier])


def test_the_book_checkpoint_is_proven_in_the_county_log():
    _, _, files = sample.full()
    for path, data in files.items():
        if path.endswith("county.tlog-proof"):
            place = path.removesuffix("proofs/county.tlog-proof")
            proof = note.parse_proof(data)
            county = note.read_checkpoint(files[place + "county-checkpoint"])
            leaf = merkle.leaf_hash(files[place + "checkpoint"])
            assert merkle.verify_inclusion(
                leaf, proof.index, county.size, proof.hashes, county.root
            )
            assert proof.checkpoint == files[place + "county-checkpoint"]


def test_each_folder_proves_that_it_continues_all_earlier_ones():
    _, (book, _), files = sample.full()
    last = note.read_checkpoint(files["B000001/2026-11/checkpoint"])
    proofs = note.parse_consistency(files["B000001/2026-11/proofs/consistency"])
    assert len(proofs) == 3
    for old, hashes in proofs.items():
        assert merkle.verify_consistency(old, book.tree.root(old), last.size, last.root, hashes)


CLASHES = {
    "a leaf is missing": lambda g: g | {"leaves": g["leaves"][:-1]},
    "leaves are out of order": lambda g: g | {"leaves": g["leaves"][::-1]},
    "a document is missing": lambda g: g | {"files": dict(list(g["files"].items())[1:])},
    "a document is another": lambda g: g | {"files": g["files"] | {"notice.pdf": b"other"}},
    "a path leads outside": lambda g: g | {"files": g["files"] | {"../x": b""}},
    "a path is hidden": lambda g: g | {"files": g["files"] | {".x": b""}},
    "a field is neither open nor withheld": lambda g: (
        g | {"leaves": [*g["leaves"][:3], replace(g["leaves"][3], withheld={})]}
    ),
    "a field is both": lambda g: (
        g
        | {
            "leaves": [
                *g["leaves"][:3],
                replace(g["leaves"][3], withheld={"counterparty": "x", "summary": "x"}),
            ]
        }
    ),
    "a reason is empty": lambda g: (
        g | {"leaves": [*g["leaves"][:3], replace(g["leaves"][3], withheld={"counterparty": ""})]}
    ),
    "an opened field is another": lambda g: (
        g
        | {
            "leaves": [
                *g["leaves"][:3],
                replace(g["leaves"][3], open={"summary": (sample.secret("x"), "摘要")}),
            ]
        }
    ),
    "receipts are missing": lambda g: (
        g
        | {
            "leaves": [
                *g["leaves"][:2],
                replace(g["leaves"][2], receipts=g["leaves"][2].receipts[1:]),
                g["leaves"][3],
            ]
        }
    ),
    "an early entry is none": lambda g: g | {"early": [g["leaves"][2]]},
    "the head is of another size": lambda g: (
        g
        | {
            "heads": replace(
                g["heads"],
                checkpoint=note.sign_checkpoint(
                    note.Checkpoint(g["signer"].name, 4, b"\0" * 32), g["signer"]
                ),
            )
        }
    ),
    "the head is not in the county's log": lambda g: (
        g | {"heads": replace(g["heads"], county_hashes=[b"\0" * 32])}
    ),
}


@pytest.mark.parametrize("clash", CLASHES.values(), ids=CLASHES)
def test_parts_that_clash_are_not_published(clash):
    given, _ = parts()
    with pytest.raises(FolderError):
        folder.period_folder(**clash(given))


def test_another_key_cannot_sign_a_book():
    given, _ = parts()
    for signer in (
        Signer(given["signer"].name, sample.secret("thief")),
        Signer("linli/370614/B000009", sample.secret("thief")),
    ):
        with pytest.raises(NoteError):
            folder.period_folder(**given | {"signer": signer})


def test_a_change_of_the_county_key_is_published_with_its_proof():
    log, book, files = sample.small()
    old = log.signer
    new = Signer(old.name, sample.secret("new county"))
    change = body.encode(
        note.key_leaf(index=log.size, signer=new, at=sample.at(date(2026, 10, 3)), old=old)
    )
    log.append(change)
    log.signer = new
    made = sample.top(log, files, key_changes=[change])
    assert lines(made["county-keys.jsonl"]) == [{"body": change.decode(), "index": 1}]
    log.signer = old
    with pytest.raises(FolderError):
        sample.top(log, files, key_changes=[change])
