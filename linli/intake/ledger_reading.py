"""A workbook's ledger sheets read as a whole: the door through which other parts come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.intake import rules
from linli.intake.faults import Fault, Left
from linli.intake.ledger_checks import Checks, mark_breaks
from linli.intake.ledger_entries import Vouchers, resolve_years
from linli.intake.ledger_rows import (
    BY_CATEGORY,
    DIRECTED,
    LINE,
    OPENING,
    SIGNED,
    TWO_COLUMNS,
    Row,
    RowReader,
)
from linli.intake.ledger_sheet import AccountHint, LedgerSheet, SheetProject
from linli.intake.mapping import FileMapping
from linli.intake.preamble import Preamble, read_preamble
from linli.intake.projects_sheet import read_projects
from linli.intake.words import aliases, large_unit, weak_aliases
from linli.kernel.money import parse_yuan
from linli.kernel.words import gettext_noop as _
from linli.sheets.headings import Headings, Wanted, complete, find_headings
from linli.sheets.model import Sheet, Workbook, column_letter
from linli.sources.chart import FUNDS

_NEEDED = (
    ("date", _("没有找到“日期”栏")),
    ("category", _("没有找到“类别”栏")),
    ("income", _("没有找到“收入”“支出”栏")),
)
_SIGNS = (
    frozenset({"date"}),
    frozenset({"category"}),
    frozenset({"income", "expense", "amount"}),
)
_MATTERS = ("date", "voucher", "fund", "category", "income", "expense", "amount", "balance")


@dataclass(frozen=True, slots=True)
class _Page:
    """A sheet that is read as ledger."""

    sheet: Sheet
    headings: Headings
    preamble: Preamble


def read_ledger(
    book: Workbook,
    *,
    categories: Sequence[rules.Leaf],
    funds: Mapping[str, rules.NamedFund] = FUNDS,
    mapping: FileMapping | None = None,
    sheets: Sequence[str] = (),
) -> LedgerSheet:
    """Read the ledger in a workbook: entries, openings, projects, and every fault at once.

    `categories` and `funds` are the chart; `mapping` names columns and values that no alias
    covers; `sheets` chooses sheets by name. Without a choice the one sheet that looks like a
    ledger is read, or several when no month stands in two of them. Never raises for anything
    that is in the workbook: what cannot be read is a fault.
    """
    chart = rules.Chart(
        categories,
        funds,
        fund_words=mapping.funds if mapping else None,
        category_words=mapping.categories if mapping else None,
    )
    wanted = Wanted(aliases("ledger"), _SIGNS, weak_aliases(), mapping.columns if mapping else None)
    pages, faults = _pages(book, wanted, sheets)
    reading = _Reading(book, chart, mapping, pages, faults)
    return reading.result()


def ledger_wanted() -> Wanted:
    """How the headings of a ledger are found without a mapping; for proposing one."""
    return Wanted(aliases("ledger"), _SIGNS, weak_aliases())


def _pages(
    book: Workbook, wanted: Wanted, chosen: Sequence[str]
) -> tuple[list[_Page], list[Fault]]:
    pages, faults = [], []
    partial: tuple[Sheet, Headings] | None = None
    for sheet in book.visible_sheets if not chosen else book.sheets:
        if chosen and sheet.name not in chosen:
            continue
        headings = find_headings(sheet, wanted)
        if headings is not None and complete(headings, wanted):
            preamble = read_preamble(sheet, above=headings.first_row)
            pages.append(_Page(sheet, headings, preamble))
        elif headings is not None and (
            partial is None or len(headings.columns) > len(partial[1].columns)
        ):
            partial = (sheet, headings)
    for name in chosen:
        if book.sheet(name) is None:
            faults.append(
                Fault(name, 0, "sheet", _("没有名为“%(sheet)s”的工作表"), {"sheet": name})
            )
    if not pages and not faults:
        faults += _nothing_found(book, partial)
    return pages, faults


def _nothing_found(book: Workbook, partial: tuple[Sheet, Headings] | None) -> list[Fault]:
    if partial is None:
        name = book.visible_sheets[0].name if book.visible_sheets else ""
        text = _("没有找到账页的表头；表头应有日期、类别、收入、支出等栏，或用映射文件指明")
        return [Fault(name, 0, "heading", text)]
    sheet, headings = partial
    money = {"income", "expense", "amount"} & headings.columns.keys()
    return [
        Fault(sheet.name, headings.last_row, field, text)
        for field, text in _NEEDED
        if field not in headings.columns and not (field == "income" and money)
    ] + _missing(sheet, headings)


def _missing(sheet: Sheet, headings: Headings) -> list[Fault]:
    text = _("映射文件中的栏目“%(heading)s”在表中没有找到")
    return [
        Fault(sheet.name, headings.last_row, field, text, {"heading": heading})
        for field, heading in headings.missing
    ]


class _Reading:
    """The sheets chosen, read together: numbers and sums run over all of them."""

    def __init__(
        self,
        book: Workbook,
        chart: rules.Chart,
        mapping: FileMapping | None,
        pages: list[_Page],
        faults: list[Fault],
    ) -> None:
        self._book = book
        self._chart = chart
        self._scope = (mapping.voucher_scope if mapping else "") or None
        self._pages = pages
        self._faults = faults
        self._warnings: list[Fault] = []
        self._rows: list[Row] = []
        self._left: list[tuple[str, Left]] = []
        self._resolved: dict[tuple[str, int], date] = {}

    def result(self) -> LedgerSheet:
        projects = self._projects()
        for page in self._pages:
            self._page(page)
        self._name_projects(projects)
        self._judge_overlap()
        vouchers = Vouchers(self._rows, scope=self._scope)
        vouchers.mark()
        mark_breaks(self._rows)
        vouchers.enter()
        checks = Checks(self._chart)
        checks.openings_and_sums(
            [r for r in self._rows if r.number_in_sheet not in vouchers.passed]
        )
        self._close(vouchers, checks)
        counted = [row for row in self._rows if row.kind in (LINE, OPENING)]
        bad = sum(bool(row.faults) for row in counted)
        first = self._pages[0] if self._pages else None
        years = {year for page in self._pages for year in page.preamble.years}
        return LedgerSheet(
            title=first.preamble.title if first else "",
            years=tuple(sorted(years)),
            account_hint=first.preamble.account if first else AccountHint(),
            voucher_scope=vouchers.scope,
            openings=tuple(checks.openings),
            entries=tuple(vouchers.entries) if self._pages else (),
            projects=projects,
            faults=tuple(self._faults),
            warnings=tuple(self._warnings),
            subtotals=tuple(checks.subtotals),
            rows_total=len(counted),
            rows_good=len(counted) - bad,
            rows_bad=bad,
            column_map=first.headings.use() if first else (),
            sheets=tuple(page.sheet.name for page in self._pages),
            left=tuple(self._left),
            heading_rows={page.sheet.name: page.headings.last_row for page in self._pages},
            columns={page.sheet.name: page.headings.columns for page in self._pages},
            resolved_days=self._resolved,
            bad_days={row.number_in_sheet: row.on for row in counted if row.faults},
        )

    def _page(self, page: _Page) -> None:
        sheet, headings = page.sheet, page.headings
        self._judge_headings(page)
        way = _way(sheet, headings)
        if way == BY_CATEGORY:
            text = _("金额只有一栏且都是正数，收支方向按类别确定")
            self._warn(sheet.name, headings.last_row, "amount", text)
        fund = self._chart.fund_in([*page.preamble.texts, sheet.name])
        if "fund" not in headings.columns and fund:
            text = _("没有资金来源栏，按表题记入“%(fund)s”")
            self._warn(sheet.name, headings.last_row, "fund", text, fund=self._chart.names[fund])
        reader = RowReader(sheet, headings, self._chart, way=way, default_fund=fund)
        reader.read()
        self._warnings += reader.warnings
        self._left += [(sheet.name, left) for left in reader.left]
        self._resolved |= resolve_years(reader.rows, years=page.preamble.years)
        self._rows += reader.rows
        self._judge_years(page, reader.rows)
        self._warn_hidden(page, reader.rows)

    def _warn(self, sheet: str, row: int, field: str, text: str, /, **values: object) -> None:
        self._warnings.append(Fault(sheet, row, field, text, values))

    def _judge_headings(self, page: _Page) -> None:
        sheet, headings = page.sheet, page.headings
        self._faults += _missing(sheet, headings)
        for field, columns in headings.doubles.items():
            text = _("有几栏都像“%(heading)s”（%(columns)s），请在映射文件中指明用哪一栏")
            letters = [column_letter(column) for column in columns]
            values = {"heading": headings.labels[columns[0]], "columns": letters}
            found = Fault(sheet.name, headings.last_row, field, text, values, columns[0])
            (self._faults if field in _MATTERS else self._warnings).append(found)
        money = (headings.columns.get(name) for name in ("income", "expense", "amount"))
        units = [large_unit(headings.labels[column]) for column in money if column is not None]
        if unit := (page.preamble.large_unit or next(filter(None, units), "")):
            text = _("表中金额以%(unit)s为单位，请换算成元")
            self._faults.append(
                Fault(sheet.name, headings.first_row, "amount", text, {"unit": unit})
            )

    def _judge_years(self, page: _Page, rows: list[Row]) -> None:
        years = page.preamble.years
        outside = [row.number for row in rows if years and row.on and row.on.year not in years]
        if outside:
            text = _("第 %(rows)s 行的日期不在表题所写的年份内，请核对")
            self._warn(page.sheet.name, outside[0], "date", text, rows=ranges(outside))

    def _warn_hidden(self, page: _Page, rows: list[Row]) -> None:
        sheet = page.sheet
        if hidden := [row.number for row in rows if row.number in sheet.hidden_rows]:
            text = _("第 %(rows)s 行是隐藏行，已照常读入")
            self._warn(sheet.name, hidden[0], "row", text, rows=ranges(hidden))
        for use in page.headings.use():
            if use.column in sheet.hidden_columns:
                text = _("“%(heading)s”（%(letter)s 列）是隐藏列，已照常读入")
                values = {"heading": use.heading, "letter": use.letter}
                self._warn(sheet.name, page.headings.last_row, use.field, text, **values)

    def _judge_overlap(self) -> None:
        """Several sheets are read together only when no month stands in two of them."""
        seen: dict[tuple[int, int], str] = {}
        for row in self._rows:
            if row.on is not None and row.kind == LINE:
                other = seen.setdefault((row.on.year, row.on.month), row.sheet)
                if other != row.sheet:
                    text = _("“%(one)s”和“%(other)s”都有 %(month)s 月的账，请选择要导入的工作表")
                    values = {"one": other, "other": row.sheet, "month": row.on.month}
                    self._faults.append(Fault(row.sheet, 0, "sheet", text, values))
                    return
        if len(self._pages) > 1:
            names = [page.sheet.name for page in self._pages]
            text = _("几张工作表合在一起读入：%(sheets)s")
            self._warn(names[0], 0, "sheet", text, sheets=names)

    def _projects(self) -> tuple[SheetProject, ...]:
        used = {page.sheet.name for page in self._pages}
        others = [sheet for sheet in self._book.visible_sheets if sheet.name not in used]
        projects, faults, names = read_projects(others, chart=self._chart)
        self._faults += faults
        if not self._pages:
            return projects
        for sheet in others:
            if sheet.name not in names and any(any(v != "" for v in r) for r in sheet.rows):
                self._warn(sheet.name, 0, "sheet", _("工作表“%(sheet)s”没有读入"), sheet=sheet.name)
        if hidden := [sheet.name for sheet in self._book.sheets if not sheet.visible]:
            self._warn(hidden[0], 0, "sheet", _("隐藏的工作表没有读入：%(sheets)s"), sheets=hidden)
        return projects

    def _name_projects(self, projects: Sequence[SheetProject]) -> None:
        """A row may name its project by code or by name; one that is not listed is told."""
        known = {project.name: project.code for project in projects if project.name}
        known |= {project.code: project.code for project in projects}
        for row in self._rows:
            if row.project and projects and row.project not in known:
                text = _("项目“%(project)s”不在服务项目表中")
                self._warn(row.sheet, row.number, "project", text, project=row.project)
            row.project = known.get(row.project, row.project)

    def _close(self, vouchers: Vouchers, checks: Checks) -> None:
        """Gather faults in the order of the sheet; sums count as faults only where no row is bad."""
        by_row = [fault for row in self._rows for fault in row.faults]
        self._warnings += [*vouchers.warnings, *checks.warnings]
        if vouchers.scope == rules.MONTH and self._scope is None:
            text = _("凭证号每月从头编号，按月识别")
            self._warn(self._pages[0].sheet.name, 0, "voucher", text)
        spoiled = bool(by_row or self._faults)
        (self._warnings if spoiled else self._faults).extend(checks.found)
        self._faults += by_row
        order = {sheet.name: at for at, sheet in enumerate(self._book.sheets)}
        for found in (self._faults, self._warnings):
            found.sort(key=lambda fault: (order.get(fault.sheet, -1), fault.row))
        if self._pages and not vouchers.entries and not by_row:
            self._warn(self._pages[0].sheet.name, 0, "row", _("表中没有流水行"))


def _way(sheet: Sheet, headings: Headings) -> str:
    """How amounts stand: in two columns, or in one with signs, a direction, or the category."""
    columns = headings.columns
    two = {"income", "expense"} & columns.keys()
    if two and columns.get("income") != columns.get("expense"):
        return TWO_COLUMNS
    if two:
        return SIGNED
    if "direction" in columns:
        return DIRECTED
    at = columns["amount"]
    below = sheet.rows[headings.last_row :]
    negative = any(
        (parse_yuan(row[at])[0] or 0) < 0 for row in below if at < len(row) and row[at] != ""
    )
    return SIGNED if negative else BY_CATEGORY


def ranges(numbers: Iterable[int]) -> str:
    """``3–5、8`` for 3, 4, 5, 8."""
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return "、".join(str(a) if a == b else f"{a}–{b}" for a, b in found)
