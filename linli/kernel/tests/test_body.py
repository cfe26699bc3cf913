"""The one spelling of bodies, commitments, and the builders of every kind of leaf."""

import hashlib
import json
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel import body, leaves, receipts
from linli.kernel.body import BodyError, decode, encode

SALT = bytes(range(32))
DIGEST = hashlib.sha256(b"paper").digest()
AT = datetime(2026, 10, 31, 17, 5, 9, 500, tzinfo=timezone(timedelta(hours=8)))

texts = st.text(
    st.characters(exclude_categories=("Cs", "Cc")),
    max_size=20,
).map(lambda text: unicodedata.normalize("NFC", text))
values = st.recursive(
    texts | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(texts, values, max_size=5))
def test_what_is_encoded_decodes_to_the_same_and_in_one_spelling(value):
    told = encode(value)
    assert decode(told) == value
    assert encode(decode(told)) == told
    assert json.loads(told) == value


@given(st.dictionaries(texts, values, max_size=4), st.data())
def test_a_changed_byte_is_refused_or_means_something_else(value, data):
    told = bytearray(encode(value))
    at = data.draw(st.integers(0, len(told) - 1))
    told[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        again = decode(bytes(told))
    except BodyError:
        return
    assert again != value and encode(again) == bytes(told)


def test_keys_are_sorted_by_code_point_and_not_by_utf16():
    assert (
        encode({"\U0001f600": 1, "\uffee": 2, "a": 3})
        == '{"a":3,"\uffee":2,"\U0001f600":1}'.encode()
    )


def test_the_escapes_are_quote_and_backslash():
    told = encode({"a": 'x"\\/é中'})
    assert told == '{"a":"x\\"\\\\/é中"}'.encode()
    assert decode(told) == {"a": 'x"\\/é中'}


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"[]",
        b"1",
        b'"a"',
        b'{"a": 1}',
        b'{"a":1} ',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1.0}',
        b'{"a":1e2}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":null}',
        b'{"a":true}',
        b'{"a":[false]}',
        b'{"a":NaN}',
        b'{"a":-Infinity}',
        b'{"a":9007199254740992}',
        b'{"a":-9007199254740992}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\\n"}',
        b'{"a":"\\u0041"}',
        b'{"a":"\\u000a"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\n"}',
        b'{"a":"\x7f"}',
        b'{"a":"\xc2\x85"}',
        b'{"a":"\xff"}',
        b'\xef\xbb\xbf{"a":1}',
        '{"a":"e\u0301"}'.encode(),
        b"[" * 3000 + b"]" * 3000,
        b'{"a":' * 3000 + b"1" + b"}" * 3000,
        b'{"a":"' + b"x" * 65536 + b'"}',
    ],
    ids=lambda wrong: repr(wrong[:20]),
)
def test_anything_else_is_refused(wrong):
    with pytest.raises(BodyError):
        decode(wrong)


def test_words_like_null_inside_a_text_are_fine():
    told = encode({"a": "x:null", "b": ["[true", ",false"], "c": "1234567890123456789"})
    assert decode(told)["a"] == "x:null"


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        {"a": None},
        {"a": True},
        {"a": 1.5},
        {"a": 2**53},
        {"a": (1, 2)},
        {1: "a"},
        {"a": "\n"},
        {"a": "e\u0301"},
        {"a": "\ud800"},
        {"a": b"x"},
        {"a": "x" * 65536},
    ],
    ids=lambda wrong: repr(wrong)[:20],
)
def test_values_that_a_body_cannot_say_are_refused(wrong):
    with pytest.raises(BodyError):
        encode(wrong)


def test_a_commitment_is_the_hash_of_salt_field_and_value():
    told = hashlib.sha256(b"\x02" + SALT + b"summary\x00" + "停车费".encode()).digest()
    assert body.commitment(SALT, "summary", "停车费") == told
    assert body.commit({"summary": (SALT, "停车费")}) == {"summary": told}


@given(st.text(max_size=10), st.text(max_size=10))
def test_different_values_have_different_commitments(one, other):
    try:
        same = body.commitment(SALT, "note", one) == body.commitment(SALT, "note", other)
    except BodyError:
        return
    assert same == (one == other)


def test_a_commitment_needs_a_whole_salt_and_a_plain_field():
    for salt, field, value in [
        (b"", "note", "x"),
        (SALT[:31], "note", "x"),
        (SALT, "No\x00te", "x"),
        (SALT, "", "x"),
        (SALT, "note", "\ud800"),
    ]:
        with pytest.raises(BodyError):
            body.commitment(salt, field, value)


# --- builders ---------------------------------------------------------------------------------


def an_entry(**changes):
    told = {
        "book": "B000001",
        "index": 7,
        "number": 5,
        "kind": "voucher",
        "date": date(2026, 10, 31),
        "at": AT,
        "key": "k-5",
        "lines": [("common", "bank", "", "", 5), ("common", "parking", "", "", -5)],
        "recorded_by": "bookkeeper",
        "approved_by": ["director", "resident_representative"],
    }
    return leaves.entry(**told | changes)


def test_an_entry_says_what_the_ledger_says():
    made = an_entry(
        commit={"summary": DIGEST},
        papers=[DIGEST],
        receipts={"n": 1, "root": DIGEST.hex(), "sum": 5},
    )
    assert decode(encode(made)) == {
        "approved_by": ["director", "resident_representative"],
        "at": "2026-10-31T09:05:09Z",
        "book": "B000001",
        "commit": {"summary": DIGEST.hex()},
        "date": "2026-10-31",
        "index": 7,
        "key": "k-5",
        "kind": "voucher",
        "lines": [["common", "bank", "", "", 5], ["common", "parking", "", "", -5]],
        "number": 5,
        "papers": [DIGEST.hex()],
        "period": "2026-10",
        "receipts": {"n": 1, "root": DIGEST.hex(), "sum": 5},
        "recorded_by": "bookkeeper",
        "type": "entry",
        "v": 1,
    }


def test_what_is_absent_has_no_key():
    made = an_entry(approved_by=())
    assert set(made) == {
        "at", "book", "date", "index", "key", "kind", "lines", "number", "period", "recorded_by",
        "type", "v",
    }  # fmt: skip


def test_a_reversal_names_its_entry_and_the_original_date():
    made = an_entry(kind="reversal", reverses=2, original=date(2026, 9, 3))
    assert (made["reverses"], made["original"]) == (2, "2026-09-03")


@pytest.mark.parametrize(
    "changes",
    [
        {"lines": [("common", "bank", "", "", 5), ("common", "parking", "", "", -4)]},
        {"lines": [("common", "bank", "", "", 5), ("seed", "donation", "", "", -5)]},
        {"lines": [("common", "bank", "", "", 0), ("common", "parking", "", "", 0)]},
        {"lines": []},
        {"lines": [("common", "bank", "", "", 5.0), ("common", "parking", "", "", -5.0)]},
        {"lines": [("common", "bank", "", "", True), ("common", "parking", "", "", -1)]},
        {"lines": [("common", "bank", None, "", 5), ("common", "parking", "", "", -5)]},
        {"lines": [("Common", "bank", "", "", 5), ("Common", "parking", "", "", -5)]},
        {"kind": "other"},
        {"kind": "reversal"},
        {"reverses": 1},
        {"kind": "reversal", "reverses": 5},
        {"kind": "reversal", "reverses": 0},
        {"original": date(2026, 11, 1)},
        {"number": 0},
        {"index": -1},
        {"book": "B 1"},
        {"key": ""},
        {"recorded_by": "张三"},
        {"commit": {"summary": b"short"}},
        {"papers": ["x"]},
        {"at": AT.replace(tzinfo=None)},
    ],
    ids=str,
)
def test_an_entry_that_cannot_be_is_refused(changes):
    with pytest.raises(BodyError):
        an_entry(**changes)


def a_seal(**changes):
    told = {
        "book": "B000001",
        "index": 9,
        "period": "2026-10",
        "at": AT,
        "root": DIGEST,
        "files": dict.fromkeys(leaves.STATEMENT_FILES, DIGEST),
        "chart": [
            ("common", "parking", "income", "停车场地使用费"),
            ("common", "bank", "money", "…9876"),
        ],
        "trial": [("common", "parking", 0, 5), ("common", "bank", 5, 0), ("common", "tax", 0, 0)],
        "bank": [
            leaves.bank_account(
                account="bank",
                fund="common",
                status="reconciled",
                closing_fen=5,
                files=[(DIGEST, 5)],
            )
        ],
    }
    return leaves.seal(**told | changes)


def test_a_seal_keeps_the_order_of_the_chart_and_sorts_the_trial_balance():
    made = decode(encode(a_seal(previous=(3, DIGEST), signers=["director"], open_points=["gap"])))
    assert [row[1] for row in made["chart"]] == ["parking", "bank"]
    assert made["trial"] == [["common", "bank", 5, 0], ["common", "parking", 0, 5]]
    assert made["size"] == made["index"] == 9
    assert made["previous"] == {"index": 3, "leaf": DIGEST.hex()}
    assert made["bank"][0]["files"] == [{"closing": 5, "sha256": DIGEST.hex()}]


def test_the_first_seal_has_no_previous_and_an_imported_one_no_signers():
    made = a_seal()
    assert "previous" not in made and made["signers"] == [] and made["open_points"] == []


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {}},
        {"files": dict.fromkeys([*leaves.STATEMENT_FILES, "x"], DIGEST)},
        {"period": "2026-13"},
        {"period": "2026-1"},
        {"root": b""},
        {"chart": [("common", "a", "income", "甲"), ("common", "a", "cost", "乙")]},
        {"chart": [("common", "a", "asset", "甲")]},
        {"trial": [("common", "a", -1, 0)]},
        {"signers": ["李四"]},
    ],
    ids=str,
)
def test_a_seal_that_cannot_be_is_refused(changes):
    with pytest.raises(BodyError):
        a_seal(**changes)


def test_an_unconfirmed_account_has_no_bank_balance_and_the_others_have_one():
    leaves.bank_account(account="cash", fund="seed", status="unconfirmed")
    for status, closing in [("unconfirmed", 0), ("reconciled", None), ("fine", 0)]:
        with pytest.raises(BodyError):
            leaves.bank_account(account="a", fund="seed", status=status, closing_fen=closing)


def test_corrections_objections_and_answers_keep_their_words_to_themselves():
    common = {"book": "B000001", "index": 9, "at": AT}
    files = dict.fromkeys(leaves.STATEMENT_FILES, DIGEST)
    correction = dict(period="2026-09", root=DIGEST, files=files, previous=(3, DIGEST))
    made = leaves.correction(**common, **correction, version=2, commit={"reason": DIGEST})
    assert decode(encode(made))["version"] == 2
    asked = dict(number=1, period="2026-09", version=1, figure="common/income/parking")
    assert encode(leaves.objection(**common, **asked, commit={"text": DIGEST}))
    assert encode(leaves.answer(**common, objection=4, outcome="partly", commit={"text": DIGEST}))
    with pytest.raises(BodyError):
        leaves.correction(**common, **correction, version=1, commit={"reason": DIGEST})
    with pytest.raises(BodyError):
        leaves.correction(**common, **correction, version=2, commit={})
    with pytest.raises(BodyError):
        leaves.objection(**common, **asked, commit={})
    with pytest.raises(BodyError):
        leaves.answer(**common, objection=9, outcome="partly", commit={"text": DIGEST})


def test_a_moment_is_written_in_utc_without_fractions():
    assert leaves.moment(AT) == "2026-10-31T09:05:09Z"
    assert (
        leaves.moment(datetime(2026, 1, 2, 3, 4, 5, 999999, tzinfo=UTC)) == "2026-01-02T03:04:05Z"
    )


# --- receipts ---------------------------------------------------------------------------------


def test_receipts_add_up_and_hash_to_one_root():
    bodies = [
        encode(receipts.receipt(amount_fen=fen, commit={"code": DIGEST})) for fen in (100, 250, 3)
    ]
    told = receipts.digest(bodies)
    assert (told["n"], told["sum"]) == (3, 353)
    assert told["root"] != receipts.digest(bodies[::-1])["root"]


@pytest.mark.parametrize("fen", [0, -1, 1.0, True, 2**53])
def test_a_receipt_is_for_a_positive_amount(fen):
    with pytest.raises(BodyError):
        receipts.receipt(amount_fen=fen, commit={"code": DIGEST})


def test_a_receipt_commits_to_its_code_and_to_nothing_unknown():
    for commit in ({}, {"payer": DIGEST}, {"code": DIGEST, "phone": DIGEST}):
        with pytest.raises(BodyError):
            receipts.receipt(amount_fen=1, commit=commit)
    with pytest.raises(BodyError):
        receipts.digest([])


@given(st.binary(min_size=8, max_size=8))
def test_a_receipt_code_has_twelve_characters_that_cannot_be_misread(random):
    code = receipts.code(random)
    assert len(code) == 12 and set(code) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
