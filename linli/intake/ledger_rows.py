"""The rows of a ledger sheet one by one: what each is, what it says, what is wrong with it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linli.intake import rules
from linli.intake.faults import Fault, Left, faults_of
from linli.intake.ledger_sheet import TEXTS
from linli.intake.words import row_words
from linli.kernel.money import parse_yuan
from linli.kernel.rulings import Ruling
from linli.kernel.words import gettext_noop as _
from linli.sheets.dates import MonthDay, read_day
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet, Value, place, shown
from linli.sources.chart import folded

LINE, OPENING, CLOSING, SUBTOTAL = "line", "opening", "closing", "subtotal"
CARRIED = "carried"
TWO_COLUMNS, SIGNED, DIRECTED, BY_CATEGORY = "two columns", "signed", "directed", "by category"

_ABSENT = -1  # The place of a column that the sheet does not have: an empty cell at the end.
_MONEY = ("income", "expense", "amount")
_MOST_FILLED = 1_000_000
_FILLED_DOWN = ("date", "voucher", "fund", "category", "account", "project", *TEXTS)
_LABELLED = ("sequence", "date", "voucher", "fund", "category", "counterparty", "summary", "note")
_SUM = re.compile(
    r"(?:\d{4}年)?(?:(?P<month>\d{1,2})月份?|[一二三四五六七八九十]{1,2}月份?|第?[一二三四1-4]季度?|[上下]半年"
    r"|本[页月期季年]|当[月年]|本年度|全年)?(?P<fund>.{0,12}?)(?:收支)?"
    r"(?P<word>小计|合计|总计|累计|共计|总额|发生额合计|本年累计)(?:数|金额)?"
)


@dataclass(slots=True)
class Row:
    """A row on its way from cells to a line. `written` is a day whose year is still missing."""

    sheet: str
    number: int
    kind: str = LINE
    label: str = ""
    on: date | None = None
    written: MonthDay | None = None
    voucher: str = ""
    fund: str = ""
    leaf: rules.Leaf | None = None
    amount_fen: int | None = None
    income_fen: int | None = None
    expense_fen: int | None = None
    balance_fen: int | None = None
    account: str = ""
    project: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def number_in_sheet(self) -> tuple[str, int]:
        return self.sheet, self.number


class RowReader:
    """Reads the rows below the headings of one sheet.

    `way` tells how amounts stand: two columns, one signed, one with a direction beside it, or one
    whose direction follows from the category. `default_fund` is the one that the title names,
    for a sheet without a column of funds.
    """

    def __init__(
        self,
        sheet: Sheet,
        headings: Headings,
        chart: rules.Chart,
        *,
        way: str,
        default_fund: str = "",
    ) -> None:
        self._sheet = sheet
        self._headings = headings
        self._chart = chart
        self._way = way
        self._default_fund = default_fund
        self._column = dict(headings.columns)
        self._width = max(self._column.values()) + 1
        self._filled = filled_down(sheet, headings.columns, below=headings.last_row)
        self._funds: dict[tuple[Value, Value], tuple[str, Ruling]] = {}
        self._leaves: dict[tuple[str, Value], tuple[rules.Leaf | None, Ruling]] = {}
        self._texts = [(name, self._column[name]) for name in TEXTS if name in self._column]
        self._money = [self._column[name] for name in _MONEY if name in self._column]
        at = self._column.get
        self._at_date, self._at_voucher = self._column["date"], at("voucher", _ABSENT)
        self._at_fund, self._at_category = at("fund", _ABSENT), at("category", _ABSENT)
        self._at_account, self._at_project = at("account", _ABSENT), at("project", _ABSENT)
        self._at_income, self._at_expense = at("income", _ABSENT), at("expense", _ABSENT)
        self._at_balance = at("balance", _ABSENT)
        self.rows: list[Row] = []
        self.left: list[Left] = []
        self.warnings: list[Fault] = []

    def read(self) -> None:
        """Fill `rows`, `left` and `warnings`."""
        headings = self._headings
        for number in range(1, headings.last_row + 1):
            if any(value != "" for value in self._sheet.rows[number - 1]):
                above = number < headings.first_row
                self.left.append(Left(number, _("表题、说明") if above else _("表头")))
        first = headings.last_row + 1
        for number, cells in enumerate(self._sheet.rows[headings.last_row :], start=first):
            filled = any(value != "" and str(value).strip() for value in cells)
            if filled or self._has_formula(number):
                self._row(number, self._cells(number, cells))

    def _has_formula(self, number: int) -> bool:
        formulas = self._sheet.formulas
        return bool(formulas) and any(place(number, at) in formulas for at in self._money)

    def _cells(self, number: int, cells: list[Value]) -> list[Value]:
        """The row with an empty cell at its end, which stands for every column there is not."""
        cells = cells + [""] * max(1, self._width - len(cells) + 1)
        if number in self._filled:
            for column, value in self._filled[number].items():
                cells[column] = value
        return cells

    def _get(self, cells: list[Value], name: str) -> Value:
        return cells[self._column.get(name, _ABSENT)]

    def _row(self, number: int, cells: list[Value]) -> None:
        row = Row(self._sheet.name, number)
        category = cells[self._at_category]
        row.fund, fund_ruling = self._fund(cells[self._at_fund], category)
        row.leaf, leaf_ruling = self._leaf(row.fund, category)
        if row.leaf is None:
            if self._special(row, cells):
                return
            self._add("fund", row, fund_ruling)
            if row.fund:
                self._add("category", row, leaf_ruling)
        self._line(row, cells)
        self.rows.append(row)

    def _fund(self, value: Value, category: Value) -> tuple[str, Ruling]:
        """By its column; without one, by the title, or by a category that only one fund has."""
        has_column = self._at_fund != _ABSENT
        key = (value, "" if has_column else category)
        if key not in self._funds:
            if has_column:
                found = self._chart.fund(shown(value))
            else:
                owners = self._chart.funds_of(shown(category)) - {""}
                only = next(iter(owners)) if len(owners) == 1 else ""
                found = self._chart.fund(self._default_fund or only)
            self._funds[key] = found
        return self._funds[key]

    def _leaf(self, fund: str, value: Value) -> tuple[rules.Leaf | None, Ruling]:
        key = (fund, value)
        if key not in self._leaves:
            self._leaves[key] = self._chart.category(shown(value), fund=fund)
        return self._leaves[key]

    def _add(self, name: str, row: Row, ruling: Ruling, column: int | None = None) -> None:
        if not ruling.allowed:
            at = self._column.get(name) if column is None else column
            row.faults += faults_of(ruling, sheet=row.sheet, row=row.number, field=name, column=at)

    # Rows that are no vouchers

    def _special(self, row: Row, cells: list[Value]) -> bool:
        """Take the row as an opening, a subtotal, a heading again or a remark, if it is one."""
        for name in _LABELLED:
            value = self._get(cells, name)
            if isinstance(value, str) and value and len(value) <= 30:
                kind = _kind_of(value)
                if kind and (kind != SUBTOTAL or self._is_subtotal(row, cells, name, value)):
                    row.kind, row.label = kind, shown(value)
                    self._labelled(row, cells)
                    return True
        if self._repeats_headings(cells):
            self.left.append(Left(row.number, _("重复的表头")))
            return True
        if self._is_remark(row, cells):
            self.left.append(Left(row.number, _("说明文字")))
            return True
        return False

    def _labelled(self, row: Row, cells: list[Value]) -> None:
        if row.kind == OPENING:
            self._opening(row, cells)
            self.rows.append(row)
        elif row.kind == CARRIED:
            self.left.append(Left(row.number, _("转页行")))
        else:
            self._stated(row, cells)
            self.left.append(Left(row.number, _("合计、结余行，只用于核对")))
            self.rows.append(row)

    def _is_subtotal(self, row: Row, cells: list[Value], name: str, value: str) -> bool:
        """A sum over everything, a fund or a category; not a voucher whose text ends in 合计."""
        of = sum_label(value)[1]
        if of and not self._chart.fund(of)[1].allowed and not self._chart.funds_of(of):
            return False
        numbered = bool(shown(self._get(cells, "voucher"))) and name != "voucher"
        classed = bool(shown(self._get(cells, "category"))) and name != "category"
        dated = read_day(self._get(cells, "date"))[0] is not None
        return not (classed or (numbered and dated))

    def _repeats_headings(self, cells: list[Value]) -> bool:
        labels = self._headings.labels
        same = sum(
            folded(shown(cells[at])) == folded(labels[at].rpartition("/")[2])
            for at in set(self._column.values())
            if isinstance(cells[at], str) and cells[at]
        )
        return same >= 3

    def _is_remark(self, row: Row, cells: list[Value]) -> bool:
        """Text without a day, a voucher number, a fund that is known, or any figure."""
        if row.fund and "fund" in self._column:
            return False
        if shown(self._get(cells, "voucher")) or self._has_formula(row.number):
            return False
        if read_day(self._get(cells, "date"))[0] is not None:
            return False
        figures = (*_MONEY, "balance")
        return all(shown(self._get(cells, name)) == "" for name in figures)

    def _opening(self, row: Row, cells: list[Value]) -> None:
        """An opening row's amount is its only number, in whatever column."""
        if "fund" not in self._column:
            row.fund = self._default_fund or self._chart.fund_in([row.label])
        row.fund, ruling = self._chart.fund(row.fund or shown(self._get(cells, "fund")))
        self._add("fund", row, ruling)
        given = self._get(cells, "date")
        if given != "":
            day, ruling = read_day(given)
            self._add("date", row, ruling)
            row.on = day if isinstance(day, date) else None
        figures = self._figures(cells)
        columns = [column for column, _fen in figures]
        if any(self._is_formula(row.number, column) for column in columns) or (
            not figures and self._has_formula(row.number)
        ):
            self._formula(row, columns[0] if columns else None)
        elif len({fen for _column, fen in figures}) != 1:
            text = _("结余行应当只有一个金额") if figures else _("结余行没有金额")
            row.faults.append(Fault(row.sheet, row.number, "amount", text))
        elif figures[0][1] < 0:
            text = _("结余不能为负数")
            row.faults.append(Fault(row.sheet, row.number, "amount", text, column=columns[0]))
        else:
            row.amount_fen = figures[0][1]

    def _figures(self, cells: list[Value]) -> list[tuple[int, int]]:
        """(column, fen) of every number in the row that is no day, number of a row or of a paper."""
        passed = {
            self._column.get(n) for n in ("sequence", "date", "voucher", "document", "project")
        }
        found = []
        for column, value in enumerate(cells):
            if column not in passed and isinstance(value, str | int | float) and value != "":
                fen, _ruling = parse_yuan(value)
                if fen is not None:
                    found.append((column, fen))
        return found

    def _stated(self, row: Row, cells: list[Value]) -> None:
        """What a subtotal or closing row states; not taken in, so that a formula may stand here."""
        if self._way == TWO_COLUMNS:
            row.income_fen = self._plain_fen(cells, "income")
            row.expense_fen = self._plain_fen(cells, "expense")
        else:
            row.amount_fen = self._plain_fen(cells, "amount")
        if row.kind == CLOSING:
            figures = {fen for _column, fen in self._figures(cells)}
            row.balance_fen = figures.pop() if len(figures) == 1 else None

    def _plain_fen(self, cells: list[Value], name: str) -> int | None:
        value = self._get(cells, name)
        return parse_yuan(value)[0] if shown(value) else None

    # Rows that are vouchers

    def _line(self, row: Row, cells: list[Value]) -> None:
        self._day(row, cells[self._at_date])
        voucher = shown(cells[self._at_voucher])
        row.voucher = "".join(voucher.split()) if voucher.isascii() else _plain(voucher)
        row.account = shown(cells[self._at_account])
        row.project = shown(cells[self._at_project])
        for name, column in self._texts:
            value = cells[column]
            if value != "":
                row.texts[name] = shown(value)
        self._amount(row, cells)
        self._balance(row, cells)
        self._judge(row)
        if self._sheet.formulas:
            self._text_formulas(row)

    def _day(self, row: Row, value: Value) -> None:
        if self._sheet.formulas and self._is_formula(row.number, self._at_date):
            self._formula(row, self._at_date, name="date")
            return
        day, ruling = read_day(value)
        if isinstance(day, date):
            row.on = day
        else:
            row.written = day
            self._add("date", row, ruling)

    def _amount(self, row: Row, cells: list[Value]) -> None:
        at = self._money[0]
        if self._has_formula(row.number):
            at = next(at for at in self._money if self._is_formula(row.number, at))
            self._formula(row, at)
            return
        if self._way == TWO_COLUMNS:
            income, expense = cells[self._at_income], cells[self._at_expense]
            fen, ruling = rules.amount_of(income=income, expense=expense)
            if rules.is_blank_amount(income) and not rules.is_blank_amount(expense):
                at = self._at_expense
        else:
            fen, ruling = self._single(row, cells[at], self._get(cells, "direction"))
        if fen is None:
            self._add("amount", row, ruling, at)
        else:
            row.amount_fen = fen
            row.income_fen, row.expense_fen = (fen, 0) if fen > 0 else (0, -fen)

    def _single(self, row: Row, value: Value, direction: Value) -> tuple[int | None, Ruling]:
        if self._way == SIGNED:
            return rules.signed_amount_of(value)
        if self._way == DIRECTED:
            return rules.directed_amount_of(value, direction=shown(direction))
        return rules.unsigned_amount_of(value, side=row.leaf.side if row.leaf else "")

    def _balance(self, row: Row, cells: list[Value]) -> None:
        value = cells[self._at_balance]
        if value != "" and shown(value) not in ("", "-"):
            row.balance_fen, ruling = parse_yuan(value)
            self._add("balance", row, ruling)

    def _judge(self, row: Row) -> None:
        for name, text in (("voucher", row.voucher), ("project", row.project), *row.texts.items()):
            if len(text) > rules.LENGTHS[name]:
                self._add(name, row, rules.short_enough(field=name, text=text))
        leaf = row.leaf
        if leaf is None:
            return
        fen = row.amount_fen
        contra = fen is not None and rules.is_contra(side=leaf.side, amount_fen=fen)
        if contra:
            document = row.texts.get("document", "")
            ruling = rules.may_go_against(texts=row.texts.values(), document=document)
            self._add("amount", row, ruling, self._column.get("income"))
        decision = row.texts.get("decision", "")
        ruling = rules.needs_decision(
            fund=row.fund, side=leaf.side, contra=contra, decision=decision
        )
        self._add("decision", row, ruling)
        if leaf.needs_note and not row.texts.get("note"):
            self._warn(row, "note", _("类别“%(name)s”请在备注写明来源"), name=leaf.name)

    def _text_formulas(self, row: Row) -> None:
        for name, column in self._column.items():
            if name not in (*_MONEY, "date", "sequence") and self._is_formula(row.number, column):
                text = _("“%(heading)s”是公式，只取它显示的内容")
                self._warn(row, name, text, heading=self._headings.labels[column])

    def _warn(self, row: Row, name: str, text: str, /, **values: object) -> None:
        at = self._column.get(name)
        self.warnings.append(Fault(row.sheet, row.number, name, text, values, at))

    def _is_formula(self, number: int, column: int) -> bool:
        return place(number, column) in self._sheet.formulas

    def _formula(self, row: Row, column: int | None, *, name: str = "amount") -> None:
        text = _("单元格是公式，请改为数值（复制后选“粘贴为数值”）")
        row.faults.append(Fault(row.sheet, row.number, name, text, column=column))


def _kind_of(value: str) -> str:
    """What kind of row a label makes: opening, closing, subtotal, carried, or nothing."""
    label = folded(value)
    if label in row_words("opening"):
        return OPENING
    if label in row_words("closing"):
        return CLOSING
    if label in row_words("carried"):
        return CARRIED
    return SUBTOTAL if _SUM.fullmatch(label) else ""


def _plain(voucher: str) -> str:
    """A voucher number without spaces and full-width signs, so that it is one however written."""
    return "".join(unicodedata.normalize("NFKC", voucher).split())


def sum_label(label: str) -> tuple[int | None, str, str]:
    """(month, text that may name a fund, word) of the label of a subtotal."""
    match = _SUM.fullmatch(folded(label))
    if match is None:
        return None, "", ""
    return int(match["month"]) if match["month"] else None, match["fund"], match["word"]


def filled_down(
    sheet: Sheet, columns: Mapping[str, int], *, below: int
) -> Mapping[int, Mapping[int, Value]]:
    """Row → column → value of cells merged over several rows: they say the same for each row.

    Amounts are never spread, and no more than a million cells are filled.
    """
    wanted = {columns[name] for name in _FILLED_DOWN if name in columns}
    filled: dict[int, dict[int, Value]] = {}
    left_to_fill = _MOST_FILLED
    for top, left, bottom, right in sheet.merged:
        if top > below and bottom > top and left == right and left in wanted:
            bottom = min(bottom, len(sheet.rows))
            left_to_fill -= max(0, bottom - top)
            if left_to_fill < 0:
                break
            value = sheet.value(top, left)
            for number in range(top + 1, bottom + 1):
                filled.setdefault(number, {})[left] = value
    return filled
