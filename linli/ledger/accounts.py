"""The verbs of money accounts: opening and closing one. `services` offers them."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Max

from linli.ledger import log as logs
from linli.ledger import offers, rules
from linli.ledger.models import Account, Book
from linli.sources import FUNDS
from linli.trail.acts import act

User = AbstractBaseUser | None


@act("ledger.open_account")
def open_account(
    *,
    by: User,
    book: Book,
    fund: str,
    name: str,
    holder: str,
    now: datetime,
    holder_name: str = "",
    bank: str = "",
    tail: str = "",
    opened_on: date | None = None,
) -> Account:
    """Open a money account for one fund.

    `holder`: a key of rules.HOLDERS; `tail`: the last digits of its number.
    """
    rules.may_open_account(
        known_fund=fund in FUNDS, fund=fund, name=name, holder=holder, tail=tail
    ).enforce()
    logs.locked(book.log_id)
    last = Account.objects.filter(book=book).aggregate(last=Max("position"))["last"]
    place = 0 if last is None else last + 1
    serial = Account.objects.filter(book=book, kind=rules.MONEY).count() + 1
    account = Account(
        book=book,
        fund=fund,
        code=f"money-{serial:02d}",
        kind=rules.MONEY,
        name=name,
        position=place,
        holder=holder,
        holder_name=holder_name,
        bank=bank,
        tail=tail,
        opened_on=opened_on,
    )
    account.save()
    return account


@act("ledger.close_account")
def close_account(*, by: User, account: Account, on: date, now: datetime) -> Account:
    """Close an empty money account after a day; its entries stay, new ones are refused."""
    logs.locked(account.book.log_id)
    account = Account.objects.select_for_update().get(pk=account.pk)
    rules.may_close_account(
        kind=account.kind,
        closed=account.closed_on is not None,
        balance_fen=offers.balances(account.book, [account.pk]).get(account.pk, 0),
        moved_on=offers.last_line_on(account),
        on=on,
    ).enforce()
    account.closed_on = on
    account.save(update_fields=["closed_on"])
    return account
