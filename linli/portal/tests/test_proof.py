"""What the verify page asks for, checked with the kernel as a stranger would."""

from __future__ import annotations

import base64

import pytest

from linli.kernel import body as bodies
from linli.kernel import merkle, note
from linli.kernel import receipts as small_trees
from linli.kernel.keys import fingerprint, parse_vkey
from linli.portal.tests.conftest import LATER, PAYER, PERSON, SECRET, correct_september, entry

pytestmark = pytest.mark.django_db


def data(told, path: str):
    answer = told.client.get(f"/p/{told.book.code}/{path}")
    assert answer.status_code == 200 and not answer.cookies
    assert answer["Access-Control-Allow-Origin"] == "*" and answer["ETag"]
    return answer


def key(told):
    return parse_vkey(data(told, "key").json()["keys"][0]["vkey"])


def newest(told):
    return note.open_checkpoint(data(told, "checkpoint").content, [key(told)])


def printed(told, period: str = "2026-09", version: int = 1):
    """(size, root) that a paper notice prints."""
    path = f"{period}/statement.json?v={version}"
    log = told.get(path).json()["log"]
    return log["size"], base64.b64decode(log["root"])


def follows(told, size: int, root: bytes) -> bool:
    head = newest(told)
    text = data(told, f"consistency?old={size}&new={head.size}").content
    hashes = note.parse_consistency(text)[size]
    return merkle.verify_consistency(size, root, head.size, head.root, hashes)


def test_an_old_notice_still_proves_after_later_months_were_sealed(told):
    size, root = printed(told)
    assert follows(told, size, root)
    told.publish("2026-11", LATER)
    assert newest(told).size > size + 3 and follows(told, size, root)
    assert not follows(told, size, bytes(32))
    address = f"/v/{told.book.code}/2026-09/{root.hex()[:8]}"
    page = told.client.get(address)
    assert page.status_code == 200 and not page.cookies and root.hex() in page.content.decode()


def test_a_corrected_notice_has_a_code_of_its_own(told):
    correct_september(told)
    first, second = printed(told), printed(told, version=2)
    assert first != second
    for _size, root in (first, second):
        assert told.client.get(f"/v/{told.book.code}/2026-09/{root.hex()[:8]}").status_code == 200
    assert follows(told, *second)


@pytest.mark.parametrize("root", ["00000000", "zz", "../../x", ""])
def test_a_code_that_was_never_printed_is_told_from_one_that_was(told, root):
    answer = told.client.get(f"/v/{told.book.code}/2026-09/{root}")
    assert answer.status_code == 404


def test_a_short_beginning_of_a_root_is_not_enough(told):
    root = printed(told)[1].hex()
    assert told.client.get(f"/v/{told.book.code}/2026-09/{root[:7]}").status_code == 404


def test_the_form_leads_to_the_notice(told):
    root = printed(told)[1].hex()
    asked = {"book": "b000001", "period": "2026-09", "root": f"{root[:4]} {root[4:8]}".upper()}
    answer = told.client.get("/verify/", asked)
    assert answer.status_code == 302
    assert answer["Location"] == f"/v/{told.book.code}/2026-09/{root[:8]}"
    assert told.client.get("/verify/", asked | {"root": "x"}).status_code == 422


def test_the_leaf_that_binds_a_notice_is_in_the_newest_tree(told):
    head = newest(told)
    given = data(told, f"leaf?period=2026-09&v=1&size={head.size}").json()
    proof = note.parse_proof(given["proof"].encode())
    leaf = merkle.leaf_hash(given["body"].encode())
    assert merkle.verify_inclusion(leaf, proof.index, head.size, proof.hashes, head.root)
    content = bodies.decode(given["body"].encode())
    size, root = printed(told)
    assert (content["size"], content["root"], content["period"]) == (size, root.hex(), "2026-09")
    assert told.client.get(given["statement"]).status_code == 200


def test_the_fingerprint_is_that_of_the_key(told):
    given = data(told, "key").json()["keys"]
    assert [fingerprint(one["vkey"]) for one in given] == [one["fingerprint"] for one in given]
    assert given[0]["origin"] == "linli/370614/B000001"


@pytest.mark.parametrize(
    "path",
    ["consistency?old=1", "consistency?old=5&new=4", "consistency?old=x", "checkpoint?size=1",
     "leaf?period=2026-11", "leaf?period=2026-09&v=7", "leaf?period=2026-09&size=1"],
)  # fmt: skip
def test_what_was_never_given_out_is_refused_with_a_reason(told, path):
    answer = told.client.get(f"/p/{told.book.code}/{path}")
    assert answer.status_code == 404 and answer.json()["reasons"]


def test_a_book_that_published_nothing_gives_out_nothing(people):
    from linli.portal.tests.conftest import open_custody_book

    open_custody_book(code="B000002")
    from django.test import Client

    for path in ("key", "checkpoint", "consistency?old=1", "leaf?period=2026-09"):
        assert Client().get(f"/p/B000002/{path}").status_code == 404


def test_the_file_of_an_entry_proves_it_and_tells_no_name(told):
    number = entry(told, "九月车位费").number
    answer = told.get(f"n/{number}/proof")
    shown = small_trees.open_proof(answer.content, [key(told)])
    assert shown.entry["number"] == number
    assert shown.entry_open == {"summary": "九月车位费"}
    assert PERSON not in base64.b64decode(answer.content.split()[2]).decode()
    assert follows(told, shown.checkpoint.size, shown.checkpoint.root)


def test_a_receipt_shows_its_state_and_proves_without_the_payers_name(told):
    page = told.client.get(f"/r/{told.receipt.code}/")
    said = page.content.decode()
    assert "120.00" in said and "已在公示的账中" in said and PAYER not in said
    answer = told.client.get(f"/r/{told.receipt.code}/proof")
    shown = small_trees.open_proof(answer.content, [key(told)])
    assert shown.receipt["amount"] == 12_000
    assert shown.receipt_open == {"code": told.receipt.code, "summary": "C-17车位费"}


def test_a_receipt_of_a_month_that_is_not_published_tells_no_more_than_that(told, people):
    from datetime import date

    from linli.ledger.models import Account
    from linli.vouchers import services as vouchers

    receipt = vouchers.issue_receipt(
        by=people.cashier,
        book=told.book,
        key="r2",
        account=Account.objects.get(book=told.book, fund="common", code="parking"),
        received_on=date(2026, 11, 3),
        amount_fen=300,
        payer=PAYER,
        summary="停车",
        now=LATER,
    )
    said = told.client.get(f"/r/{receipt.code}/").content.decode()
    assert "尚未入账" in said and PAYER not in said
    assert told.client.get(f"/r/{receipt.code}/proof").status_code == 404
    vouchers.void_receipt(by=people.cashier, receipt=receipt, reason="写错了人", now=LATER)
    said = told.client.get(f"/r/{receipt.code}/").content.decode()
    assert "已作废" in said and "写错了人" not in said
    assert told.client.get("/r/ABCDEFGHIJKL/").status_code == 404
    assert SECRET not in said
