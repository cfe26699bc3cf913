"""The office: the register of rounds, a new one, one round and what is done with it as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.calendar import WORK
from linli.kernel.roles import ROLES, VETTERS
from linli.kernel.rulings import Refused
from linli.people import queries as people
from linli.places import queries as places
from linli.vetting import desks, opening, paper, queries, rules, services, showing
from linli.vetting.forms import DueForm, RoundForm, RoundsFilter
from linli.vetting.models import Round, Task
from linli.vetting.who import MAY_BE_ASKED, OFFICE
from linli.web.access import needs, office_at
from linli.web.reasons import put_on
from linli.web.registers import Bulk, Register

FORM = ["GET", "HEAD", "POST"]
UNPROCESSABLE = 422
PER_PAGE = 50


@never_cache
@require_safe
@needs(*OFFICE)
def rounds(request: HttpRequest) -> HttpResponse:
    """Every round of the county."""
    form, today = RoundsFilter(request.GET), timezone.localdate()
    told = form.cleaned_data if form.is_valid() else {}
    scope = request.access.scope(*OFFICE)  # type: ignore[attr-defined]
    rows = desks.register(
        scope,
        text=told.get("q", ""),
        purpose=told.get("purpose", ""),
        state=told.get("state", ""),
        today=today,
    )
    table = Register(
        request,
        rows=rows,
        columns=showing.round_columns(places.calendar(), today),
        filters=form,
        new_url=reverse("vetting:new"),
        new_label=gettext_lazy("发起联审"),
        empty_title=gettext_lazy("还没有联审"),
        empty_text=gettext_lazy("定下部门、名单和期限后送出，各部门只看到自己的名单，逐人答复。"),
    )
    answer = render(request, table.template("vetting/rounds.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


# --- a new one ----------------------------------------------------------------------------------


def county_of(request: HttpRequest) -> str:
    return office_at(request, *OFFICE)[:6]


def holders(county: str) -> dict[str, list[Any]]:
    """Department → who could answer for it today."""
    today = timezone.localdate()
    return {role: people.holders(ROLES[role], county, today) for role in MAY_BE_ASKED}


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a round: what for, whom to ask, until when."""
    county, today = county_of(request), timezone.localdate()
    asked = holders(county)
    purpose = request.GET.get("purpose", "")
    initial: dict[str, Any] = {
        "purpose": purpose if purpose in rules.PURPOSES else rules.SERVING,
        "due_on": queries.reply_by(today, county),
        **{f"ask-{role.code}": bool(asked[role.code]) for role in VETTERS},
    }
    form = RoundForm(request.POST or None, holders=asked, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.open_round(
                by=request.user,  # type: ignore[arg-type]
                county=county,
                purpose=data["purpose"],
                title=data["title"],
                heads=form.heads(),
                due_on=data["due_on"],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已建立%(number)s，请列入名单") % {"number": made.number})
            return redirect("vetting:people", pk=made.pk)
    missing = [role.name for role in VETTERS if not asked[role.code]]
    context = {"form": form, "rows": form.rows(), "missing": tuple(missing)}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "vetting/new.html", context, status=status)


# --- one round ----------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*OFFICE, of=Round)
def round_(request: HttpRequest, held: Round) -> HttpResponse:
    """One round: while it is drawn up its list; then who has answered, and what."""
    return show(request, held)


def show(
    request: HttpRequest, held: Round, *, status: int = 200, ruling: Any = None
) -> HttpResponse:
    """The page of a round; `ruling`: why what was sent is refused."""
    today, calendar = timezone.localdate(), places.calendar()
    tasks = list(queries.measured(held.tasks.all()).select_related("head").order_by("pk"))
    some = queries.answers_for_review(request.user, held, today)
    late = [task for task in tasks if _is_late(task, held, today)]
    context: dict[str, Any] = {
        "held": held,
        "purpose": rules.PURPOSES[held.purpose],
        "state_word": showing.ROUND_STATES[desks.state_of(held, late=bool(late))],
        "left": calendar.left(today, held.due_on, WORK),
        "over": today > held.due_on,
        "departments": [_department(task, held, today) for task in tasks],
        "people_count": len(some),
        "register": _table(request, held, some),
        "counts": _counts(some),
        "press": _press(held, late, today),
        "ruling": ruling,
    }
    template = "vetting/draft.html" if held.sent_at is None else "vetting/round.html"
    return render(request, context["register"].template(template), context, status=status)


def _is_late(task: Task, held: Round, today: Any) -> bool:
    left = task.asked - task.signed  # type: ignore[attr-defined]
    return bool(left and held.sent_at and not held.closed_at and today > task.due_on)


def _department(task: Task, held: Round, today: Any) -> dict[str, Any]:
    """A department as the office sees it: how far it is, not what it said."""
    task.round = held
    reopenings = list(task.reopenings.all())
    late = _is_late(task, held, today)
    return {
        "task": task,
        "name": rules.role_name(task.role),
        "state": showing.list_state(task, today),
        "late": late,
        "reopenings": reopenings,
        "signatures": list(task.signatures.select_related("by")),
    }


def _table(request: HttpRequest, held: Round, some: list[Any]) -> Register:
    wanted = request.GET.get("outcome", "")
    chosen = [one for one in some if not wanted or _stands(one) == wanted]
    rows = showing.person_rows(chosen)
    signed = bool(held.sent_at)
    columns = showing.person_columns()
    ready = signed and not held.closed_at and not queries.unsigned_roles(held)
    return Register(
        request,
        rows=rows,
        columns=columns if signed else columns[:2],
        per_page=PER_PAGE,
        bulk=[Bulk(code="confirm", label=gettext_lazy("确认结果"), icon="checks")] if ready else (),
        bulk_url=reverse("vetting:confirm", args=[held.pk]),
        empty_title=gettext_lazy("名单上还没有人"),
        empty_text=gettext_lazy("从人事档案里选，或者按姓名和身份证号列入，可以一次多人。"),
    )


OPEN = "open"


def _stands(one: Any) -> str:
    """How somebody stands: by result, by what follows, or open."""
    return (one.result.outcome if one.result else one.outcome) or OPEN


def _counts(some: list[Any]) -> list[tuple[str, Any, int]]:
    """(code, word, people) of each way somebody can stand in which somebody does."""
    words = {**rules.OUTCOMES, OPEN: gettext_lazy("等部门答复")}
    found = dict.fromkeys(words, 0)
    for one in some:
        found[_stands(one)] += 1
    return [(code, words[code], n) for code, n in found.items() if n]


def _press(held: Round, late: list[Task], today: Any) -> str:
    """A text that reminds the departments that are late."""
    if not late:
        return ""
    lines = [
        _("%(name)s（%(head)s）：还有%(n)s人没有签署，期限%(day)s")
        % {
            "name": rules.role_name(task.role),
            "head": task.head.name,
            "n": task.asked - task.signed,  # type: ignore[attr-defined]
            "day": task.due_on.isoformat(),
        }
        for task in late
    ]
    head = _("【联审催办】%(number)s %(title)s") % {"number": held.number, "title": held.title}
    tail = _("没有答复不等于没有问题，结果要等各部门全部签署。请联系联审办公室重开名单后尽快答复。")
    return "\n".join([head, *lines, tail])


# --- what is done with a round ------------------------------------------------------------------


def act_page(
    request: HttpRequest,
    held: Round,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    title: Any,
    back: str = "",
    said: Any = "",
    **more: Any,
) -> HttpResponse:
    """Show a form, or do what it says and go back to the round (or to `back`)."""
    back = back or reverse("vetting:round", args=[held.pk])
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, said or _("已保存"))
            return redirect(back)
    context = {"held": held, "form": form, "title": title, "back": back, **more}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "vetting/act.html", context, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*OFFICE, of=Round)
def due(request: HttpRequest, held: Round) -> HttpResponse:
    """Another day to answer by, before the list is sent."""
    day = queries.reply_by(timezone.localdate(), held.county)
    form = DueForm(request.POST or None, initial={"due_on": day})
    return act_page(
        request,
        held,
        form,
        lambda data: services.change_due(
            by=request.user,  # type: ignore[arg-type]
            round=held,
            **data,
            now=timezone.now(),
        ),
        title=gettext_lazy("改定答复期限"),
        said=_("期限已改"),
    )


@require_POST
@never_cache
@needs(*OFFICE, of=Round)
def send(request: HttpRequest, held: Round) -> HttpResponse:
    """The list goes out to every department of the round."""
    try:
        told = services.send(by=request.user, round=held, now=timezone.now())  # type: ignore[arg-type]
    except Refused as refused:
        return show(request, held, status=UNPROCESSABLE, ruling=refused.ruling)
    messages.success(request, _("已送%(departments)s个部门，共%(people)s人") % dict(told.facts))
    return redirect("vetting:round", pk=held.pk)


@require_POST
@never_cache
@needs(*OFFICE, of=Round)
def decision(request: HttpRequest, held: Round) -> HttpResponse:
    """The decision sheet on paper; each time it is taken is kept."""
    now = timezone.now()
    try:
        opening.print_decision(by=request.user, round=held, now=now)  # type: ignore[arg-type]
    except Refused as refused:
        return show(request, held, status=UNPROCESSABLE, ruling=refused.ruling)
    return paper.answer(held, now=now)
