"""Announcements: the register, one of them, drawing one up."""

from __future__ import annotations

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

from linli.cases import queries as cases
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.recruitment import announcing, flow, forms, queries, rules, showing, staging
from linli.recruitment.models import Announcement, Post
from linli.recruitment.who import KEEPERS, READERS, VETTING
from linli.trail import queries as trail
from linli.trail.acts import label as subject_of
from linli.trail.words import act_name
from linli.web.access import may, needs, office_at
from linli.web.reasons import put_on
from linli.web.registers import Register

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]
MOST_EVENTS = 30


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every announcement within scope, with how many applied and were appointed."""
    scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    keeps = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    rows = queries.measured(scope)
    if not keeps:
        rows = rows.filter(published_at__isnull=False)
    table = Register(
        request,
        rows=rows,
        columns=showing.ANNOUNCEMENTS,
        new_url=reverse("recruitment:new") if keeps else "",
        new_label=gettext_lazy("起草选聘公告"),
        empty_title=gettext_lazy("这里还没有选聘公告"),
        empty_text=gettext_lazy("起草公告、填写岗位和条件，发布以后网上报名。"),
    )
    answer = render(request, table.template("recruitment/register.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Draw up an announcement."""
    form = forms.AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = announcing.draft(
                by=request.user,
                county=office_at(request, *KEEPERS)[:6],
                **form.cleaned_data,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已起草，请填写岗位和条件"))
            return redirect("recruitment:add_post", made.pk)
    return _form(request, form, title=gettext_lazy("起草选聘公告"), back="recruitment:register")


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Announcement)
def edit(request: HttpRequest, row: Announcement) -> HttpResponse:
    """Mend a draft."""
    rules.is_draft(published=row.published_at is not None).enforce()
    names = tuple(forms.AnnouncementForm.base_fields)
    begun = {name: getattr(row, name) for name in names}
    form = forms.AnnouncementForm(request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            announcing.amend(
                by=request.user, announcement=row, **form.cleaned_data, now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已保存"))
            return redirect("recruitment:announcement", row.pk)
    return _form(request, form, title=gettext_lazy("修改选聘公告"), row=row)


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Announcement)
def add_post(request: HttpRequest, row: Announcement) -> HttpResponse:
    """Put a post into a draft."""
    rules.is_draft(published=row.published_at is not None).enforce()
    widest = queries.limits(row.county, row.reference_on)
    names = ("age_min", "age_max", "age_max_experienced", "experience_years", "schooling")
    form = forms.PostForm(
        request.POST or None,
        inside=inside(row.county),
        initial={name: getattr(widest, name) for name in names},
    )
    if request.method == "POST" and form.is_valid():
        try:
            announcing.add_post(
                by=request.user, announcement=row, **form.told(row.county), now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已增加岗位"))
            return redirect("recruitment:announcement", row.pk)
    return _form(request, form, title=gettext_lazy("增加岗位"), row=row)


def inside(county: str) -> list[places.Named]:
    """Streets and communities of a county."""
    rows = places.in_force().filter(level__in=("street", "community")).within(Scope.of(county))
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


def _form(request: HttpRequest, form: Any, **told: Any) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "recruitment/form.html", {"form": form} | told, status=status)


@require_POST
@needs(*KEEPERS, of=lambda post: _post(post))
def remove_post(request: HttpRequest, found: Post) -> HttpResponse:
    """Take a post out of a draft."""
    row = found.announcement_id
    announcing.remove_post(by=request.user, post=found, now=timezone.now())
    messages.success(request, _("已删除岗位"))
    return redirect("recruitment:announcement", row)


def _post(post: int) -> Post:
    found = Post.objects.select_related("announcement").filter(pk=post).first()
    if found is None:
        raise Http404
    return found


# --- one announcement -------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=Announcement)
def announcement(request: HttpRequest, row: Announcement) -> HttpResponse:
    """How far a recruitment is, what is next and whose turn it is, posts, figures."""
    keeps = may(request, row.place, *KEEPERS)
    if not keeps and row.published_at is None:
        raise Http404
    return render(request, "recruitment/announcement.html", page_of(request, row))


def page_of(request: HttpRequest, row: Announcement) -> dict[str, Any]:
    """Everything the page of an announcement shows."""
    today = timezone.localdate()
    case = cases.find(flow=flow.RECRUITMENT, subject=row)
    steps = cases.progress(case, on=today) if case else []
    turn = next((step for step in steps if step.state in ("open", "late")), None)
    row.turn_step = turn.step.code if turn else None  # type: ignore[attr-defined]
    counts = queries.counts(row)
    return {
        "row": row,
        "state_word": showing.state_of(row, today),
        "steps": steps,
        "turn": turn,
        "posts": _posts(row),
        "stages": _stages(row, counts),
        "total": sum(counts.values()),
        "figures": _figures(row) if counts else [],
        "keeps": may(request, row.place, *KEEPERS),
        "vets": may(request, row.place, *VETTING),
        "to_vet": len(staging.to_vet(row)),
        "waiting": queries.undecided(row) if case else 0,
        "again": queries.to_look_again(row).count() if case else 0,
        "next": _next(row, turn.step.code if turn else "", today, counts),
        "publications": list(row.publications.order_by("-pk")),
        "objections": list(queries.objections(row)),
        "today": today,
        "events": _events(row),
        "exam": staging.exam_of(row),
    }


def _posts(row: Announcement) -> list[dict[str, Any]]:
    found = list(queries.posts_measured(row))
    ways = places.name_paths({post.place for post in found})
    return [
        {
            "post": post,
            "where": ways.get(post.place, post.place),
            "title": showing.word("titles", post.title),
            "asked": post.conditions.told(row.reference_on),
        }
        for post in found
    ]


def _stages(row: Announcement, counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Each stage with how many are at it, and how many ended there."""
    url = reverse("recruitment:applications", args=[row.pk])
    return [
        {
            "name": name,
            "open": counts.get((code, rules.OPEN), 0),
            "standby": counts.get((code, rules.STANDBY), 0),
            "out": counts.get((code, rules.OUT), 0) + counts.get((code, rules.WITHDRAWN), 0),
            "done": counts.get((code, rules.APPOINTED), 0),
            "url": f"{url}?stage={code}&state=open",
            "out_url": f"{url}?stage={code}&state=out",
        }
        for code, name in rules.STAGES.items()
    ]


def _figures(row: Announcement) -> list[dict[str, Any]]:
    more = {"": gettext_lazy("不属于四类"), "all": gettext_lazy("合计")}
    names = {**rules.GROUPS, **more}
    return [one | {"name": names[one["group"]]} for one in queries.group_figures(row)]


_DO = {
    rules.CHECK: ("written", gettext_lazy("结束资格初审，转笔试")),
    rules.WRITTEN: ("take_written", gettext_lazy("取笔试成绩")),
    rules.RECHECK: ("interview", gettext_lazy("结束资格复审，转面试")),
    rules.INTERVIEW: ("take_interview", gettext_lazy("取面试成绩")),
}


def _next(
    row: Announcement, turn: str, today: Any, counts: dict[tuple[str, str], int]
) -> list[dict[str, Any]]:
    """What the office may do now: (act, label, list)."""
    if turn == rules.CHECK and today <= row.closes_on:
        return []
    if turn in _DO:
        what, label = _DO[turn]
        return [{"what": what, "label": label}]
    found = []
    if staging.results_waiting(row):
        found.append({"what": "background", "label": gettext_lazy("取联审结论")})
    shown = row.publications.filter(ended_at__isnull=True).first()
    if shown is not None and today > shown.until_on:
        found.append({"what": "end_names", "label": gettext_lazy("结束公示")})
    elif shown is None and counts.get((rules.PUBLICATION, rules.OPEN)):
        found.append({"what": "names", "label": gettext_lazy("公示拟聘人员")})
    return found


def _events(row: Announcement) -> list[dict[str, Any]]:
    """What the office did, newest first."""
    told = [
        {"at": line.at, "title": act_name(line.act), "by": line.by.name if line.by else ""}
        for line in trail.about(subject_of(row))
        if line.done and line.by
    ]
    return sorted(told, key=lambda event: event["at"], reverse=True)[:MOST_EVENTS]
