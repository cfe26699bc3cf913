"""Steps of a book's life, each with what must be true afterwards: for whatever order of them.

`Steps` does them through the services and keeps, in plain Python, what the book should say. A step
that is refused has to leave nothing behind.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from django.db import connections

from linli.bank import services as bank
from linli.bank.models import BankLine, Match
from linli.bank.rules import BankLineDraft, StatementDraft
from linli.intake import services as intake
from linli.intake.ledger_reading import read_ledger
from linli.intake.tests import making
from linli.kernel.period import Period
from linli.kernel.rulings import Refused
from linli.keys import vault
from linli.ledger import queries, services
from linli.ledger.models import Checkpoint, Entry, Leaf, Log
from linli.ledger.rules import Draft, inverse
from linli.people.models import User
from tests.books import Estate, open_estate

NOW = datetime(2026, 12, 5, 2, 0, tzinfo=UTC)
OPENING = 100_000
PLEDGE = "JZ-1"
KINDS = {
    "income": ("common", "parking", 1),
    "cost": ("common", "management", -1),
    "gift": ("seed", "donation", 1),
    "project": ("seed", "seed_project", -1),
}
"""What may be posted: fund, category, in or out. Seed money is pledged, so that it is reserved."""


def signers() -> dict[str, object]:
    """Who prepares and who approves, as the fields of a Draft."""
    fields, roles = ("prepared", "approved", "seconded"), ("bookkeeper", "approver", "resident")
    told: dict[str, object] = {}
    for field_, role in zip(fields, roles, strict=True):
        user, _made = User.objects.get_or_create(
            username=field_, defaults={"name": role, "created_at": NOW}
        )
        told |= {f"{field_}_by": user.pk, f"{field_}_role": role}
    return told


@dataclass
class Posted:
    """An entry as it should be."""

    number: int
    draft: Draft
    ours: bool = True
    reversed: bool = False
    banked: bool = False

    def moved(self, fund: str) -> int:
        """What it adds to the money of a fund, in fen: what its categories do not."""
        categories = {category for _fund, category, _sign in KINDS.values()}
        return sum(
            line.amount_fen
            for line in self.draft.lines
            if line.fund == fund and line.account not in categories
        )


@dataclass
class Steps:
    """One book of its own and its life so far. `people`: who prepares and approves."""

    people: dict[str, object]
    code: str = "B000001"
    place: str = "370614001001001"
    now: datetime = NOW
    estate: Estate = field(init=False)
    posted: list[Posted] = field(default_factory=list)
    sealed: dict[str, str] = field(default_factory=dict)
    closing: int = OPENING
    through: str = ""
    leaves: int = 0
    kept: str = ""
    brought: set[str] = field(default_factory=set)
    why: object = None

    def __post_init__(self) -> None:
        self.estate = open_estate(code=self.code, place=self.place)

    # --- what is done ---------------------------------------------------------------------------

    def post(self, kind: str, fen: int, on: date, *, key: str = "") -> bool:
        """Post an entry; whether it stands has to be what the money and the seals say."""
        fund, category, sign = KINDS[kind]
        draft = self.estate.draft(
            fund,
            category=category,
            fen=sign * fen,
            date=on,
            key=key or f"step:{len(self.posted)}:{kind}:{fen}:{on}",
            restriction=PLEDGE if fund == "seed" else "",
        )
        enough = sign > 0 or (
            self.money(fund) >= fen and (fund == "common" or self.reserved() >= fen)
        )
        open_ = f"{on:%Y-%m}" > max(self.sealed, default="")
        with self.refused_unless(enough and open_):
            done = self.estate.post(draft, now=self.now)
            self.posted.append(Posted(done.numbers[0], draft))
            return True
        return False

    def replay(self, which: int, *, changed: bool) -> None:
        """The same key again: the first number, or with other content a refusal."""
        ours = [one for one in self.posted if one.ours]
        one = ours[which % len(ours)]
        draft = replace(one.draft, words={"summary": "改过的摘要"}) if changed else one.draft
        with self.refused_unless(not changed):
            again = self.estate.post(draft, now=self.now)
            assert (again.numbers, again.fresh_count) == ((one.number,), 0)

    def reverse(self, which: int, on: date) -> None:
        """Reverse an entry: once, in an open month, as long as the money is there."""
        one = self.posted[which % len(self.posted)]
        fund = one.draft.lines[0].fund
        stays = self.money(fund) >= one.moved(fund) and self.reserved() >= one.moved("seed")
        once = not one.reversed and one.draft.kind != "reversal"
        later = on >= one.draft.date
        open_ = later and f"{on:%Y-%m}" > max(self.sealed, default="")
        entry = Entry.objects.get(book=self.estate.book, number=one.number)
        with self.refused_unless(once and open_ and stays, may=once and open_):
            done = services.reverse(
                by=None,
                entry=entry,
                on=on,
                people=self.people,
                reason="记错",
                now=self.now,
                salt=self.estate.salt,
            )
            draft = replace(one.draft, kind="reversal", date=on, lines=inverse(one.draft.lines))
            key = f"reversal:{one.number}"
            self.posted.append(Posted(done.numbers[0], replace(draft, key=key), ours=False))
            one.reversed = True

    def bring_in(self, amounts: list[int], on: date) -> None:
        """A sheet of incomes: all its rows or none, and brought again nothing more."""
        rows = [
            making.row(on.isoformat(), f"导-{on}-{fen}", income=f"{fen / 100:.2f}")
            for fen in amounts
        ]
        sheet = read_ledger(making.book(rows), categories=making.CATEGORIES)
        assert not sheet.faults and len(sheet.entries) == len(amounts)
        fresh = {entry.key for entry in sheet.entries} - self.brought
        open_ = f"{on:%Y-%m}" > max(self.sealed, default="")
        told = {"by": None, "book": self.estate.book, "sheet": sheet, "now": self.now}
        with self.refused_unless(open_ or not fresh):
            taken = intake.take_ledger(**told, salt=self.estate.salt)
            again = intake.take_ledger(**told, salt=self.estate.salt)
            assert again.fresh_count == 0
            assert taken.fresh_count == len(fresh)
            self.brought |= fresh
            self._learn()

    def _learn(self) -> None:
        """Take over what a sheet has brought, from the sheet's words, in the book's order."""
        known = {one.number for one in self.posted}
        for entry in Entry.objects.filter(book=self.estate.book, kind="import").order_by("number"):
            if entry.number not in known:
                lines = tuple(queries.draft_lines(entry))
                draft = self.estate.draft(key=entry.key, date=entry.date, lines=lines)
                self.posted.append(Posted(entry.number, draft, ours=False))

    def bank(self) -> None:
        """The bank's file of the next month: every movement that it has not told yet. What was
        reversed before the bank told of it never moved any money there."""
        period = Period(self.through).next if self.through else Period("2026-09")
        if period.last_on > self.now.date():
            return
        told = [
            one
            for one in self.posted
            if one.moved("common")
            and not one.banked
            and not one.reversed
            and one.draft.kind != "reversal"
            and one.draft.date <= period.last_on
        ]
        lines = [
            BankLineDraft(
                on=max(one.draft.date, period.first_on),
                amount_fen=one.moved("common"),
                key=f"line:{one.number}",
                summary="",
                counterparty="",
            )
            for one in sorted(told, key=lambda one: max(one.draft.date, period.first_on))
        ]
        closing = self.closing + sum(line.amount_fen for line in lines)
        draft = StatementDraft(
            sha256=hashlib.sha256(f"{self.code}{period.code}".encode()).hexdigest(),
            file_name=f"{period.code}.csv",
            profile="icbc",
            from_on=period.first_on,
            to_on=period.last_on,
            opening_fen=self.closing,
            closing_fen=closing,
            lines=tuple(lines),
        )
        account = self.estate.accounts["common"]
        kept = bank.keep_statement(by=None, account=account, draft=draft, now=self.now)
        assert (kept.new_count, kept.again) == (len(lines), False)
        again = bank.keep_statement(by=None, account=account, draft=draft, now=self.now)
        assert again.again and BankLine.objects.filter(account=account).count() == sum(
            one.banked for one in self.posted
        ) + len(lines)
        for one in told:
            one.banked = True
        self.closing, self.through = closing, period.code

    def match(self) -> None:
        """Match what is certain; once more changes nothing."""
        if not self.through:
            return
        account = self.estate.accounts["common"]
        told = {"by": None, "account": account, "through": self.through, "now": self.now}
        bank.auto_match(**told)
        before = set(Match.objects.filter(account=account).values_list("pk", flat=True))
        bank.auto_match(**told)
        assert set(Match.objects.filter(account=account).values_list("pk", flat=True)) == before

    def seal(self, seal: object) -> bool:
        """Seal the next month by `seal(book, period)`; a refusal leaves the month as it was."""
        last = max(self.sealed, default="")
        period = Period(last).next.code if last else "2026-09"
        with self.refused_unless(False, may=True):
            release = seal(self.estate.book, period)  # type: ignore[operator]
            self.sealed[period] = getattr(release, "statement", "")
            return True
        return False

    def restart(self) -> None:
        """As if the service had been stopped and begun anew."""
        connections.close_all()
        vault._find.cache_clear()
        self.estate.book.refresh_from_db()

    # --- what must be true ----------------------------------------------------------------------

    @contextmanager
    def refused_unless(self, allowed: bool, *, may: bool = False) -> Iterator[None]:
        """The act inside is done if it is allowed, else refused without a trace; `may`: either."""
        before = self.state()
        try:
            yield
        except Refused as refused:
            assert not allowed or may, refused.ruling
            assert refused.ruling.reasons
            assert self.state() == before
            self.why = refused.ruling
        else:
            assert allowed or may, "this should have been refused"

    def state(self) -> tuple[object, ...]:
        """The head of the log, and how many rows there are of what an act writes."""
        log = Log.objects.get(pk=self.estate.book.log_id)
        book = self.estate.book
        counts = (Entry.objects.filter(book=book).count(), Leaf.objects.filter(log=log).count())
        account = self.estate.accounts["common"]
        banked = BankLine.objects.filter(account=account).count()
        return log.size, log.root, log.frontier, *counts, banked

    def money(self, fund: str) -> int:
        return OPENING + sum(one.moved(fund) for one in self.posted)

    def reserved(self) -> int:
        """What is left of the pledge, in fen."""
        return sum(one.moved("seed") for one in self.posted)

    def check(self) -> None:
        """The book says what the steps say, and what it said before it says still."""
        book = self.estate.book
        numbers = list(Entry.objects.filter(book=book).values_list("number", flat=True))
        assert sorted(numbers) == list(range(1, len(numbers) + 1))
        assert Counter(numbers) == Counter([1, *(one.number for one in self.posted)])
        balances = queries.fund_balances(book, self.now.date() + timedelta(days=1))
        for fund in ("common", "seed", "fiscal"):
            assert balances.get(fund, 0) == self.money(fund) >= 0
        assert self.reserved() >= 0
        assert not queries.fold_faults(book, "2026-12")
        assert queries.sealed_through(book) == max(self.sealed, default="")
        self._history()

    def _history(self) -> None:
        """Leaves are only ever added."""
        hashes = Leaf.objects.filter(log_id=self.estate.book.log_id).order_by("index")
        told = list(hashes.values_list("hash", flat=True))
        assert hashlib.sha256("".join(told[: self.leaves]).encode()).hexdigest() == (
            self.kept or hashlib.sha256(b"").hexdigest()
        )
        self.leaves = len(told)
        self.kept = hashlib.sha256("".join(told).encode()).hexdigest()

    def heads(self) -> list[str]:
        """The roots of this book's log and of the county's, and every signed head."""
        logs = Log.objects.order_by("origin").values_list("origin", "size", "root")
        signed = Checkpoint.objects.order_by("log__origin", "size").values_list("note", flat=True)
        return [*(f"{origin} {size} {root}" for origin, size, root in logs), *signed]
