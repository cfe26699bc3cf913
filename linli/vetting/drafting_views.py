"""The office draws up a list: people from their files, or by name and number; takes them off."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused, Ruling, every, require
from linli.kernel.words import gettext_noop
from linli.places import queries as places
from linli.sources import words
from linli.vetting import queries, rules, services
from linli.vetting.forms import MOST_LINES, FilesFilter, NamedForm
from linli.vetting.models import Result, Round, Subject
from linli.vetting.services import Person
from linli.vetting.showing import Named
from linli.vetting.views import FORM, UNPROCESSABLE, show
from linli.vetting.who import OFFICE
from linli.web.access import needs
from linli.web.reasons import put_on
from linli.web.registers import Bulk, Column, Register
from linli.workforce import queries as workforce

PER_PAGE = 100
FILE_COLUMNS = (
    Column(code="name", label=gettext_lazy("姓名"), sort="name"),
    Column(code="number", label=gettext_lazy("档案编号"), sort="number"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="title",
        label=gettext_lazy("职务"),
        value=lambda row: words("titles")[row.title_now].name if row.title_now else "",
    ),
    Column(code="passed_on", label=gettext_lazy("上次联审通过"), kind="day"),
)


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE, of=Round)
def people(request: HttpRequest, held: Round) -> HttpResponse:
    """Choose people of a draft from their files."""
    ruling = None
    if request.method == "POST":
        try:
            return _put(request, held)
        except Refused as refused:
            ruling = refused.ruling
    rules.is_draft(sent=held.sent_at is not None).enforce()
    scope = Scope.of(held.county)
    form = FilesFilter(request.GET, inside=workforce.inside_choices(scope))
    table = Register(
        request,
        rows=Named(_files(held, form.cleaned_data if form.is_valid() else {})),
        columns=FILE_COLUMNS,
        filters=form,
        per_page=PER_PAGE,
        bulk=[Bulk(code="add", label=gettext_lazy("列入名单"), icon="plus")],
        bulk_url=reverse("vetting:people", args=[held.pk]),
        empty_title=gettext_lazy("没有可以列入的档案"),
        empty_text=gettext_lazy("没有档案的，按姓名和身份证号列入。"),
    )
    context = {"register": table, "held": held, "ruling": ruling, "count": held.subjects.count()}
    status = UNPROCESSABLE if ruling else 200
    answer = render(request, table.template("vetting/people.html"), context, status=status)
    answer["Vary"] = "HX-Request"
    return answer


def _files(held: Round, told: dict[str, Any]) -> Any:
    """Files of the county that are not on the list yet."""
    today, scope = timezone.localdate(), Scope.of(held.county)
    which = told.get("which", "")
    rows = workforce.register(
        scope,
        on=today,
        text=told.get("q", ""),
        inside=told.get("inside", ""),
        state="" if which == "all" else "serving",
    )
    if which == "again":
        rows = rows.filter(pk__in=queries.due_again(held.county, today).order_by().values("pk"))
    passed = Result.objects.filter(
        subject__id_mark=OuterRef("id_mark"),
        subject__round__county=held.county,
        outcome=rules.PASSED,
    ).order_by("-decided_on")
    rows = rows.exclude(id_mark__in=held.subjects.values("id_mark"))
    return rows.annotate(passed_on=Subquery(passed.values("decided_on")[:1])).order_by(
        "place", "number"
    )


def _put(request: HttpRequest, held: Round) -> HttpResponse:
    """The ticked files go on the list."""
    wanted = [int(n) for n in request.POST.getlist("row") if n.isdigit() and len(n) < 19]
    rows = list(workforce.files_in(held.county).filter(pk__in=wanted).order_by("place", "number"))
    require(rows, gettext_noop("请先勾选要列入的人")).enforce()
    services.add_subjects(
        by=request.user,  # type: ignore[arg-type]
        round=held,
        some=[Person(worker=row) for row in rows],
        now=timezone.now(),
    )
    messages.success(request, _("已列入%(n)s人") % {"n": len(rows)})
    return redirect("vetting:round", pk=held.pk)


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE, of=Round)
def named(request: HttpRequest, held: Round) -> HttpResponse:
    """People by name and number, one a line; all of them or none, what was typed stays."""
    rules.is_draft(sent=held.sent_at is not None).enforce()
    form = NamedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        some, ruling = read_lines(form.cleaned_data["lines"], held.county)
        try:
            ruling.enforce()
            services.add_subjects(
                by=request.user,  # type: ignore[arg-type]
                round=held,
                some=some,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, _about_lines(refused.ruling))
        else:
            messages.success(request, _("已列入%(n)s人") % {"n": len(some)})
            return redirect("vetting:round", pk=held.pk)
    context = {"form": form, "held": held}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "vetting/named.html", context, status=status)


def _about_lines(ruling: Ruling) -> Ruling:
    """All reasons stand beside the one field there is."""
    return Ruling(tuple(replace(reason, field="lines") for reason in ruling.reasons))


_PARTS = re.compile(r"[\t,，;；、]+|\s{1,}")


def read_lines(text: str, county: str) -> tuple[list[Person], Ruling]:
    """People out of pasted lines: name, number, community (or none); and what is wrong with them."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    known = {
        name: code
        for code, name in places.of_level("community", Scope.of(county)).values_list(
            "place", "name"
        )
    }
    some, rulings = [], []
    for at, line in enumerate(lines[:MOST_LINES], start=1):
        parts = [part for part in _PARTS.split(line) if part]
        name, number, where = (*parts[:2], *[""] * (2 - len(parts[:2])), "".join(parts[2:]))
        if name and name[0].isdigit() and not (number and number[0].isdigit()):
            name, number = number, name
        place = known.get(where) or known.get(f"{where}社区", "") if where else ""
        rulings.append(
            require(place or not where, gettext_noop("没有“%(name)s”这个社区"), name=where).at(
                "lines", at
            )
        )
        some.append(Person(name=name, id_number=number, place=place))
    rulings.append(
        require(
            len(lines) <= MOST_LINES,
            gettext_noop("一次最多列入%(n)s人，请分几次"),
            n=MOST_LINES,
        ).at("lines")
    )
    return some, every(rulings)


def subject_at(pk: int) -> Subject:
    found = Subject.objects.select_related("round", "worker").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@require_POST
@never_cache
@needs(*OFFICE, of=subject_at)
def remove(request: HttpRequest, subject: Subject) -> HttpResponse:
    """Take somebody off a draft."""
    held, name = subject.round, subject.name
    try:
        services.remove_subject(by=request.user, subject=subject, now=timezone.now())  # type: ignore[arg-type]
    except Refused as refused:
        return show(request, held, status=UNPROCESSABLE, ruling=refused.ruling)
    messages.success(request, _("%(name)s已移出名单") % {"name": name})
    return redirect("vetting:round", pk=held.pk)
