"""A follow-up from the street to the fund group and back, and the matrix over many estates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from linli.cases import queries as cases
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.ledger import services as ledger
from linli.oversight import queries, services
from linli.oversight.flow import FOLLOWUP
from linli.oversight.models import Followup
from linli.places.models import Place
from tests.books import NOW
from tests.people import ESTATE

pytestmark = pytest.mark.django_db
WHY = "九月两笔账逾期未公示，请说明原因并公示"
STREET = Scope.of("370614001")


@pytest.fixture
def book(people):
    return ledger.open_book(
        by=None, name="碧海家园", place=ESTATE, code="B000001", first_period="2026-09", now=NOW
    )


@pytest.fixture
def raised(book, people):
    return services.raise_followup(by=people.street, book=book, period="2026-09", text=WHY, now=NOW)


def open_steps(row) -> list[str]:
    return [step.code for step in cases.open_steps(cases.find(flow=FOLLOWUP, subject=row))]


def test_a_followup_goes_to_the_fund_group_back_for_another_round_and_is_closed(raised, people):
    assert open_steps(raised) == ["reply"] and raised.due_on == date(2026, 11, 12)
    row = services.reply(by=people.bookkeeper, followup=raised, text="已补记，明天公示", now=NOW)
    assert open_steps(row) == ["check"]
    row = services.send_back(by=people.street, followup=row, text="公示栏上没有", now=NOW)
    assert open_steps(row) == ["reply"] and row.round == 2
    row = services.reply(by=people.approver, followup=row, text="今天已经公示张贴", now=NOW)
    row = services.close(by=people.street, followup=row, text="已核实", now=NOW)
    assert row.closed_at == NOW and open_steps(row) == []


def test_it_waits_on_the_desks_of_those_whose_turn_it_is(raised, people):
    def on_desk(who) -> bool:
        return WHY[:6] in people.client(who).get("/desk/").content.decode()

    assert on_desk(people.bookkeeper) and not on_desk(people.street)
    services.reply(by=people.bookkeeper, followup=raised, text="已补记，明天公示", now=NOW)
    assert on_desk(people.street) and not on_desk(people.cashier)


@pytest.mark.parametrize("who", ["bookkeeper", "secretary", "auditor", "stranger"])
def test_only_street_and_district_raise_one(book, people, who):
    with pytest.raises(Refused, match="发出"):
        services.raise_followup(
            by=getattr(people, who), book=book, period="2026-09", text=WHY, now=NOW
        )
    assert not Followup.objects.exists()


def test_a_month_has_one_open_followup_and_may_have_another_later(raised, book, people):
    with pytest.raises(Refused, match="没有销号"):
        services.raise_followup(by=people.street, book=book, period="2026-09", text=WHY, now=NOW)
    row = services.reply(by=people.bookkeeper, followup=raised, text="已公示，请核实", now=NOW)
    services.close(by=people.street, followup=row, now=NOW)
    again = services.raise_followup(
        by=people.street, book=book, period="2026-09", text=WHY, now=NOW
    )
    assert (again.number, again.round) == (2, 1)


def test_the_street_cannot_reply_for_the_fund_group_nor_the_group_close_it(raised, people):
    with pytest.raises(Refused):
        services.reply(by=people.street, followup=raised, text="我替他们回复", now=NOW)
    row = services.reply(by=people.bookkeeper, followup=raised, text="已公示，请核实", now=NOW)
    with pytest.raises(Refused):
        services.close(by=people.bookkeeper, followup=row, now=NOW)
    with pytest.raises(Refused, match="为什么"):
        services.send_back(by=people.street, followup=row, text=" ", now=NOW)
    assert Followup.objects.get().closed_at is None


def test_it_is_raised_replied_and_closed_on_the_pages(book, people):
    street, group = people.client(people.street), people.client(people.bookkeeper)
    page = street.get(f"/oversight/books/{book.code}/?period=2026-09")
    assert '<option value="2026-09" selected>' in page.content.decode()
    bad = street.post(f"/oversight/books/{book.code}/raise/", {"period": "2026-09", "text": "快"})
    assert bad.status_code == 422 and not Followup.objects.exists()
    good = {"period": "2026-09", "text": WHY}
    assert street.post(f"/oversight/books/{book.code}/raise/", good).status_code == 302
    row = Followup.objects.get()
    address = f"/oversight/followups/{row.pk}/"
    assert WHY in group.get(address).content.decode()
    assert group.post(f"{address}reply/", {"text": "已补记，明天公示"}).status_code == 302
    assert street.post(f"{address}check/", {"back": "1", "text": ""}).status_code == 422
    assert street.post(f"{address}check/", {"text": ""}).status_code == 302
    row.refresh_from_db()
    assert row.closed_at is not None
    assert "已销号" in street.get("/oversight/followups/?state=closed").content.decode()


def test_others_cannot_see_it(raised, people):
    address = f"/oversight/followups/{raised.pk}/"
    assert people.client(people.stranger).get(address).status_code == 404
    assert WHY not in people.client(people.stranger).get("/oversight/followups/").content.decode()
    assert people.client(people.cashier).get(address).status_code == 200
    assert people.client(people.cashier).post(f"{address}reply/").status_code == 403
    assert people.client(people.bookkeeper).get("/oversight/").status_code == 403


# --- the matrix -------------------------------------------------------------------------------


def open_many(count: int, street: str = "370614001") -> None:
    for n in range(count):
        place = f"{street}001{n + 100:03d}"
        Place.objects.get_or_create(place=place, defaults={"level": "estate", "name": f"小区{n}"})
        ledger.open_book(
            by=None,
            name=f"小区{n}",
            place=place,
            code=f"B9{street[-1]}{n:04d}",
            first_period="2025-06",
            now=NOW,
        )


def test_the_matrix_tells_each_months_state_against_its_day(book, raised):
    now = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
    found = queries.matrix(STREET, now=now)
    assert [month.code for month in found.months][-1] == "2026-10"
    cells = {cell.period: cell for cell in found.rows[0].cells}
    assert cells["2026-08"].state == "" and cells["2026-09"].state == "open"
    assert cells["2026-09"].time == cells["2026-10"].time == "overdue"
    assert cells["2026-09"].days > cells["2026-10"].days > 0
    assert cells["2026-09"].followup == raised.pk and cells["2026-09"].pressing
    assert found.tallies[-1].owed == 1 and found.tallies[-1].on_time == 0


def test_the_matrix_stays_within_scope(book, people):
    open_many(1, "370614002")
    seen = queries.matrix(STREET, now=NOW).rows
    assert [one.code for one in seen] == ["B000001"]
    assert len(queries.matrix(Scope.of("370614"), now=NOW).rows) == 2


def cost(client, address: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_the_matrix_costs_the_same_few_queries_however_many_estates(book, people):
    client = people.client(people.street)
    client.get("/oversight/")
    few = cost(client, "/oversight/")
    open_many(40)
    many = cost(client, "/oversight/")
    assert many == few <= 14, (few, many)
    assert cost(client, "/oversight/excel/") <= few


def test_the_filters_live_in_the_address(book, people):
    open_many(3)
    client = people.client(people.street)

    def names(query: str) -> set[str]:
        page = client.get(f"/oversight/?{query}").content.decode()
        return {name for name in ("碧海家园", "小区0", "小区1", "小区2") if f">{name}</a>" in page}

    assert names("") == {"碧海家园", "小区0", "小区1", "小区2"}
    assert names("q=小区1") == {"小区1"}
    assert names("show=clear") == set()
    assert names("inside=370614001001") == {"碧海家园", "小区0", "小区1", "小区2"}
    month = queries.periods(timezone.localdate())[-2].code
    assert names(f"show=overdue&month={month}") == names("show=overdue") == names("")
    assert names(f"show=late&month={month}") == set()


def test_what_is_overdue_is_marked_and_says_so_to_who_cannot_see_it(book, people):
    page = people.client(people.street).get("/oversight/").content.decode()
    assert "cell-overdue" in page and "记账中 逾期" in page


def test_the_sheet_says_in_words_what_the_colours_say(book, people):
    from io import BytesIO

    import openpyxl

    sheet = people.client(people.street).get("/oversight/excel/")
    rows = list(openpyxl.load_workbook(BytesIO(sheet.content)).active.values)
    said = " ".join(str(cell) for line in rows for cell in line)
    assert "碧海家园" in said and ("逾期" in said or "记账中" in said)
