"""An estate with two published months, one month that nobody may see yet, and a receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from linli.files import services as files
from linli.ledger import services as ledger
from linli.ledger.models import Account, Entry
from linli.months import services as months
from linli.places.models import Place
from linli.portal import pages
from linli.vouchers import services as vouchers
from linli.vouchers.rules import Item
from tests.books import NOW, Estate
from tests.people import ESTATE, People
from tests.samples import picture

LATER = datetime(2026, 12, 4, 2, 0, tzinfo=UTC)
PERSON, PAYER, HANDLER = "张三丰", "刘德华", "钱多多"
SECRET = "十一月的秘密"


@dataclass
class Told:
    """The estate with its people; `client` is a visitor without any cookie."""

    estate: Estate
    people: People
    client: Client
    receipt: Any

    @property
    def book(self) -> Any:
        return self.estate.book

    @property
    def url(self) -> str:
        return f"/e/{self.book.code}/"

    def get(self, path: str = "", **more: Any) -> Any:
        """A page below the estate's own."""
        return self.client.get(f"{self.url}{path}", **more)

    def text(self, path: str = "") -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def publish(self, period: str, now: datetime = NOW) -> Any:
        """Seal a month as imported history and publish it into the folder."""
        months.seal_imported(by=None, book=self.book, period=period, now=now)
        return months.publish(
            by=None, book=self.book, period=period, now=now, out=Path(settings.PUBLIC)
        )


@pytest.fixture(autouse=True)
def _no_page_of_another_test() -> Iterator[None]:
    pages.forget()
    yield
    pages.forget()


def open_custody_book(code: str = "B000001", place: str = ESTATE, name: str = "碧海家园") -> Estate:
    """A book whose three funds lie with custodians, so that it needs no bank file."""
    book = ledger.open_book(
        by=None, name=name, place=place, code=code, first_period="2026-09", now=NOW
    )
    accounts = {
        fund: ledger.open_account(
            by=None, book=book, fund=fund, name=f"{word}代管", holder="custody", tail="", now=NOW
        )
        for fund, word in (("common", "居委会"), ("seed", "慈善总会"), ("fiscal", "街道"))
    }
    return Estate(book, accounts, None)


@pytest.fixture
def told(people: People) -> Told:
    """September and October published; November has entries nobody may see."""
    return tell(people)


def tell(people: People) -> Told:
    Place.objects.filter(place=ESTATE).update(initials="bhjy")
    estate = open_custody_book()
    balances = {account.pk: 100_000 for account in estate.accounts.values()}
    ledger.post_opening(by=None, book=estate.book, balances=balances, now=NOW, salt=estate.salt)
    words = {"summary": "九月车位费", "counterparty": PERSON, "handler": HANDLER}
    estate.post(
        estate.draft(words=words, person=True),
        estate.draft(category="tax", fen=-500, key="tax", words={"summary": "税费"}),
    )
    made = Told(estate, people, Client(), None)
    made.publish("2026-09")
    ledger.add_project(
        by=None,
        book=estate.book,
        code="P-1",
        name="楼道照明",
        budgets={"fiscal": 50_000},
        now=NOW,
    )
    made.receipt = _receipt(made)
    estate.post(
        estate.draft(
            "fiscal",
            category="fiscal_project",
            fen=-20_000,
            project="P-1",
            date=date(2026, 10, 20),
            words={"summary": "照明首款", "counterparty": "明光电气"},
        )
    )
    made.publish("2026-10")
    secret = {"summary": SECRET, "counterparty": "不该看见的人"}
    estate.post(estate.draft(date=date(2026, 11, 3), fen=777_77, words=secret))
    return made


def _receipt(made: Told) -> Any:
    """A receipt of 120.00 yuan that an October voucher has gathered."""
    book, who = made.book, made.people
    parking = Account.objects.get(book=book, fund="common", code="parking")
    receipt = vouchers.issue_receipt(
        by=who.cashier,
        book=book,
        key="r1",
        account=parking,
        received_on=date(2026, 10, 15),
        amount_fen=12_000,
        payer=PAYER,
        summary="C-17车位费",
        now=NOW,
    )
    voucher = vouchers.draft(
        by=who.bookkeeper,
        book=book,
        key="0123456789abcdef",
        on=date(2026, 10, 15),
        direction="in",
        money=made.estate.accounts["common"].pk,
        items=[Item(account=parking.pk, amount_fen=12_000)],
        summary="十月车位费汇总",
        counterparty="业主",
        receipts=[receipt.pk],
        papers=(kept := _papers(made)),
        public=kept[:1] + kept[2:],
        now=NOW,
    )
    vouchers.submit(by=who.bookkeeper, voucher=voucher, now=NOW)
    voucher = vouchers.approve(by=who.approver, voucher=voucher, now=NOW)
    assert voucher.state == "posted"
    receipt.refresh_from_db()
    return receipt


CAMERA = "PHONE OF CLERK CHEN"


def _papers(made: Told) -> list[int]:
    """An invoice, a card with a name, a photograph that tells who took it, a list of persons."""
    exif = Image.Exif()
    exif[0x010F] = CAMERA
    told = (
        ("fapiao.pdf", b"%PDF-1.4 1", False),
        ("shenfen.pdf", b"%PDF-1.4 2", False),
        ("photo.jpg", picture("JPEG", exif=exif), False),
        ("mingdan.pdf", b"%PDF-1.4 3", True),
    )
    return [
        files.keep(
            by=made.people.bookkeeper,
            content=content,
            name=name,
            place=made.book.place,
            personal=personal,
            now=NOW,
        ).pk
        for name, content, personal in told
    ]


def entry(told: Told, summary: str) -> Entry:
    return Entry.objects.get(book=told.book, wording__summary=summary)


def correct_september(told: Told, now: datetime = LATER) -> Any:
    """Reverse September's income in November and publish the corrected September."""
    who = told.people
    by = {
        "prepared_by": who.bookkeeper.pk,
        "prepared_role": "bookkeeper",
        "approved_by": who.approver.pk,
        "approved_role": "approver",
        "seconded_by": who.resident.pk,
        "seconded_role": "resident",
    }
    ledger.reverse(
        by=None,
        entry=entry(told, "九月车位费"),
        on=date(2026, 11, 4),
        people=by,
        reason="重复入账",
        now=now,
        salt=told.estate.salt,
    )
    return months.correct(
        by=who.approver,
        book=told.book,
        period="2026-09",
        reason="九月重复入账",
        now=now,
        out=Path(settings.PUBLIC),
    )
