"""Two people at the same moment: exactly one outcome."""

from __future__ import annotations

import pytest

from linli.bank import queries
from linli.bank.models import BankLine, Match, MatchItem, Statement
from linli.bank.services import Filed
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from tests.desks import line


@pytest.fixture
def two(own_database, committed_desk):
    return own_database, committed_desk


def test_the_same_file_at_the_same_moment_is_kept_once(two):
    database, desk = two
    results = database.together(*(lambda: desk.keep(line("0903", 200)) for _ in range(3)))
    assert all(isinstance(result, Filed) for result in results), results
    assert sorted(result.again for result in results) == [False, True, True]
    assert (Statement.objects.count(), BankLine.objects.count()) == (1, 1)


def test_a_bank_line_taken_by_two_is_matched_once(two):
    database, desk = two
    desk.post("0903", 200)
    desk.post("0904", 200)
    desk.keep(line("0903", 200))
    found = queries.desk(desk.account, "2026-09")
    wanted = [(found.bank[0].ref, entry.ref) for entry in found.book]
    results = database.together(*(lambda refs=refs: desk.match(*refs) for refs in wanted))
    assert sum(isinstance(result, Match) for result in results) == 1
    assert sum(isinstance(result, Refused) for result in results) == 1
    assert (Match.objects.count(), MatchItem.objects.count()) == (1, 2)


def test_a_match_and_a_seal_at_the_same_moment_agree_on_the_month(two):
    database, desk = two
    desk.post("0903", 200)
    desk.keep(line("0903", 200))
    found = queries.desk(desk.account, "2026-09")
    refs = (found.bank[0].ref, found.book[0].ref)
    results = database.together(lambda: desk.match(*refs), lambda: desk.seal("2026-09"))
    assert not any(isinstance(result, Exception) for result in results), results
    made = Match.objects.get()
    assert ledger.sealed_through(desk.book) == "2026-09"
    assert made.period in ("2026-09", "2026-10")
    open_then = queries.outstanding(desk.account, "2026-09")
    assert len(open_then) == (0 if made.period == "2026-09" else 2)
