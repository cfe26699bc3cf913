"""A month from a sheet and bank files to the published folder: what `linli month` does.

Everything that is written to the books is one transaction; the folder is written after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from linli.bank import services as bank
from linli.disclosure import folder
from linli.disclosure import queries as disclosure
from linli.disclosure import services as disclosure_services
from linli.intake import queries as intake
from linli.intake import services as intake_services
from linli.intake.bank_file import BankFile
from linli.intake.ledger_sheet import LedgerSheet
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, refuse
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.months import services
from linli.places import queries as places
from linli.places import services as place_services
from linli.sources import FUNDS

Step = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class BankGiven:
    """A bank file as it was given: the fund it was said to be of ("" = find out), bytes, reading."""

    fund: str
    name: str
    data: bytes
    file: BankFile

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(slots=True)
class Done:
    """What a run did, month by month, for the table."""

    book: object = None
    months: list[dict] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    written: int = 0

    @property
    def changed(self) -> bool:
        return self.written > 0 or any(row["posted"] or row["sealed"] for row in self.months)


@dataclass(slots=True, kw_only=True)
class Run:
    """One run of `linli month`.

    `bank_to`: the day to which the bank files speak, where they end earlier and do not say so.
    `stop_before`: the first month that must not be sealed, because rows of it were rejected ("").
    """

    estate: str
    sheet: LedgerSheet
    banks: Sequence[BankGiven]
    period: str
    county: str
    code: str
    out: Path
    now: datetime
    stop_before: str = ""
    bank_to: date | None = None
    step: Step = lambda text: None
    _book_held: object = None

    def go(self) -> Done:
        """Do it, or raise Refused with nothing written."""
        done = Done()
        with transaction.atomic():
            book = self._book()
            done.book = book
            self._book_held = book
            self._accounts(book)
            intake_services.take_opening(by=None, book=book, sheet=self.sheet, now=self.now)
            for period in self._periods(book):
                done.months.append(self._month(book, period))
        for row in done.months:
            if row["release"] is not None:
                self.step(_("公示 %(value)s") % {"value": row["period"]})
                done.written += self._publish(row["release"])
        done.left = self._left()
        return done

    def _periods(self, book: object) -> list[str]:
        """The sheet's months up to the one asked for, and those between, in order."""
        found = [p.code for p in self.sheet.periods if p.code <= self.period]
        first = min([*found, self.period, ledger.open_period(book)])
        if first > self.period:
            return [self.period]
        return [month.code for month in Period(first).to(Period(self.period))]

    def _book(self) -> object:
        """The estate's book; a new one with its place when there is none."""
        known = ledger.book_named(self.estate, self.code)
        if known is not None:
            return known
        estates = places.of_level("estate", Scope.of(self.county)).filter(name=self.estate)
        place = estates.first() or self._place()
        first = min([p.code for p in self.sheet.periods] + [self.period])
        return ledger_services.open_book(
            by=None,
            name=self.estate,
            place=place.place,
            county=self.county,
            code=self.code,
            first_period=first,
            now=self.now,
        )

    def _place(self) -> object:
        """An estate in a county that has no places yet: one street, one community."""
        above = self.county
        if places.find(above) is None:
            place_services.add_place(by=None, name=_("本县"), code=above, now=self.now)
        for name in (_("未分街道"), _("未分社区")):
            above += "001"
            if places.find(above) is None:
                place_services.add_place(by=None, name=name, code=above, now=self.now)
        return place_services.add_place(
            by=None, name=self.estate, parent=above, level="estate", now=self.now
        )

    def _accounts(self, book: object) -> None:
        """One account for each bank file's fund, one custody account for every other fund."""
        used = {line.fund for entry in self.sheet.entries for line in entry.lines}
        used |= {opening.fund for opening in self.sheet.openings}
        held = {account.fund for account in ledger.money_accounts(book)}
        for given in self.banks:
            fund = self._fund_of(given)
            if fund in held:
                continue
            held.add(fund)
            hint = given.file.account_hint
            ledger_services.open_account(
                by=None,
                book=book,
                fund=fund,
                name=hint.name or self.sheet.account_hint.name or FUNDS[fund].name,
                holder="wallet" if given.file.profile in {"wechat", "alipay"} else "bank",
                bank=hint.bank or self.sheet.account_hint.bank,
                tail=hint.tail or self.sheet.account_hint.tail,
                now=self.now,
            )
        for fund in FUNDS:
            if fund in used - held:
                ledger_services.open_account(
                    by=None,
                    book=book,
                    fund=fund,
                    name=f"{FUNDS[fund].name}（代管）",
                    holder="custody",
                    now=self.now,
                )

    def _fund_of(self, given: BankGiven) -> str:
        """The fund a bank file belongs to: as said, else by the book's account with its tail or
        for which it was kept before, else the one whose entries it holds."""
        if given.fund:
            return given.fund
        if known := intake.fund_of_file(
            self._book_held, hint=given.file.account_hint, sha256=given.sha256
        ):
            return known
        lines = {(line.on, line.amount_fen) for line in given.file.lines}
        score = {fund: 0 for fund in FUNDS}
        for entry in self.sheet.entries:
            for fund in {line.fund for line in entry.lines}:
                fen = sum(line.amount_fen for line in entry.lines if line.fund == fund)
                days = (entry.on.toordinal() + shift for shift in range(-3, 4))
                score[fund] += any((type(entry.on).fromordinal(d), fen) in lines for d in days)
        best = max(score.values())
        winners = [fund for fund, found in score.items() if found == best]
        if len(winners) > 1:
            raise Refused(
                refuse(
                    _("看不出对账单“%(name)s”属于哪类资金，请写成 --bank common=%(name)s"),
                    "linli:ledger.words",
                    name=given.name,
                )
            )
        return winners[0]

    def _month(self, book: object, period: str) -> dict:
        """Post, reconcile and seal one month; a sealed one is only looked at."""
        self.step(_("记账 %(value)s") % {"value": period})
        posted = intake_services.import_ledger(
            by=None, book=book, sheet=self.sheet, periods={period}, now=self.now
        )
        row = {"period": period, "posted": posted.fresh_count, "sealed": False, "release": None}
        row["known"] = len(posted.numbers) - posted.fresh_count
        accounts = intake.default_accounts(book)
        for given in self.banks:
            account = accounts[self._fund_of(given)]
            intake_services.import_bank(
                by=None,
                account=account,
                file=given.file,
                data_sha256=given.sha256,
                file_name=given.name,
                through=Period(self.period).last_on,
                from_on=intake.covered_from(account, given.sha256) or self._from_on(given),
                to_on=None if given.file.says_until else self.bank_to,
                now=self.now,
            )
        if period > ledger.sealed_through(book):
            self.step(_("对账 %(value)s") % {"value": period})
            for account in accounts.values():
                bank.auto_match(by=None, account=account, through=period, now=self.now)
            if not self.stop_before or period < self.stop_before:
                self.step(_("封存 %(value)s") % {"value": period})
                services.seal_imported(by=None, book=book, period=period, now=self.now)
                row["sealed"] = True
        row["release"] = disclosure.release(book, period, 1)
        return row

    def short(self) -> list[str]:
        """The bank files that end before the month does without saying to which day they speak."""
        last = Period(self.period).last_on
        return [
            given.name
            for given in self.banks
            if not given.file.says_until
            and (not given.file.lines or given.file.lines[-1].on < last)
        ]

    def _from_on(self, given: BankGiven) -> date | None:
        """A statement speaks for the sheet's months from their first day, or from earlier."""
        if not given.file.lines or not self.sheet.periods:
            return None
        return min(self.sheet.periods[0].first_on, given.file.lines[0].on)

    def _publish(self, release: object) -> int:
        if release.published_at is not None:  # type: ignore[attr-defined]
            return len(folder.write([release], self.out))
        published = disclosure_services.publish(
            by=None, release=release, now=self.now, out=self.out
        )
        return len(published.written)

    def _left(self) -> list[str]:
        """Rows and lines after the month asked for: reported and left."""
        later = [entry for entry in self.sheet.entries if entry.period.code > self.period]
        told = []
        if later:
            rows = sum(len(entry.lines) for entry in later)
            told.append(
                _("账表中 %(value)s 之后的 %(other)s 行未处理")
                % {"value": self.period, "other": rows}
            )
        last = Period(self.period).last_on
        for given in self.banks:
            after = sum(line.on > last for line in given.file.lines)
            if after:
                told.append(
                    _("对账单 %(value)s 中 %(other)s 之后的 %(third)s 行未处理")
                    % {"value": given.name, "other": last, "third": after}
                )
        return told


def first_rejected(sheet: LedgerSheet) -> str:
    """The first month that has, or may have, a rejected row: months from here on stay open.

    A row whose day cannot be read, and a fault that belongs to no row, may be of any month.
    """
    days = [sheet.bad_days.get((fault.sheet, fault.row)) for fault in sheet.faults]
    known = [f"{day:%Y-%m}" for day in days if day is not None]
    if len(known) == len(days):
        return min(known, default="")
    return min([*known, *(p.code for p in sheet.periods)], default="0000-00")
