"""Spreadsheets of places: looked through first, written when confirmed; and the holiday table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.files import queries as file_queries
from linli.files import services as files
from linli.files.wizard import ImportWizard, SheetForm
from linli.kernel.roles import SYSTEM_ADMIN
from linli.kernel.rulings import Refused
from linli.places import imports, queries, rules, services
from linli.places.forms import ConfirmForm, DoorsFilter, GridForm, HolidaysForm
from linli.places.models import Place
from linli.places.views import KEEPERS, by_code, status_of
from linli.sheets import lists
from linli.sheets.answers import excel
from linli.sheets.headings import Headings
from linli.sheets.model import Sheet
from linli.web.access import may, needs
from linli.web.fields import whole_number
from linli.web.reasons import put_on
from linli.web.registers import Bulk, Column, Register


def _county(request: HttpRequest) -> str:
    """The county whose list is imported: that of the administrator's appointment."""
    posts = request.access.posts  # type: ignore[attr-defined]
    return next(post.place for post in posts if post.role == SYSTEM_ADMIN)


def _kept(request: HttpRequest, pk: int, place: str) -> Any:
    """The file that was looked through; only the one who brought it goes on with it."""
    found = file_queries.brought(pk=pk, place=place, by=request.user)
    if found is None:
        raise Http404
    return found


@needs(SYSTEM_ADMIN)
def divisions(request: HttpRequest) -> HttpResponse:
    """The official list: upload, see what it would change."""
    county = _county(request)
    form = SheetForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        sheet = form.cleaned_data["sheet"]
        try:
            file = files.keep(
                by=request.user, content=sheet, name=sheet.name, place=county, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling.at("sheet"))
        else:
            rows, ruling = imports.read_divisions(file_queries.content(file), name=file.name)
            plan = queries.plan_places(rows=rows, county=county)
            context |= {
                "plan": plan,
                "ruling": ruling & plan.faults,
                "file": file,
                "confirm": ConfirmForm(initial={"file": file.pk, "since_on": timezone.localdate()}),
            }
    return render(request, "places/import.html", context, status=status_of(form))


@require_POST
@needs(SYSTEM_ADMIN)
def divisions_confirm(request: HttpRequest) -> HttpResponse:
    """Write what was looked through."""
    form, county = ConfirmForm(request.POST), _county(request)
    if not form.is_valid():
        raise Http404
    file = _kept(request, form.cleaned_data["file"], county)
    rows, ruling = imports.read_divisions(file_queries.content(file), name=file.name)
    ruling.enforce()
    done = services.import_places(
        by=request.user,
        rows=rows,
        county=county,
        since_on=form.cleaned_data["since_on"],
        close_missing=form.cleaned_data["close_missing"],
        now=timezone.now(),
    )
    messages.success(
        request, _("已导入：新增%(new)s个，改名%(renamed)s个，撤销%(closed)s个") % done.facts
    )
    return redirect("places:register")


def estate_by_code(code: str) -> Place:
    place = by_code(code)
    if place.level not in ("estate", "building", "grid"):
        raise Http404
    return place


DOOR_COLUMNS = (
    Column(code="building", label=gettext_lazy("楼栋"), value="building"),
    Column(code="unit", label=gettext_lazy("单元"), value="unit"),
    Column(code="room", label=gettext_lazy("房号"), value="door.name"),
    Column(code="floor", label=gettext_lazy("楼层"), kind="number", value="door.floor"),
    Column(
        code="area",
        label=gettext_lazy("面积"),
        value=lambda row: f"{row.door.area_dm2 / 100:.2f}" if row.door.area_dm2 else "",
    ),
    Column(code="grid", label=gettext_lazy("网格"), value="grid"),
    Column(code="code", label=gettext_lazy("代码"), value="door.place", shown=False),
)


class _DoorRows:
    """Doors for a register, each page with the names around them."""

    def __init__(self, code: str, rows: Any) -> None:
        self.code, self.rows = code, rows

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def __getitem__(self, some: slice) -> list[queries.DoorShown]:
        return queries.door_rows(self.code, self.rows[some])


def _doors(request: HttpRequest, place: Place) -> tuple[DoorsFilter, _DoorRows]:
    form = DoorsFilter(request.GET)
    rows = queries.doors(place.place)
    if form.is_valid() and form.cleaned_data["q"]:
        rows = rows.filter(name__startswith=form.cleaned_data["q"].strip())
    return form, _DoorRows(place.place, rows)


@require_safe
@needs(of=estate_by_code)
def doors(request: HttpRequest, place: Place) -> HttpResponse:
    """The dwellings of an estate, a building or a grid."""
    form, rows = _doors(request, place)
    keeps = may(request, place.place, *KEEPERS)
    imports_here = keeps and place.level == "estate" and place.until_on is None
    table = Register(
        request,
        rows=rows,
        columns=DOOR_COLUMNS,
        filters=form,
        bulk=(Bulk(code="grid", label=gettext_lazy("划入网格")),) if keeps else (),
        bulk_url=reverse("places:put_in_grid", args=[place.place]),
        excel_in_url=reverse("places:import_doors", args=[place.place]) if imports_here else "",
        excel_out_url=reverse("places:doors_excel", args=[place.place]),
        empty_title=gettext_lazy("还没有楼栋和户"),
        empty_text=gettext_lazy("从 Excel 导入：楼栋、单元、房号、楼层、面积、网格，一户一行。"),
    )
    context = {"register": table, "place": place, "path": queries.path(place.place)}
    return render(request, table.template("places/doors.html"), context)


@require_safe
@needs(of=estate_by_code)
def doors_excel(request: HttpRequest, place: Place) -> HttpResponse:
    name = _("%(place)s楼栋和户") % {"place": place.name}
    return excel(name, DOOR_COLUMNS, _doors(request, place)[1])


class Doors(ImportWizard):
    layout = imports.DOORS
    route = "places:import_doors"
    pages = ("places/import_doors.html", "places/import_doors_look.html")

    def __init__(self, request: HttpRequest, estate: Place) -> None:
        super().__init__(request, estate.place)
        self.estate = estate

    @property
    def sheet_name(self) -> str:
        return _("%(place)s楼栋和户") % {"place": self.estate.name}

    def place(self) -> str:
        return self.estate.place

    def hints(self) -> dict[str, str]:
        return {"area": _("平方米"), "grid": _("已录入的网格名称，可不填")}

    def around(self) -> dict[str, Any]:
        return {"place": self.estate, "path": queries.path(self.estate.place)}

    def read(self, found_in: Sheet, found: Headings, told: lists.Told) -> lists.Read[rules.DoorRow]:
        return imports.read_doors(found_in, found)

    def plan(self, rows: Sequence[rules.DoorRow]) -> rules.DoorPlan:
        return queries.plan_doors(estate=self.estate, rows=rows)

    def write(self, rows: Sequence[rules.DoorRow], *, accept_good: bool) -> HttpResponse:
        done = services.import_doors(
            by=self.request.user,
            estate=self.estate,
            rows=rows,
            accept_good=accept_good,
            now=timezone.now(),
        )
        text = _("已导入：新增%(new)s户，更新%(changed)s户，未变%(same)s户") % done.facts
        messages.success(self.request, text)
        return redirect("places:doors", self.estate.place)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(*KEEPERS, of=estate_by_code)
def import_doors(request: HttpRequest, estate: Place) -> HttpResponse:
    return Doors(request, estate).upload()


@require_safe
@needs(*KEEPERS, of=estate_by_code)
def import_doors_template(request: HttpRequest, estate: Place) -> HttpResponse:
    return Doors(request, estate).template()


@require_POST
@never_cache
@needs(*KEEPERS, of=estate_by_code)
def import_doors_look(request: HttpRequest, estate: Place) -> HttpResponse:
    return Doors(request, estate).look()


@require_POST
@needs(*KEEPERS, of=estate_by_code)
def import_doors_confirm(request: HttpRequest, estate: Place) -> HttpResponse:
    return Doors(request, estate).confirm()


@require_POST
@needs(*KEEPERS, of=estate_by_code)
def import_doors_bad(request: HttpRequest, estate: Place) -> HttpResponse:
    return Doors(request, estate).bad_rows()


@require_POST
@needs(*KEEPERS, of=estate_by_code)
def put_in_grid(request: HttpRequest, place: Place) -> HttpResponse:
    """The ticked doors belong to a grid from a day on; asks for grid and day first."""
    chosen = queries.doors(place.place).filter(pk__in=request.POST.getlist("row"))
    doors_chosen = list(chosen.values_list("pk", "place"))
    form = GridForm(
        request.POST if "grid" in request.POST else None,
        community=place.place[:12],
        initial={"since_on": timezone.localdate()},
    )
    if form.is_bound and form.is_valid():
        services.put_in_grid(
            by=request.user,
            doors=[code for _pk, code in doors_chosen],
            **form.cleaned_data,
            now=timezone.now(),
        )
        messages.success(request, _("已划入%(n)s户") % {"n": len(doors_chosen)})
        return redirect("places:doors", place.place)
    context = {
        "form": form,
        "place": place,
        "path": queries.path(place.place),
        "rows": [pk for pk, _code in doors_chosen],
    }
    return render(request, "places/put_in_grid.html", context, status=status_of(form))


@require_safe
@needs(SYSTEM_ADMIN)
def holidays(request: HttpRequest) -> HttpResponse:
    """The years whose tables are here, and a warning where one is missing."""
    years = list(queries.holiday_years())
    shown = whole_number(request.GET.get("year"), most=2999) or timezone.localdate().year
    context = {
        "years": years,
        "year": shown,
        "days": queries.holidays(shown),
        "ruling": queries.calendar().due_for_update(timezone.localdate()),
    }
    return render(request, "places/holidays.html", context)


@needs(SYSTEM_ADMIN)
def edit_holidays(request: HttpRequest) -> HttpResponse:
    """Write down or mend a year's table; begins with what is published or kept."""
    wanted = whole_number(request.GET.get("year"), most=2999) or timezone.localdate().year + 1
    form = HolidaysForm(request.POST or None, initial=_told(wanted))
    if request.method == "POST" and form.is_valid():
        try:
            services.set_holidays(by=request.user, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("节假日表已保存"))
            return redirect(f"{reverse('places:holidays')}?year={form.cleaned_data['year']}")
    return render(request, "places/edit_holidays.html", {"form": form}, status=status_of(form))


def _told(year: int) -> dict[str, Any]:
    """What the form begins with: the kept table, else the published one."""
    kept = [(h.day, h.off, h.name) for h in queries.holidays(year)]
    days = kept or queries.published_holidays(year)
    source = queries.holiday_years().filter(year=year).values_list("source", flat=True).first()
    named = _("国务院办公厅关于%(year)s年部分节假日安排的通知") % {"year": year}
    lines = [f"{day.isoformat()} {name if off else rules.WORKED[0]}" for day, off, name in days]
    return {"year": year, "source": source or named, "days": "\n".join(lines)}
