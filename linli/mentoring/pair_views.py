"""Pairs: the register, one pair with its logs and growth, what each side writes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.rulings import Refused
from linli.mentoring import queries, rules, services, showing
from linli.mentoring.forms import LogForm, PairsFilter, ReasonForm
from linli.mentoring.models import Pair
from linli.mentoring.views import FORM, UNPROCESSABLE, the_scope
from linli.mentoring.who import KEEPERS, READERS, SIDES
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.web.access import may, needs
from linli.web.reasons import put_on
from linli.web.registers import Register
from linli.workforce import queries as workforce


def _chosen(request: HttpRequest) -> tuple[PairsFilter, Any]:
    scope, today = the_scope(request), timezone.localdate()
    form = PairsFilter(request.GET, inside=workforce.inside_choices(scope))
    told = form.cleaned_data if form.is_valid() else {}
    state = told.get("state")
    rows = queries.stalled(scope, today) if state == "stalled" else queries.pairs(scope)
    if state == "open":
        rows = rows.filter(queries.OPEN)
    elif state == "ended":
        rows = rows.filter(ended_on__isnull=False)
    if told.get("inside"):
        rows = rows.within(told["inside"])
    if asked := told.get("q", "").strip():
        rows = rows.filter(
            Q(mentor__name__contains=asked) | Q(mentee__worker__name__contains=asked)
        )
    return form, showing.Lazy(rows, showing.with_state(today))


@never_cache
@require_safe
@needs(*READERS)
def pairs(request: HttpRequest) -> HttpResponse:
    """Every pair within scope."""
    form, rows = _chosen(request)
    table = Register(
        request,
        rows=rows,
        columns=showing.PAIRS,
        filters=form,
        tabs=showing.tabs("pairs"),
        excel_out_url=reverse("mentoring:pairs_excel"),
        empty_title=gettext_lazy("还没有结对"),
        empty_text=gettext_lazy("登记需求后匹配，由人确认才成对。"),
    )
    context = {
        "register": table,
        "due": queries.due_now(the_scope(request), timezone.localdate()),
    }
    answer = render(request, table.template("mentoring/pairs.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def pairs_excel(request: HttpRequest) -> HttpResponse:
    """All pairs of the filter."""
    _form, rows = _chosen(request)
    return excel(_("帮带结对"), showing.PAIRS, rows)


def _pair(pk: int) -> Pair:
    found = queries.pair(pk)
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@needs(*READERS, *(role for role in SIDES if role not in READERS))
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """One pair, for who reads the corps there and for its two sides; nobody else is told of it."""
    found = _pair(pk)
    side = queries.side_of(found, request.user)
    if not side and not may(request, found.place, *READERS):
        raise Http404
    return _show(request, found, side)


def _show(
    request: HttpRequest, found: Pair, side: str, form: ReasonForm | None = None
) -> HttpResponse:
    today = timezone.localdate()
    logs = queries.logs(found)
    for row in logs:
        row["text"], row["what"] = showing.span_text(row["period"]), showing.what_of(row["period"])
        # Before both have written, neither side reads the other.
        row["hides"] = (
            {rules.MENTOR: rules.MENTEE, rules.MENTEE: rules.MENTOR}.get(side, "")
            if not row["sealed"]
            else ""
        )
    growth = queries.growth(found)
    context = {
        "pair": found,
        "side": side,
        "path": places.path(found.place),
        "state_word": showing.state_of(found, today),
        "needs": showing.topic_names(found.mentee.needs),
        "skills": showing.topic_names(found.mentor.skills),
        "parts": showing.parts_of(found),
        "logs": logs,
        "owed": [
            (span.code, showing.span_text(span.code), showing.what_of(span.code))
            for one, _side, spans in (queries.owed_by(request.user, today) if side else [])
            if one.pk == found.pk
            for span in spans
        ],
        "chart": showing.chart(growth),
        "keeps": may(request, found.place, *KEEPERS) and found.ended_on is None,
        "form": form or ReasonForm(),
    }
    status = UNPROCESSABLE if form is not None else 200
    return render(request, "mentoring/pair.html", context, status=status)


@require_POST
@needs(*KEEPERS, of=_pair)
def end_pair(request: HttpRequest, found: Pair) -> HttpResponse:
    """A pair ends."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.end_pair(
                by=request.user, pair=found, why=form.cleaned_data["why"], now=timezone.now()
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("结对已结束，被帮带人重新等待匹配"))
            return redirect("mentoring:pair", found.pk)
    return _show(request, found, "", form)


@never_cache
@require_safe
@needs(*SIDES)
def mine(request: HttpRequest) -> HttpResponse:
    """One's own pairs and what is still to be written."""
    today = timezone.localdate()
    rows = [
        {
            "pair": one,
            "side": rules.SIDES[side],
            "other": one.mentee.worker.name if side == rules.MENTOR else one.mentor.name,
            "needs": showing.topic_names(one.mentee.needs),
            "state": showing.state_of(one, today),
            "owed": [
                (
                    span.code,
                    showing.span_text(span.code),
                    showing.what_of(span.code),
                    span.last_on < today,
                )
                for span in spans
            ],
        }
        for one, side, spans in queries.owed_by(request.user, today)
    ]
    return render(request, "mentoring/mine.html", {"rows": rows})


@never_cache
@require_http_methods(FORM)
@needs(*SIDES)
def log(request: HttpRequest, pk: int, period: str) -> HttpResponse:
    """Write one's own side of a month or quarter."""
    found = _pair(pk)
    side = queries.side_of(found, request.user)
    if not side:
        raise Http404
    own = found.logs.filter(period=period, side=side).first()
    rates = side == rules.MENTOR and "Q" in period
    rated = (
        tuple(found.mentee.needs)
        if rates and not found.ratings.filter(period=period).exists()
        else ()
    )
    initial = (
        {"on": own.on, "spot": own.spot, "text": own.text} if own else {"on": timezone.localdate()}
    )
    form = LogForm(request.POST or None, rated=rated, initial=initial)
    if request.method == "POST" and form.is_valid():
        told = {name: form.cleaned_data[name] for name in ("on", "spot", "text")}
        try:
            services.write_log(
                by=request.user,
                pair=found,
                period=period,
                **told,
                ratings=form.ratings,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("记录已保存"))
            return redirect("mentoring:pair", found.pk)
    try:
        text = showing.span_text(period)
    except ValueError:
        raise Http404 from None
    context = {
        "form": form,
        "pair": found,
        "period": period,
        "text": text,
        "what": showing.what_of(period),
        "other": found.mentee.worker.name if side == rules.MENTOR else found.mentor.name,
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "mentoring/log.html", context, status=status)
