"""A sheet of payments that receipts are to be issued for: read, judged row by row, all faults told."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from linli.kernel.money import parse_yuan
from linli.kernel.rulings import Reason, Ruling, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sheets.model import Sheet, Value, shown
from linli.sheets.reading import read_workbook
from linli.sheets.writing import BadRow, BadSheet, write_bad_rows
from linli.sources import categories_named
from linli.sources.chart import folded
from linli.vouchers import receipt_rules
from linli.vouchers.receipt_rules import ReceiptRow

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "received_on": ("收款日期", "日期", "交款日期", "缴费日期", "收款时间"),
    "payer": ("交款人", "付款人", "缴款人", "缴费人", "业主", "姓名", "户名", "房号"),
    "summary": ("收款事由", "事由", "摘要", "项目", "收费项目", "内容"),
    "amount": ("金额", "金额（元）", "收款金额", "实收金额", "缴费金额"),
    "category": ("科目", "类别", "收入类别", "收费科目"),
    "method": ("收款方式", "方式", "支付方式", "付款方式"),
}
NEEDED = ("received_on", "payer", "summary", "amount")
WORDS = {
    "received_on": _("收款日期"),
    "payer": _("交款人"),
    "summary": _("收款事由"),
    "amount": _("金额"),
    "category": _("科目"),
    "method": _("收款方式"),
}
TOTALS = ("合计", "小计", "总计", "本页合计")
LOOK_FOR_HEADINGS = 12
MOST_RECEIPTS = 1000
_DAY = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?|(\d{4})(\d{2})(\d{2})"
)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row; `column` counts from 0, None for the row as a whole."""

    row: int
    column: int | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Trial:
    """What issuing a sheet would do: good rows, faults, rows of totals that were passed over."""

    rows: tuple[ReceiptRow, ...]
    faults: tuple[Fault, ...]
    skipped: tuple[int, ...]
    bad_count: int
    sheet: Sheet | None = None
    heading_row: int = 0
    columns: Mapping[str, int] | None = None
    refused: Ruling = Ruling()

    @property
    def total_fen(self) -> int:
        return sum(row.amount_fen for row in self.rows)

    @property
    def is_good(self) -> bool:
        return bool(self.rows) and not self.faults and self.refused.allowed


def read(
    data: bytes,
    *,
    name: str,
    sha256: str,
    accounts: Sequence[Any],
    version: int,
    category: int | None,
    method: str,
    today: date,
) -> Trial:
    """Read a sheet. `accounts`: the book's income and deposit categories; `category`, `method`:
    what holds where a row names none. Never raises for anything that is in the file."""
    workbook, ruling = read_workbook(data, name=name)
    if workbook is None or not workbook.visible_sheets:
        return _nothing(ruling if workbook is None else refuse(_("文件中没有可见的工作表")))
    sheet = workbook.visible_sheets[0]
    found = _headings(sheet)
    if found is None:
        needed = tuple(WORDS[field] for field in NEEDED)
        return _nothing(refuse(_("没有找到表头，须有这几列：%(names)s"), names=needed))
    at, columns = found
    reader = _Reader(sheet, columns, sha256, accounts, version, category, method, today)
    rows: list[ReceiptRow] = []
    faults: list[Fault] = []
    skipped: list[int] = []
    for number in range(at + 1, len(sheet.rows) + 1):
        texts = [sheet.text(number, column) for column in range(sheet.width)]
        if not any(texts):
            continue
        if any(folded(text) in TOTALS for text in texts):
            skipped.append(number)
            continue
        row, wrong = reader.row(number)
        faults += wrong
        rows += [row] if row else []
    bad = len({fault.row for fault in faults})
    refused = _too_many_or_none(len(rows) + bad)
    return Trial(tuple(rows), tuple(faults), tuple(skipped), bad, sheet, at, columns, refused)


def _too_many_or_none(count: int) -> Ruling:
    return require(count, _("表头下面没有内容")) & require(
        count <= MOST_RECEIPTS,
        _("一次最多开具 %(most)s 张，这份表有 %(n)s 行，请分开上传"),
        most=MOST_RECEIPTS,
        n=count,
    )


def _nothing(ruling: Ruling) -> Trial:
    return Trial((), (), (), 0, refused=ruling)


def _headings(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """(row, field → column) of the first row that names every needed column."""
    known = {folded(name): field for field, names in HEADINGS.items() for name in names}
    for row in range(1, min(LOOK_FOR_HEADINGS, len(sheet.rows)) + 1):
        columns: dict[str, int] = {}
        for column in range(sheet.width):
            field = known.get(folded(sheet.text(row, column)))
            if field:
                columns.setdefault(field, column)
        if all(field in columns for field in NEEDED):
            return row, columns
    return None


def read_day(value: Value) -> date | None:
    """A day from a cell: a real one, or 2026-10-03, 2026.10.3, 2026年10月3日, 20261003."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(shown(value)) if not isinstance(value, bool) else None
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return date(year, month, day)
    except ValueError:
        return None


class _Reader:
    """Reads the rows of one sheet."""

    def __init__(
        self,
        sheet: Sheet,
        columns: Mapping[str, int],
        sha256: str,
        accounts: Sequence[Any],
        version: int,
        category: int | None,
        method: str,
        today: date,
    ) -> None:
        self.sheet, self.columns, self.sha256 = sheet, columns, sha256
        self.accounts = {(a.fund, a.code): a for a in accounts}
        self.by_id = {a.pk: a for a in accounts}
        self.version, self.category, self.method, self.today = version, category, method, today

    def row(self, number: int) -> tuple[ReceiptRow | None, list[Fault]]:
        """The receipt a row asks for, or everything that is wrong with it."""
        faults: list[Fault] = []

        def wrong(field: str, ruling: Ruling) -> None:
            column = self.columns.get(field)
            faults.extend(Fault(number, column, reason) for reason in ruling.reasons)

        for field in ("received_on", "amount"):
            if self.sheet.is_formula(number, self.columns[field]):
                wrong(field, refuse(_("单元格是公式，请粘贴为数值")))
        day = read_day(self._value(number, "received_on"))
        fen, bad_amount = parse_yuan(self._value(number, "amount"))
        account, bad_category = self._account(self._text(number, "category"))
        wrong("amount", bad_amount)
        wrong("category", bad_category)
        if day is None:
            told = self._text(number, "received_on")[:20] or "—"
            wrong("received_on", refuse(_("“%(value)s”不是日期"), value=told))
        payer, summary = self._text(number, "payer"), self._text(number, "summary")
        ruling = receipt_rules.may_issue(
            amount_fen=fen if fen is not None else 1,
            payer=payer,
            summary=summary,
            side=account.kind if account else "income",
            received_on=day or self.today,
            today=self.today,
        )
        for reason in ruling.reasons:
            wrong(reason.field, Ruling((reason,)))
        if faults or account is None or fen is None or day is None:
            return None, faults
        return (
            ReceiptRow(
                key=f"sheet:{self.sha256[:40]}:{number}",
                account=account.pk,
                received_on=day,
                amount_fen=fen,
                payer=payer[:100],
                summary=summary[:200],
                method=(self._text(number, "method") or self.method)[:32],
            ),
            [],
        )

    def _value(self, row: int, field: str) -> Value:
        return self.sheet.value(row, self.columns[field]) if field in self.columns else ""

    def _text(self, row: int, field: str) -> str:
        return self.sheet.text(row, self.columns[field]) if field in self.columns else ""

    def _account(self, text: str) -> tuple[Any, Ruling]:
        """The category a row names, or the one chosen for the whole sheet."""
        if not text:
            chosen = self.by_id.get(self.category or 0)
            return chosen, Ruling() if chosen else refuse(_("没有写科目，也没有为整份表选科目"))
        named = [
            self.accounts[leaf.fund, leaf.code]
            for leaf in categories_named(text, version=self.version)
            if (leaf.fund, leaf.code) in self.accounts
        ]
        if len(named) == 1:
            return named[0], Ruling()
        if not named:
            return None, refuse(_("没有“%(name)s”这个收入或押金科目"), name=text[:40])
        return None, refuse(_("“%(name)s”可能是几个科目，请写全称"), name=text[:40])


def bad_rows(trial: Trial, *, say: Any) -> bytes:
    """The rows that need mending as a workbook; `say` puts a reason into words."""
    assert trial.sheet is not None
    by_row: dict[int, list[tuple[int | None, str]]] = {}
    for fault in trial.faults:
        by_row.setdefault(fault.row, []).append((fault.column, say(fault.reason)))
    money = (trial.columns or {}).get("amount")
    return write_bad_rows(
        [
            BadSheet(
                trial.sheet,
                trial.heading_row,
                [BadRow(row, faults) for row, faults in by_row.items()],
                figure_columns=() if money is None else (money,),
            )
        ]
    )
