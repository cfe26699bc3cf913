"""A list brought as a spreadsheet: uploaded, its columns told, looked through, written.

A domain says what its list is (`ImportWizard`) and gives five routes to the wizard's five pages,
named ``<route>``, ``<route>_look``, ``<route>_confirm``, ``<route>_bad`` and ``<route>_template``.
Nothing is written before the last of them; the workbook of bad rows comes back as it was brought.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from linli.files import queries, services
from linli.files.models import File
from linli.kernel.rulings import Refused, Ruling
from linli.sheets import lists
from linli.sheets.answers import XLSX, download
from linli.sheets.writing import Column, Table, write_xlsx
from linli.web.fields import whole_number
from linli.web.reasons import put_on
from linli.web.templatetags.words import say

SHEETS = ".xlsx,.xlsm,.xls,.csv,.tsv,.txt"
SHOWN_FAULTS = 100
UNPROCESSABLE = 422


class SheetForm(forms.Form):
    """A spreadsheet to look through before anything is written."""

    sheet = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("Excel 或 CSV，先检查、后写入"),
        widget=forms.FileInput(attrs={"accept": SHEETS}),
    )


class Plan(Protocol):
    """What a list would change. `changes`: rows that would change anything."""

    faults: Ruling

    @property
    def changes(self) -> int: ...


class ImportWizard(ABC):
    """One list of one domain, for one request.

    `route`: the name of the upload page; `pages`: templates of upload and look, which extend
    ``files/import.html`` and ``files/import_look.html``.
    """

    layout: ClassVar[lists.Layout]
    route: ClassVar[str]
    pages: ClassVar[tuple[str, str]]

    def __init__(self, request: HttpRequest, *route_args: Any) -> None:
        self.request = request
        self.route_args = route_args

    # What a domain says of its list.

    @property
    @abstractmethod
    def sheet_name(self) -> str:
        """What the list is called."""

    @abstractmethod
    def place(self) -> str:
        """Where the file is kept."""

    @abstractmethod
    def read(self, found_in: Any, found: Any, told: lists.Told) -> lists.Read[Any]:
        """The rows of a sheet, as the reader says that it is to be read."""

    @abstractmethod
    def plan(self, rows: Any) -> Plan:
        """What the rows would change: the dry run."""

    @abstractmethod
    def write(self, rows: Any, *, accept_good: bool) -> HttpResponse:
        """Write all rows, or with `accept_good` those that are right; where to go on from there."""

    def hints(self) -> Mapping[str, str]:
        """Field → what may be written there, for the empty list."""
        return {}

    def codes(self) -> frozenset[str]:
        """The codes that a word of the list may be told to stand for."""
        return frozenset()

    def around(self) -> Mapping[str, Any]:
        """What the templates want besides."""
        return {}

    # The pages.

    def upload(self) -> HttpResponse:
        """Bring a list; it is looked through at once."""
        request = self.request
        form = SheetForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            brought = form.cleaned_data["sheet"]
            try:
                file = services.keep(
                    by=request.user,
                    content=brought,
                    name=brought.name,
                    place=self.place(),
                    personal=True,
                    now=timezone.now(),
                )
                return self._look(file, lists.AS_IT_IS)
            except Refused as refused:
                put_on(form, refused.ruling.at("sheet"))
        columns = [(word, self.layout.headings[name]) for name, word in self.layout.fields.items()]
        context = {"form": form, "columns": columns, "urls": self._urls(), **self.around()}
        status = UNPROCESSABLE if form.is_bound and form.errors else 200
        return render(request, self.pages[0], context, status=status)

    def template(self) -> HttpResponse:
        """An empty list to fill in, and what may be written in each column."""
        fields, hints = self.layout.fields, self.hints()
        empty = Table(
            self.sheet_name, [Column(str(say(word)), "text") for word in fields.values()], []
        )
        told = Table(
            _("填写说明"),
            [Column(_("栏目"), "text"), Column(_("怎么写"), "text")],
            [(say(word), hints.get(name, "")) for name, word in fields.items()],
        )
        name = _("%(list)s（空表）") % {"list": self.sheet_name}
        return download(write_xlsx([empty, told]), f"{name}.xlsx", XLSX)

    def look(self) -> HttpResponse:
        """The same file read as the reader says."""
        return self._look(self._kept(), self._told())

    def confirm(self) -> HttpResponse:
        """Write the list: all of it, or with `good` the rows that are right."""
        read = self._again()
        good = "good" in self.request.POST
        if not good:
            read.faults.enforce()
        return self.write(read.rows, accept_good=good)

    def bad_rows(self) -> HttpResponse:
        """The rows that need mending, with their faults, as a workbook to mend and bring again."""
        read = self._again()
        faults = read.faults & self.plan(read.rows).faults
        data = lists.bad_rows(read.sheet, read.found, faults, say=say)
        return download(data, f"{_('待修改的行')}.xlsx", XLSX)

    # Inside.

    def _urls(self) -> dict[str, str]:
        steps = {"upload": "", "look": "_look", "confirm": "_confirm", "bad": "_bad"}
        named = {name: f"{self.route}{step}" for name, step in steps.items()}
        urls = {name: reverse(route, args=self.route_args) for name, route in named.items()}
        return urls | {"template": self.template_url()}

    def template_url(self) -> str:
        return reverse(f"{self.route}_template", args=self.route_args)

    def _kept(self) -> File:
        """The file that was looked through; only the one who brought it goes on with it."""
        number = whole_number(self.request.POST.get("file"), most=2**63 - 1)
        found = (
            queries.brought(pk=number, place=self.place(), by=self.request.user)
            if number is not None
            else None
        )
        if found is None:
            raise Http404
        return found

    def _told(self) -> lists.Told:
        """How the reader says the list is to be read: from the selects, or as the form kept it."""
        post, fields, codes = self.request.POST, self.layout.fields, self.codes()
        kept = post.get("told", "")
        try:
            if kept:
                found = json.loads(kept)
                columns = {str(k): str(v) for k, v in dict(found["columns"]).items()}
                words = {str(k): str(v) for k, v in dict(found["words"]).items()}
            else:
                pairs = zip(post.getlist("field"), post.getlist("heading"), strict=False)
                columns = {}
                for field, heading in pairs:
                    columns.setdefault(field, heading)
                if columns:
                    columns = {field: columns.get(field, "") for field in fields}
                words = dict(zip(post.getlist("word"), post.getlist("code"), strict=False))
        except (ValueError, KeyError, TypeError):
            raise Http404 from None
        return lists.Told(
            {field: heading for field, heading in columns.items() if field in fields},
            {word: code for word, code in words.items() if code in codes},
        )

    def _look(self, file: File, told: lists.Told) -> HttpResponse:
        """The dry run: nothing is written."""
        found_in, found = self.layout.open(queries.content(file), name=file.name, told=told)
        lacking = self.layout.lacking(found)
        context: dict[str, Any] = {"file": file, "lacking": lacking, "urls": self._urls()}
        if found is not None:
            read = self.read(found_in, found, told)
            plan = self.plan(read.rows)
            faults = read.faults & plan.faults
            context |= {
                "read": read,
                "plan": plan,
                "faults": self._said(faults),
                "fault_count": len(faults.reasons),
                "bad": len({reason.row for reason in faults.reasons}),
                "choices": [
                    ("", _("（不读）")),
                    *((name, say(word)) for name, word in self.layout.fields.items()),
                ],
                "columns": lists.columns(read.sheet, read.found),
                "words": _words(read, told),
                "told": json.dumps(
                    {"columns": dict(told.columns), "words": dict(told.words)}, ensure_ascii=False
                ),
            }
        return render(self.request, self.pages[1], context | self.around())

    def _said(self, faults: Ruling) -> list[tuple[int | None, str, Any]]:
        told = sorted(faults.reasons, key=lambda reason: reason.row or 0)[:SHOWN_FAULTS]
        fields = self.layout.fields
        return [(reason.row, say(fields.get(reason.field, "")), reason) for reason in told]

    def _again(self) -> lists.Read[Any]:
        file, told = self._kept(), self._told()
        found_in, found = self.layout.open(queries.content(file), name=file.name, told=told)
        self.layout.lacking(found).enforce()
        if found is None:
            raise Http404
        return self.read(found_in, found, told)


def _words(read: lists.Read[Any], told: lists.Told) -> list[tuple[str, int, str]]:
    """(word, how often it stands, the code it was told to mean) of what a person may explain."""
    asked = [(word, n, told.words.get(word, "")) for word, n in read.unknown.items()]
    answered = told.words.items()
    return asked + [(word, 0, code) for word, code in answered if word not in read.unknown]
