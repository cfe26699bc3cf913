"""Notes, checkpoints, proofs and keys against the published C2SP texts, and their refusals."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import body, keys, leaves, merkle, note, receipts
from linli.kernel.body import BodyError
from linli.kernel.keys import NoteError, Signer, parse_skey, parse_vkey
from linli.kernel.tests import sample

VECTORS = json.loads((Path(__file__).parent / "vectors" / "c2sp.json").read_text("utf-8"))
REFERENCE = VECTORS["signed_note"]
AT = datetime(2026, 10, 31, 9, 5, tzinfo=UTC)


def signer(name="linli/370614/B000001", seed="one"):
    return Signer(name, sample.secret(seed))


def test_the_reference_key_signs_the_reference_note_byte_for_byte():
    told = parse_skey(REFERENCE["skey"])
    assert note.sign(REFERENCE["text"], told) == REFERENCE["note"].encode()
    assert told.text == REFERENCE["skey"] and str(told.verifier) == REFERENCE["vkey"]


def test_the_reference_note_opens_with_the_reference_key():
    opened = note.open_note(REFERENCE["note"].encode(), [parse_vkey(REFERENCE["vkey"])])
    assert opened.text == REFERENCE["text"]
    assert [s.name for s in opened.signatures] == ["PeterNeumann"]


def test_every_mangled_reference_key_is_refused():
    vkey = REFERENCE["vkey"]
    wrong = [vkey[:at] + chr(ord(vkey[at]) + 1) + vkey[at + 1 :] for at in range(len(vkey))]
    wrong += [vkey[:at] for at in range(len(vkey))] + [vkey[at:] for at in range(1, len(vkey))]
    for text in wrong + REFERENCE["wrong_vkeys"]:
        with pytest.raises(NoteError):
            parse_vkey(text)


def test_a_text_may_have_empty_lines():
    parsed = note.parse_note(VECTORS["note_with_an_empty_line"].encode())
    assert parsed.text.endswith(":\n\ned è subito sera.\n")
    assert parsed.signatures[0].name == "quasimodo.example/salvatore"


def test_a_signature_that_a_public_log_really_made_holds():
    real = VECTORS["real_signature"]
    public, signature = bytes.fromhex(real["public"]), base64.b64decode(real["signature"])
    assert keys.ED25519.verify(public, real["message"].encode(), signature)
    assert not keys.ED25519.verify(public, real["message"].encode() + b" ", signature)


def test_the_published_checkpoint_is_read_and_written_back():
    told = VECTORS["checkpoint"]
    read = note.read_checkpoint(told["note"].encode())
    assert (read.origin, read.size) == (told["origin"], told["size"])
    assert base64.b64encode(read.root).decode() == told["root"]
    assert told["note"].startswith(read.text)


def test_the_published_witness_request_is_read_and_written_back():
    told = VECTORS["witness_request"]
    proofs = note.parse_consistency(told["text"].encode())
    assert len(proofs[told["old"]]) == 4
    assert note.format_consistency(proofs.items()) == told["text"].encode()


def test_unknown_signatures_are_passed_over_and_broken_ones_of_known_keys_refused():
    ours, witness = signer(), signer("witness.example/w", "two")
    made = note.cosign(note.sign("text\n", ours), witness)
    assert len(note.parse_note(made).signatures) == 2
    assert len(note.open_note(made, [ours.verifier]).signatures) == 1
    assert len(note.open_note(made, [ours.verifier, witness.verifier]).signatures) == 2
    with pytest.raises(NoteError, match="no known key"):
        note.open_note(made, [signer(seed="three").verifier])
    broken = made.replace(b"text\n\n", b"tezt\n\n")
    with pytest.raises(NoteError, match="does not hold"):
        note.open_note(broken, [ours.verifier])


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"text\n",
        b"text\n\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA=\n\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAA=",
        b"text\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\n\n- name AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name  AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 na+me AAAAAAA=\n",
        b"text\n\n\xe2\x80\x94 name AAAA\n",
        b"text\n\n\xe2\x80\x94 name AAAAAAB=\n",
        b"text\n\n\xe2\x80\x94 name AAA AAAA=\n",
        b"te\txt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\rxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAA=\n",
        b"text\n\n" + b"\xe2\x80\x94 name AAAAAAA=\n" * 65,
    ],
    ids=repr,
)
def test_malformed_notes_are_refused(wrong):
    with pytest.raises(NoteError):
        note.parse_note(wrong)


def test_what_cannot_be_a_note_is_not_signed():
    for text in ("", "text", "te\tt\n"):
        with pytest.raises(NoteError):
            note.sign(text, signer())
    with pytest.raises(NoteError):
        note.sign("text\n")
    for name in ("", "a b", "a+b", "a\u3000b", "a\nb"):
        with pytest.raises(NoteError):
            Signer(name, sample.secret("x"))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30))
def test_every_text_comes_back_out_of_its_note(line):
    text = line + "\n\n" + line + "\n"
    assert note.open_note(note.sign(text, signer()), [signer().verifier]).text == text


# --- checkpoints ------------------------------------------------------------------------------


def test_a_checkpoint_is_signed_under_its_origin():
    head = note.Checkpoint(signer().name, 3, merkle.EMPTY_ROOT)
    made = note.sign_checkpoint(head, signer())
    assert note.open_checkpoint(made, [signer().verifier]) == head
    with pytest.raises(NoteError):
        note.sign_checkpoint(head, signer("other"))


@pytest.mark.parametrize(
    "text",
    [
        "origin\n3\n",
        "\n3\nROOT\n",
        "origin\n03\nROOT\n",
        "origin\n-1\nROOT\n",
        "origin\n+1\nROOT\n",
        "origin\n9223372036854775808\nROOT\n",
        "origin\n3\nROOT",
        "origin\n3\nROOT\n\n",
        "origin\n3\nROOT\n\nx\n",
        "origin\n3\nAAAA\n",
    ],
    ids=repr,
)
def test_malformed_checkpoints_are_refused(text):
    told = text.replace("ROOT", base64.b64encode(b"\x00" * 32).decode())
    with pytest.raises(NoteError):
        note.parse_checkpoint(told)


def test_extension_lines_are_kept():
    root = base64.b64encode(b"\x00" * 32).decode()
    text = f"origin\n0\n{root}\nmore\n"
    assert note.parse_checkpoint(text).extensions == ("more",)
    assert note.parse_checkpoint(text).text == text


# --- proofs as text ---------------------------------------------------------------------------


def a_proof(**changes):
    head = note.sign_checkpoint(note.Checkpoint(signer().name, 3, b"\x01" * 32), signer())
    told = {"index": 2, "hashes": (b"\x02" * 32,), "checkpoint": head, "extra": b"{}"}
    return note.Proof(**told | changes)


def test_a_proof_is_written_as_c2sp_says():
    made = note.format_proof(a_proof())
    assert made.startswith(
        b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 2\n" + base64.b64encode(b"\x02" * 32) + b"\n\n"
    )
    assert note.parse_proof(made) == a_proof()
    bare = a_proof(extra=None, hashes=(), index=0)
    assert note.format_proof(bare).startswith(b"c2sp.org/tlog-proof@v1\nindex 0\n\nlinli/")
    assert note.parse_proof(note.format_proof(bare)) == bare


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"@v1", b"@v2"),
        (b"extra e30=", b"extra e30"),
        (b"extra e30=", b"extra e31="),
        (b"index 2", b"index 02"),
        (b"index 2\n", b""),
        (b"index 2", b"index -2"),
        (b"index 2", b"index 99999999999999999999"),
        (b"AgI=", b"Ag=="),
        (b"\n\n", b"\n"),
        (b"c2sp", b"\xffc2sp"),
    ],
    ids=repr,
)
def test_malformed_proofs_are_refused(old, new):
    made = note.format_proof(a_proof())
    assert old in made
    with pytest.raises(NoteError):
        note.parse_proof(made.replace(old, new, 1 if old != b"\n\n" else 9))


@pytest.mark.parametrize("wrong", [b"old 1\n", b"new 1\n\n", b"old 01\n\n", b"old 1\nAAAA\n\n",
                                   b"old 1\n\nold 1\n\n", b"\xff\n\n"], ids=repr)  # fmt: skip
def test_malformed_consistency_proofs_are_refused(wrong):
    with pytest.raises(NoteError):
        note.parse_consistency(wrong)


# --- keys -------------------------------------------------------------------------------------


def test_origins_are_made_of_codes():
    assert keys.book_origin("370614", "B000001") == "linli/370614/B000001"
    assert keys.county_origin("370614") == "linli/370614"
    for county, book in [("", "B1"), ("370614", "B/1"), ("370614", "B+1"), ("370614", "B 1")]:
        with pytest.raises(NoteError):
            keys.book_origin(county, book)


def test_a_fingerprint_depends_on_name_and_key():
    prints = {
        keys.fingerprint(signer().verifier),
        keys.fingerprint(signer(seed="two").verifier),
        keys.fingerprint(signer("linli/370614/B000002").verifier),
    }
    assert len(prints) == 3 and all(len(each.replace("-", "")) == 20 for each in prints)
    assert keys.fingerprint(str(signer().verifier)) == keys.fingerprint(signer().verifier)


def test_the_short_root_is_eight_characters():
    assert keys.short_root(merkle.EMPTY_ROOT) == "4OYMIQUY"


def test_a_secret_key_does_not_print_itself():
    assert repr(signer().secret) not in repr(signer())


def test_another_algorithm_can_stand_beside_ed25519(monkeypatch):
    monkeypatch.setattr(keys, "_algorithms", list(keys._algorithms))
    toy = keys.Algorithm(
        type=b"\xfftoy",
        secret_size=4,
        public_size=4,
        public=lambda secret: secret[::-1],
        sign=lambda secret, message: secret[::-1] + message[:4],
        verify=lambda public, message, signature: signature == public + message[:4],
    )
    keys.register(toy)
    with pytest.raises(ValueError):
        keys.register(toy)
    other = Signer(signer().name, b"abcd", toy)
    assert parse_skey(other.text) == other and parse_vkey(str(other.verifier)) == other.verifier
    both = note.sign("text\n", signer(), other)
    assert len(note.open_note(both, [signer().verifier, other.verifier]).signatures) == 2
    assert len(note.open_note(both, [signer().verifier]).signatures) == 1


def test_the_first_leaf_of_a_book_announces_its_key():
    leaf = note.key_leaf(index=0, book="B000001", signer=signer(), at=AT)
    again = body.decode(body.encode(leaf))
    assert note.open_key_leaf(again, None) == signer().verifier


def test_a_change_of_key_is_signed_by_both():
    new = signer(seed="new")
    leaf = note.key_leaf(index=5, book="B000001", signer=new, at=AT, old=signer())
    again = body.decode(body.encode(leaf))
    assert note.open_key_leaf(again, signer().verifier) == new.verifier
    with pytest.raises(NoteError):
        note.open_key_leaf(again, None)
    with pytest.raises(NoteError):
        note.open_key_leaf(again, new.verifier)
    for change in (
        {"index": 6},
        {"vkey": str(signer(seed="thief").verifier)},
        {"signatures": leaf["signatures"][:1]},
        {"signatures": leaf["signatures"][::-1]},
        {"signatures": [leaf["signatures"][1]] * 2},
        {"book": "B000002"},
    ):
        with pytest.raises(NoteError):
            note.open_key_leaf({**again, **change}, signer().verifier)


def test_key_leaves_stand_where_they_belong():
    vkey = str(signer().verifier)
    with pytest.raises(BodyError):
        leaves.key(index=1, book="B000001", origin="o", vkey=vkey, at=AT)
    with pytest.raises(BodyError):
        leaves.key(index=0, book="B000001", origin="o", vkey=vkey, previous=vkey, at=AT)
    with pytest.raises(NoteError):
        note.key_leaf(index=1, signer=signer("other"), book="B000001", at=AT, old=signer())


# --- receipt files ----------------------------------------------------------------------------


def receipt_file(change=None, which=1):
    _, book, _ = sample.small()
    leaf = book.shown[2]
    bodies = [each.body for each in leaf.receipts]
    texts = {**leaf.receipts[which].open}
    held = receipts.Held(
        bodies[which], which, tuple(receipts.inclusion_proof(bodies, which)), texts
    )
    made = receipts.format_proof(
        entry=leaf.body,
        index=2,
        hashes=book.tree.inclusion_proof(2),
        checkpoint=book.checkpoint(),
        open={"summary": leaf.open["summary"]},
        held=held,
    )
    if change:
        proof = note.parse_proof(made)
        extra = json.loads(proof.extra)
        change(extra)
        made = note.format_proof(
            note.Proof(proof.index, proof.hashes, proof.checkpoint, json.dumps(extra).encode())
        )
    return made, book.signer.verifier


@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_receipt_file_proves_its_amount_under_a_signed_checkpoint(which):
    made, key = receipt_file(which=which)
    shown = receipts.open_proof(made, [key])
    assert shown.receipt["amount"] == [20000, 35000, 45000][which]
    assert shown.entry["receipts"]["sum"] == 100000
    assert (shown.entry_open["summary"], shown.receipt_open["summary"]) == ("摘要", "停车费")
    assert shown.checkpoint.size == 5


def test_a_receipt_file_may_show_only_the_entry():
    def drop(extra):
        del extra["receipt"]

    made, key = receipt_file(drop)
    assert receipts.open_proof(made, [key]).receipt is None


@pytest.mark.parametrize(
    "change",
    [
        lambda extra: extra.update(entry=extra["entry"].replace("100000", "100001")),
        lambda extra: extra["receipt"].update(body=extra["receipt"]["body"].replace("35", "36")),
        lambda extra: extra["receipt"].update(index=0),
        lambda extra: extra["receipt"].update(index="1"),
        lambda extra: extra["receipt"]["proof"].pop(),
        lambda extra: extra["receipt"].update(proof=["xx"]),
        lambda extra: extra["receipt"]["open"]["summary"].__setitem__(1, "电费"),
        lambda extra: extra["receipt"]["open"].update(payer=["00" * 32, "张三"]),
        lambda extra: extra["open"]["summary"].__setitem__(1, "别的"),
        lambda extra: extra.pop("entry"),
        lambda extra: extra.update(open=[]),
        lambda extra: extra.update(receipt=[]) or extra.update(receipt=[1]),
    ],
)
def test_a_receipt_file_that_says_something_else_is_refused(change):
    made, key = receipt_file(change)
    with pytest.raises((NoteError, BodyError)):
        receipts.open_proof(made, [key])


def test_a_receipt_file_needs_a_checkpoint_of_a_known_key():
    made, _ = receipt_file()
    with pytest.raises(NoteError, match="no known key"):
        receipts.open_proof(made, [signer(seed="thief").verifier])
    with pytest.raises(NoteError):
        receipts.open_proof(made.replace(b"index 2", b"index 1"), [receipt_file()[1]])
