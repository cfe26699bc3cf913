"""A register (台账): one page shape for every list of things, and the same columns for Excel.

register = Register(request, rows=Lead.objects.within(scope), columns=COLUMNS, filters=form)
return render(request, register.template("places/leads.html"), {"register": register})
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils.functional import Promise

PER_PAGE = 25
COLUMNS, SORT, PAGE = "columns", "sort", "page"
KINDS = ("text", "money", "number", "percent", "day", "moment", "period", "state", "deadline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column.

    `value`: an attribute path ("book.name") or a function of the row. `kind`: one of KINDS;
    money is fen, state is (word, kind of badge), deadline is days left or None.
    `href`: a function of the row, "" for no link. `shown`: shown unless the reader hides it.
    `sort`: the field that sorts it, "" = not sortable.
    """

    code: str
    label: str | Promise
    value: str | Callable[[Any], Any] = ""
    kind: str = "text"
    href: Callable[[Any], str] | None = None
    shown: bool = True
    sort: str = ""

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        for name in (self.value or self.code).split("."):
            row = getattr(row, name, None)
        return row

    @property
    def is_number(self) -> bool:
        return self.kind in ("money", "number", "percent")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    column: Column
    value: Any
    href: str

    @property
    def is_blank(self) -> bool:
        return self.value is None or self.value == ""

    @property
    def css(self) -> str:
        kinds = (
            ("number", self.column.is_number),
            ("short", self.column.kind != "text"),
            ("blank", self.is_blank),
        )
        return " ".join(name for name, so in kinds if so)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulk:
    """An act on the ticked rows: posted as `act`=code with `row`=pk for each."""

    code: str
    label: str | Promise
    icon: str = ""


class Register:
    """What web/register.html needs. Everything that narrows the list lives in the address.

    `filters`: a bound GET form (rows are already filtered by the caller). `total_count`: the
    size before filtering, if the page should tell it. `counted`: the size after filtering where
    counting is dear. `tabs`: `linli.web.context.Link`s (list, board, map of the same filter).
    `new_url`, `excel_in_url`, `excel_out_url`, `paper_url`: buttons; Excel out and paper get the
    address's query.
    `bulk_url` and `bulk`: acts on ticked rows. `instead`: a template shown in place of the table
    (a board, a map), which finds what it needs in `shown`. `empty_*`: what the list is for, how
    to begin.
    """

    def __init__(
        self,
        request: HttpRequest,
        *,
        rows: Any,
        columns: Sequence[Column],
        filters: forms.Form | None = None,
        total_count: int | None = None,
        counted: int | None = None,
        per_page: int = PER_PAGE,
        tabs: Sequence[Any] = (),
        bulk: Sequence[Bulk] = (),
        bulk_url: str = "",
        new_url: str = "",
        new_label: str | Promise = "",
        excel_in_url: str = "",
        excel_out_url: str = "",
        paper_url: str = "",
        paper_label: str | Promise = "",
        instead: str = "",
        shown: Any = None,
        empty_title: str | Promise = "",
        empty_text: str | Promise = "",
    ) -> None:
        self.request = request
        self.columns = tuple(columns)
        self.filters = filters
        self.total_count = total_count
        self.tabs = tabs
        self.bulk = tuple(bulk)
        self.bulk_url = bulk_url
        self.new_url, self.new_label = new_url, new_label
        self.excel_in_url, self.excel_out_url = excel_in_url, excel_out_url
        self.paper_url, self.paper_label = paper_url, paper_label
        self.empty_title, self.empty_text = empty_title, empty_text
        self.instead, self.shown = instead, shown
        self._rows, self._per_page, self._counted = rows, per_page, counted

    def template(self, whole: str) -> str:
        """The template to render: the whole page, or only the list when htmx asks for it."""
        htmx = getattr(self.request, "htmx", False)
        return "web/register.html#register" if htmx else whole

    @cached_property
    def chosen_columns(self) -> tuple[Column, ...]:
        wanted = self.request.GET.getlist(COLUMNS)
        chosen = tuple(column for column in self.columns if column.code in wanted)
        return chosen or tuple(column for column in self.columns if column.shown)

    @property
    def column_choices(self) -> list[tuple[Column, bool]]:
        return [(column, column in self.chosen_columns) for column in self.columns]

    @cached_property
    def sort(self) -> tuple[str, bool]:
        """(code of the column, descending); ("", False) = the order the rows came in."""
        asked = self.request.GET.get(SORT, "")
        code, descending = asked.removeprefix("-"), asked.startswith("-")
        known = any(column.code == code and column.sort for column in self.columns)
        return (code, descending) if known else ("", False)

    @property
    def headings(self) -> list[tuple[Column, str, str]]:
        """(column, aria-sort or "", the `sort` value its heading leads to)."""
        code, descending = self.sort
        found = []
        for column in self.chosen_columns:
            mine = column.code == code
            state = ("descending" if descending else "ascending") if mine else ""
            leads_to = f"-{column.code}" if mine and not descending else column.code
            found.append((column, state, leads_to if column.sort else ""))
        return found

    @cached_property
    def page(self) -> Page:
        code, descending = self.sort
        rows = self._rows
        if code:
            field = next(column.sort for column in self.columns if column.code == code)
            rows = rows.order_by(f"{'-' if descending else ''}{field}", "pk")
        paginator = Paginator(rows, self._per_page)
        if self._counted is not None:
            paginator.__dict__["count"] = self._counted
        return paginator.get_page(self.request.GET.get(PAGE))

    @property
    def count(self) -> int:
        return self.page.paginator.count if self._counted is None else self._counted

    @property
    def pages(self) -> list[int | str]:
        return list(
            self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1)
        )

    @property
    def rows(self) -> Iterator[tuple[Any, list[Cell]]]:
        """(the row, its cells in the chosen columns) of this page."""
        for row in self.page.object_list:
            yield row, self.cells(row)

    def cells(self, row: Any) -> list[Cell]:
        return [
            Cell(column=column, value=column.of(row), href=column.href(row) if column.href else "")
            for column in self.chosen_columns
        ]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """Query pairs that forms on the page carry along, the page number left behind."""
        pairs = [(key, value) for key, values in self.request.GET.lists() for value in values]
        return [(key, value) for key, value in pairs if key != PAGE]

    @property
    def kept_by_filters(self) -> list[tuple[str, str]]:
        """What the filter form carries along: columns and order, which are not fields of it."""
        return [(key, value) for key, value in self.kept if key in (COLUMNS, SORT)]

    @property
    def kept_by_columns(self) -> list[tuple[str, str]]:
        return [(key, value) for key, value in self.kept if key != COLUMNS]

    @property
    def query(self) -> str:
        """The query of the address without the page, for links to the same choice of rows."""
        query = self.request.GET.copy()
        query.pop(PAGE, None)
        return query.urlencode()

    @cached_property
    def chosen(self) -> list[tuple[Any, Any, str]]:
        """(label, value in words, address without it) of each filter that is set."""
        found = []
        for bound in self.filters or ():
            values = self.request.GET.getlist(bound.html_name)
            words = [value for value in values if value]
            if not words:
                continue
            choices = {str(key): word for key, word in getattr(bound.field, "choices", ())}
            query = self.request.GET.copy()
            query.pop(bound.html_name, None)
            query.pop(PAGE, None)
            said = tuple(str(choices.get(word, word)) for word in words)
            found.append((bound.label, said, f"?{query.urlencode()}"))
        return found
