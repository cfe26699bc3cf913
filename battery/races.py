"""Row 3: two at the same moment, each with a connection of their own. There is exactly one outcome."""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection
from django.utils import timezone

from battery.forks import Copy, Say
from battery.frame import Outcome, Size, row
from battery.ground import ground
from battery.stages import DAY, Posting, history
from linli.bank.models import BankLine, Statement
from linli.bank.services import Filed
from linli.cases import services as cases
from linli.cases.models import Case
from linli.intake import services as intake
from linli.intake.ledger_reading import read_ledger
from linli.kernel.period import Period
from linli.kernel.rulings import Refused
from linli.ledger import queries as ledger
from linli.ledger import services
from linli.ledger.models import Entry, Seal
from linli.months import services as months
from linli.proof import queries as proof
from linli.sheets.reading import read_workbook
from linli.sources import chart
from linli.vouchers import queries
from linli.vouchers import services as vouchers
from linli.vouchers.models import Voucher
from tests.books import NOW, Estate
from tests.databases import OwnDatabase
from tests.desks import line

Act = Callable[[], Any]
Judge = Callable[[Sequence[Any]], str]
Runs = Callable[..., tuple[int, list[str]]]
BLOCK = 25
CONTROL_ROUNDS = 100
SEALING_SECONDS = 0.6
SEAL_AND_POST = "seal and post"


@dataclass(frozen=True)
class Race:
    """Acts that begin together, and what must be seen of what each gave ("" if it holds)."""

    acts: Sequence[Act]
    judge: Judge


class World(Posting):
    """An estate with its people, and races about it."""

    def approve_or_send_back(self, key: str) -> Race:
        voucher = self.voucher(key)

        def send_back() -> Voucher:
            return vouchers.send_back(
                by=self.desk.approver, voucher=voucher, reason="请补票据", now=NOW
            )

        def judge(done: Sequence[Any]) -> str:
            state = Voucher.objects.get(pk=voucher.pk).state
            posted = Entry.objects.filter(voucher=voucher).count()
            winner = "posted" if isinstance(done[0], Voucher) else "returned"
            fits = state == winner and posted == (winner == "posted")
            return one_of(done) or ("" if fits else f"{state} with {posted} entries")

        return Race((lambda: self.approve(voucher), send_back), judge)

    def two_approvers(self, key: str) -> Race:
        voucher = self.voucher(key)

        def judge(done: Sequence[Any]) -> str:
            posted = Entry.objects.filter(voucher=voucher).count()
            return one_of(done) or ("" if posted == 1 else f"{posted} entries")

        return Race([lambda: self.approve(voucher)] * 2, judge)

    def approve_or_void(self, key: str) -> Race:
        voucher = self.voucher(key)

        def void() -> Voucher:
            return vouchers.void(by=self.desk.bookkeeper, voucher=voucher, reason="填错了", now=NOW)

        def judge(done: Sequence[Any]) -> str:
            state = Voucher.objects.get(pk=voucher.pk).state
            posted = Entry.objects.filter(voucher=voucher).count()
            fits = (state, posted) in (("posted", 1), ("void", 0))
            return one_of(done) or ("" if fits else f"{state} with {posted} entries")

        return Race((lambda: self.approve(voucher), void), judge)

    def reverse_twice(self, key: str) -> Race:
        voucher = self.approve(self.voucher(key))
        people = queries.people(voucher)

        def reverse() -> Any:
            entry = Entry.objects.get(pk=voucher.entry_id)
            return services.reverse(
                by=None, entry=entry, on=DAY, people=people, reason="记错", now=NOW
            )

        def judge(done: Sequence[Any]) -> str:
            count = Entry.objects.filter(reverses=voucher.entry_id).count()
            return one_of(done) or ("" if count == 1 else f"{count} reversals")

        return Race([reverse] * 2, judge)

    def correct_twice(self, key: str) -> Race:
        voucher = self.approve(self.voucher(key))

        def reverse(own: str) -> Act:
            return lambda: vouchers.reverse(
                by=self.desk.bookkeeper,
                entry=Entry.objects.get(pk=voucher.entry_id),
                key=f"{key}-{own}",
                on=DAY,
                reason="记错",
                now=NOW,
            )

        def judge(done: Sequence[Any]) -> str:
            count = Voucher.objects.filter(corrects=voucher.entry_id).count()
            return one_of(done) or ("" if count == 1 else f"{count} corrections on their way")

        return Race((reverse("a"), reverse("b")), judge)

    def submit_twice(self, key: str) -> Race:
        def judge(done: Sequence[Any]) -> str:
            count = Voucher.objects.filter(key=key).count()
            return all_of(done, Voucher) or ("" if count == 1 else f"{count} vouchers")

        return Race([lambda: self.draft(key)] * 3, judge)

    def one_key(self, key: str) -> Race:
        estate = self.desk.estate
        draft = estate.draft(key=key)  # type: ignore[attr-defined]

        def judge(done: Sequence[Any]) -> str:
            count = Entry.objects.filter(key=key).count()
            numbers = {one.numbers for one in done if not isinstance(one, Exception)}
            fits = count == len(numbers) == 1
            return all_of(done) or ("" if fits else f"{count} entries, numbers {numbers}")

        return Race([lambda: estate.post(draft)] * 4, judge)  # type: ignore[attr-defined]

    def overdraw(self, key: str) -> Race:
        """Whatever lies there, each of four would pay two fifths of it."""
        account, estate = self.desk.account, self.desk.estate
        estate.post(estate.draft(key=f"{key}-in"))  # type: ignore[attr-defined]
        before = self._balance()
        part = before * 2 // 5

        def pay(own: int) -> Act:
            draft = estate.draft(key=f"{key}-{own}", fen=-part, category="management")  # type: ignore[attr-defined]
            return lambda: estate.post(draft)  # type: ignore[attr-defined]

        def judge(done: Sequence[Any]) -> str:
            refused = sum(isinstance(one, Refused) for one in done)
            left = self._balance()
            fits = refused == 2 and left == before - 2 * part
            said = f"{account.name}: {before} fen, 4 × {part} asked, {refused} refused, {left} left"
            return strange(done) or ("" if fits else said)

        return Race([pay(own) for own in range(4)], judge)

    def _balance(self) -> int:
        return ledger.money_accounts(self.desk.book)[0].balance_fen

    def same_bank_file(self, key: str) -> Race:
        words = [line("0903", 200, summary=f"{key} {n}") for n in range(3)]
        before = BankLine.objects.count()

        def judge(done: Sequence[Any]) -> str:
            kept = [one.again for one in done if isinstance(one, Filed)]
            lines = BankLine.objects.count() - before
            files = Statement.objects.filter(file_name=key).count()
            fits = sorted(kept) == [False, True, True] and (lines, files) == (3, 1)
            return all_of(done) or ("" if fits else f"{files} files, {lines} lines, {kept}")

        return Race([lambda: self.desk.keep(*words, name=key)] * 3, judge)

    def same_sheet(self, key: str) -> Race:
        rows = [["日期", "凭证号", "资金来源", "类别", "对方单位", "摘要", "收入", "支出"]]
        rows += [
            ["2026-10-09", f"{key}{n}", "公共收益", "停车场地使用费", "业主", "停车", "10.00", ""]
            for n in range(10)
        ]
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        workbook, _ruling = read_workbook(out.getvalue().encode(), name="账.csv")
        sheet = read_ledger(workbook, categories=chart(1))
        book, before = self.desk.book, Entry.objects.count()

        def judge(done: Sequence[Any]) -> str:
            fresh = sorted(one.fresh_count for one in done if not isinstance(one, Exception))
            count = Entry.objects.count() - before
            fits = fresh == [0, 10] and count == 10
            return all_of(done) or ("" if fits else f"{count} entries, new to each: {fresh}")

        return Race(
            [lambda: intake.take_ledger(by=None, book=book, sheet=sheet, now=NOW)] * 2, judge
        )


def strange(done: Sequence[Any]) -> str:
    """What ended in an exception that is no refusal."""
    odd = [one for one in done if isinstance(one, Exception) and not isinstance(one, Refused)]
    return f"{type(odd[0]).__name__}: {odd[0]}".split("\n")[0] if odd else ""


def one_of(done: Sequence[Any]) -> str:
    """Exactly one did it, and the others were told by a refusal that they did not."""
    count = sum(not isinstance(one, Exception) for one in done)
    return strange(done) or ("" if count == 1 else f"{count} of {len(done)} did it")


def all_of(done: Sequence[Any], kind: type = object) -> str:
    """All were told the same: it is done."""
    bad = [one for one in done if isinstance(one, Exception) or not isinstance(one, kind)]
    return strange(done) or (f"{bad[0]}" if bad else "")


@contextmanager
def unlocked() -> Iterator[None]:
    """Nobody waits for anybody: no FOR UPDATE on PostgreSQL, no BEGIN IMMEDIATE on SQLite, and a
    stamp that does not ask whether it is still the next one."""
    with mock.patch.object(cases, "_next_number", _unasked):
        if connection.vendor == "postgresql":
            with mock.patch.object(type(connection.features), "has_select_for_update", new=False):
                yield
            return
        options = connection.settings_dict["OPTIONS"]
        with mock.patch.dict(options, transaction_mode="DEFERRED"):
            connection.close()
            yield
        connection.close()


def _unasked(case: Case) -> int:
    Case.objects.filter(pk=case.pk).update(stamp_count=case.stamp_count + 1)
    return case.stamp_count + 1


RACES: dict[str, Callable[[World, str], Race]] = {
    "approve and send back": World.approve_or_send_back,
    "approve and void": World.approve_or_void,
    "two approvers": World.two_approvers,
    "reverse twice": World.reverse_twice,
    "two corrections of one entry": World.correct_twice,
    "the same form sent three times": World.submit_twice,
    "one key posted four times": World.one_key,
    "an account overdrawn by four": World.overdraw,
    "the same bank file three times": World.same_bank_file,
    "the same sheet twice": World.same_sheet,
}


def raced(name: str, size: Size, rounds: int, *, first_only: bool = False) -> tuple[int, list[str]]:
    """(rounds done, what did not hold); `first_only`: stop at the first of these."""
    broken: list[str] = []
    done = 0
    while done < rounds and not (first_only and broken):
        with ground(size) as own:
            world = World()
            for _round in range(min(BLOCK, rounds - done)):
                done += 1
                broken += _once(own, RACES[name](world, f"{name}-{done}"), f"{name} {done}")
                if first_only and broken:
                    break
    return done, broken


def _once(own: OwnDatabase, race: Race, name: str) -> list[str]:
    said = race.judge(own.together(*race.acts))
    faults = [] if said else [str(fault) for fault in proof.verify().faults[:3]]
    return [f"{name}: {said}"] if said else [f"{name}: verify: {fault}" for fault in faults]


def sealed_while_posting(
    size: Size, rounds: int, *, first_only: bool = False
) -> tuple[int, list[str]]:
    """A month sealed by one process while another posts into it; as `raced`."""
    month, chance, broken = Period.of(timezone.localdate()).previous, random.Random("seal"), []
    with ground(size):
        for number in range(1, rounds + 1):
            estate = history(number, [month])
            said = _seal_and_post(estate, month, chance.uniform(0, SEALING_SECONDS))
            faults = [] if said else [f"verify: {fault}" for fault in proof.verify().faults[:3]]
            broken += [f"{SEAL_AND_POST} {number}: {fault}" for fault in [*said, *faults]]
            if first_only and broken:
                return number, broken
    return rounds, broken


def _seal_and_post(estate: Estate, month: Period, late: float) -> list[str]:
    def seal(say: Say) -> None:
        months.seal_imported(by=None, book=estate.book, period=month.code, now=timezone.now())

    def post(say: Say) -> None:
        time.sleep(late)
        estate.post(estate.draft(key="late", date=month.last_on), now=timezone.now())

    copies = [Copy(seal, waits=True), Copy(post, waits=True)]
    for copy in copies:
        copy.go()
    sealed, posted = [copy.end().failure for copy in copies]
    if sealed:
        return [f"not sealed: {sealed}"]
    entry = Entry.objects.filter(book=estate.book, key="late").select_related("leaf").first()
    if posted and not posted.startswith("Refused"):
        return [posted]
    if (entry is None) != bool(posted):
        return [f"an entry is there: {entry is not None}; it was said: {posted or 'done'}"]
    seal_leaf = Seal.objects.get(book=estate.book).leaf
    behind = entry is not None and entry.leaf.index > seal_leaf.index
    return ["an entry of the sealed month after its seal"] if behind else []


def compared(what: str, size: Size, rounds: int, race: Runs) -> Outcome:
    """A race with the lock and, as its control, without."""
    done, broken = race(size, rounds)
    with unlocked():
        tries, shown = race(size, CONTROL_ROUNDS, first_only=True)
    return Outcome(
        what=what,
        rounds=done,
        faults=done,
        broken=tuple(broken[:20]),
        control=f"without the lock, round {tries}: {shown[0][:200]}" if shown else "",
    )


@row(3)
def races(size: Size) -> list[Outcome]:
    told = [compared(name, size, size.of(3, 60), partial(raced, name)) for name in RACES]
    return [*told, compared(SEAL_AND_POST, size, size.of(2, 30), sealed_while_posting)]
