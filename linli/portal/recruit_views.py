"""Applying for a post without an account, and what became of it. As objections are sent: no
cookie, a signed moment in the form, nothing in anybody's name."""

from __future__ import annotations

import time
from typing import Any

from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.identity import mask_name
from linli.kernel.place import Scope
from linli.kernel.rulings import Reason, Refused, Ruling, require
from linli.kernel.words import gettext_noop as _
from linli.places import queries as places
from linli.portal import pages, queries, rules, services
from linli.portal.forms import AskForm, opened, token
from linli.portal.recruit_forms import PAPER, AgainForm, ApplyForm, NameForm, OwnForm
from linli.portal.sending import from_here, visitor_of
from linli.recruitment import queries as recruiting
from linli.recruitment import rules as recruit
from linli.recruitment import services as recruitment
from linli.sources import words
from linli.web.fields import whole_number
from linli.web.reasons import put_on
from linli.web.templatetags.words import say

UNPROCESSABLE, TOO_MANY = 422, 429
SHOWN = 30
FORM = ["GET", "HEAD", "POST"]


@require_safe
def announcements(request: HttpRequest) -> HttpResponse:
    """Announcements, those that take applications first."""
    today = timezone.localdate()
    rows = list(recruiting.published()[:SHOWN])
    for row in rows:
        row.taking = recruiting.taking(row, today)  # type: ignore[attr-defined]
    named = places.name_paths({row.place for row in rows})
    context = {
        "open": [row for row in rows if row.taking.allowed],
        "rest": [row for row in rows if not row.taking.allowed],
        "named": named,
    }
    return pages.fresh(request, "portal/recruits.html", context)


def _the(pk: int) -> Any:
    row = recruiting.published().filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _posts(row: Any) -> list[dict[str, Any]]:
    """The posts of an announcement as they are told: where, how many, what is asked."""
    found = list(recruiting.posts(row))
    ways = places.name_paths({post.place for post in found})
    return [
        {
            "post": post,
            "where": ways.get(post.place, post.place),
            "title": words("titles")[post.title].name,
            "asked": post.conditions.told(row.reference_on),
        }
        for post in found
    ]


@require_safe
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    """One announcement: posts, conditions, dates, how to apply; names while they are shown."""
    row, today = _the(pk), timezone.localdate()
    posts = _posts(row)
    shown = recruiting.shown(row, today)
    for one in shown:
        one.rows = [(each, posts_by(posts, each.post_id)) for each in one.names]
    context = {
        "row": row,
        "where": places.name_paths({row.place}).get(row.place, row.place),
        "posts": posts,
        "wanted": sum(one["post"].wanted for one in posts),
        "taking": recruiting.taking(row, today),
        "shown": shown,
        "dates": [
            (name, day)
            for name, day in (
                (_("报名开始"), row.opens_on),
                (_("报名截止"), row.closes_on),
                (_("年龄基准日"), row.reference_on),
                (_("笔试日期（计划）"), row.written_on),
                (_("面试日期（计划）"), row.interview_on),
            )
            if day
        ],
    }
    return pages.fresh(request, "portal/recruit.html", context)


def posts_by(posts: list[dict[str, Any]], pk: int) -> dict[str, Any]:
    return next(one for one in posts if one["post"].pk == pk)


# --- applying ---------------------------------------------------------------------------------


@csrf_exempt
@require_http_methods(FORM)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """The form of an announcement; what comes of it is told at once, with every reason."""
    row = _the(pk)
    posts = _posts(row)
    context: dict[str, Any] = {"row": row, "posts": posts}
    context["taking"] = recruiting.taking(row, timezone.localdate())
    if request.method == "POST":
        return _sent(request, context)
    chosen = request.GET.get("post", "")
    begun = {"token": token(time.time()), "post": chosen}
    context["form"] = _form(context, initial=begun)
    return pages.fresh(request, "portal/recruit_apply.html", context)


def _form(context: dict[str, Any], *given: Any, **more: Any) -> ApplyForm:
    row = context["row"]
    streets = places.of_level("street", Scope.of(row.county))
    named = [
        (one["post"].code, f"{one['post'].code} {one['where']} {say(one['title'])}")
        for one in context["posts"]
    ]
    return ApplyForm(
        *given,
        posts=named,
        streets=[(place.place, place.name) for place in streets],
        county=row.county,
        **more,
    )


def _sent(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    row, now = context["row"], timezone.now()
    form = _form(context, request.POST, request.FILES)
    seconds, nonce = opened(request.POST.get("token", ""), time.time())
    status = UNPROCESSABLE
    if form.is_valid():
        given, visitor = form.cleaned_data, visitor_of(request)
        ruling = from_here(request) & rules.may_send(seconds=seconds, trap=given["website"])
        about = queries.objected(visitor, f"J{row.pk}", now=now, what=queries.Attempt.APPLY)
        busy = rules.may_apply_again(**about)
        if not ruling.allowed:
            put_on(form, ruling)
        elif not (busy.allowed or queries.applied_before(nonce)):
            put_on(form, busy)
            status = TOO_MANY
        else:
            try:
                made = _apply(row, context, given, visitor, nonce)
            except Refused as refused:
                put_on(form, refused.ruling)
            else:
                return _made(request, context, made, given["phone"])
    if not seconds or seconds > rules.MOST_SECONDS:
        form.data = form.data.copy()
        form.data["token"] = token(time.time())
    context["form"] = form
    return pages.fresh(request, "portal/recruit_apply.html", context, status=status)


def _apply(
    row: Any, context: dict[str, Any], given: dict[str, Any], visitor: str, nonce: str
) -> Any:
    """Apply; of the same form sent twice at once the second gets the first one's application."""
    post = next(one["post"] for one in context["posts"] if one["post"].code == given["post"])
    plain = ("name", "id_number", "phone", "schooling", "politics", "school", "major", "groups")
    more = ("finished_on", "residence", "experience_years", "promised")
    entry = recruitment.Entry(post=post, **{name: given[name] for name in (*plain, *more)})
    papers = [
        recruitment.Sent(kind=kind, content=file, name=file.name)
        for kind in recruit.PAPERS
        for file in given[PAPER + kind]
    ]
    told = {"announcement": row, "entry": entry, "papers": papers, "visitor": visitor}
    try:
        return services.apply(by=None, nonce=nonce, now=timezone.now(), **told)
    except IntegrityError:
        return services.apply(by=None, nonce=nonce, now=timezone.now(), **told)


def _made(request: HttpRequest, context: dict[str, Any], made: Any, phone: str) -> HttpResponse:
    """The receipt: the number, and whether the conditions are met, with reasons and what to do."""
    fits = made.ruling != recruit.INELIGIBLE
    tail = recruiting.digits(phone)[-4:]
    context |= {
        "made": made,
        "post": posts_by(context["posts"], made.post_id),
        "fits": fits,
        "reasons": reasons_of(made),
        "own": AgainForm(initial={"query": made.query, "tail": tail}),
    }
    return pages.fresh(request, "portal/recruit_applied.html", context)


def reasons_of(row: Any) -> Ruling:
    """Why an application was refused by rule: the reasons as they were, with their grounds."""
    check = row.checks.filter(kind="rule").first()
    found = check.reasons if check else ()
    return Ruling(tuple(Reason(text, values, tuple(cites)) for text, values, cites in found))


# --- asking -----------------------------------------------------------------------------------


def told(
    request: HttpRequest, row: Any, tail: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """What an applicant may see of the own application: how far it is, why, what can be done."""
    last = row.checks.filter(kind="office").last()
    refused = row.state == recruit.OUT and row.stage == recruit.CHECK
    context = {
        "row": row,
        "announcement": row.announcement,
        "post": row.post,
        "where": places.name_paths({row.post.place}).get(row.post.place, ""),
        "said": recruit.standing(ruling=row.ruling, stage=row.stage, state=row.state),
        "kind": "done" if row.state == recruit.APPOINTED else "open" if row.is_live else "void",
        "steps": _steps(row),
        "slip": _slip(row),
        "scores": _scores(row),
        "refused": refused,
        "reasons": reasons_of(row) if refused and row.ruling == recruit.INELIGIBLE else Ruling(),
        "why": last.why if last and refused else "",
        "asked": row.checks.filter(kind="asked").last(),
        "may_ask": refused and recruiting.is_checking(row.announcement),
        "may_withdraw": recruit.may_withdraw(state=row.state).allowed,
        "own": AgainForm(initial={"query": row.query, "tail": tail}),
    }
    return pages.fresh(request, "portal/recruit_told.html", context | more, status=status)


def _slip(row: Any) -> list[tuple[Any, Any]]:
    """Where and when the written test is, from the draw of seats on."""
    seat = recruiting.seat_of(row) if row.stage == recruit.WRITTEN else None
    if seat is None:
        return []
    exam = seat.exam
    return [
        (_("准考证号"), seat.ticket),
        (_("日期"), date_format(exam.held_on, "DATE_FORMAT")),
        (_("时间"), f"{exam.from_at:%H:%M}—{exam.until_at:%H:%M}"),
        (_("考场"), f"{seat.room.name} {seat.room.address}".strip()),
        (_("座位"), seat.seat),
    ]


def _scores(row: Any) -> list[tuple[Any, Any]]:
    """What the score sheets say of an applicant, once it was taken over."""
    told = (
        (_("笔试"), recruit.points(row.written_score)),
        (_("面试"), recruit.points(row.interview_score)),
        (_("总成绩"), recruit.points(row.total_score)),
        (_("岗位名次"), row.rank),
    )
    return [(name, value) for name, value in told if value]


def _steps(row: Any) -> list[dict[str, Any]]:
    """The stages of an application for the stepper; no names, no reasons."""
    codes = list(recruit.STAGES)
    at = codes.index(row.stage)
    days = {one.stage: one.on for one in row.outcomes.all() if one.outcome == recruit.PASSED}
    found = []
    for turn, code in enumerate(codes):
        over = turn < at or row.state == recruit.APPOINTED
        state = "done" if over else "open" if turn == at and row.is_live else "wait"
        found.append({"name": recruit.STAGES[code], "state": state, "note": days.get(code, "")})
    return found


def _own(request: HttpRequest) -> tuple[Any, OwnForm, HttpResponse | None]:
    """The application that a form proves to be one's own, or the answer why not."""
    form = OwnForm(request.POST)
    if not form.is_valid():
        raise Http404
    query, tail = form.cleaned_data["query"], form.cleaned_data["tail"]
    visitor, now = visitor_of(request), timezone.now()
    busy = rules.may_ask_again(**queries.asked_in_vain(visitor, query, now=now))
    row = recruiting.asked(query, tail) if busy.allowed else None
    if row is None:
        if busy.allowed:
            services.ask_in_vain(by=None, query=query, visitor=visitor, now=now)
            busy = require(False, _("没有找到：请核对查询号和电话后四位"))
        return None, form, _not_own(request, busy)
    from_here(request).enforce()
    return row, form, None


def _not_own(request: HttpRequest, ruling: Any) -> HttpResponse:
    form = AskForm({})
    form.errors.clear()
    put_on(form, ruling)
    return pages.fresh(request, "portal/ask.html", {"form": form}, status=TOO_MANY)


@csrf_exempt
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take one's own application back."""
    row, form, answer = _own(request)
    if answer is not None:
        return answer
    tail = form.cleaned_data["tail"]
    try:
        recruitment.withdraw(by=None, application=row, now=timezone.now())
    except Refused as refused:
        return told(request, row, tail, status=UNPROCESSABLE, ruling=refused.ruling)
    return told(request, recruiting.asked(row.query, tail), tail, done=gettext("报名已撤回。"))


@csrf_exempt
@require_POST
def ask_again(request: HttpRequest) -> HttpResponse:
    """Ask the office to look again at why one was refused."""
    row, form, answer = _own(request)
    if answer is not None:
        return answer
    tail = form.cleaned_data["tail"]
    form = AgainForm(request.POST)
    if not form.is_valid():
        return told(request, row, tail, status=UNPROCESSABLE, own=form)
    text = form.cleaned_data["text"]
    try:
        recruitment.ask_again(by=None, application=row, text=text, now=timezone.now())
    except Refused as refused:
        put_on(form, refused.ruling)
        return told(request, row, tail, status=UNPROCESSABLE, own=form)
    return told(request, recruiting.asked(row.query, tail), tail, done=gettext("已申请复核。"))


# --- names that are shown ---------------------------------------------------------------------


@csrf_exempt
@require_http_methods(FORM)
def object_to(request: HttpRequest, pk: int) -> HttpResponse:
    """Object to a name while it is shown."""
    row, today = _the(pk), timezone.localdate()
    names = [
        (str(each.pk), f"{each.name} {each.post.code}")
        for one in recruiting.shown(row, today)
        for each in one.names
    ]
    if not names:
        raise Http404
    context: dict[str, Any] = {"row": row}
    if request.method != "POST":
        begun = {"token": token(time.time()), "about": request.GET.get("about", "")}
        context["form"] = NameForm(initial=begun, names=names)
        return pages.fresh(request, "portal/recruit_object.html", context)
    form, now, status = NameForm(request.POST, names=names), timezone.now(), UNPROCESSABLE
    seconds, nonce = opened(request.POST.get("token", ""), time.time())
    if form.is_valid():
        given, visitor = form.cleaned_data, visitor_of(request)
        ruling = from_here(request) & rules.may_send(seconds=seconds, trap=given["website"])
        about = recruiting.proposed(whole_number(given["about"]) or 0, row, today)
        try:
            ruling.enforce()
            context["made"] = services.object_to_name(
                by=None,
                application=about,
                text=given["text"],
                phone=given["phone"],
                visitor=visitor,
                nonce=nonce,
                now=now,
            )
            return pages.fresh(request, "portal/recruit_objected.html", context)
        except Refused as refused:
            put_on(form, refused.ruling)
    if not seconds or seconds > rules.MOST_SECONDS:
        form.data = form.data.copy()
        form.data["token"] = token(time.time())
    context["form"] = form
    return pages.fresh(request, "portal/recruit_object.html", context, status=status)


def objection_told(request: HttpRequest, row: Any) -> HttpResponse:
    """What whoever objected to a name may see: the own words, whether it is settled and why."""
    context = {
        "row": row,
        "announcement": row.publication.announcement,
        "about": mask_name(row.application.name),
    }
    return pages.fresh(request, "portal/recruit_objection.html", context)
