"""From rows to vouchers: years, voucher numbers, what is written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from linli.intake import rules
from linli.intake.faults import Fault
from linli.intake.ledger_rows import LINE, SUBTOTAL, Row
from linli.intake.ledger_sheet import TEXTS, SheetEntry, SheetLine, content_of
from linli.kernel.words import gettext_noop as _
from linli.sheets.dates import with_year


def resolve_years(rows: Sequence[Row], *, years: tuple[int, ...]) -> dict[tuple[str, int], date]:
    """Give days like ``10/3`` their year, from the title or the rows around; else a fault.

    Returns (sheet, row) → day for those that were resolved.
    """
    if not any(row.written for row in rows):
        return {}
    after: list[date | None] = [None] * len(rows)
    coming: date | None = None
    for at in range(len(rows) - 1, -1, -1):
        after[at] = coming
        coming = rows[at].on or coming
    resolved = {}
    before: date | None = None
    for at, row in enumerate(rows):
        if row.written is not None:
            day = with_year(row.written, years=years, before=before, after=after[at])
            if day is None:
                text = _("日期“%(month)s/%(day)s”没有年份，表题和前后各行也看不出年份")
                values = {"month": row.written.month, "day": row.written.day}
                row.faults.append(Fault(row.sheet, row.number, "date", text, values))
            else:
                row.on = resolved[row.sheet, row.number] = day
        before = row.on or before
    return resolved


@dataclass(slots=True)
class Group:
    """Rows that make one voucher."""

    rows: list[Row] = field(default_factory=list)

    @property
    def first(self) -> Row:
        return self.rows[0]


def grouped(rows: Iterable[Row]) -> list[Group]:
    """Adjacent rows with the same voucher number and day are one voucher.

    A subtotal between them parts them; a row whose day cannot be read stays with its number.
    """
    groups: list[Group] = []
    last: Row | None = None
    for row in rows:
        if row.kind != LINE:
            last = None if row.kind == SUBTOTAL else last
            continue
        if last is not None and _belongs(row, last):
            groups[-1].rows.append(row)
        else:
            groups.append(Group([row]))
        last = row
    return groups


def _belongs(row: Row, last: Row) -> bool:
    if not row.voucher or row.voucher != last.voucher or row.sheet != last.sheet:
        return False
    return row.on == last.on or row.on is None or last.on is None


def line_of(row: Row) -> SheetLine | None:
    """The line a good row makes; None where something it needs is missing."""
    if row.leaf is None or row.amount_fen is None or row.on is None:
        return None
    get = row.texts.get
    return SheetLine(
        row.number,
        row.fund,
        row.leaf.code,
        row.leaf.side,
        row.amount_fen,
        rules.is_contra(side=row.leaf.side, amount_fen=row.amount_fen),
        row.account,
        row.project,
        *[get(name, "") for name in TEXTS],
    )


class Vouchers:
    """Groups judged against each other, and the entries that the good ones make."""

    def __init__(self, rows: Sequence[Row], *, scope: str | None) -> None:
        self._groups = grouped(rows)
        numbered = ((row.on, row.voucher) for row in rows if row.on and row.voucher)
        self.scope = scope or rules.voucher_scope(numbered)
        self.warnings: list[Fault] = []
        self.entries: list[SheetEntry] = []
        self.passed: set[tuple[str, int]] = set()

    def mark(self) -> None:
        """Faults for voucher numbers used twice; a voucher written twice word for word is passed."""
        first: dict[tuple[str, str], Group] = {}
        for group in self._groups:
            row = group.first
            if row.voucher and row.on is not None:
                key = (rules.scope_of(scope=self.scope, on=row.on), row.voucher)
                earlier = first.setdefault(key, group)
                if earlier is not group:
                    same = [*map(_content, earlier.rows)] == [*map(_content, group.rows)]
                    self._used_twice(group, earlier.first, same=same)
            self._repeated_lines(group)

    def enter(self) -> None:
        """Make entries of the vouchers that are good as a whole; hold the others back whole."""
        for group in self._groups:
            self._whole_or_nothing(group)
        good = (group for group in self._groups if group.first.number_in_sheet not in self.passed)
        self._enter(good)

    def _used_twice(self, group: Group, first: Row, *, same: bool) -> None:
        for row in group.rows:
            values = {"voucher": row.voucher, "row": first.number, "sheet": first.sheet}
            if same:
                self.passed.add(row.number_in_sheet)
                text = _("与“%(sheet)s”第 %(row)s 行完全相同（凭证号 %(voucher)s），只记一次")
                self.warnings.append(Fault(row.sheet, row.number, "voucher", text, values))
            else:
                text = _("凭证号“%(voucher)s”已在“%(sheet)s”第 %(row)s 行用过，内容不同")
                cites = ("linli:ledger.6",)
                fault = Fault(row.sheet, row.number, "voucher", text, values, cites=cites)
                row.faults.append(fault)

    def _repeated_lines(self, group: Group) -> None:
        if len(group.rows) < 2:
            return
        seen: dict[tuple[object, ...], Row] = {}
        for row in group.rows:
            earlier = seen.setdefault(_content(row), row)
            if earlier is not row:
                text = _("与第 %(row)s 行完全相同，按同一凭证的两行记账，请核对是否重复")
                values = {"row": earlier.number}
                self.warnings.append(Fault(row.sheet, row.number, "voucher", text, values))

    def _whole_or_nothing(self, group: Group) -> None:
        bad = [row.number for row in group.rows if row.faults]
        if bad and len(bad) < len(group.rows):
            for row in group.rows:
                if not row.faults:
                    text = _("同一凭证的第 %(rows)s 行有误，整张凭证暂不导入")
                    row.faults.append(Fault(row.sheet, row.number, "voucher", text, {"rows": bad}))

    def _enter(self, groups: Iterable[Group]) -> None:
        occurrences: Counter[str] = Counter()
        for group in groups:
            row = group.first
            lines = tuple(line for line in map(line_of, group.rows) if line is not None)
            if row.on is None or len(lines) < len(group.rows) or any(r.faults for r in group.rows):
                continue
            if row.voucher:
                key = f"v:{rules.scope_of(scope=self.scope, on=row.on)}:{row.voucher}"
            else:
                content = content_of(row.on, lines)
                occurrences[content] += 1
                key = f"c:{content[:40]}:{occurrences[content]}"
            self.entries.append(SheetEntry(key, row.sheet, row.on, row.voucher, lines))


def _content(row: Row) -> tuple[object, ...]:
    """What a row says; two rows that say the same may be one row written twice."""
    return (
        row.on,
        row.fund,
        row.leaf.code if row.leaf else "",
        row.amount_fen,
        row.account,
        row.project,
        *(row.texts.get(name, "") for name in TEXTS),
    )
