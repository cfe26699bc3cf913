"""Receipts of the register on paper: which ones, for whom, how many."""

import re

import pytest

from linli.prints.tests.reading import text_of
from linli.vouchers import receipt_rules, services
from linli.vouchers.models import Receipt
from linli.vouchers.tests.test_receipt_views import SHEET, sheet, text
from tests.books import NOW

pytestmark = pytest.mark.django_db
REGISTER = "/vouchers/receipts/"
PRINT = "/vouchers/receipts/print/B000001/"


def printed(answer) -> list[str]:
    """The numbers on each sheet, in order."""
    assert answer.content.startswith(b"%PDF"), answer.status_code
    sheets = text_of(answer.content).split("\f")[:-1]
    return [re.findall(r"编号\s*(\d{6})", sheet) for sheet in sheets]


def test_what_the_register_shows_is_printed_three_to_a_sheet(log_in, issue):
    some = [issue(f"r{n}", payer=f"{n}号楼", amount_fen=100 + n) for n in range(5)]
    client = log_in("cashier")
    assert f"{PRINT}?book=B000001" in text(client.get(f"{REGISTER}?book=B000001"))
    answer = client.get(PRINT)
    assert printed(answer) == [["000001", "000002", "000003"], ["000004", "000005"]]
    said = "".join(text_of(answer.content).split())
    for one in some:
        assert one.code in said and one.payer in said


def test_the_filters_of_the_register_choose(log_in, issue, people):
    for n in range(4):
        issue(f"r{n}", payer=f"{n}号楼", amount_fen=100 + n)
    void = Receipt.objects.get(number=2)
    services.void_receipt(by=people.cashier, receipt=void, reason="重开", now=NOW)
    client = log_in("bookkeeper")
    for query, numbers in (
        ("numbers=2-3", ["000002", "000003"]),
        ("numbers=1，3、4", ["000001", "000003", "000004"]),
        ("numbers=000003", ["000003"]),
        ("state=free", ["000001", "000003", "000004"]),
        ("q=2号楼", ["000003"]),
        ("period=2026-10&sort=-amount_fen&page=2&numbers=4", ["000004"]),
    ):
        assert printed(client.get(f"{PRINT}?{query}")) == [numbers], query
    assert "作废" in text_of(client.get(f"{PRINT}?state=void").content)


def test_a_sheet_just_issued_is_shown_and_can_be_printed(log_in, issue):
    issue("before")
    rows = [["2026-10-15", f"{n}号楼", "车位费", "1,200.00", "停车费"] for n in range(4)]
    client = log_in("cashier")
    page = text(client.post(SHEET, {"file": sheet(rows)}))
    kept = re.search(r'name="file" value="(\d+)"', page)[1]
    done = client.post(SHEET, {"act": "issue", "file": kept}, follow=True)
    assert done.redirect_chain[-1][0] == f"{REGISTER}?book=B000001&numbers=2-5"
    href = re.search(rf'href="({PRINT}[^"]*)"', text(done))[1].replace("&amp;", "&")
    assert printed(client.get(href)) == [["000002", "000003", "000004"], ["000005"]]


def test_nothing_to_print_leads_back_and_says_so(log_in, issue):
    client = log_in("cashier")
    back = client.get(f"{PRINT}?state=void&book=B000001", follow=True)
    assert "没有符合条件的收据可打印" in text(back)
    assert back.redirect_chain[-1][0] == f"{REGISTER}?state=void&book=B000001"
    assert PRINT not in text(client.get(f"{REGISTER}?book=B000001&state=void"))


def test_numbers_that_are_none_print_nothing_and_are_told_at_their_field(log_in, issue):
    issue()
    client = log_in("cashier")
    back = client.get(f"{PRINT}?numbers=3-1", follow=True)
    assert back["Content-Type"].startswith("text/html") and "看不懂“3-1”" in text(back)


def test_too_many_are_refused_with_what_to_do(log_in, issue, monkeypatch):
    for n in range(3):
        issue(f"r{n}", amount_fen=100 + n)
    monkeypatch.setattr(receipt_rules, "MOST_PRINTED", 2)
    answer = log_in("cashier").get(PRINT)
    assert answer.status_code == 409 and "最多打印 2 张" in text(answer)
    assert "编号段" in text(answer)


def test_who_sees_no_names_prints_none(log_in, issue):
    issue()
    for who in ("street", "secretary"):
        client = log_in(who)
        assert client.get(PRINT).status_code == 403
        assert PRINT not in text(client.get(f"{REGISTER}?book=B000001"))
    assert log_in("stranger").get(PRINT).status_code == 404


def test_it_costs_the_same_however_many(log_in, issue, django_assert_max_num_queries):
    client = log_in("cashier")
    for n in range(8):
        issue(f"r{n}", amount_fen=100 + n)
    client.get(PRINT)
    with django_assert_max_num_queries(12):
        client.get(PRINT)
