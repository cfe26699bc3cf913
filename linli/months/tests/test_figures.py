"""Every figure of the office pages leads down to its vouchers, in two clicks at most."""

import re

import pytest
from django.urls import reverse

from linli.ledger import services as ledger
from linli.ledger.rules import DraftLine
from tests.books import NOW

pytestmark = pytest.mark.django_db
MONTH = "2026-09"
FIGURE = re.compile(r'(?:<a class="figure" href="([^"]+)">)?<data class="money" value="([^"]+)">')


def text(response):
    assert response.status_code == 200
    return response.content.decode().partition("<main")[2]


@pytest.fixture
def told(estate):
    """September: income in two categories, a cost, a use for a project."""
    ledger.add_project(
        by=None, book=estate.book, code="P-1", name="楼道灯", budgets={"common": 80_000}, now=NOW
    )
    money = estate.accounts["common"].code

    def spend(category, fen, **more):
        lines = (
            DraftLine(fund="common", account=category, amount_fen=fen, **more),
            DraftLine(fund="common", account=money, amount_fen=-fen),
        )
        words = {"summary": category, "decision": "业主大会2026-1"}
        return estate.draft(key=category, lines=lines, words=words)

    estate.post(
        estate.draft(),
        estate.draft(category="site", fen=5_000),
        spend("energy", 2_000),
        spend("common_project", 30_000, project="P-1"),
    )
    return estate


def figure(client, fund, part, first=MONTH, **more):
    address = reverse("months:figure", args=["B000001", fund, part])
    return client.get(address, {"first": first, **more})


@pytest.mark.parametrize(
    ("part", "fen", "vouchers"),
    [
        ("income", "150.00", 2),
        ("parking", "100.00", 1),
        ("cost", "20.00", 1),
        ("net", "130.00", 3),
        ("use", "300.00", 1),
        ("closing", "830.00", 4),
        ("opening", "1,000.00", 1),
        ("bank_fee", "0.00", 0),
    ],
)
def test_a_figure_is_the_sum_of_the_vouchers_below_it(told, log_in, part, fen, vouchers):
    page = text(figure(log_in("street"), "common", part))
    assert f'figure-big"><data class="money" value="{fen.replace(",", "")}">{fen}<' in page
    assert len(set(re.findall(r"/vouchers/entries/B000001/\d+/", page))) == vouchers


def test_what_a_project_was_paid_stands_beside_its_budget(told, log_in):
    page = text(figure(log_in("auditor"), "project", "P-1"))
    assert "楼道灯" in page and "800.00" in page and "300.00" in page


def test_the_opening_of_a_month_is_the_closing_of_the_one_before(told, log_in):
    answer = figure(log_in("resident"), "common", "opening", first="2026-10")
    assert "/common/closing/?first=2026-09" in answer["Location"]


@pytest.mark.parametrize(
    ("fund", "part"),
    [("common", "nothing"), ("nothing", "income"), ("project", "P-9"), ("common", "net_assets")],
)
def test_what_the_book_has_not_is_not_found(told, log_in, fund, part):
    assert figure(log_in("bookkeeper"), fund, part).status_code == 404


@pytest.mark.parametrize("span", [{"first": "x"}, {"first": "2026-10", "last": "2026-09"}])
def test_a_span_that_is_none_is_not_found(told, log_in, span):
    assert figure(log_in("bookkeeper"), "common", "income", **span).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/months/B000001/2026-09/",
        "/months/B000001/?period=2026-09",
        "/ledger/B000001/year/?year=2026",
        "/bank/?book=B000001&month=2026-09",
    ],
)
def test_every_figure_of_a_page_leads_to_a_page_with_vouchers(told, log_in, address):
    client = log_in("bookkeeper")
    page = text(client.get(address)).partition("<figure")[0]
    found = FIGURE.findall(page)
    assert not [fen for url, fen in found if not url and fen != "0.00"]
    for url in {url.replace("&amp;", "&") for url, _fen in found if url}:
        assert "/vouchers/" in text(client.get(url, follow=True)), url


def test_a_figure_of_a_year_adds_its_months_up(told, log_in):
    page = text(figure(log_in("approver"), "common", "income", first="2026-01", last="2026-12"))
    assert "2026年9月 — 2026年12月" in page and 'value="150.00"' in page


def test_a_book_that_is_not_there_is_not_found_in_the_bank(told, log_in):
    assert log_in("street").get("/bank/?book=B999999").status_code == 404


def test_the_first_page_of_a_book_leads_to_bringing_in(told, log_in):
    page = text(log_in("bookkeeper").get("/months/B000001/"))
    assert 'href="/intake/?book=B000001"' in page
    assert "/intake/" not in text(log_in("approver").get("/months/B000001/"))
