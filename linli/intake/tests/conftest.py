"""A book of its own estate, its bookkeeper, and files as they come from outside."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.ledger import services as ledger
from tests.books import NOW, open_estate

MONTHS = Path(__file__).parents[2] / "months" / "tests" / "samples"
SHEET = MONTHS / "清河苑-收支明细.xlsx"
FAULTY = MONTHS / "清河苑-收支明细-有误.xlsx"
ODD = MONTHS / "清河苑-从未见过的表头.xlsx"
ODD_MAP = MONTHS / "从未见过的表头.toml"
BANK = MONTHS / "清河苑-工行2468.csv"


@pytest.fixture
def desk(people):
    """A book without an opening, whose bank account has the tail of the sample files."""
    told = open_estate(opening=False)
    account = told.accounts["common"]
    account.tail = "2468"
    account.save()
    return told


@pytest.fixture
def live(desk):
    """October is kept in the system."""
    ledger.go_live(by=None, book=desk.book, live_from="2026-10", now=NOW)
    return desk


@pytest.fixture
def client(people):
    return people.client(people.bookkeeper)
