"""The register of books, projects, settings; journals, ledgers, trial balance and year."""

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from linli.ledger import papers, services
from linli.ledger.models import Account, Book, Project
from linli.sheets.reading import read_workbook
from linli.trail.models import Line
from tests.books import NOW

pytestmark = pytest.mark.django_db
BOOK = "B000001"


def text(response):
    return response.content.decode()


def at(name, *more, query=""):
    return reverse(f"ledger:{name}", args=[BOOK, *more]) + query


def account(estate, code="parking", fund="common"):
    return Account.objects.get(book=estate.book, code=code, fund=fund)


@pytest.fixture
def told(estate):
    """Two months: parking on three days, electricity on one."""
    estate.post(
        estate.draft(date=date(2026, 9, 10), fen=20_000),
        estate.draft(date=date(2026, 9, 20), fen=5_000, key="late"),
        estate.draft(date=date(2026, 9, 15), fen=7_000, key="between"),
        estate.draft(date=date(2026, 10, 8), fen=-3_000, category="energy"),
    )
    return estate


def test_an_account_as_excel_names_no_natural_person_to_who_only_oversees(log_in, estate):
    words = {"summary": "停车费", "counterparty": "王小明"}
    estate.post(estate.draft(words=words, person=True))
    account = estate.accounts["common"]
    url = reverse("ledger:account_excel", args=[estate.book.code, account.pk]) + "?from=2026-09"
    for who, name in (("auditor", "王小明"), ("bookkeeper", "王小明"), ("street", "王**")):
        book = openpyxl.load_workbook(io.BytesIO(log_in(who).get(url).content))
        cells = {cell.value for row in book.active.rows for cell in row}
        assert name in cells and len({"王小明", "王**"} & cells) == 1


def test_who_has_one_book_goes_straight_to_it_and_others_choose(log_in, estate):
    assert BOOK in log_in("bookkeeper").get(reverse("ledger:index"))["Location"]
    services.open_book(
        by=None, name="钟声里", place="370614001001002", first_period="2026-09", now=NOW
    )
    page = text(log_in("street").get(reverse("ledger:index")))
    assert "碧海家园" in page and "钟声里" in page and "3,000.00" in page
    assert "碧海家园" not in text(log_in("stranger").get(reverse("ledger:index")))


@pytest.mark.parametrize("count", [3, 60])
def test_the_register_costs_the_same_however_many_books(
    log_in, estate, django_assert_max_num_queries, count
):
    for n in range(2, count + 1):
        services.open_book(
            by=None, name=f"{n}号", place=f"370614001001{n:03d}", first_period="2026-09", now=NOW
        )
    client, url = log_in("street"), reverse("ledger:index")
    client.get(url)
    with django_assert_max_num_queries(12):
        assert f"共 {count} 条" in text(client.get(url))
    with django_assert_max_num_queries(12):
        client.get(reverse("ledger:books_excel"))


@pytest.mark.parametrize(
    "name", ["projects", "settings", "papers", "trial", "year", "journal_pdf", "ledger_pdf"]
)
def test_pages_of_a_book_are_for_its_people_and_who_oversees_it(log_in, told, name):
    for who in ("bookkeeper", "cashier", "approver", "resident", "street", "secretary", "auditor"):
        assert log_in(who).get(at(name)).status_code == 200, who
    assert log_in("stranger").get(at(name)).status_code == 404


def test_a_ledger_runs_in_order_of_days_with_sums_of_month_and_year(log_in, told):
    page = text(log_in("auditor").get(at("account", account(told).pk)))
    first, between, late = (page.index(f"2026-09-{day}") for day in (10, 15, 20))
    assert first < between < late
    for figure in ("200.00", "270.00", "320.00"):
        assert figure in page
    assert "2026-09 合计" in page and "本年累计" in page


def test_a_journal_begins_with_the_balance_before_it(log_in, told):
    money = account(told, told.accounts["common"].code)
    page = text(log_in("cashier").get(at("account", money.pk, query="?first=2026-10&last=2026-10")))
    assert "银行存款日记账" in page
    assert "1,320.00" in page and "1,290.00" in page and "2026-09-10" not in page


def test_a_later_page_carries_the_balance_forward_and_costs_the_same(
    log_in, estate, django_assert_max_num_queries
):
    days = [estate.draft(date=date(2026, 9, 1 + n % 28), fen=100, key=f"r{n}") for n in range(120)]
    estate.post(*days)
    client, url = log_in("street"), at("account", account(estate).pk)
    client.get(url)
    for query in ("", "?page=2"):
        with django_assert_max_num_queries(12):
            page = text(client.get(url + query))
    assert "承前页" in page and "50.00" in page and "100.00" in page
    with django_assert_max_num_queries(12):
        client.get(at("account_excel", account(estate).pk))


def test_the_rows_leave_as_excel_and_as_pdf(log_in, told):
    client = log_in("bookkeeper")
    for pk in (account(told).pk, told.accounts["common"].pk):
        answer = client.get(at("account_excel", pk))
        workbook, _ruling = read_workbook(answer.content)
        assert len(workbook.sheets[0].rows) >= 5
        assert client.get(at("account_pdf", pk)).content.startswith(b"%PDF")


def test_a_trial_balance_is_equal_on_both_sides_within_each_fund(log_in, told):
    rows = papers.trial(told.book, "2026-10")
    for fund in rows.values():
        for name in ("opening_fen", "closing_fen"):
            assert sum(row[name] for row in fund) == 0
        assert sum(row["debit_fen"] for row in fund) == sum(row["credit_fen"] for row in fund)
    assert [row["kind"] for row in rows["common"]][0] == "money"
    page = text(log_in("resident").get(at("trial", query="?period=2026-10")))
    assert "1,290.00" in page and "30.00" in page


def test_the_year_knows_gross_cost_and_net_of_each_month(told):
    (common, _seed, _fiscal) = papers.year(told.book, 2026)
    assert (common.side("income")[8], common.side("cost")[9]) == (32_000, 3_000)
    assert common.net[8:10] == [32_000, -3_000]
    assert common.opening_fen == 100_000 and common.closing[9] == 129_000
    assert papers.year(told.book, 2025) == []


@pytest.mark.parametrize("name", ["trial", "year"])
def test_trial_balance_and_year_leave_as_excel_and_as_pdf(log_in, told, name):
    client = log_in("auditor")
    assert client.get(at(f"{name}_pdf")).content.startswith(b"%PDF")
    workbook, _ruling = read_workbook(client.get(at(f"{name}_excel")).content)
    assert "碧海家园" in str(workbook.sheets[0].rows[0])


def test_an_empty_book_has_its_pages_and_papers_too(log_in, people):
    services.open_book(
        by=None, name="碧海家园", place="370614001001001", first_period="2026-09", now=NOW
    )
    client = log_in("bookkeeper")
    for name in ("papers", "trial", "year", "projects", "settings"):
        assert client.get(at(name)).status_code == 200, name
    for name in ("trial_pdf", "year_pdf", "ledger_pdf", "journal_pdf"):
        assert client.get(at(name)).content.startswith(b"%PDF"), name


@pytest.mark.parametrize(
    "query", ["?first=2026-10&last=2026-09", "?first=nonsense", "?period=1", "?year=12"]
)
def test_a_nonsensical_span_is_told_and_not_a_fault(log_in, told, query):
    client = log_in("bookkeeper")
    for name in ("papers", "trial", "year", "journal_pdf"):
        assert client.get(at(name, query=query)).status_code == 200


def test_a_project_comes_along_and_only_its_keeper_says_so(log_in, estate):
    log_in("bookkeeper").post(
        at("add_project"), {"code": "P-2026-01", "name": "车棚", "budget_common": "500"}
    )
    project = Project.objects.get(code="P-2026-01")
    page = at("tell_stage", project.pk)
    assert "填写进展" in text(log_in("bookkeeper").get(at("projects")))
    assert log_in("street").post(page, {"stage": "已验收"}).status_code == 403
    client = log_in("bookkeeper")
    assert client.post(page, {"stage": " "}).status_code == 422
    client.post(page, {"stage": "已验收"})
    assert "已验收" in text(client.get(at("projects")))
    assert Line.objects.filter(act="ledger.tell_stage").count() == 1


def test_a_project_is_registered_with_budgets_and_shows_what_was_paid(log_in, estate):
    client = log_in("bookkeeper")
    form = {"code": "P-2026-01", "name": "车棚", "budget_common": "500", "stage": "施工"}
    client.post(at("add_project"), form)
    estate.post(
        estate.draft(
            category="common_project",
            fen=-20_000,
            project="P-2026-01",
            words={"summary": "首付", "decision": "业主大会3号"},
        )
    )
    page = text(log_in("resident").get(at("projects")))
    assert "500.00" in page and "200.00" in page and "40%" in page
    assert client.get(at("projects_excel")).status_code == 200
    other = client.post(at("add_project"), form | {"budget_common": "900"})
    assert other.status_code == 422 and "已登记" in text(other)
    assert client.post(at("add_project"), {"code": "P-2", "name": "空"}).status_code == 422
    assert log_in("approver").get(at("add_project")).status_code == 403


@pytest.mark.parametrize("count", [3, 60])
def test_projects_cost_the_same_however_many(log_in, estate, django_assert_max_num_queries, count):
    for n in range(count):
        services.add_project(
            by=None, book=estate.book, code=f"P-{n:03d}", name="x", budgets={"seed": 100}, now=NOW
        )
    client = log_in("street")
    client.get(at("projects"))
    with django_assert_max_num_queries(12):
        client.get(at("projects"))


def test_the_keeper_changes_contacts_and_go_live_and_others_read_them(log_in, estate):
    client = log_in("bookkeeper")
    told = {"custodian": "业主委员会", "office": "党群中心", "phone": "0535-5600000"}
    client.post(at("tell_contact"), told)
    client.post(at("go_live"), {"live_from": "2026-11"})
    book = Book.objects.get()
    assert (book.custodian, book.live_from) == ("业主委员会", "2026-11")
    page = text(log_in("auditor").get(at("settings")))
    assert "0535-5600000" in page and "账本规则第8条" in page
    assert log_in("cashier").post(at("tell_contact"), told).status_code == 403
    assert client.post(at("go_live"), {"live_from": ""}).status_code == 422


def test_a_money_account_is_opened_and_closed_when_it_is_empty(log_in, estate):
    client = log_in("street")
    form = {"fund": "common", "name": "零钱", "holder": "cash"}
    assert client.post(at("open_account"), form | {"tail": "6222abc"}).status_code == 422
    client.post(at("open_account"), form)
    opened = Account.objects.get(name="零钱")
    client.post(at("close_account", opened.pk), {"on": "2026-11-04"})
    opened.refresh_from_db()
    assert opened.closed_on == date(2026, 11, 4)
    full = client.post(at("close_account", estate.accounts["common"].pk), {"on": "2026-11-04"})
    assert full.status_code == 409 and "1,000.00" in text(full)
    assert client.post(at("close_account", opened.pk), {"on": ""}).status_code == 422
