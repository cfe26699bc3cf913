"""An estate that keeps vouchers, its people logged in, and many vouchers at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from linli.ledger.models import Account
from linli.vouchers import services
from linli.vouchers.models import Receipt, Voucher
from linli.vouchers.rules import Item
from tests.books import NOW

DAY = date(2026, 10, 15)
KEY = "0123456789abcdef"


@pytest.fixture
def category(estate: Any) -> Callable[..., Account]:
    """category("parking"): an account of the estate's book."""

    def find(code: str, fund: str = "common") -> Account:
        return Account.objects.get(book=estate.book, code=code, fund=fund)

    return find


@pytest.fixture
def draft(estate: Any, people: Any, category: Any) -> Callable[..., Voucher]:
    """draft(fen=…, category=…): a draft of the bookkeeper, income of 300.00 unless told otherwise."""

    def make(*, by: Any = None, **more: Any) -> Voucher:
        fund = more.pop("fund", "common")
        item = Item(
            account=category(more.pop("category", "parking"), fund).pk,
            amount_fen=more.pop("fen", 30_000),
            project=more.pop("project", None),
            refund=more.pop("refund", False),
        )
        told = {
            "key": "k1",
            "on": DAY,
            "direction": "in",
            "money": estate.accounts[fund].pk,
            "items": [item],
            "summary": "十月停车费",
            "counterparty": "业主",
            "now": NOW,
        }
        return services.draft(by=by or people.bookkeeper, book=estate.book, **(told | more))

    return make


@pytest.fixture
def posted(draft: Any, people: Any) -> Callable[..., Voucher]:
    """posted(**draft): the same, handed in and approved by as many as it needs."""

    def make(**more: Any) -> Voucher:
        voucher = draft(**more)
        services.submit(by=people.bookkeeper, voucher=voucher, now=NOW)
        voucher = services.approve(by=people.approver, voucher=voucher, now=NOW)
        if voucher.state != "posted":
            voucher = services.approve(by=people.resident, voucher=voucher, now=NOW)
        return voucher

    return make


@pytest.fixture
def issue(estate: Any, people: Any, category: Any) -> Callable[..., Receipt]:
    """issue("r1", amount_fen=…): a receipt of the cashier."""

    def make(key: str = "r1", **more: Any) -> Receipt:
        told = {
            "account": category("parking"),
            "received_on": DAY,
            "amount_fen": 12_000,
            "payer": "刘德华",
            "summary": "C-17车位费",
            "now": NOW,
        }
        return services.issue_receipt(by=people.cashier, book=estate.book, key=key, **(told | more))

    return make
