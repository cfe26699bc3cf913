"""Two at the same moment: the book's lock decides, and nothing is spent twice."""

from __future__ import annotations

from datetime import date

import pytest

from linli.kernel.rulings import Refused
from linli.ledger import queries, services
from linli.ledger.models import Entry
from linli.ledger.rules import Draft, DraftLine
from linli.proof import queries as proof
from tests.books import NOW, open_estate

pytestmark = pytest.mark.own_database


def payment(estate, key, fen):
    return Draft(
        key=key,
        kind="import",
        date=date(2026, 9, 12),
        lines=(
            DraftLine(fund="common", account="management", amount_fen=fen),
            DraftLine(fund="common", account=estate.accounts["common"].code, amount_fen=-fen),
        ),
        words={"summary": "付款"},
        prepared_role="bookkeeper",
    )


def test_an_account_is_not_overdrawn_by_two_at_once(own_database):
    """1000.00 lie there; each of four pays 400.00."""
    estate = open_estate()
    drafts = [payment(estate, f"p{n}", 40_000) for n in range(4)]
    acts = [
        lambda draft=draft: services.post(by=None, book=estate.book, drafts=[draft], now=NOW)
        for draft in drafts
    ]
    done = own_database.together(*acts)
    assert sum(isinstance(one, Refused) for one in done) == 2
    assert queries.money_accounts(estate.book)[0].balance_fen == 20_000
    assert proof.verify().holds


def test_one_key_posts_once_however_often_it_is_sent_at_once(own_database):
    estate = open_estate()
    draft = payment(estate, "once", 100)
    done = own_database.together(
        *[lambda: services.post(by=None, book=estate.book, drafts=[draft], now=NOW)] * 4
    )
    assert {one.numbers for one in done} == {(2,)}
    assert Entry.objects.filter(key="once").count() == 1
    assert proof.verify().holds


def test_a_seal_and_an_entry_of_its_month_do_not_pass_each_other(own_database):
    estate = open_estate()

    def seal():
        return services.seal(
            by=None, book=estate.book, period="2026-09", make=lambda *_: b"{}", now=NOW
        )

    def post():
        draft = payment(estate, "late", 100)
        return services.post(by=None, book=estate.book, drafts=[draft], now=NOW)

    sealed, posted = own_database.together(seal, post)
    entry = Entry.objects.filter(key="late").select_related("leaf").first()
    assert (entry is None) == isinstance(posted, Refused)
    assert entry is None or entry.leaf.index < sealed.leaf.index
