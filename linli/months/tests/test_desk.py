"""What the desk says of months: due when the month's own page says so, and none too early."""

from datetime import UTC, date, datetime

import pytest

from linli.disclosure import queries as disclosure
from linli.ledger import services as ledger
from linli.months import queries, services
from linli.notices import queries as notices
from linli.people.queries import Access
from tests.books import ESTATE, NOW

pytestmark = pytest.mark.django_db
DECEMBER = datetime(2026, 12, 20, 2, tzinfo=UTC)


def desk(person, now):
    return notices.desk(Access(person, now.date()), now=now)


def told(lines):
    return [(line.step, line.due, line.url) for line in lines]


def test_a_month_is_due_on_the_desk_when_its_own_page_says_so(estate, people):
    due = disclosure.due_on(estate.book, "2026-10")
    found = desk(people.bookkeeper, NOW)
    assert told(found.duties) == [("2026年10月", due, "/months/B000001/2026-10/")]
    assert queries.standing(estate.book, "2026-10", now=NOW).due_on == due == date(2026, 11, 16)


def test_no_month_is_owed_before_the_book_began(estate, people):
    assert [line.step for line in desk(people.bookkeeper, NOW).overdue] == ["2026年9月"]
    assert [line.step for line in desk(people.bookkeeper, DECEMBER).overdue] == [
        "2026年9月",
        "2026年10月",
        "2026年11月",
    ]
    september = datetime(2026, 9, 20, 2, tzinfo=UTC)
    assert not desk(people.bookkeeper, september).duties


def test_a_published_month_is_owed_no_longer(people):
    book = ledger.open_book(by=None, name="代管里", place=ESTATE, first_period="2026-09", now=NOW)
    ledger.open_account(by=None, book=book, fund="common", name="代管", holder="custody", now=NOW)
    assert desk(people.bookkeeper, NOW).overdue
    services.seal_imported(by=None, book=book, period="2026-09", now=NOW)
    services.publish(by=None, book=book, period="2026-09", now=NOW)
    assert not desk(people.bookkeeper, NOW).overdue


def test_nobody_else_owes_it(estate, people):
    assert not desk(people.approver, NOW).duties
