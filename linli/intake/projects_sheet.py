"""The second sheet of a ledger: projects, with what their agreements allow from each fund."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from linli.intake import rules
from linli.intake.faults import Fault, faults_of
from linli.intake.ledger_rows import sum_label
from linli.intake.ledger_sheet import SheetProject
from linli.intake.words import aliases, large_unit, project_sheets
from linli.kernel.money import parse_yuan, yuan
from linli.kernel.rulings import Ruling
from linli.kernel.words import gettext_noop as _
from linli.sheets.headings import Headings, Wanted, complete, find_headings, heading_key
from linli.sheets.model import Sheet, Value, place, shown
from linli.sources.chart import folded

_SIGNS = (frozenset({"code", "name"}), frozenset({"budget"}))
_MOST = {"code": 32, "name": 100, "agreement": 64, "contractor": 100, "need": 200}


@dataclass(slots=True)
class _Project:
    code: str
    name: str
    budgets: dict[str, int] = field(default_factory=dict)
    agreement: str = ""
    contractor: str = ""
    need: str = ""
    rows: list[int] = field(default_factory=list)


def read_projects(
    sheets: Sequence[Sheet], *, chart: rules.Chart
) -> tuple[tuple[SheetProject, ...], list[Fault], tuple[str, ...]]:
    """(projects, faults, names of the sheets that were read) from whichever sheets list projects.

    A project may stand in several rows, one for each fund, or have a column for each fund.
    """
    projects: dict[str, _Project] = {}
    faults: list[Fault] = []
    names = []
    for sheet in sheets:
        wanted = Wanted(aliases("projects"), _SIGNS)
        headings = find_headings(sheet, wanted)
        named = folded(sheet.name) in project_sheets()
        by_fund = _fund_columns(headings, chart) if headings else {}
        found = headings is not None and (complete(headings, wanted) or bool(by_fund))
        if headings is None or not found or not (named or "code" in headings.columns):
            if named and any(shown(value) for row in sheet.rows for value in row):
                text = _("没有找到项目表的表头；应有项目编号、项目名称、资金来源、预算等栏")
                faults.append(Fault(sheet.name, 0, "heading", text))
                names.append(sheet.name)
            continue
        names.append(sheet.name)
        _Reader(sheet, headings, chart, by_fund, projects, faults).read()
    return (
        tuple(
            SheetProject(
                p.code, p.name, p.budgets, p.agreement, p.contractor, p.need, tuple(p.rows)
            )
            for p in projects.values()
        ),
        faults,
        tuple(names),
    )


def _fund_columns(headings: Headings, chart: rules.Chart) -> dict[int, str]:
    """Columns headed by the name of a fund (资金来源 over 财政经费、公共收益、种子基金)."""
    found = {}
    taken = set(headings.columns.values()) - {headings.columns.get("budget", -1)}
    for column, label in enumerate(headings.labels):
        plain = re.sub("预算|金额|资金来源", "", heading_key(label))
        code, ruling = chart.fund(plain)
        if column not in taken and plain and ruling.allowed:
            found[column] = code
    return found


class _Reader:
    def __init__(
        self,
        sheet: Sheet,
        headings: Headings,
        chart: rules.Chart,
        by_fund: dict[int, str],
        projects: dict[str, _Project],
        faults: list[Fault],
    ) -> None:
        self._sheet = sheet
        self._headings = headings
        self._chart = chart
        self._by_fund = by_fund
        self._projects = projects
        self._faults = faults

    def read(self) -> None:
        budget = self._headings.columns.get("budget")
        if budget is not None and (unit := large_unit(self._headings.labels[budget])):
            text = _("表中金额以%(unit)s为单位，请换算成元")
            self._fault(self._headings.last_row, "budget", text, unit=unit)
        for number in range(self._headings.last_row + 1, len(self._sheet.rows) + 1):
            if any(shown(value) for value in self._sheet.rows[number - 1]):
                self._row(number)

    def _text(self, number: int, name: str) -> str:
        column = self._headings.columns.get(name)
        return "" if column is None else self._sheet.text(number, column)

    def _fault(self, number: int, name: str, text: str, /, **values: object) -> None:
        at = self._headings.columns.get(name)
        self._faults.append(Fault(self._sheet.name, number, name, text, values, at))

    def _row(self, number: int) -> None:
        code, name = self._text(number, "code"), self._text(number, "name")
        if sum_label(code or name)[2] or self._is_remark(number):
            return
        code = code or (name if "code" not in self._headings.columns else "")
        if not code:
            self._fault(number, "code", _("未填项目编号"))
            return
        for field_, most in _MOST.items():
            if len(self._text(number, field_)) > most:
                self._fault(number, field_, _("文字过长，最多 %(most)s 字"), most=most)
                return
        project = self._projects.setdefault(code, _Project(code, name or code))
        if name and project.rows and name != project.name:
            text = _("项目编号“%(code)s”已用于“%(name)s”")
            self._fault(number, "code", text, code=code, name=project.name)
            return
        project.rows.append(number)
        for field_ in ("agreement", "contractor", "need"):
            setattr(project, field_, getattr(project, field_) or self._text(number, field_))
        for fund, fen in self._budgets(number):
            if project.budgets.setdefault(fund, fen) != fen:
                text = _("项目“%(code)s”的同一资金有两个预算")
                self._fault(number, "budget", text, code=code)

    def _is_remark(self, number: int) -> bool:
        """A line of text under the list: nothing but its first cell is filled."""
        filled = [value for value in self._sheet.rows[number - 1] if shown(value)]
        return len(filled) == 1 and isinstance(filled[0], str)

    def _budgets(self, number: int) -> Iterator[tuple[str, int]]:
        if self._by_fund:
            for column, fund in self._by_fund.items():
                if shown(self._sheet.value(number, column)) not in ("", "-", "/", "0"):
                    yield from self._budget(number, column, fund)
            return
        text = self._text(number, "fund")
        fund, ruling = self._chart.fund(text)
        if not ruling.allowed:
            self._refuse(number, "fund", ruling)
            return
        yield from self._budget(number, self._headings.columns["budget"], fund)

    def _budget(self, number: int, column: int, fund: str) -> Iterator[tuple[str, int]]:
        value: Value = self._sheet.value(number, column)
        if place(number, column) in self._sheet.formulas:
            self._fault(number, "budget", _("单元格是公式，请改为数值（复制后选“粘贴为数值”）"))
            return
        fen, ruling = parse_yuan(value)
        self._refuse(number, "budget", ruling)
        if fen is not None and fen <= 0:
            self._fault(number, "budget", _("预算应大于零（%(amount)s 元）"), amount=yuan(fen))
        elif fen is not None:
            yield fund, fen

    def _refuse(self, number: int, name: str, ruling: Ruling) -> None:
        at = self._headings.columns.get(name)
        self._faults += faults_of(ruling, sheet=self._sheet.name, row=number, field=name, column=at)
