"""Sessions: the register, a new one, its page with who came, the end of its list."""

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

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.training import queries, rules, services, showing
from linli.training.forms import ForForm, ListForm, PlanForm, ReasonForm, SessionsFilter
from linli.training.models import Session
from linli.training.who import PLANNERS, READERS
from linli.web.access import may, needs
from linli.web.context import Link
from linli.web.reasons import put_on
from linli.web.registers import Register
from linli.web.templatetags.words import say
from linli.workforce import queries as workforce

UNPROCESSABLE = 422
FORM = ["GET", "HEAD", "POST"]
MOST_SHOWN = 300


def tabs(now: str) -> list[Link]:
    """The registers of training, side by side."""
    pages = (
        ("register", gettext_lazy("培训")),
        ("coverage", gettext_lazy("社区完成情况")),
        ("people", gettext_lazy("个人完成情况")),
        ("certificates", gettext_lazy("培训证书")),
    )
    return [Link(word, reverse(f"training:{name}"), current=name == now) for name, word in pages]


def the_scope(request: HttpRequest) -> Scope:
    return request.access.scope(*READERS)  # type: ignore[attr-defined]


def _chosen(request: HttpRequest) -> tuple[SessionsFilter, Any]:
    scope = the_scope(request)
    form = SessionsFilter(request.GET, inside=workforce.inside_choices(scope))
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.sessions(scope)
    if told.get("q", "").strip():
        asked = told["q"].strip()
        rows = rows.filter(title__contains=asked) | rows.filter(number=asked.upper())
    if told.get("inside"):
        rows = rows.within(told["inside"])
    for name in ("topic", "kind"):
        if told.get(name):
            rows = rows.filter(**{name: told[name]})
    state = told.get("state")
    if state == "cancelled":
        rows = rows.filter(cancelled_at__isnull=False)
    elif state:
        rows = rows.filter(cancelled_at__isnull=True, closed_at__isnull=state == "coming")
    return form, rows


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every session that concerns the reader's places."""
    form, rows = _chosen(request)
    plans = request.access.holds(*PLANNERS)  # type: ignore[attr-defined]
    today = timezone.localdate()
    table = Register(
        request,
        rows=showing.Lazy(rows, showing.sessions),
        columns=showing.SESSIONS,
        filters=form,
        tabs=tabs("register"),
        new_url=reverse("training:new") if plans else "",
        new_label=gettext_lazy("安排培训"),
        excel_out_url=reverse("training:excel"),
        empty_title=gettext_lazy("这里还没有培训"),
        empty_text=gettext_lazy(
            "按片区安排：片区内的培训对象自动列入名单，现场扫码签到，会后短测验。"
        ),
    )
    held = queries.held(the_scope(request), today)
    context = {
        "register": table,
        "held": held.count(),
        "micro": held.filter(kind=rules.MICRO).count(),
    }
    answer = render(request, table.template("training/register.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All sessions of the filter."""
    _form, rows = _chosen(request)
    return excel(_("培训台账"), showing.SESSIONS, showing.sessions(rows))


def areas(request: HttpRequest) -> list[places.Named]:
    """The places for which the reader may plan: their county, its streets and communities."""
    scope = request.access.whole(*PLANNERS)  # type: ignore[attr-defined]
    rows = places.in_force().filter(level__in=("county", "street", "community")).within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


@never_cache
@require_http_methods(FORM)
@needs(*PLANNERS)
def new(request: HttpRequest) -> HttpResponse:
    """Plan a session; the topic with the most mistakes is proposed."""
    inside, today = areas(request), timezone.localdate()
    scope = request.access.whole(*PLANNERS)  # type: ignore[attr-defined]
    weak = queries.weak_topics(scope, today)
    proposed = rules.weakest(weak)
    form = PlanForm(
        request.POST or None,
        inside=inside,
        venues=queries.venues(scope).filter(closed_on=None),
        initial={
            "topic": proposed.topic if proposed else "",
            "kind": rules.MICRO,
            "minutes": 60,
            "place": _own_area(request, inside),
        },
    )
    if request.method == "POST" and form.is_valid():
        told = {k: v for k, v in form.cleaned_data.items() if k not in ("day", "time")}
        try:
            made = services.plan(by=request.user, **told, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已安排%(number)s") % {"number": made.number})
            return redirect("training:session", made.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {
        "form": form,
        "proposed": proposed,
        "proposed_name": showing.word("topics", proposed.topic) if proposed else "",
        "weak": [(one, showing.word("topics", one.topic)) for one in weak],
    }
    return render(request, "training/new.html", context, status=status)


def _own_area(request: HttpRequest, inside: list[places.Named]) -> str:
    """The street of somebody who plans for one; else the area asked for in the address."""
    asked = request.GET.get("place", "")
    return asked or (inside[0].code if inside and len(inside[0].code) > 6 else "")


def visible(request: HttpRequest, pk: int) -> Session:
    """A session that concerns the reader's places. Raises Http404."""
    whole = request.access.whole(*READERS)  # type: ignore[attr-defined]
    found = queries.sessions(whole).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@needs(*READERS)
def session(request: HttpRequest, pk: int) -> HttpResponse:
    """One session: when, where, who was asked, who came, how the test went."""
    return show(request, visible(request, pk))


def show(request: HttpRequest, found: Session, *, status: int = 200, **more: Any) -> HttpResponse:
    (found,) = showing.sessions([found])
    plans = may(request, found.place, *PLANNERS)
    whole = request.access.whole(*READERS)  # type: ignore[attr-defined]
    here = [row for row in queries.present(found) if whole.covers(row.place)]
    absent = queries.absent(found)
    away = [row for row in absent[: MOST_SHOWN * 4] if whole.covers(row.place)]
    open_ = queries.running(found).allowed
    context = {
        "session": found,
        "path": places.path(found.place),
        "state_word": showing.state_of(found),
        "facts": _facts(found),
        "present": showing.where(here)[:MOST_SHOWN],
        "ways": rules.WAYS,
        "absent": showing.where(away)[:MOST_SHOWN],
        "hidden": found.came - len(here),
        "plans": plans,
        "open": open_,
        "begun": found.starts_at <= timezone.now(),
        "for_form": more.get("for_form") or _for_form(found, away) if plans and open_ else None,
        "why_form": more.get("why_form") or ReasonForm(),
    }
    return render(request, "training/session.html", context, status=status)


def _for_form(found: Session, away: Any, data: Any = None) -> ForForm:
    people = [(str(row.worker_id), f"{row.worker.name} {row.worker.number}") for row in away]
    return ForForm(data, people=people)


def _facts(found: Session) -> list[tuple[Any, Any]]:
    ends = timezone.localtime(queries.ends_at(found))
    when = f"{timezone.localtime(found.starts_at):%Y-%m-%d %H:%M}—{ends:%H:%M}"
    return [
        (gettext_lazy("编号"), found.number),
        (gettext_lazy("形式"), say(rules.KINDS[found.kind])),
        (gettext_lazy("专题"), say(showing.word("topics", found.topic))),
        (gettext_lazy("时间"), when),
        (gettext_lazy("场所"), found.venue.name),
        (gettext_lazy("授课人"), found.trainer),
        (gettext_lazy("培训对象"), say(showing.for_whom(found.layers))),
        (gettext_lazy("应到"), str(found.asked)),  # type: ignore[attr-defined]
        (gettext_lazy("签到"), str(found.came)),  # type: ignore[attr-defined]
        (gettext_lazy("抽题种子"), found.seed),
    ]


@require_POST
@needs(*PLANNERS, of=Session)
def sign_in_for(request: HttpRequest, found: Session) -> HttpResponse:
    """Sign somebody in who could not scan."""
    form = _for_form(found, queries.absent(found), request.POST)
    if form.is_valid():
        worker = queries.worker(int(form.cleaned_data["worker"]))
        try:
            services.sign_in_for(
                by=request.user,
                session=found,
                worker=worker,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已补签：%(name)s") % {"name": worker.name})  # type: ignore[union-attr]
            return redirect("training:session", found.pk)
    return show(request, found, status=UNPROCESSABLE, for_form=form)


@never_cache
@require_http_methods(FORM)
@needs(*PLANNERS, of=Session)
def take_list(request: HttpRequest, found: Session) -> HttpResponse:
    """Take over a list that was signed on paper: tick who is on it."""
    queries.running(found).enforce()
    away = showing.where(queries.absent(found))
    people = [(str(row.worker_id), f"{row.worker.name} {row.where}") for row in away]
    form = ListForm(request.POST or None, people=people, initial={"reason": _("现场纸质签到表")})
    if request.method == "POST" and form.is_valid():
        chosen = set(form.cleaned_data["workers"])
        some = [
            services.Came(row.worker, found.starts_at)
            for row in away
            if str(row.worker_id) in chosen
        ]
        try:
            services.take_list(
                by=request.user,
                session=found,
                some=some,
                reason=form.cleaned_data["reason"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("%(n)s人已按纸质签到表录入") % {"n": len(some)})
            return redirect("training:session", found.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "session": found}
    return render(request, "training/take_list.html", context, status=status)


@require_POST
@needs(*PLANNERS, of=Session)
def close(request: HttpRequest, found: Session) -> HttpResponse:
    """Close the list."""
    services.close(by=request.user, session=found, now=timezone.now())
    messages.success(request, _("签到已截止，本期计入培训"))
    return redirect("training:session", found.pk)


@require_POST
@needs(*PLANNERS, of=Session)
def cancel(request: HttpRequest, found: Session) -> HttpResponse:
    """The session is not held."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.cancel(
                by=request.user, session=found, why=form.cleaned_data["why"], now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已取消"))
            return redirect("training:session", found.pk)
    return show(request, found, status=UNPROCESSABLE, why_form=form)


@never_cache
@require_safe
@needs(*PLANNERS, of=Session)
def sheet(request: HttpRequest, found: Session) -> HttpResponse:
    """Who came, as Excel."""
    rows = showing.where(queries.present(found))
    return excel(_("签到表%(number)s") % {"number": found.number}, showing.PRESENT, rows)
