"""What a ledger sheet says about itself — subtotals, running balances, later openings — checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from linli.intake import rules
from linli.intake.faults import Fault
from linli.intake.ledger_rows import CLOSING, LINE, OPENING, SUBTOTAL, Row, sum_label
from linli.intake.ledger_sheet import Opening, Subtotal
from linli.kernel.money import yuan
from linli.kernel.words import gettext_noop as _

_CUMULATIVE = ("累计", "本年累计")


@dataclass(slots=True)
class Checks:
    """Findings, as faults where no row is bad, else as warnings: a bad row explains them."""

    chart: rules.Chart
    openings: list[Opening] = field(default_factory=list)
    subtotals: list[Subtotal] = field(default_factory=list)
    found: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    def openings_and_sums(self, rows: Sequence[Row]) -> None:
        """Take the openings in, then compare later openings, closings and subtotals."""
        self._take_openings(rows)
        self._sum_rows(rows)

    # Openings and closings

    def _take_openings(self, rows: Sequence[Row]) -> None:
        """Openings above the first voucher are taken in; later ones must equal the balance."""
        balance: dict[str, int] = {}
        begun = False
        for row in rows:
            if row.kind == LINE:
                begun = True
                if row.amount_fen is not None and not row.faults:
                    balance[row.fund] = balance.get(row.fund, 0) + row.amount_fen
            elif row.kind == OPENING and row.amount_fen is not None and not row.faults:
                if begun:
                    self._compare(row, row.amount_fen, balance.get(row.fund, 0))
                elif row.fund in balance:
                    text = _("%(fund)s的期初结余写了两次")
                    values = {"fund": self.chart.names.get(row.fund, row.fund)}
                    row.faults.append(Fault(row.sheet, row.number, "fund", text, values))
                else:
                    balance[row.fund] = row.amount_fen
                    self.openings.append(
                        Opening(row.sheet, row.number, row.fund, row.amount_fen, row.on)
                    )
            elif row.kind == CLOSING and row.balance_fen is not None:
                expected = balance.get(row.fund, 0) if row.fund else sum(balance.values())
                self._compare(row, row.balance_fen, expected)

    def _compare(self, row: Row, stated: int, expected: int) -> None:
        if stated != expected:
            text = _("“%(label)s”写的是 %(stated)s 元，按各行计算是 %(expected)s 元")
            self._find(row, "balance", text, row.label, stated, expected)

    def _find(self, row: Row, name: str, text: str, label: str, stated: int, expected: int) -> None:
        values = {"label": label, "stated": yuan(stated), "expected": yuan(expected)}
        self.found.append(Fault(row.sheet, row.number, name, text, values))

    # Subtotals and totals

    def _sum_rows(self, rows: Sequence[Row]) -> None:
        segment: list[Row] = []
        everything: list[Row] = []
        before: dict[str, tuple[int, int]] = {}
        sheet = ""
        for row in rows:
            if row.sheet != sheet:
                sheet, segment = row.sheet, []
            if row.kind in (LINE, OPENING):
                if not row.faults:
                    segment.append(row)
                    everything.append(row)
            elif row.kind == SUBTOTAL and sum_label(row.label)[2] in _CUMULATIVE:
                self._cumulative(row, everything, before)
            elif row.kind == SUBTOTAL:
                self._subtotal(row, segment, everything)
                segment = []

    def _subtotal(self, row: Row, segment: list[Row], everything: list[Row]) -> None:
        """A sum over the rows since the last one, or over all, or over the month it names."""
        month, of, word = sum_label(row.label)
        fund = row.fund or self.chart.fund(of)[0]
        codes = frozenset() if fund else self.chart.codes_of(of)
        within = [r for r in everything if month and r.on and r.on.month == month]
        partly = word == "小计" or month or row.label.startswith(("本", "当"))
        meant = [segment, within, everything] if partly else [everything, segment]
        sums = [
            self._sums(chosen, fund, codes, openings=openings)
            for openings in (False, True)
            for chosen in meant
        ]
        self._note(row, sums[0], holds=any(_holds(row, *both) for both in sums))

    def _cumulative(
        self, row: Row, everything: list[Row], before: dict[str, tuple[int, int]]
    ) -> None:
        """A running total may include what lies before the sheet; it must do so evenly."""
        sums = self._sums(everything, row.fund, frozenset(), openings=False)
        if row.fund not in before:
            stated = (row.income_fen, row.expense_fen)
            before[row.fund] = (
                0 if stated[0] is None else stated[0] - sums[0],
                0 if stated[1] is None else stated[1] - sums[1],
            )
            if any(before[row.fund]):
                text = _("“%(label)s”含有本表以前的金额，未能核对")
                values = {"label": row.label}
                self.warnings.append(Fault(row.sheet, row.number, "subtotal", text, values))
        expected = (sums[0] + before[row.fund][0], sums[1] + before[row.fund][1])
        self._note(row, expected, holds=_holds(row, *expected))

    def _sums(
        self, rows: Iterable[Row], fund: str, codes: frozenset[str], *, openings: bool
    ) -> tuple[int, int]:
        income = expense = 0
        for row in rows:
            if fund and row.fund != fund:
                continue
            if row.kind == OPENING:
                income += (row.amount_fen or 0) if openings else 0
            elif not codes or (row.leaf is not None and row.leaf.code in codes):
                income += row.income_fen or 0
                expense += row.expense_fen or 0
        return income, expense

    def _note(self, row: Row, expected: tuple[int, int], *, holds: bool) -> None:
        income, expense = row.income_fen, row.expense_fen
        if row.amount_fen is not None:
            income = row.amount_fen
        if income is None and expense is None:
            return
        subtotal = Subtotal(row.sheet, row.number, row.label, income, expense, *expected, holds)
        self.subtotals.append(subtotal)
        if holds:
            return
        for stated, computed, text in (
            (
                income,
                expected[0],
                _("“%(label)s”的收入写的是 %(stated)s 元，各行相加是 %(expected)s 元"),
            ),
            (
                expense,
                expected[1],
                _("“%(label)s”的支出写的是 %(stated)s 元，各行相加是 %(expected)s 元"),
            ),
        ):
            if stated is not None and stated != computed:
                self._find(row, "subtotal", text, row.label, stated, computed)


def mark_breaks(rows: Sequence[Row]) -> None:
    """A fault on each row whose running balance does not follow from the one before.

    Balances run over all funds or within each: whichever leaves fewer breaks is what is meant.
    """
    if not any(row.balance_fen is not None for row in rows if row.kind == LINE):
        return
    for row, expected in min(_breaks(rows, apart=False), _breaks(rows, apart=True), key=len):
        text = _("结余写的是 %(stated)s 元，按上一行计算是 %(expected)s 元")
        values = {"stated": yuan(row.balance_fen or 0), "expected": yuan(expected)}
        row.faults.append(Fault(row.sheet, row.number, "balance", text, values))


def _holds(row: Row, income: int, expense: int) -> bool:
    if row.amount_fen is not None:
        return row.amount_fen in (income - expense, income + expense)
    return row.income_fen in (None, income) and row.expense_fen in (None, expense)


def _breaks(rows: Sequence[Row], *, apart: bool) -> list[tuple[Row, int]]:
    """Rows whose balance does not follow, with the balance that was expected.

    Each is measured from the last balance that was stated; after a row that cannot be read the
    next balance is taken as it stands.
    """
    found = []
    last: dict[str, int | None] = {}
    begun = False
    for row in rows:
        fund = row.fund if apart else ""
        before = last.get(fund)
        if row.kind == OPENING and not begun:
            last[fund] = None if row.amount_fen is None else (before or 0) + row.amount_fen
        elif row.kind == LINE:
            begun = True
            expected = None
            if row.amount_fen is not None and row.fund:
                expected = None if before is None else before + row.amount_fen
            elif apart and not row.fund:
                last = dict.fromkeys(last)
            stated = row.balance_fen
            if None not in (stated, expected) and stated != expected:
                found.append((row, expected or 0))
            unread = any(fault.field == "balance" for fault in row.faults)
            last[fund] = None if unread else expected if stated is None else stated
    return found
