"""What the office does with a whole recruitment: one form, one act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from linli.kernel.identity import mask_phone
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.kernel.words import gettext_noop as noop
from linli.recruitment import announcing, appointing, forms, staging
from linli.recruitment.models import Announcement, Objection
from linli.recruitment.views import FORM, UNPROCESSABLE
from linli.recruitment.who import KEEPERS, VETTING
from linli.vetting import queries as vetting
from linli.web.access import needs
from linli.web.fields import whole_number
from linli.web.reasons import put_on

Service = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An act on an announcement: its title, what will happen, its form, and what does it."""

    title: str
    lead: str
    service: Service
    form: type[django_forms.Form] = django_forms.Form
    grave: bool = False


def _panel(*, form: Any, **told: Any) -> Any:
    given = dict(form.cleaned_data)
    given.pop("panel")
    return staging.hand_to_interview(panel=form.judges(), **given, **told)


def _end_names(*, by: Any, announcement: Announcement, form: Any, now: Any) -> Any:
    shown = announcement.publications.filter(ended_at__isnull=True).first()
    if shown is None:
        raise Http404
    return appointing.end_names(by=by, publication=shown, now=now)


def _plain(service: Service) -> Service:
    return lambda *, form, **told: service(**form.cleaned_data, **told)


ENTRIES: Mapping[str, Entry] = {
    "publish": Entry(
        noop("发布选聘公告"),
        noop("发布以后网上可见、可以报名；标题、时间、岗位和条件不再改动。"),
        _plain(announcing.publish),
    ),
    "cancel": Entry(
        noop("取消选聘"),
        noop("取消以后不再报名和办理，公告和原因仍然公开。"),
        _plain(announcing.cancel),
        forms.NeedWhyForm,
        grave=True,
    ),
    "written": Entry(
        noop("结束资格初审，转笔试"),
        noop("审核通过的全部进入笔试；考场、座位和准考证在考试里安排。"),
        _plain(staging.hand_to_written),
        forms.TestForm,
    ),
    "take_written": Entry(
        noop("取笔试成绩"),
        noop("按锁定的成绩册：入围的进入资格复审，其他的到此为止。"),
        _plain(staging.take_written),
    ),
    "interview": Entry(
        noop("结束资格复审，转面试"),
        noop("复审合格的进入面试；面试顺序和评分在考试里进行。"),
        _panel,
        forms.PanelForm,
    ),
    "take_interview": Entry(
        noop("取面试成绩"),
        noop("按锁定的成绩册：各岗位按名次取招聘人数进入体检，其余合格的为递补人选。"),
        _plain(staging.take_interview),
    ),
    "background": Entry(
        noop("取联审结论"),
        noop("通过的等待公示；不通过的到此为止，由同岗位下一名递补。"),
        _plain(staging.take_background),
    ),
    "names": Entry(
        noop("公示拟聘人员"),
        noop("姓名和岗位在公告网页上公示，从明天起按工作日计算期限；期内任何人可以提出异议。"),
        _plain(appointing.show_names),
    ),
    "end_names": Entry(
        noop("结束公示"),
        noop("期满、异议都已办结的，没有问题的人员可以聘用。"),
        _end_names,
    ),
}


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Announcement)
def act(request: HttpRequest, row: Announcement, what: str) -> HttpResponse:
    """One act on a recruitment: what will happen, and what it needs to know."""
    entry = ENTRIES.get(what)
    if entry is None:
        raise Http404
    form = entry.form(request.POST or None, initial=_begun(row, what))
    if request.method == "POST":
        form = entry.form(request.POST)
        if form.is_valid():
            told = {"by": request.user, "announcement": row, "now": timezone.now()}
            try:
                entry.service(form=form, **told)
            except Refused as refused:
                put_on(form, refused.ruling)
            else:
                messages.success(request, _("已办理"))
                return redirect("recruitment:announcement", row.pk)
    context = {"form": form, "row": row, "title": entry.title, "lead": entry.lead}
    context |= {"submit": entry.title, "grave": entry.grave}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "recruitment/form.html", context, status=status)


def _begun(row: Announcement, what: str) -> dict[str, Any]:
    if what == "written":
        return {"title": f"{row.title}笔试"[:100], "held_on": row.written_on}
    if what == "interview":
        return {"title": f"{row.title}面试"[:100], "held_on": row.interview_on}
    return {}


@never_cache
@require_http_methods(FORM)
@needs(*VETTING, of=Announcement)
def send_to_vetting(request: HttpRequest, row: Announcement) -> HttpResponse:
    """The vetting office puts everybody who passed the medical on a list it draws up."""
    rounds = list(
        vetting.rounds(Scope.of(row.county)).filter(sent_at__isnull=True, purpose="recruits")
    )
    people = staging.to_vet(row)
    form = forms.RoundForm(request.POST or None, rounds=rounds)
    if request.method == "POST" and form.is_valid():
        chosen = whole_number(form.cleaned_data["round"])
        made = next(one for one in rounds if one.pk == chosen)
        try:
            staging.send_to_vetting(
                by=request.user, announcement=row, round=made, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已列入联审名单"))
            return redirect("recruitment:announcement", row.pk)
    context = {"form": form, "row": row, "people": people, "rounds": rounds}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "recruitment/vetting.html", context, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Announcement)
def settle(request: HttpRequest, row: Announcement, objection: int) -> HttpResponse:
    """An objection to a name: what is said, and how it was settled."""
    found = Objection.objects.filter(publication__announcement=row, pk=objection).first()
    if found is None:
        raise Http404
    form = forms.SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appointing.settle(
                by=request.user,
                objection=found,
                upheld=form.cleaned_data["upheld"] == "yes",
                why=form.cleaned_data["why"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已办结"))
            return redirect("recruitment:announcement", row.pk)
    context = {
        "form": form,
        "objection": found,
        "row": row,
        "phone": mask_phone(found.phone),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "recruitment/objection.html", context, status=status)
