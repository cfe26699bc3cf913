"""One person's file: what it holds, what is written into it, whole numbers for a purpose."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.identity import mask_id_number, mask_phone
from linli.kernel.roles import Role
from linli.kernel.rulings import Refused, Ruling, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as noop
from linli.places import queries as places
from linli.sources import ladder_of
from linli.trail import queries as trail
from linli.trail.acts import label as subject_of
from linli.trail.words import act_name
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.workforce import forms, queries, records, rules, services, showing
from linli.workforce.models import Leave, Worker
from linli.workforce.views import FORM, UNPROCESSABLE, communities
from linli.workforce.who import KEEPERS, LEAVE_GIVERS, OPENERS, READERS

NUMBERS = {"id_number": noop("身份证号"), "phone": noop("电话")}
MOST_EVENTS, MOST_LEAVES = 40, 20


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is written into a file: its title, form, service and who does it."""

    title: str
    form: type[Form]
    service: Callable[..., Any]
    roles: tuple[Role, ...] = KEEPERS
    told: str = ""


ENTRIES: Mapping[str, Entry] = {
    "post": Entry(noop("登记任职"), forms.PostForm, services.appoint),
    "end": Entry(noop("登记离任"), forms.EndForm, services.end_post),
    "grade": Entry(noop("定岗位等级"), forms.GradeForm, services.give_grade),
    "schooling": Entry(noop("登记学历"), forms.SchoolingForm, records.add_schooling),
    "certificate": Entry(noop("登记证书"), forms.CertificateForm, records.add_certificate),
    "contract": Entry(noop("登记劳动合同"), forms.ContractForm, records.add_contract),
    "assessment": Entry(noop("登记年度考核"), forms.AssessmentForm, records.assess),
    "leave": Entry(noop("登记请假"), forms.LeaveForm, records.give_leave, LEAVE_GIVERS),
    "person": Entry(noop("更正人事档案"), forms.AmendForm, services.amend_file),
}


def keeps(request: HttpRequest, place: str, *roles: Role) -> Ruling:
    """Whether the reader writes into a file of a place, and if not, who does."""
    return require(
        may(request, place, *roles),
        noop("人事档案由%(who)s登记"),
        who=AnyOf(role.name for role in roles),
    )


@never_cache
@require_safe
@needs(*READERS, of=Worker)
def worker(request: HttpRequest, found: Worker) -> HttpResponse:
    """One person's file."""
    return show(request, found)


def show(request: HttpRequest, found: Worker, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page of a file. `opened`: the field whose number is shown whole; `purpose_form`: the one
    with faults."""
    today = timezone.localdate()
    tenures = list(found.tenures.select_related("by").order_by("-since_on"))
    post = next((row for row in tenures if row.until_on is None or row.until_on >= today), None)
    found.title_now = post.title if post else ""  # type: ignore[attr-defined]
    standing = queries.standing_of(found, today)
    context = {
        "worker": found,
        "path": places.path(found.place),
        "state_word": showing.state_of(found),
        "post": post,
        "facts": _facts(found, today, more.get("opened", "")),
        "standing": standing,
        "ladder": ladder_of(on=today, place=found.place) if standing else None,
        "post_rows": _posts(tenures),
        "tables": _tables(found),
        "leaves": [
            (row, showing.word("leaves", row.kind))
            for row in found.leaves.order_by("-from_on")[:MOST_LEAVES]
        ],
        "bars": queries.bars(found.id_mark),
        "may": keeps(request, found.place, *KEEPERS),
        "gives_leave": may(request, found.place, *LEAVE_GIVERS),
        "numbers": _openable(found, more.get("opened", ""))
        if may(request, found.place, *OPENERS)
        else (),
        "purpose_form": forms.PurposeForm(),
        "events": _events(found, tenures),
    }
    return render(request, "workforce/worker.html", context | more, status=status)


def _facts(found: Worker, today: date, opened: str) -> list[tuple[Any, Any]]:
    return [
        (noop("档案编号"), found.number),
        (noop("性别"), rules.SEXES[found.sex]),
        (noop("出生日期"), found.born_on),
        (noop("年龄"), _("%(n)s岁") % {"n": found.age(today)}),
        (noop("政治面貌"), showing.word("politics", found.politics)),
        (noop("入党日期"), found.joined_party_on),
        (
            noop("身份证号"),
            found.id_number if opened == "id_number" else mask_id_number(found.id_number),
        ),
        (noop("电话"), found.phone if opened == "phone" else mask_phone(found.phone)),
    ]


def _openable(found: Worker, opened: str) -> list[tuple[str, Any]]:
    """Numbers that are there and not shown whole: (field, what it is called)."""
    return [
        (field, name)
        for field, name in NUMBERS.items()
        if field != opened and getattr(found, field)
    ]


def _posts(rows: list[Any]) -> list[dict[str, Any]]:
    ways = places.paths({row.place for row in rows})
    return [
        {
            "row": row,
            "title": showing.word("titles", row.title),
            "where": ways[row.place][-1].name if ways.get(row.place) else row.place,
            "way": showing.word("ways", row.way),
            "ended": showing.word("endings", row.ended_how),
        }
        for row in rows
    ]


def _tables(found: Worker) -> list[dict[str, Any]]:
    """What was written into a file: a title, the entry that adds to it, and rows of (head, value)."""
    learnt = [
        (
            showing.word("schooling", row.level),
            showing.word("degrees", row.degree),
            row.school,
            row.major,
            row.finished_on,
        )
        for row in found.schoolings.all()
    ]
    papers = [
        (
            row.name or showing.word("certificates", row.kind),
            row.number,
            row.given_on,
            row.until_on or noop("长期"),
        )
        for row in found.certificates.all()
    ]
    contracts = [
        (row.number, row.employer, row.from_on, row.until_on or noop("无固定期限"))
        for row in found.contracts.all()
    ]
    assessed = [
        (str(row.year), showing.word("grades", row.grade), row.note)
        for row in found.assessments.all()
    ]
    graded = [
        (str(row.grade), row.since_on, row.why)
        for row in found.gradings.order_by("-since_on", "-pk")
    ]
    return [
        _table(noop("学历"), "schooling", learnt),
        _table(noop("证书"), "certificate", papers),
        _table(noop("劳动合同"), "contract", contracts),
        _table(noop("年度考核"), "assessment", assessed),
        _table(noop("岗位等级"), "grade", graded),
    ]


HEADS: Mapping[str, tuple[str, ...]] = {
    "schooling": (noop("学历"), noop("学位"), noop("毕业院校"), noop("专业"), noop("毕业日期")),
    "certificate": (noop("证书"), noop("证书编号"), noop("发证日期"), noop("有效期至")),
    "contract": (noop("合同编号"), noop("用人单位"), noop("开始日期"), noop("结束日期")),
    "assessment": (noop("年度"), noop("考核等次"), noop("说明")),
    "grade": (noop("岗位等级"), noop("起算日"), noop("缘由")),
}


def _table(title: str, entry: str, rows: list[Any]) -> dict[str, Any]:
    heads = HEADS[entry]
    return {
        "title": title,
        "entry": entry,
        "heads": heads,
        "rows": [list(zip(heads, row, strict=True)) for row in rows],
    }


def _events(found: Worker, tenures: list[Any]) -> list[dict[str, Any]]:
    """What happened to a file and its posts by the trail, newest first."""
    told = [
        {"at": line.at, "title": act_name(line.act), "by": line.by.name if line.by else ""}
        for line in trail.about(subject_of(found), *map(subject_of, tenures))
        if line.done
    ]
    return sorted(told, key=lambda event: event["at"], reverse=True)[:MOST_EVENTS]


@never_cache
@require_http_methods(FORM)
@needs(*LEAVE_GIVERS, of=Worker)
def write(request: HttpRequest, found: Worker, what: str) -> HttpResponse:
    """Write something into a file: one form, one act."""
    entry = ENTRIES.get(what)
    if entry is None:
        raise Http404
    keeps(request, found.place, *entry.roles).enforce()
    form = _form(request, entry, found)
    if request.method == "POST" and form.is_valid():
        try:
            entry.service(by=request.user, worker=found, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记"))
            return redirect("workforce:worker", found.pk)
    context = {"form": form, "worker": found, "title": entry.title, "what": what}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "workforce/write.html", context, status=status)


def _form(request: HttpRequest, entry: Entry, found: Worker) -> Form:
    more: dict[str, Any] = {}
    if entry.form is forms.PostForm:
        more = {"communities": communities(request), "initial": {"place": found.place}}
    elif entry.form is forms.AmendForm:
        more = {
            "initial": {
                "name": found.name,
                "phone": found.phone,
                "politics": found.politics,
                "joined_party_on": found.joined_party_on,
            }
        }
    return entry.form(request.POST or None, **more)


@require_POST
@needs(*LEAVE_GIVERS, of=lambda leave: _leave(leave))
def cancel_leave(request: HttpRequest, found: Leave) -> HttpResponse:
    """Leave that is not taken after all."""
    records.cancel_leave(by=request.user, leave=found, now=timezone.now())
    messages.success(request, _("已销假"))
    return redirect("workforce:worker", found.worker_id)


def _leave(leave: int) -> Leave:
    found = Leave.objects.filter(pk=leave).first()
    if found is None:
        raise Http404
    return found


@require_POST
@never_cache
@needs(*OPENERS, of=Worker)
def number(request: HttpRequest, found: Worker) -> HttpResponse:
    """The whole identity or telephone number, for a purpose that is recorded."""
    form, field = forms.PurposeForm(request.POST), request.POST.get("field", "")
    if not form.is_valid() or field not in NUMBERS:
        return show(request, found, status=UNPROCESSABLE, purpose_form=form)
    services.open_number(
        by=request.user,
        worker=found,
        field=field,
        purpose=form.cleaned_data["purpose"],
        now=timezone.now(),
    )
    return show(request, found, opened=field)
