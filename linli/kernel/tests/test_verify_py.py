"""verify.py finds every changed byte, every lie of an operator who holds the keys as far as it can
be found, and says precisely where."""

import copy
import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta

import pytest

from linli.kernel import body, leaves, merkle, note
from linli.kernel.keys import Signer, fingerprint, parse_vkey
from linli.kernel.tests import sample
from linli.kernel.tests.published import (
    VERIFY_PY,
    check,
    faults,
    month_of,
    resign,
    told,
    verify,
    write,
)

SEPTEMBER = "B000001/2026-09/"
STATEMENT = SEPTEMBER + "statement.json"


@pytest.fixture(scope="module")
def small():
    return sample.published_small()


@pytest.fixture(scope="module")
def full():
    return sample.full()


def test_what_was_published_honestly_holds(small, full):
    assert faults(small[2]) == [] and faults(full[2]) == []


# --- every byte -------------------------------------------------------------------------------


def positions(data):
    """Every byte of a small file, each 97th of a large one, and always both ends."""
    step = 1 if len(data) <= 700 else 97
    return sorted({*range(0, len(data), step), *range(min(20, len(data))), len(data) - 1})


def test_every_flipped_byte_is_found_in_its_file(small):
    files = small[2]
    assert all(files.values()), "an empty file has no byte to flip"
    for name, data in files.items():
        for at in positions(data):
            flipped = bytearray(data)
            flipped[at] ^= 1 << (at % 8)
            found = faults({**files, name: bytes(flipped)})
            assert name in {fault.file for fault in found}, f"{name}: byte {at}"


def test_every_cut_or_lengthened_file_is_found(full):
    files = full[2]
    for name, data in files.items():
        for changed in (data[:-1], data + b"\n", b"", data + data):
            if changed != data:
                assert name in {fault.file for fault in faults({**files, name: changed})}, name


def test_every_deleted_file_is_named(full):
    files = full[2]
    for name in files:
        found = faults({path: data for path, data in files.items() if path != name})
        assert name in {fault.file for fault in found}


@pytest.mark.parametrize(
    "name", ["x", "B000001/x", SEPTEMBER + "x", SEPTEMBER + "proofs/x", SEPTEMBER + "v2/x", "z/y/x"]
)
def test_every_added_file_is_named(full, name):
    assert told({**full[2], name: b"x"}) == {("file.extra", name)}


def test_swapped_files_and_folders_are_named(full):
    files = full[2]
    one, other = "B000001/2026-09/", "B000001/2026-10/"
    swapped = {
        (other + n[len(one) :] if n.startswith(one) else one + n[len(other) :] if n.startswith(other) else n): d
        for n, d in files.items()
    }  # fmt: skip
    assert {("file.hash", one + "SHA256SUMS"), ("folder.name", one + "seal.json")} <= told(swapped)
    copied = {**files, one + "statement.json": files[other + "statement.json"]}
    assert ("file.hash", one + "statement.json") in told(copied)


def test_a_month_that_is_left_out_is_missed(full):
    log, books, files = full
    place = "B000001/2026-10/"
    without = {name: data for name, data in files.items() if not name.startswith(place)}
    assert ("file.missing", place + "SHA256SUMS") in told(without)
    without["SHA256SUMS"] = resign(without, log, *books)["SHA256SUMS"]
    found = told(without)
    assert ("leaf.missing", "B000001/2026-11/entries.jsonl") in found
    assert ("seal.previous", "B000001/2026-11/seal.json") in found


# --- an operator who holds the keys -----------------------------------------------------------


def rewritten(published, name, old, new, count=1):
    """The folder with one file rewritten and everything signed again."""
    log, book, files = published
    assert old in files[name]
    books = book if isinstance(book, tuple) else (book,)
    return resign({**files, name: files[name].replace(old, new, count)}, log, *books)


REWRITTEN = {
    "an amount in an entry": (
        "entries.jsonl", b'\\"energy\\",\\"\\",\\"\\",8624', b'\\"energy\\",\\"\\",\\"\\",8625',
        {"entry.balance", "tree.root"},
    ),
    "an opened text": ("entries.jsonl", "摘要".encode(), "别的".encode(), {"open.value"}),
    "a withheld field left out": (
        "entries.jsonl", '{"counterparty":"自然人"}'.encode(), b"{}", {"open.fields"},
    ),
    "a receipt's amount": ("receipts.jsonl", b"35000", b"35001", {"entry.receipts"}),
    "a receipt's shown text": ("receipts.jsonl", "停车费".encode(), b"x", {"open.value"}),
    "a receipt of another entry": ("receipts.jsonl", b'"entry":2', b'"entry":3', {"receipt.stray"}),
    "the index of a line": ("entries.jsonl", b'"index":1,', b'"index":9,', {"leaf.index"}),
    "a body in another spelling": ("entries.jsonl", b'{"body":"{', b'{"body":" {', {"body.form"}),
    "a line in another spelling": ("entries.jsonl", b'{"body"', b'{ "body"', {"line.form"}),
    "a field that does not exist": (
        "entries.jsonl", b'\\"v\\":1}', b'\\"v\\":1,\\"x\\":1}', {"body.field"},
    ),
    "a version of the future": ("entries.jsonl", b'\\"v\\":1}', b'\\"v\\":2}', {"body.version"}),
    "the statement after the seal": ("statement.json", b'"count": 1', b'"count": 2', {"seal.file"}),
    "the notice": ("notice.pdf", b"PDF", b"FDP", {"seal.file"}),
    "the size of the seal": ("seal.json", b'"size":5', b'"size":6', {"tree.size"}),
    "the chart": ("seal.json", b"income", b"cost", {"statement.value", "tree.root"}),
}  # fmt: skip


@pytest.mark.parametrize("case", REWRITTEN.values(), ids=REWRITTEN)
def test_a_rewritten_file_that_is_signed_again_does_not_follow(small, case):
    name, old, new, codes = case
    found = told(rewritten(small, SEPTEMBER + name, old, new))
    assert codes <= {code for code, _ in found}, found
    assert not {code for code, _ in found} & {"file.hash", "note.signature", "broken"}


def test_a_checkpoint_over_another_tree_is_found(small):
    log, book, files = small
    head = note.Checkpoint(book.signer.name, 5, merkle.EMPTY_ROOT)
    files = {**files, SEPTEMBER + "checkpoint": note.sign_checkpoint(head, book.signer)}
    found = told(resign(files, log, book))
    assert ("tree.root", SEPTEMBER + "checkpoint") in found
    assert ("proof.inclusion", SEPTEMBER + "proofs/county.tlog-proof") in found


STATEMENTS = {
    "an income": (lambda s: s["funds"][0].update(income_fen=90000), "funds.common.income_fen"),
    "an opening": (lambda s: s["funds"][0].update(opening_fen=0), "funds.common.opening_fen"),
    "a closing": (lambda s: s["funds"][1].update(closing_fen=1), "funds.seed.closing_fen"),
    "a fraction": (
        lambda s: s["funds"][0].update(income_fen=100000.0), "funds.common.income_fen",
    ),
    "a line": (
        lambda s: s["funds"][0]["lines"][0].update(amount_fen=1),
        "funds.common.lines.parking.amount_fen",
    ),
    "a count": (
        lambda s: s["funds"][0]["lines"][0].update(count=2), "funds.common.lines.parking.count",
    ),
    "a name": (
        lambda s: s["funds"][0]["lines"][0].update(name="停车"), "funds.common.lines.parking.name",
    ),
    "a line left out": (lambda s: s["funds"][0]["lines"].pop(), "funds.common.lines"),
    "a line too many": (
        lambda s: s["funds"][0]["lines"].append(s["funds"][0]["lines"][0]), "funds.common.lines",
    ),
    "a fund left out": (lambda s: s["funds"].pop(), "funds"),
    "a fund twice": (lambda s: s["funds"].insert(0, {**s["funds"][0], "income_fen": 9}), "funds"),
    "a payment": (
        lambda s: s["projects"][0]["funding"].append({"fund": "common", "paid_fen": 5, "paid_to_date_fen": 5}),
        "projects.P-2026-01.common.paid_fen",
    ),
    "a book balance": (
        lambda s: s["bank"][0].update(book_balance_fen=0), "bank.bank_9876.book_balance_fen",
    ),
    "an outstanding item": (
        lambda s: s["bank"][0]["outstanding"][0].update(amount_fen=1),
        "bank.bank_9876.difference_fen",
    ),
    "an account's fund": (lambda s: s["bank"][1].update(fund="common"), "bank"),
    "the tree": (lambda s: s["log"].update(size=3), "log.size"),
    "the root": (lambda s: s["log"].update(root="x"), "log.root"),
    "the origin": (lambda s: s["log"].update(origin="linli/1/B2"), "log.origin"),
    "the previous seal": (lambda s: s.update(previous_seal={"index": 1}), "previous_seal"),
    "the signers": (lambda s: s.update(signers=["director"]), "signers"),
    "the open points": (lambda s: s.update(open_points=["gap"]), "open_points"),
    "the book": (lambda s: s["book"].update(code="B2"), "book.code"),
    "the period": (lambda s: s.update(version=2), "version"),
}  # fmt: skip


@pytest.mark.parametrize("case", STATEMENTS.values(), ids=STATEMENTS)
def test_a_statement_that_was_sealed_with_another_figure_is_found_by_its_field(case):
    change, field = case
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2), change=change)
    found = faults(sample.top(log, files))
    assert (field, STATEMENT) in {(fault.field, fault.file) for fault in found}
    assert {fault.code for fault in found} == {"statement.value"}


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s.pop("funds"),
        lambda s: s.update(funds=5),
        lambda s: s.update(funds=[None]),
        lambda s: s["bank"][0].update(outstanding=None),
        lambda s: s["bank"][0]["outstanding"][0].update(kind="x"),
    ],
)
def test_a_statement_of_another_shape_is_a_fault_and_not_a_crash(change):
    log = sample.county()
    files = sample.open_book(log).seal("2026-09", date(2026, 10, 2), change=change)
    assert {("statement.form", STATEMENT)} <= told(sample.top(log, files))


PAIR = [["common", "bank_9876", "", "", 5], ["common", "parking", "", "", -5]]


def posted(to, /, **changes):
    """An entry that the builders would refuse."""
    made = {
        "type": "entry", "v": 1, "book": to.code, "index": to.size,
        "number": len(to.entries) + 1, "kind": "voucher", "date": "2026-09-20",
        "period": "2026-09", "at": "2026-09-20T01:00:00Z", "key": f"raw-{to.size}",
        "lines": PAIR, "recorded_by": "bookkeeper", **changes,
    }  # fmt: skip
    to.entries.append(made)
    to.add(made)


LIES = {
    "an entry out of balance": (
        lambda b: posted(b, lines=[*PAIR, ["common", "energy", "", "", 1]]), "entry.balance"
    ),
    "a transfer between funds in one entry": (
        lambda b: posted(b, lines=[PAIR[0], ["seed", "donation", "", "", -5]]), "entry.balance"
    ),
    "a single line of nothing": (
        lambda b: posted(b, lines=[["common", "parking", "", "", 0]]), "entry.lines"
    ),
    "an account that is not in the chart": (
        lambda b: posted(b, lines=[PAIR[0], ["common", "gift", "", "", -5]]), "entry.account"
    ),
    "a number left out": (lambda b: posted(b, number=9), "entry.number"),
    "a number twice": (lambda b: posted(b, number=3), "entry.number"),
    "the same key twice": (lambda b: posted(b, key="B000001-2"), "entry.key"),
    "a date outside its period": (lambda b: posted(b, date="2026-10-01"), "entry.date"),
    "an original date in the future": (
        lambda b: posted(b, original="2026-09-21"), "entry.date"
    ),
    "a reversal of nothing": (
        lambda b: posted(b, kind="reversal", reverses=9, original="2026-09-01"), "entry.reversal"
    ),
    "a reversal of another amount": (
        lambda b: posted(b, kind="reversal", reverses=2, original="2026-09-03"), "entry.reversal"
    ),
    "a reversal that hides the original date": (
        lambda b: posted(b, kind="reversal", reverses=2, lines=inverse(b, 2)), "entry.reversal"
    ),
    "a reversal in disguise": (
        lambda b: posted(b, reverses=2, lines=inverse(b, 2), original="2026-09-03"),
        "entry.reversal",
    ),
    "a second reversal": (lambda b: (reverse(b, 2), reverse(b, 2)), "entry.reversal"),
    "a reversal of a reversal": (
        lambda b: (reverse(b, 2), reverse(b, 4)), "entry.reversal"
    ),
    "an opening that is none": (
        lambda b: posted(b, lines=[PAIR[0], ["common", "net_assets", "", "", -5]]), "entry.opening"
    ),
    "an entry before the first month": (
        lambda b: posted(b, date="2026-08-20", period="2026-08"), "entry.unpublished"
    ),
    "receipts that do not add up to the income": (
        lambda b: b.entry(
            date(2026, 9, 9), PAIR[0], PAIR[1], gathered=[b.receipt(6, "赵六")]
        ),
        "entry.receipt_sum",
    ),
    "an answer to nothing": (
        lambda b: b.add(
            leaves.answer(
                book=b.code, index=b.size, objection=1, outcome="rejected",
                at=sample.at(date(2026, 9, 9)), commit={"text": bytes(32)},
            ),
            {}, {"text": "个人信息"},
        ),
        "answer.objection",
    ),
    "another book's entry": (lambda b: posted(b, book="B000002"), "folder.name"),
    "a key that nobody handed over": (
        lambda b: b.add(
            note.key_leaf(
                index=b.size, book=b.code, at=sample.at(date(2026, 9, 9)),
                signer=Signer(b.signer.name, sample.secret("thief")),
                old=Signer(b.signer.name, sample.secret("other thief")),
            )
        ),
        "key.chain",
    ),
}  # fmt: skip


def inverse(book, number):
    lines = book.entries[number - 1]["lines"]
    return [[*line[:4], -line[4]] for line in lines]


def reverse(book, number):
    told = book.entries[number - 1]
    posted(
        book, kind="reversal", reverses=number, lines=inverse(book, number), original=told["date"]
    )


@pytest.mark.parametrize("case", LIES.values(), ids=LIES)
def test_an_entry_that_must_not_be_is_found(case):
    lie, code = case
    log, _, files = month_of(lie)
    found = told(sample.top(log, files))
    assert code in {code for code, _ in found}, found
    assert ("broken", "B000001") not in found


def test_an_honest_reversal_in_the_same_month_holds():
    log, _, files = month_of(lambda book: reverse(book, 2))
    assert told(sample.top(log, files)) == set()


def test_a_month_sealed_before_it_was_over_is_found():
    log, _, files = month_of(lambda book: None, day=date(2026, 9, 30))
    assert told(sample.top(log, files)) == {("seal.early", SEPTEMBER + "seal.json")}


def test_an_entry_slipped_into_a_sealed_month_is_found():
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    posted(book)
    files |= book.seal("2026-10", date(2026, 11, 2))
    found = told(sample.top(log, files))
    assert ("entry.sealed", "B000001/2026-10/entries.jsonl") in found


def test_a_second_opening_is_found():
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    lines = [PAIR[0], ["common", "net_assets", "", "", -5]]
    posted(book, kind="opening", date="2026-10-03", period="2026-10", lines=lines)
    files |= book.seal("2026-10", date(2026, 11, 2))
    assert ("entry.opening", "B000001/2026-10/entries.jsonl") in told(sample.top(log, files))


def test_a_month_with_entries_cannot_be_passed_over():
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    quiet = files | book.seal("2026-12", date(2027, 1, 2))
    assert told(sample.top(log, quiet)) == set(), "nothing happened in October and November"
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    book.entry(date(2026, 10, 9), *PAIR)
    files |= book.seal("2026-11", date(2026, 12, 2))
    assert ("entry.unpublished", "B000001/2026-11/entries.jsonl") in told(sample.top(log, files))


def test_an_account_cannot_change_its_side_or_vanish(monkeypatch):
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    for changed in (
        [row if row[1] != "energy" else (*row[:2], "use", row[3]) for row in sample.CHART],
        [row for row in sample.CHART if row[1] != "energy"],
    ):
        monkeypatch.setattr(sample, "CHART", changed)
        october = sample.Book.seal(copy.deepcopy(book), "2026-10", date(2026, 11, 2))
        found = faults(resign(sample.top(log, files | october), log, book))
        assert "common/energy" in {f.values.get("name") for f in found if f.code == "seal.chart"}


def test_a_leaf_that_differs_between_two_folders_is_found(full):
    log, books, files = full
    path = "B000001/2026-09/v2/entries.jsonl"
    leaf = b'"leaf":"' + b"0" * 64
    lines = files[path].decode().splitlines()
    lines[0] = json.dumps({"index": 6, "leaf": "0" * 64}, separators=(",", ":"))
    changed = resign({**files, path: ("\n".join(lines) + "\n").encode()}, log, *books)
    assert leaf in changed[path]
    assert ("leaf.conflict", "B000001/2026-10/entries.jsonl") in told(changed)


def test_a_seal_is_not_a_correction(full):
    log, books, files = full
    line = json.loads(files["B000001/2026-09/v2/correction.json"])
    text = verify.dumps({"body": line["body"], "index": line["index"], "size": line["size"]}) + "\n"
    changed = resign({**files, SEPTEMBER + "seal.json": text.encode()}, log, *books)
    assert ("folder.kind", SEPTEMBER + "seal.json") in told(changed)


JUNK = [None, True, 0, -1, 1.5, 2**60, "", "x", "0" * 64, [], {}, [[]], {"x": 1}, ["x"]]


def mangle(value, seeded):
    """The same JSON with one value somewhere replaced, dropped or doubled."""
    spots = []

    def walk(it):
        if isinstance(it, dict | list):
            for at in it if isinstance(it, dict) else range(len(it)):
                spots.append((it, at))
                walk(it[at])

    walk(value)
    holder, at = seeded.choice(spots)
    act = seeded.randrange(4)
    if act == 0:
        del holder[at]
    elif act == 1 and isinstance(holder, list):
        holder.insert(at, holder[at])
    else:
        holder[at] = seeded.choice(JUNK)
    return value


def test_whatever_the_files_say_it_is_a_fault_and_never_a_crash(full):
    log, books, files = full
    seeded = random.Random(6962)
    names = [n for n in files if n.endswith((".json", ".jsonl"))]
    for _ in range(250):
        name = seeded.choice(names)
        if name.endswith("statement.json"):
            changed = json.dumps(mangle(json.loads(files[name]), seeded), ensure_ascii=False)
        else:
            lines = files[name].decode().splitlines()
            if not lines:
                continue
            at = seeded.randrange(len(lines))
            line = json.loads(lines[at])
            if "body" in line and seeded.random() < 0.7:
                line["body"] = verify.dumps(mangle(json.loads(line["body"]), seeded))
            else:
                line = mangle(line, seeded)
            lines[at] = verify.dumps(line)
            changed = "".join(each + "\n" for each in lines)
        lied = resign({**files, name: changed.encode("utf-8", "surrogatepass")}, log, *books)
        found = check(lied)
        assert not {f.code for f in found.faults} & {"broken"}, (name, changed)
        verify.report_text(found, "zh")
        verify.report_json(found, "en")


def test_a_trial_balance_that_was_made_up_is_found(monkeypatch):
    trial = sample.Book.trial

    def made_up(self, period):
        for fund, account, debit, credit in trial(self, period):
            yield fund, account, debit + (account == "energy"), credit

    monkeypatch.setattr(sample.Book, "trial", made_up)
    log, _, files = month_of(lambda book: None)
    (fault,) = faults(sample.top(log, files))
    assert (fault.code, fault.values["name"]) == ("seal.trial", "common/energy")


def test_a_money_account_left_out_of_the_seal_is_found(monkeypatch):
    seal = leaves.seal
    monkeypatch.setattr(leaves, "seal", lambda **kw: seal(**{**kw, "bank": kw["bank"][:1]}))
    log, _, files = month_of(lambda book: None)
    assert ("seal.bank", SEPTEMBER + "seal.json") in told(sample.top(log, files))


def test_an_entry_that_is_kept_back_for_ever_is_found():
    """Posted in October with a date of 2030: its month never comes."""
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    book.entry(date(2030, 1, 1), *PAIR, recorded=date(2026, 10, 9))
    for month in (10, 11, 12):
        files |= book.seal(f"2026-{month}", date(2026, month, 28) + timedelta(days=5))
        assert told(sample.top(log, dict(files))) == set()
    files |= book.seal("2027-01", date(2027, 2, 3))
    assert told(sample.top(log, files)) == {("leaf.hidden", "B000001/2026-10/entries.jsonl")}


def test_an_entry_hidden_from_its_own_month_is_found():
    log = sample.county()
    book = sample.open_book(log)
    place = "B000001/2026-09/entries.jsonl"
    files = book.seal("2026-09", date(2026, 10, 2))
    lines = files[place].decode().splitlines(keepends=True)
    full = lines[3]
    lines[3] = f'{{"index":3,"leaf":"{merkle.leaf_hash(book.bodies[3]).hex()}"}}\n'
    files |= book.seal("2026-10", date(2026, 11, 2))
    files[place] = "".join(lines).encode()
    october = "B000001/2026-10/entries.jsonl"
    files[october] = full.encode() + files[october]
    found = told(resign(sample.top(log, files), log, book))
    assert found == {("leaf.late", place)}


def test_two_county_logs_for_two_books_are_found():
    log, book, files = sample.small()
    other = sample.county()
    second = sample.open_book(other, "B000002", "海滨花园")
    files |= second.seal("2026-09", date(2026, 10, 2))
    found = told(sample.top(log, files))
    assert ("county.fork", "county-checkpoint") in found


def test_a_county_checkpoint_that_does_not_lead_to_the_newest_is_found(full):
    log, books, files = full
    proofs = note.parse_consistency(files["county-consistency"])
    proofs[1] = [bytes(32), *proofs[1][1:]]
    changed = {**files, "county-consistency": note.format_consistency(proofs.items())}
    found = told(resign(changed, log, *books))
    assert found == {("proof.consistency", "county-consistency")}
    del proofs[1]
    changed["county-consistency"] = note.format_consistency(proofs.items())
    assert told(resign(changed, log, *books)) == {("proof.old", "county-consistency")}


@pytest.mark.parametrize("name", ["proofs/consistency", "proofs/county-consistency"])
def test_each_consistency_proof_is_checked(full, name):
    log, books, files = full
    path = "B000001/2026-11/" + name
    proofs = note.parse_consistency(files[path])
    for old, hashes in list(proofs.items()):
        wrong = {**proofs, old: [*hashes[:-1], bytes(32)] if hashes else [bytes(32)]}
        changed = {**files, path: note.format_consistency(wrong.items())}
        assert told(resign(changed, log, *books)) == {("proof.consistency", path)}
        wrong.pop(old)
        changed[path] = note.format_consistency(wrong.items())
        assert told(resign(changed, log, *books)) == {("proof.old", path)}


def test_a_correction_that_tells_another_later_figure_is_found(full):
    log, books, files = full
    path = "B000001/2026-09/v2/statement.json"
    changed = {**files, path: files[path].replace(b'"later_fen": 20000', b'"later_fen": 0')}
    assert changed[path] != files[path]
    found = faults(resign(changed, log, *books))
    assert {(f.code, f.field) for f in found if f.code == "statement.value"} == {
        ("statement.value", "funds.common.lines.parking.later_fen")
    }


# --- keys and anchors -------------------------------------------------------------------------


def rebuilt():
    """The operator's masterpiece: the whole log made anew with one entry changed."""
    log = sample.county()
    book = sample.open_book(log)
    book.shown[3] = book.shown[3].__class__(
        book.shown[3].body.replace(b"8624", b"9624"), book.shown[3].open, book.shown[3].withheld
    )
    book.entries[2] = body.decode(book.shown[3].body)
    book.bodies[3] = book.shown[3].body
    book.tree = merkle.Tree(merkle.leaf_hash(each) for each in book.bodies)
    files = book.seal("2026-09", date(2026, 10, 2))
    return sample.top(log, files)


def test_a_log_made_anew_agrees_with_itself_but_not_with_a_kept_checkpoint(small):
    kept = small[2][SEPTEMBER + "checkpoint"]
    assert told(rebuilt()) == set(), "only an anchor can find this"
    assert check(rebuilt()).anchored == {}
    assert told(rebuilt(), since=[kept]) == {("since.root", SEPTEMBER + "checkpoint")}
    county = small[2][SEPTEMBER + "county-checkpoint"]
    assert told(rebuilt(), since=[county]) == {("since.root", "county-checkpoint")}


def test_a_kept_checkpoint_anchors_what_came_after(full):
    _, _, files = full
    for name in ("B000001/2026-09/checkpoint", "B000001/2026-11/checkpoint"):
        checker = check(files, since=[files[name]])
        assert checker.faults == [] and checker.anchored == {"B000001": "since"}
    checker = check(files, since=[files["B000001/2026-09/county-checkpoint"]])
    assert checker.faults == [] and checker.anchored == dict.fromkeys(
        ["B000001", "B000002"], "since"
    )


def test_any_day_between_the_seals_can_be_the_kept_checkpoint(full):
    _, (book, _), files = full
    old = Signer(book.signer.name, sample.secret(book.signer.name))
    for size in range(1, book.size + 1):
        head = note.Checkpoint(book.signer.name, size, book.tree.root(size))
        for signer in (old, book.signer):
            assert told(files, since=[note.sign_checkpoint(head, signer)]) == set()


def test_a_folder_that_was_cut_short_is_found_by_a_kept_checkpoint(full):
    files = sample.published_small()[2]
    kept = full[2]["B000001/2026-10/checkpoint"]
    thief = Signer("linli/370614/B000001", sample.secret("thief"))
    stranger = Signer("linli/370614/B000077", sample.secret("x"))
    head = note.read_checkpoint(kept)
    old = Signer("linli/370614/B000001", sample.secret("linli/370614/B000001"))
    assert told(files, since=[note.sign_checkpoint(head, old)]) == {
        ("since.ahead", SEPTEMBER + "checkpoint")
    }
    assert told(files, since=[note.sign_checkpoint(head, thief)]) == {
        ("since.key", SEPTEMBER + "checkpoint")
    }
    other = note.sign_checkpoint(note.Checkpoint(stranger.name, 3, head.root), stranger)
    assert told(files, since=[other]) == {("since.unknown", "SHA256SUMS")}


def test_a_county_checkpoint_that_nothing_leads_to_is_not_claimed_to_be_checked(full):
    log, _, files = full
    log = sample.full()[0]
    head = note.Checkpoint(log.signer.name, 3, log.tree.root(3))
    assert told(files, since=[note.sign_checkpoint(head, log.signer)]) == set()
    gone = {k: v for k, v in files.items()}
    head = note.Checkpoint(log.signer.name, 0, merkle.EMPTY_ROOT)
    assert told(gone, since=[note.sign_checkpoint(head, log.signer)]) == {
        ("since.between", "county-checkpoint")
    }


def test_a_trusted_key_anchors_its_books(full):
    _, (book, other), files = full
    county = files["county.vkey"].decode().strip()
    for trust in (county, fingerprint(county)):
        checker = check(files, trust=[trust])
        assert checker.faults == []
        assert checker.anchored == {"B000001": "trust", "B000002": "trust"}
    for key in (str(other.signer.verifier), fingerprint(other.signer.verifier)):
        assert check(files, trust=[key]).anchored == {"B000002": "trust"}
    first = Signer(book.signer.name, sample.secret(book.signer.name)).verifier
    for key in (first, book.signer.verifier):
        assert check(files, trust=[str(key)]).anchored == {"B000001": "trust"}


def test_a_trusted_key_that_signed_nothing_is_a_fault(full):
    thief = Signer("linli/370614", sample.secret("thief"))
    assert told(full[2], trust=[str(thief.verifier)]) == {("trust.unknown", "county.vkey")}


def test_everything_signed_by_another_county_is_caught_by_the_trusted_key(small):
    log, book, files = small
    thief = Signer(log.signer.name, sample.secret("thief"))
    again = sample.county()
    again.signer = thief
    second = sample.open_book(again)
    stolen = sample.top(again, second.seal("2026-09", date(2026, 10, 2)))
    assert told(stolen) == set()
    assert told(stolen, trust=[str(log.signer.verifier)]) == {("trust.unknown", "county.vkey")}
    mixed = {**files, "county.vkey": f"{thief.verifier}\n".encode()}
    assert ("note.unsigned", "SHA256SUMS") in told(mixed)


def test_a_book_that_changed_its_key_without_a_leaf_is_found(small):
    log, book, files = small
    book_thief = sample.Book(log, "B000001", "碧海家园")
    book_thief.signer = Signer(book.signer.name, sample.secret("thief"))
    found = told(resign(files, log, book_thief))
    assert found == {("note.unsigned", SEPTEMBER + "SHA256SUMS")}


def test_a_field_may_be_withheld_later_and_signed_by_the_key_of_today(full):
    """What must be erased after publication is withheld; the proofs stay, the list is new."""
    log, books, files = full
    path = SEPTEMBER + "entries.jsonl"
    lines = [json.loads(line) for line in files[path].decode().splitlines()]
    del lines[2]["open"]["summary"]
    lines[2]["withheld"]["summary"] = "应当事人要求"
    text = "".join(verify.dumps(line) + "\n" for line in lines)
    assert told(resign({**files, path: text.encode()}, log, *books)) == set()


def test_the_county_may_change_its_key():
    log = sample.county()
    book = sample.open_book(log)
    files = book.seal("2026-09", date(2026, 10, 2))
    old, new = log.signer, Signer(log.signer.name, sample.secret("new county"))
    change = body.encode(
        note.key_leaf(index=log.size, signer=new, at=sample.at(date(2026, 10, 3)), old=old)
    )
    log.append(change)
    log.signer = new
    files |= book.seal("2026-10", date(2026, 11, 2))
    made = sample.top(log, files, key_changes=[change])
    assert told(made) == set()
    for key in (old, new):
        assert check(made, trust=[str(key.verifier)]).anchored == {"B000001": "trust"}
    backwards = {**made, "B000001/2026-10/county-checkpoint": note.sign_checkpoint(
        note.Checkpoint(old.name, log.size, log.tree.root()), old
    )}  # fmt: skip
    found = told(resign(backwards, log, book))
    assert ("note.unsigned", "B000001/2026-10/county-checkpoint") in found
    broken = {
        **made,
        "county-keys.jsonl": made["county-keys.jsonl"].replace(b'"index":1', b'"index":0'),
    }
    assert ("key.chain", "county-keys.jsonl") in told(resign(broken, log, book))


# --- Ed25519 and trees of its own -------------------------------------------------------------


def test_its_own_ed25519_agrees_with_the_library():
    seeded = random.Random(8032)
    for _ in range(60):
        signer = Signer("a", seeded.randbytes(32))
        message = seeded.randbytes(seeded.randrange(80))
        signature = signer.algorithm.sign(signer.secret, message)
        public = signer.verifier.public
        assert verify.ed25519(public, message, signature)
        assert not verify.ed25519(public, message + b"x", signature)
        at = seeded.randrange(64)
        wrong = (
            signature[:at]
            + bytes([signature[at] ^ (1 << seeded.randrange(8))])
            + signature[at + 1 :]
        )
        assert not verify.ed25519(public, message, wrong)
        assert not signer.algorithm.verify(public, message, wrong)


def test_its_own_ed25519_refuses_what_rfc_8032_refuses():
    signer = Signer("a", bytes(32))
    public, signature = signer.verifier.public, signer.algorithm.sign(bytes(32), b"m")
    s = int.from_bytes(signature[32:], "little") + verify.L
    assert not verify.ed25519(public, b"m", signature[:32] + s.to_bytes(32, "little"))
    assert not verify.ed25519(public, b"m", signature[:-1])
    assert not verify.ed25519(public[:-1], b"m", signature)
    neutral = (1).to_bytes(32, "little")
    assert not verify.ed25519(neutral, b"m", neutral + bytes(32))
    assert not verify.ed25519((verify.P + 1).to_bytes(32, "little"), b"m", neutral + bytes(32))
    assert not verify.ed25519(b"\xff" * 32, b"m", signature)


def test_a_real_signature_of_a_public_log_holds_there_too():
    import base64

    vectors = json.loads(
        (VERIFY_PY.parents[2] / "kernel/tests/vectors/c2sp.json").read_text("utf-8")
    )
    real = vectors["real_signature"]
    public, signature = bytes.fromhex(real["public"]), base64.b64decode(real["signature"])
    assert verify.ed25519(public, real["message"].encode(), signature)
    reference = vectors["signed_note"]
    read = verify.Note(reference["note"].encode())
    assert read.check(verify.Key(reference["vkey"])) is None


def test_its_own_trees_agree_with_the_kernel():
    tree = merkle.Tree(merkle.leaf_hash(bytes([n])) for n in range(40))
    found = verify.roots_at([tree.node(0, n) for n in range(40)], range(41))
    assert found == {size: tree.root(size) for size in range(41)}
    for new in range(1, 41):
        for old in range(new + 1):
            root, head = tree.root(old), tree.root(new)
            if old < new:
                proof = tree.inclusion_proof(old, new)
                assert verify.included(tree.node(0, old), old, new, proof, head)
                assert not verify.included(tree.node(0, old), old, new, [*proof, head], head)
            if old:
                steps = tree.consistency_proof(old, new)
                assert verify.consistent(old, root, new, head, steps)
                assert not verify.consistent(old, head + b"", new, root, steps) or old == new


def test_it_reads_bodies_as_strictly_as_the_kernel():
    from linli.kernel.tests import test_body

    (mark,) = test_body.test_anything_else_is_refused.pytestmark
    for wrong in mark.args[1]:
        with pytest.raises(verify.Bad):
            verify.unbody(verify.utf8(wrong))


# --- the command ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def disk(full, tmp_path_factory):
    root = tmp_path_factory.mktemp("published")
    files = sample.top(full[0], full[2], verify_py=VERIFY_PY.read_bytes())
    return write(files, root)


def run(*arguments, cwd=None):
    done = subprocess.run(
        [sys.executable, "-I", *map(str, arguments)],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_the_published_copy_checks_the_folder_it_lies_in(disk, tmp_path):
    code, out, err = run(disk / "verify.py", cwd=tmp_path)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert [line.split()[:4] for line in lines[:5]] == [
        ["通过", "B000001", "碧海家园", "2026-09"],
        ["通过", "B000001", "碧海家园", "2026-09"],
        ["通过", "B000001", "碧海家园", "2026-10"],
        ["通过", "B000001", "碧海家园", "2026-11"],
        ["通过", "B000002", "海滨花园", "2026-09"],
    ]
    assert "第 2 版（更正）" in lines[1] and out.count("只证明自洽") == 2
    assert not list(disk.rglob("__pycache__"))


def test_it_speaks_english(disk):
    code, out, _ = run(VERIFY_PY, disk, "--lang", "en")
    assert code == 0 and "All holds: 2 books, 5 folders." in out
    assert "only shown to agree with itself" in out


def test_it_takes_a_key_a_file_or_a_fingerprint_and_a_kept_checkpoint(disk):
    vkey = (disk / "county.vkey").read_text().strip()
    for trust in (vkey, disk / "county.vkey", fingerprint(parse_vkey(vkey)).lower()):
        code, out, _ = run(VERIFY_PY, disk, "--trust", trust)
        assert code == 0 and out.count("已用给出的公钥核对") == 2
    code, out, _ = run(VERIFY_PY, disk, "--since", disk / "B000001/2026-09/checkpoint")
    assert code == 0 and out.count("与保存的检查点一致") == 1 and out.count("只证明自洽") == 1


def test_it_names_the_fault_and_fails(full, tmp_path):
    files = dict(full[2])
    files["B000001/2026-10/notice.pdf"] += b"x"
    write(files, tmp_path)
    code, out, _ = run(VERIFY_PY, tmp_path)
    assert code == 1
    assert "有误  B000001  碧海家园  2026-10" in out and out.count("通过") == 4
    assert "  ! B000001/2026-10/notice.pdf  内容与清单" in out
    code, out, _ = run(VERIFY_PY, tmp_path, "--json", "--lang", "en")
    report = json.loads(out)
    assert code == 1 and report["ok"] is False
    assert [(f["code"], f["file"]) for f in report["faults"]] == [
        ("file.hash", "B000001/2026-10/notice.pdf"),
    ]


def test_its_json_tells_what_was_checked(disk):
    report = json.loads(run(VERIFY_PY, disk, "--json", "--trust", disk / "county.vkey")[1])
    assert report["ok"] is True and report["faults"] == []
    assert [book["anchor"] for book in report["books"]] == ["trust", "trust"]
    assert [f["place"] for f in report["books"][0]["folders"]] == [
        "B000001/2026-09", "B000001/2026-09/v2", "B000001/2026-10", "B000001/2026-11",
    ]  # fmt: skip


def test_wrong_usage_is_not_mistaken_for_a_fault(disk, tmp_path):
    for arguments in (["nowhere"], [disk, "--trust", "x+y"], [disk, "--since", "nowhere"]):
        assert run(VERIFY_PY, *arguments, cwd=tmp_path)[0] == 2


def test_an_empty_folder_does_not_pass(tmp_path):
    code, out, _ = run(VERIFY_PY, tmp_path)
    assert code == 1 and "SHA256SUMS" in out


def test_links_are_not_followed(full, tmp_path):
    write(full[2], tmp_path / "out")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "elsewhere")
    code, out, _ = run(VERIFY_PY, tmp_path / "out")
    assert code == 1 and "! link" in out


def test_what_file_managers_leave_behind_is_not_held_against_anyone(full, tmp_path):
    write({**full[2], "B000001/.DS_Store": b"x"}, tmp_path)
    assert run(VERIFY_PY, tmp_path)[0] == 0


def test_it_needs_nothing_newer_than_python_3_8_and_nothing_from_outside():
    import ast

    tree = ast.parse(VERIFY_PY.read_text("utf-8"), feature_version=(3, 8))
    imported = {
        (node.module if isinstance(node, ast.ImportFrom) else alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert imported <= {
        "argparse", "base64", "hashlib", "json", "os", "re", "sys", "unicodedata", "datetime",
        "functools",
    }  # fmt: skip
    calls = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    assert not calls & {"removeprefix", "removesuffix", "bit_count", "UTC"}


def test_every_message_has_both_languages_with_the_same_places():
    import re

    for code, (chinese, english) in verify.WORDS.items():
        assert re.findall(r"{\w+}", chinese) and True or "{" not in english, code
        assert set(re.findall(r"{\w+}", chinese)) == set(re.findall(r"{\w+}", english)), code
    source = VERIFY_PY.read_text("utf-8")
    for code in verify.WORDS:
        if not code.startswith(("line.g", "line.b", "anchor.", "fund.", "note.uns", "note.sig")):
            assert source.count(f'"{code}"') >= 2, f"{code} is never said"


def test_the_work_grows_in_proportion_to_the_entries(monkeypatch):
    def hashes(count):
        log = sample.county()
        book = sample.open_book(log)
        for _ in range(count):
            book.entry(date(2026, 9, 20), *PAIR)
        files = sample.top(log, book.seal("2026-09", date(2026, 10, 2)))
        seen = []
        for name in ("leaf_hash", "node_hash", "commitment", "unbody"):
            real = getattr(verify, name)
            monkeypatch.setattr(verify, name, lambda *a, real=real: seen.append(1) or real(*a))
        assert faults(files) == []
        monkeypatch.undo()
        return len(seen)

    assert hashes(400) < 5 * hashes(100)
