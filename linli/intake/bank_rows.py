"""The rows of a bank statement one by one: a line, left with a reason, or a fault."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from linli.intake import profiles
from linli.intake.bank_file import BankLine
from linli.intake.faults import Fault, Left, faults_of
from linli.intake.profiles import value_key
from linli.intake.recognise import Table
from linli.intake.rules import is_blank_amount
from linli.intake.words import bank_values
from linli.kernel.money import parse_yuan, yuan
from linli.kernel.rulings import ALLOWED, Ruling, refuse
from linli.kernel.words import gettext_noop as _
from linli.sheets.dates import MonthDay, read_day
from linli.sheets.headings import heading_key
from linli.sheets.model import Value, place, shown

_HERE = ZoneInfo("Asia/Shanghai")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：](\d{2})(?:[:：](\d{2}))?")
_COMPACT_CLOCK = re.compile(r"(\d{1,2})(\d{2})(\d{2})")
_NOTHING = re.compile(r"[-—–/\\.\s]*|无|null")


class BankRowReader:
    """Reads the rows of a table. `events` are lines in the order of the file, None for a row
    whose amount could not be read: no balance can be followed across it."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._sheet = table.sheet
        self._profile = table.profile
        self._sign = _sign(table)
        self.events: list[BankLine | None] = []
        self.left: list[Left] = []
        self.faults: list[Fault] = []
        self.warnings: list[Fault] = []
        self.accounts: list[str] = []
        self._totals: list[tuple[int, int | None, int | None]] = []

    def read(self) -> None:
        for number, cells in enumerate(self._sheet.rows, start=1):
            if not any(shown(value) for value in cells):
                self.left.append(Left(number, _("空行")))
            elif number < self._table.first_row:
                self.left.append(Left(number, _("表头以上的说明")))
            elif number <= self._table.last_row:
                self.left.append(Left(number, _("表头")))
            else:
                self._row(number)

    def _value(self, number: int, field: str) -> Value:
        column = self._table.column(field)
        return "" if column is None else self._sheet.value(number, column)

    def _text(self, number: int, field: str) -> str:
        """The texts of a field's columns, each once; dashes and slashes stand for nothing."""
        found = []
        for column in self._table.columns.get(field, ()):
            text = self._sheet.text(number, column)
            if not _NOTHING.fullmatch(text) and text not in found:
                found.append(text)
        return " ".join(found)

    def _fault(self, number: int, field: str, ruling: Ruling) -> None:
        column = self._table.column(field)
        self.faults += faults_of(
            ruling, sheet=self._sheet.name, row=number, field=field, column=column
        )

    def _row(self, number: int) -> None:
        if self._passed_over(number):
            return
        day, day_ruling = self._day(number)
        if day is None and self._is_remark(number):
            self.left.append(Left(number, _("说明文字")))
            return
        if reason := self._not_counted(number):
            self.left.append(reason)
            return
        amount, amount_ruling = self._amount(number)
        self._fault(number, "date", day_ruling)
        self._fault(number, "amount", amount_ruling)
        if amount is None or day is None:
            self.events.append(None)
        elif amount == 0:
            self.left.append(Left(number, _("金额为零")))
        else:
            self.events.append(self._line(number, day, amount))

    def _passed_over(self, number: int) -> bool:
        """Totals and headings that come again."""
        texts = [shown(value) for value in self._sheet.rows[number - 1]]
        first = next(filter(None, texts), "")
        if self._profile.totals and self._profile.totals.search(first):
            self._totals.append((number, *self._stated(number)))
            self.left.append(Left(number, _("合计行")))
            return True
        labels = {heading_key(label) for label in self._table.labels if label}
        same = sum(heading_key(text) in labels for text in texts if text)
        if same >= 3 and same * 2 > sum(map(bool, texts)):
            self.left.append(Left(number, _("重复的表头")))
            return True
        return False

    def _is_remark(self, number: int) -> bool:
        """A row without a day is a remark where no amount stands in it."""
        filled = sum(bool(shown(value)) for value in self._sheet.rows[number - 1])
        money = [self._value(number, name) for name in ("income", "expense", "amount", "balance")]
        if self._money_formula(number):
            return False
        if filled <= 2:
            return all(is_blank_amount(v) or parse_yuan(v)[0] is None for v in money)
        return all(map(is_blank_amount, money))

    def _not_counted(self, number: int) -> Left | None:
        """Closed transactions, and those that a wallet counts neither as income nor as expense."""
        status = self._text(number, "status")
        if value_key(status) in bank_values("closed"):
            return Left(number, _("%(status)s，没有收付"), {"status": status})
        direction = value_key(shown(self._value(number, "direction")))
        if direction and direction in self._profile.neutral | bank_values("neutral"):
            nature = self._text(number, "nature") or self._text(number, "summary")
            return Left(number, _("不计收支的交易：%(nature)s"), {"nature": nature})
        return None

    # Day and moment

    def _day(self, number: int) -> tuple[date | None, Ruling]:
        column = self._table.column("date")
        if column is not None and place(number, column) in self._sheet.formulas:
            return None, _formula()
        value = self._value(number, "date")
        day, ruling = _formed(value, self._profile.date_form)
        if isinstance(day, MonthDay):
            return None, refuse(_("日期“%(value)s”没有年份"), value=shown(value))
        return day, ruling

    def _moment(self, number: int, day: date) -> datetime | None:
        other = _formed(self._value(number, "time_date"), self._profile.date_form)[0]
        if isinstance(other, date):
            day = other
        for field in ("time", "date"):
            value = self._value(number, field)
            if field == "time" and isinstance(own := _formed(value, "")[0], date):
                day = own
            clock = _clock(value, compact=field == "time")
            if clock is not None:
                return datetime.combine(day, clock, _HERE)
        return None

    # Amount and balance

    def _amount(self, number: int) -> tuple[int | None, Ruling]:
        if self._money_formula(number):
            return None, _formula()
        if self._sign == profiles.COLUMNS:
            return self._two_columns(number)
        value = self._value(number, "amount" if "amount" in self._table.columns else "income")
        if is_blank_amount(value):
            return (0, ALLOWED) if shown(value) else (None, refuse(_("未填写金额")))
        fen, ruling = parse_yuan(value)
        if fen is None or self._sign == profiles.SIGNED:
            return fen, ruling
        if self._sign == profiles.REVERSED:
            return -fen, ruling
        return self._directed(number, fen)

    def _money_formula(self, number: int) -> bool:
        columns = (self._table.column(field) for field in ("income", "expense", "amount"))
        formulas = self._sheet.formulas
        return any(at is not None and place(number, at) in formulas for at in columns)

    def _directed(self, number: int, fen: int) -> tuple[int | None, Ruling]:
        text = shown(self._value(number, "direction"))
        if value_key(text) in bank_values("income"):
            return fen, ALLOWED
        if value_key(text) in bank_values("expense"):
            return -fen, ALLOWED
        return None, refuse(_("收支方向“%(value)s”不明"), value=text)

    def _two_columns(self, number: int) -> tuple[int | None, Ruling]:
        ruling, total, filled = ALLOWED, 0, 0
        for field, sign in (("income", 1), ("expense", -1)):
            value = self._value(number, field)
            if is_blank_amount(value):
                continue
            fen, wrong = parse_yuan(value)
            ruling &= wrong
            total += sign * (fen or 0)
            filled += 1
        if filled == 2:
            ruling &= refuse(_("收入和支出同时有金额"))
        return (total if ruling.allowed else None), ruling

    def _balance(self, number: int) -> int | None:
        value = self._value(number, "balance")
        if not shown(value) or _NOTHING.fullmatch(shown(value)):
            return None
        fen, _ruling = parse_yuan(value)
        if fen is None:
            text = _("余额“%(value)s”认不出，这一行不核对余额")
            self._warn(number, "balance", text, value=shown(value)[:40])
        return fen

    def _warn(self, number: int, field: str, text: str, /, **values: object) -> None:
        column = self._table.column(field)
        self.warnings.append(Fault(self._sheet.name, number, field, text, values, column))

    def _line(self, number: int, day: date, amount: int) -> BankLine:
        if account := self._text(number, "account"):
            self.accounts.append(account)
        if number in self._sheet.hidden_rows:
            self._warn(number, "row", _("隐藏行，已照常读入"))
        return BankLine(
            on=day,
            at=self._moment(number, day),
            amount_fen=amount,
            balance_fen=self._balance(number),
            summary=self._text(number, "summary"),
            counterparty=self._text(number, "counterparty"),
            serial=self._text(number, "serial"),
            source_row=number,
        )

    # Totals

    def _stated(self, number: int) -> tuple[int | None, int | None]:
        keys = [heading_key(label) for label in self._table.labels]
        found: list[int | None] = []
        for field in ("income", "expense"):
            names = self._profile.totals_columns.get(field)
            column = self._table.column(field)
            if names:
                column = next((keys.index(name) for name in names if name in keys), None)
            value = "" if column is None else self._sheet.value(number, column)
            found.append(parse_yuan(value)[0] if shown(value) else None)
        return found[0], found[1]

    def judge_totals(self) -> Iterator[Fault]:
        """A total that does not fit the lines is told; it stops nothing."""
        lines = [line for line in self.events if line is not None]
        income = sum(line.amount_fen for line in lines if line.amount_fen > 0)
        expense = -sum(line.amount_fen for line in lines if line.amount_fen < 0)
        for number, *stated in self._totals:
            for given, summed, text in (
                (stated[0], income, _("合计收入 %(stated)s 元，明细相加是 %(expected)s 元")),
                (stated[1], expense, _("合计支出 %(stated)s 元，明细相加是 %(expected)s 元")),
            ):
                if given is not None and given != summed:
                    values = {"stated": yuan(given), "expected": yuan(summed)}
                    yield Fault(self._sheet.name, number, "total", text, values)


def _sign(table: Table) -> str:
    """The profile's way of signs, or the one that its columns speak of."""
    columns = table.columns
    two = table.column("income"), table.column("expense")
    if two[0] is not None and two[0] == two[1]:
        return table.profile.sign if table.profile.sign == profiles.REVERSED else profiles.SIGNED
    if table.profile.sign:
        return table.profile.sign
    if "amount" in columns and "direction" in columns:
        return profiles.DIRECTION
    return profiles.COLUMNS if two != (None, None) else profiles.SIGNED


def _formula() -> Ruling:
    return refuse(_("单元格是公式，请改为数值（复制后选“粘贴为数值”）"))


def _formed(value: Value, form: str) -> tuple[date | MonthDay | None, Ruling]:
    if form and isinstance(value, str) and (day := _by_form(value.strip(), form)):
        return day, ALLOWED
    return read_day(value)


@lru_cache(maxsize=4096)
def _by_form(text: str, form: str) -> date | None:
    try:
        return datetime.strptime(text, form).date()  # noqa: DTZ007 - only the day is kept
    except ValueError:
        return None


def _clock(value: Value, *, compact: bool) -> time | None:
    """The time of day in a cell, if it tells one; a compact 93005 only where a time is expected."""
    if isinstance(value, datetime):
        return value.time().replace(tzinfo=None)
    if isinstance(value, time):
        return value
    text = shown(value)
    match = _CLOCK.search(text)
    if match is None and compact:
        match = _COMPACT_CLOCK.fullmatch(text)
    if match is None:
        return None
    try:
        return time(int(match[1]), int(match[2]), int(match[3] or 0))
    except ValueError:
        return None
