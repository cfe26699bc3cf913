"""Small worlds in which one act is done again and again, and how to see what is left of it.

A stage does its acts in a copy of the process (`work`) that may be killed or refused the disk; in
this one it says afterwards what does not fit what was acknowledged (`faults`), and goes on.
"""

from __future__ import annotations

import importlib.util
import io
import shutil
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from battery.forks import Life, Say, Work, apart, settle
from linli.bank.models import BankLine
from linli.disclosure.models import Release
from linli.kernel.period import Period
from linli.ledger import services as ledger
from linli.ledger.models import Book, Entry, Line, Seal
from linli.proof import queries as proof
from linli.proof.management.commands.verify import TOOL
from linli.vouchers import services as vouchers
from linli.vouchers.models import DRAFT, POSTED, Voucher
from linli.vouchers.rules import Item
from tests.books import ESTATE, NOW, Estate, open_estate
from tests.desks import Desk, open_desk

DAY = date(2026, 10, 15)
POST, IMPORT, SEAL, PUBLISH = "post", "import", "seal", "publish"


class Stage(ABC):
    """A world and its act. `mended`: how often something was put right, as it is meant to be."""

    act = ""
    mended = 0

    @abstractmethod
    def work(self, number: int) -> Work:
        """What a copy does in round `number`."""

    def faults(self, number: int, life: Life, *, verify: bool = True) -> list[str]:
        """What does not hold after the round, with its number; the stage then goes on.

        `verify` False: nothing is verified, since that comes once after all rounds.
        """
        settle()
        found = self.looked_at(number, life)
        if verify:
            found += [f"verify: {one}" for one in proof.verify().faults[:5]]
        return [f"{self.act} {number}: {fault}" for fault in found]

    @abstractmethod
    def looked_at(self, number: int, life: Life) -> list[str]:
        """What of the act itself does not hold after the round."""


def counted(sql: str, *values: object) -> int:
    """The one number that a query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.fetchone()[0])


def in_trail(act: str, what: str = "*") -> int:
    """How many lines the trail has of an act, or how many things it was done to (`what`)."""
    return counted(f"SELECT count({what}) FROM trail_line WHERE act = %s AND done", act)


class Posting(Stage):
    """Vouchers drafted, handed in and approved, one after the other; approval posts the entry."""

    act = POST

    def __init__(self) -> None:
        self.desk: Desk = open_desk()
        self.category = self.desk.book.accounts.get(code="parking", fund="common")  # type: ignore[attr-defined]

    def draft(self, key: str) -> Voucher:
        """An income of 300.00."""
        return vouchers.draft(
            by=self.desk.bookkeeper,
            book=self.desk.book,
            key=key,
            on=DAY,
            direction="in",
            money=self.desk.account.pk,
            items=[Item(account=self.category.pk, amount_fen=30_000)],
            summary="十月停车费",
            counterparty="业主",
            now=NOW,
        )

    def voucher(self, key: str) -> Voucher:
        """Drafted and handed in."""
        return vouchers.submit(by=self.desk.bookkeeper, voucher=self.draft(key), now=NOW)

    def approve(self, voucher: Voucher) -> Voucher:
        return vouchers.approve(by=self.desk.approver, voucher=voucher, now=NOW)

    def work(self, number: int) -> Work:
        def work(say: Say) -> None:
            for serial in range(4):
                key = f"{number}-{serial}"
                say(f"began {key}")
                voucher = self.draft(key)
                say(f"draft {key}")
                voucher = vouchers.submit(by=self.desk.bookkeeper, voucher=voucher, now=NOW)
                say(f"submit {key}")
                self.approve(voucher)
                say(f"{POST} {key}")

        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        found = []
        for key in life.finished("draft"):
            if Voucher.objects.filter(key=key).count() != 1:
                found.append(f"lost: the draft {key}")
        for key in life.finished(POST):
            entries = Entry.objects.filter(voucher__key=key).count()
            if entries != 1:
                found.append(f"lost: the approval of {key} is there {entries} times")
        return found + self.halves()

    def halves(self) -> list[str]:
        """Acts of which only a part is there, of the whole book."""
        posted = Voucher.objects.filter(state=POSTED, entry__isnull=False).count()
        counts = {
            "vouchers.draft": Voucher.objects.count(),
            "vouchers.submit": Voucher.objects.exclude(state=DRAFT).count(),
            "vouchers.approve": posted,
            "ledger.post": Entry.objects.count(),
        }
        told = {act: in_trail(act, "DISTINCT subject") for act in counts}
        told["ledger.post"] = in_trail("ledger.post")
        found = [
            f"half: {counts[act]} done and {told[act]} in the trail of {act}"
            for act in counts
            if counts[act] != told[act]
        ]
        if (entries := Entry.objects.filter(kind="voucher").count()) != posted:
            found.append(f"half: {posted} vouchers are posted, {entries} entries are there")
        if (lines := Line.objects.filter(entry__kind="voucher").count()) != 2 * entries:
            found.append(f"half: {entries} entries have {lines} lines")
        return found


def command(*words: str) -> None:
    """Run a command of `linli` in this process, silently; its exit with a fault is an error."""
    try:
        call_command(*words, stdout=io.StringIO(), stderr=io.StringIO())
    except SystemExit as end:
        if end.code:
            raise RuntimeError(f"linli {words[0]} ended with {end.code}") from None


class Importing(Stage):
    """A ledger sheet and the bank's file of a month, by the two commands, into a book of its own."""

    act = IMPORT
    ROWS = 40

    def __init__(self) -> None:
        self.month = Period.of(timezone.localdate()).previous
        self.folder = Path(settings.DATA) / "sheets"
        self.folder.mkdir(parents=True)

    def _code(self, number: int) -> str:
        return f"B{number:06d}"

    def _files(self, number: int) -> tuple[str, str]:
        sheet, bank = self.folder / f"{number}.csv", self.folder / f"bank-{number}.csv"
        rows = ["日期,凭证号,资金来源,类别,对方单位,摘要,收入,支出"]
        lines = ["交易日期,摘要,收入,支出,余额,对方户名"]
        for place in range(self.ROWS):
            day = (self.month.first_on + timedelta(days=place % 28)).isoformat()
            rows.append(f"{day},{place + 1},公共收益,停车场地使用费,业主,停车费 {number},10.00,")
        for place in range(self.ROWS):
            day = (self.month.first_on + timedelta(days=place * 28 // self.ROWS)).isoformat()
            lines.append(f"{day},停车 {place},10.00,,{1010 + 10 * place}.00,业主")
        sheet.write_text("\n".join(rows) + "\n", "utf-8")
        bank.write_text("\n".join(lines) + "\n", "utf-8")
        return str(sheet), str(bank)

    def open(self, number: int) -> Any:
        return open_estate(
            code=self._code(number),
            place=f"{ESTATE[:-3]}{number:03d}",
            first_period=self.month.code,
        )

    def work(self, number: int) -> Work:
        estate = self.open(number)
        sheet, bank = self._files(number)
        code, account = self._code(number), estate.accounts["common"].code

        def work(say: Say) -> None:
            say(f"began {number}")
            command("import-ledger", "--book", code, "--ledger", sheet)
            say(f"sheet {number}")
            command("import-bank", "--book", code, "--bank", bank, "--account", account)
            say(f"bank {number}")

        self.again = work
        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        sheet, bank = self._there(number)
        found = [
            f"half: {count} of {self.ROWS} rows of the {what}"
            for what, count in (("sheet", sheet), ("bank file", bank))
            if count not in (0, self.ROWS)
        ]
        found += ["lost: the sheet"] if life.finished("sheet") and not sheet else []
        found += ["lost: the bank file"] if life.finished("bank") and not bank else []
        if not found:
            apart(self.again)
            if self._there(number) != (self.ROWS, self.ROWS):
                found.append(f"the same files again gave {self._there(number)} rows")
        return found

    def _there(self, number: int) -> tuple[int, int]:
        book = Book.objects.get(code=self._code(number))
        entries = Entry.objects.filter(book=book, kind="import").count()
        return entries, BankLine.objects.filter(account__book=book).count()


def history(number: int, months: Sequence[Period]) -> Estate:
    """A book whose money lies with keepers, with an entry in each of some months."""
    book = ledger.open_book(
        by=None,
        name=f"小区{number}",
        place=f"{ESTATE[:-3]}{number:03d}",
        code=f"B{number:06d}",
        first_period=months[0].code,
        now=timezone.now(),
    )
    account = ledger.open_account(
        by=None, book=book, fund="common", name="街道代管", holder="custody", now=timezone.now()
    )
    ledger.post_opening(by=None, book=book, balances={account.pk: 100_000}, now=timezone.now())
    estate = Estate(book, {"common": account}, None)
    for month in months:
        estate.post(estate.draft(key=month.code, date=month.first_on), now=timezone.now())
    return estate


class Sealing(Stage):
    """A month of history sealed by the command: three papers, a leaf, a release, two heads."""

    act = SEAL

    def __init__(self) -> None:
        self.month = Period.of(timezone.localdate()).previous

    def work(self, number: int) -> Work:
        book: Any = history(number, [self.month]).book

        def work(say: Say) -> None:
            say(f"began {number}")
            command("seal", "--book", book.code)
            say(f"{SEAL} {number}")

        self.book, self.again = book, work
        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        seals, releases = self._there()
        found = [f"half: {seals} seals, {releases} releases"] if seals != releases else []
        found += ["lost: the seal"] if life.finished(SEAL) and not seals else []
        if not found and not seals:
            apart(self.again)
            if self._there() != (1, 1):
                found.append(f"sealing again gave {self._there()}")
        return found

    def _there(self) -> tuple[int, int]:
        seals = Seal.objects.filter(book=self.book).count()
        return seals, Release.objects.filter(book=self.book).count()


class Publishing(Stage):
    """A sealed month put beside those that are published already, by the command."""

    act = PUBLISH
    BOOKS = 4

    def __init__(self) -> None:
        last = Period.of(timezone.localdate()).previous
        self.months = [last.previous, last]
        self.out = Path(settings.PUBLIC)
        self.books: list[Any] = []
        for number in range(1, self.BOOKS + 1):
            self.books.append(history(number, self.months).book)
        apart(self._seal)
        self._publish(0, self.months[0])

    def _seal(self, say: Say) -> None:
        for book in self.books:
            for _month in self.months:
                command("seal", "--book", book.code)

    def _publish(self, place: int, month: Period) -> None:
        code = self.books[place].code
        command("publish", "--book", code, "--period", month.code, "--out", str(self.out))

    def work(self, number: int) -> Work:
        place = number % self.BOOKS
        if not place:
            shutil.rmtree(self.out)
            self._publish(0, self.months[0])
        month = self.months[1] if not place else self.months[0]

        def work(say: Say) -> None:
            say(f"began {number}")
            self._publish(place, month)
            say(f"{PUBLISH} {number}")

        self.again, self.folder = work, self.out / self.books[place].code / month.code
        return work

    def looked_at(self, number: int, life: Life) -> list[str]:
        found = []
        if folder_faults(self.out):
            command("checkpoint")
            found = folder_faults(self.out)
            self.mended += not found
        if life.finished(PUBLISH) and not self.folder.exists():
            found.append("lost: the folder")
        apart(self.again)
        if again := folder_faults(self.out):
            found.append(f"publishing again does not mend it: {again[0]}")
        return found


@cache
def verifier() -> ModuleType:
    """verify.py, as strangers run it."""
    spec = importlib.util.spec_from_file_location("published_verify", TOOL)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def folder_faults(folder: Path) -> list[str]:
    """What verify.py says of a published folder."""
    tool = verifier()
    checker = tool.Checker(tool.Source(str(folder)))
    checker.run()
    return [f"half: {fault.code} {fault.file}" for fault in checker.faults]


STAGES: dict[str, Callable[[], Stage]] = {
    POST: Posting,
    IMPORT: Importing,
    SEAL: Sealing,
    PUBLISH: Publishing,
}
