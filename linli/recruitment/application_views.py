"""Applications: the register, several at once, one of them with its papers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.files import answers
from linli.kernel.identity import mask_id_number, mask_phone
from linli.kernel.rulings import Reason, Refused, Ruling
from linli.kernel.words import gettext_noop as noop
from linli.places import queries as places
from linli.recruitment import appointing, forms, queries, rules, services, showing, staging
from linli.recruitment.eligibility import age
from linli.recruitment.models import Announcement, Application
from linli.recruitment.views import UNPROCESSABLE, inside
from linli.recruitment.who import KEEPERS
from linli.sheets.answers import excel
from linli.web.access import needs
from linli.web.context import Link
from linli.web.fields import whole_number
from linli.web.reasons import put_on
from linli.web.registers import Bulk, Register
from linli.web.templatetags.words import say

NUMBERS = {"id_number": noop("身份证号"), "phone": noop("电话")}
MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """What is done with several applications: title, what will happen, form, stage it belongs to."""

    title: str
    lead: str
    form: type[django_forms.Form]
    stage: str
    grave: bool = False


ENTRIES: Mapping[str, Entry] = {
    "admit": Entry(
        noop("审核通过"), noop("材料与填写一致，进入笔试名单。"), forms.WhyForm, rules.CHECK
    ),
    "refuse": Entry(
        noop("审核不通过"), noop("理由会告知本人。"), forms.NeedWhyForm, rules.CHECK, grave=True
    ),
    "recheck_passed": Entry(noop("复审合格"), noop("进入面试。"), forms.OnForm, rules.RECHECK),
    "recheck_failed": Entry(
        noop("复审不合格"), noop("理由会告知本人。"), forms.NoteForm, rules.RECHECK, grave=True
    ),
    "medical_passed": Entry(
        noop("体检合格"), noop("只记结论和日期。"), forms.OnForm, rules.MEDICAL
    ),
    "medical_again": Entry(noop("体检待复检"), noop("填写复检日期。"), forms.OnForm, rules.MEDICAL),
    "medical_failed": Entry(
        noop("体检不合格"),
        noop("只记结论和日期；由同岗位下一名递补。"),
        forms.OnForm,
        rules.MEDICAL,
        grave=True,
    ),
    "appoint": Entry(
        noop("聘用"),
        noop("建立人事档案并登记任职；每人要么全部办妥，要么不办并写明原因。"),
        forms.AppointForm,
        rules.APPOINTMENT,
    ),
}


class Chosen:
    """What a reader narrowed the register to."""

    def __init__(self, request: HttpRequest, row: Announcement) -> None:
        posts = [(str(post.pk), post.code) for post in queries.posts(row)]
        self.form = forms.ApplicationsFilter(request.GET, posts=posts)
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        self.stage = chosen.get("stage", "")
        self.state = chosen.get("state", "")
        self.rows = queries.register(
            row,
            text=chosen.get("q", ""),
            post=whole_number(chosen.get("post")),
            stage=self.stage,
            state=self.state,
            ruling=chosen.get("ruling", ""),
            group=chosen.get("group", ""),
        )


class Rows:
    """Applications for a register, each with the age on the reference date."""

    def __init__(self, rows: QuerySet[Application], row: Announcement) -> None:
        self.rows, self.row = rows, row

    def count(self) -> int:
        return self.rows.count()

    __len__ = count

    def order_by(self, *names: str) -> Rows:
        return Rows(self.rows.order_by(*names), self.row)

    def _aged(self, some: QuerySet[Application]) -> list[Application]:
        found = list(some)
        for one in found:
            one.age_then = age(one.born_on, self.row.reference_on)  # type: ignore[attr-defined]
        return found

    def __getitem__(self, some: slice) -> list[Application]:
        return self._aged(self.rows[some])

    def __iter__(self) -> Any:
        return iter(self._aged(self.rows))


@never_cache
@require_safe
@needs(*KEEPERS, of=Announcement)
def register(request: HttpRequest, row: Announcement) -> HttpResponse:
    """The applications of an announcement; what may be done with several at once follows from the
    stage that is shown."""
    chosen, counts = Chosen(request, row), queries.counts(row)
    table = Register(
        request,
        rows=Rows(chosen.rows, row),
        columns=showing.columns(
            scored=any(stage not in (rules.CHECK, rules.WRITTEN) for stage, _state in counts)
        ),
        filters=chosen.form,
        total_count=sum(counts.values()),
        tabs=_tabs(request, counts),
        bulk=[
            Bulk(code=code, label=entry.title)
            for code, entry in ENTRIES.items()
            if entry.stage == chosen.stage
        ],
        bulk_url=reverse("recruitment:bulk", args=[row.pk]),
        excel_out_url=reverse("recruitment:excel", args=[row.pk]),
        empty_title=gettext_lazy("还没有人报名"),
        empty_text=gettext_lazy("公告发布以后，网上报名和现场登记的都在这里。"),
    )
    context = {"register": table, "row": row}
    answer = render(request, table.template("recruitment/applications.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


def _tabs(request: HttpRequest, counts: Mapping[tuple[str, str], int]) -> list[Link]:
    """All, and each stage with how many it is open for."""
    shown = request.GET.get("stage", ""), request.GET.get("state", "")
    links = [Link(gettext_lazy("全部"), "?", "", not any(shown))]
    for code, name in rules.STAGES.items():
        n = counts.get((code, rules.OPEN), 0)
        if n:
            query = urlencode({"stage": code, "state": rules.OPEN})
            link = Link(f"{_(name)} {n}", f"?{query}", "", shown == (code, rules.OPEN))
            links.append(link)
    return links


@never_cache
@require_safe
@needs(*KEEPERS, of=Announcement)
def excel_out(request: HttpRequest, row: Announcement) -> HttpResponse:
    """All applications of the filter with every column; numbers of people are not among them."""
    chosen = Chosen(request, row)
    return excel(_("报名名册"), showing.APPLICATIONS, Rows(chosen.rows, row))


# --- several at once --------------------------------------------------------------------------


@never_cache
@require_POST
@needs(*KEEPERS, of=Announcement)
def bulk(request: HttpRequest, row: Announcement) -> HttpResponse:
    """Ask what an act on some applications needs to know, then do it: all of them or none, but for
    appointments, which each stand alone."""
    what = request.POST.get("act", "")
    entry = ENTRIES.get(what)
    keys = [key for key in map(whole_number, request.POST.getlist("row")) if key]
    if entry is None:
        raise Http404
    some = list(queries.applications(row).filter(pk__in=keys[:MOST_AT_ONCE]))
    if not some:
        messages.warning(request, _("请先勾选报名"))
        return redirect("recruitment:applications", row.pk)
    asked = "confirmed" in request.POST
    form = _form(entry, request.POST if asked else None, row, some)
    if asked and form.is_valid():
        try:
            made = _do(request, row, what, some, form)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return _told(request, row, entry, what, made, len(some))
    context = {"row": row, "form": form, "some": some, "what": what, "entry": entry}
    context["back"] = request.POST.get("back", "")[:200]
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "recruitment/bulk.html", context, status=status)


def _form(entry: Entry, data: Any, row: Announcement, some: list[Application]) -> Any:
    if entry.form is forms.AppointForm:
        today = {"since_on": timezone.localdate()}
        return forms.AppointForm(data, rows=some, communities=inside(row.county), initial=today)
    return entry.form(data, initial={"on": timezone.localdate()})


def _do(
    request: HttpRequest, row: Announcement, what: str, some: list[Application], form: Any
) -> Any:
    given = form.cleaned_data
    told: dict[str, Any] = {
        "by": request.user,
        "announcement": row,
        "applications": [one.pk for one in some],
        "now": timezone.now(),
    }
    if what in ("admit", "refuse"):
        return services.decide(admit=what == "admit", why=given["why"], **told)
    if what == "appoint":
        chosen = form.communities()
        return appointing.appoint(since_on=given["since_on"], communities=chosen, **told)
    stage, outcome = what.split("_")
    why = given.get("why", "")
    return staging.note(stage=stage, outcome=outcome, on=given["on"], why=why, **told)


def _told(
    request: HttpRequest, row: Announcement, entry: Entry, what: str, made: Any, n: int
) -> HttpResponse:
    if what == "appoint" and made.refused:
        context = {"row": row, "made": made, "entry": entry}
        return render(request, "recruitment/appointed.html", context)
    done = len(made.done) if what == "appoint" else n
    messages.success(request, _("已办理%(n)s人") % {"n": done})
    query = urlencode({"stage": entry.stage, "state": rules.OPEN})
    return redirect(f"{reverse('recruitment:applications', args=[row.pk])}?{query}")


# --- one application --------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*KEEPERS, of=Application)
def application(request: HttpRequest, found: Application) -> HttpResponse:
    """One application: what is said, why it was ruled so, its papers, how far it is."""
    return show(request, found)


def show(
    request: HttpRequest, found: Application, *, status: int = 200, opened: str = "", **more: Any
) -> HttpResponse:
    """The page of an application. `opened`: the field whose number is shown whole."""
    row = found.announcement
    context = {
        "found": found,
        "row": row,
        "state_word": showing.standing_of(found),
        "facts": _facts(found, row, opened),
        "scores": _scores(found),
        "groups": showing.groups_of(found),
        "checks": [_check(one) for one in found.checks.select_related("by")],
        "papers": [
            (rules.PAPERS[one.kind], one.pk, one.file)
            for one in found.papers.select_related("file")
        ],
        "outcomes": [
            (rules.STAGES[one.stage], rules.OUTCOMES[one.outcome], one)
            for one in found.outcomes.select_related("by")
        ],
        "entries": _entries(found),
        "numbers": [(code, name) for code, name in NUMBERS.items() if code != opened],
        "purpose_form": forms.PurposeForm(),
        "others": _others(found),
    }
    return render(request, "recruitment/application.html", context | more, status=status)


def _facts(found: Application, row: Announcement, opened: str) -> list[tuple[Any, Any]]:
    where = places.name_paths({found.place}).get(found.place, found.place)
    lives = places.name_paths({found.residence}).get(found.residence) if found.residence else ""
    number = found.id_number if opened == "id_number" else mask_id_number(found.id_number)
    told = [
        (noop("岗位"), f"{found.post.code} {where}"),
        (noop("报名时间"), found.at),
        (noop("性别"), noop("男") if found.sex == "male" else noop("女")),
        (noop("出生日期"), found.born_on),
        (noop("基准日年龄"), _("%(n)s岁") % {"n": age(found.born_on, row.reference_on)}),
        (noop("身份证号"), number),
        (noop("电话"), found.phone if opened == "phone" else mask_phone(found.phone)),
        (noop("最高学历"), showing.word("schooling", found.schooling)),
        (noop("毕业院校"), f"{found.school} {found.major}".strip()),
        (noop("毕业日期"), found.finished_on),
        (noop("政治面貌"), showing.word("politics", found.politics)),
        (noop("现居住地"), lives or noop("外地")),
        (noop("社区工作年限"), found.experience_years),
        (noop("身份"), showing.groups_of(found) or noop("无")),
    ]
    return [(name, say(value)) for name, value in told]


def _scores(found: Application) -> list[tuple[Any, Any]]:
    told = [
        (noop("笔试"), rules.points(found.written_score)),
        (noop("面试"), rules.points(found.interview_score)),
        (noop("总成绩"), rules.points(found.total_score)),
        (noop("名次"), found.rank),
        (noop("同分比较"), showing.tie_of(found)),
    ]
    return [(name, value) for name, value in told if value]


def _check(one: Any) -> dict[str, Any]:
    said = {"rule": noop("自动核对"), "office": noop("工作人员审核"), "asked": noop("本人申请复核")}
    reasons = [Reason(text, values, tuple(cites)) for text, values, cites in one.reasons]
    return {
        "row": one,
        "kind": said[one.kind],
        "ruling": rules.RULINGS[one.ruling],
        "reasons": Ruling(tuple(reasons)),
    }


def _entries(found: Application) -> list[tuple[str, Entry]]:
    """What may be done with it now."""
    if found.stage == rules.CHECK and found.state in (rules.OPEN, rules.OUT):
        skip = {rules.ADMITTED: "admit", rules.REFUSED: "refuse"}.get(found.ruling)
        if not queries.is_checking(found.announcement):
            return []
        return [(c, e) for c, e in ENTRIES.items() if e.stage == rules.CHECK and c != skip]
    if found.state != rules.OPEN:
        return []
    return [(code, entry) for code, entry in ENTRIES.items() if entry.stage == found.stage]


def _others(found: Application) -> list[Application]:
    """What the same person sent besides, to this announcement and to others."""
    rows = Application.objects.within(found.announcement.county).defer(*queries.SEALED)
    others = rows.filter(id_mark=found.id_mark).exclude(pk=found.pk)
    return list(others.select_related("announcement").order_by("-pk")[:10])


@require_POST
@never_cache
@needs(*KEEPERS, of=Application)
def number(request: HttpRequest, found: Application) -> HttpResponse:
    """The whole identity or telephone number, for a purpose that is recorded."""
    form, field = forms.PurposeForm(request.POST), request.POST.get("field", "")
    if not form.is_valid() or field not in NUMBERS:
        return show(request, found, status=UNPROCESSABLE, purpose_form=form)
    services.open_number(
        by=request.user,
        application=found,
        field=field,
        purpose=form.cleaned_data["purpose"],
        now=timezone.now(),
    )
    return show(request, found, opened=field)


@never_cache
@require_safe
@needs(*KEEPERS, of=lambda pk, paper: _paper(pk, paper))
def paper(request: HttpRequest, found: Any) -> HttpResponse:
    """A document as it was sent; a picture in the page, others to be saved. Each look is recorded."""
    if found.file.is_picture:
        return answers.picture(found.file, by=request.user, now=timezone.now())
    return answers.whole(found.file, by=request.user, now=timezone.now())


def _paper(pk: int, paper: int) -> Any:
    row = Application.objects.defer(*queries.SEALED).filter(pk=pk).first()
    found = row.papers.filter(pk=paper).select_related("file").first() if row else None
    if row is None or found is None:
        raise Http404
    found.place = row.place
    return found
