"""A key or a checkpoint that somebody kept brings to light what the folder alone cannot show."""

import json
from datetime import date

from linli.kernel import body, merkle, note
from linli.kernel.keys import Signer, fingerprint
from linli.kernel.tests import sample
from linli.kernel.tests.lies import SEPTEMBER, rebuilt
from linli.kernel.tests.published import check, resign, told, verify


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
