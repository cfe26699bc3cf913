"""Money accounts are opened for one fund and closed when they are empty."""

from datetime import date

import pytest

from linli.kernel.rulings import Refused
from linli.ledger import queries, services
from linli.ledger.models import Account
from tests.books import NOW

pytestmark = pytest.mark.django_db


def opened(estate, **more):
    told = {"fund": "common", "name": "现金", "holder": "cash", "now": NOW}
    return services.open_account(by=None, book=estate.book, **(told | more))


def test_an_account_without_movement_is_closed_and_takes_no_entry_any_more(estate):
    account = opened(estate)
    services.close_account(by=None, account=account, on=date(2026, 9, 30), now=NOW)
    account.refresh_from_db()
    assert account.closed_on == date(2026, 9, 30)
    estate.accounts["common"] = account
    with pytest.raises(Refused):
        estate.post(estate.draft(date=date(2026, 10, 3)))


def test_an_account_with_money_in_it_stays_open(estate):
    with pytest.raises(Refused) as caught:
        services.close_account(
            by=None, account=estate.accounts["common"], on=date(2026, 10, 31), now=NOW
        )
    assert "1,000.00" in str(caught.value)


def test_an_account_is_not_closed_before_its_last_entry_nor_twice(estate):
    account = opened(estate, fund="seed")
    estate.accounts["seed"] = account
    estate.post(estate.draft("seed", category="donation", date=date(2026, 10, 3)))
    estate.post(
        estate.draft("seed", category="seed_fee", fen=-10000, key="out", date=date(2026, 10, 9))
    )
    with pytest.raises(Refused) as caught:
        services.close_account(by=None, account=account, on=date(2026, 10, 5), now=NOW)
    assert "2026-10-09" in str(caught.value)
    services.close_account(by=None, account=account, on=date(2026, 10, 9), now=NOW)
    with pytest.raises(Refused):
        services.close_account(by=None, account=account, on=date(2026, 10, 10), now=NOW)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fund": "pocket"}, "fund"),
        ({"name": " "}, "name"),
        ({"holder": "friend"}, "holder"),
        ({"tail": "62220212345678901"}, "tail"),
    ],
)
def test_an_account_that_says_too_little_or_too_much_is_refused(estate, more, field):
    with pytest.raises(Refused) as caught:
        opened(estate, **more)
    assert [reason.field for reason in caught.value.ruling.reasons] == [field]
    assert Account.objects.filter(book=estate.book, kind="money").count() == 3


def test_a_category_is_never_closed(estate):
    category = queries.offers.categories(estate.book)[0]
    with pytest.raises(Refused):
        services.close_account(by=None, account=category, on=date(2026, 10, 31), now=NOW)
