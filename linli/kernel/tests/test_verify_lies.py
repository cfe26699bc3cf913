"""verify.py finds every lie of an operator who holds the keys, as far as it can be found without an
anchor, and says precisely where."""

import copy
import json
import random
from datetime import date, timedelta

import pytest

from linli.kernel import leaves, merkle, note
from linli.kernel.tests import sample, statements
from linli.kernel.tests.lies import (
    LIES,
    PAIR,
    REWRITTEN,
    SEPTEMBER,
    STATEMENT,
    STATEMENTS,
    mangled,
    posted,
    reverse,
    rewritten,
)
from linli.kernel.tests.published import check, faults, month_of, resign, told, verify


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
        [row if row[1] != "energy" else (*row[:2], "use", row[3]) for row in statements.CHART],
        [row for row in statements.CHART if row[1] != "energy"],
    ):
        monkeypatch.setattr(statements, "CHART", changed)
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


def test_whatever_the_files_say_it_is_a_fault_and_never_a_crash(full):
    log, books, files = full
    seeded = random.Random(6962)
    for _ in range(250):
        name, text = mangled(files, seeded)
        lied = resign({**files, name: text.encode("utf-8", "surrogatepass")}, log, *books)
        found = check(lied)
        assert not {f.code for f in found.faults} & {"broken"}, (name, text)
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
