"""The staff's side of publication: objections from the register to the answer, and money that
others keep beside the accounts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.cases import queries as cases
from linli.disclosure import queries, rules, services
from linli.disclosure.flow import OBJECTION
from linli.disclosure.forms import (
    AS_IS,
    EDITED,
    AnswerForm,
    BesideForm,
    ObjectionsFilter,
    ScreenForm,
)
from linli.disclosure.models import Beside, Objection
from linli.kernel.calendar import WORK, Calendar
from linli.kernel.flow import PASSED
from linli.kernel.identity import FOUND, mask_phone, mask_text, personal_data_in
from linli.kernel.period import Period
from linli.kernel.roles import APPROVER, BOOKKEEPER, FUND_GROUP, OVERSEERS
from linli.kernel.rulings import ALLOWED, Refused, Ruling, refuse
from linli.kernel.words import gettext_noop
from linli.ledger import queries as ledger
from linli.places import queries as places
from linli.scope.names import WithPaths
from linli.sheets.answers import excel
from linli.sources import FUNDS, chart
from linli.trail.acts import look
from linli.web.access import may, needs, refused
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.web.templatetags.words import say

READERS = tuple(sorted(FUND_GROUP | OVERSEERS, key=lambda role: role.code))
SCREENERS, ANSWERERS = OBJECTION.step("screen").by, OBJECTION.step("answer").by
TALKERS = tuple(dict.fromkeys((*SCREENERS, *ANSWERERS)))
"""Who may see the number of the one who objects, to ask back; each look is recorded."""
UNPROCESSABLE = 422
STATES = {
    "checking": gettext_lazy("待审查个人信息"),
    "open": gettext_lazy("待答复"),
    "answered": gettext_lazy("已答复"),
}
TOTALS = {
    "opening": gettext_lazy("期初结余"),
    "income": gettext_lazy("收入合计"),
    "cost": gettext_lazy("合理成本合计"),
    "use": gettext_lazy("使用合计"),
    "transfer": gettext_lazy("调拨净额"),
    "closing": gettext_lazy("期末结余"),
}


# --- the register -----------------------------------------------------------------------------


def figure_word(row: Objection) -> str:
    """The figure that is doubted, in words: 公共收益 · 停车场地使用费; of a project its code."""
    first, *rest = row.figure.split("/")
    if first not in FUNDS:
        return rest[-1] if rest else row.figure
    names = {(c.fund, c.code): c.name for c in chart(row.book.chart_version)}
    last = rest[-1] if rest else ""
    word = names.get((first, last), last) if len(rest) > 1 else TOTALS.get(last, last)
    return f"{say(FUNDS[first].name)} · {say(word)}"


def state_of(row: Objection) -> str:
    """checking, open or answered."""
    if row.answered_at:
        return "answered"
    return "open" if row.screened_at else "checking"


def _badge(row: Objection, today: Any) -> tuple[Any, str]:
    state = state_of(row)
    late = row.answered_at is None and row.due_on < today
    return STATES[state], "late" if late else {"answered": "done"}.get(state, "open")


def _columns(calendar: Calendar, today: Any) -> tuple[Column, ...]:
    return (
        Column(
            code="number",
            label=gettext_lazy("异议"),
            value=lambda row: _("%(book)s 第 %(n)s 号") % {"book": row.book.name, "n": row.number},
            href=lambda row: reverse("disclosure:objection", args=[row.pk]),
        ),
        Column(code="period", label=gettext_lazy("公示月份"), kind="period", sort="period"),
        Column(code="figure", label=gettext_lazy("数字"), value=figure_word),
        Column(
            code="made_at",
            label=gettext_lazy("提出"),
            kind="day",
            value=lambda row: timezone.localdate(row.made_at),
            sort="made_at",
        ),
        Column(
            code="state",
            label=gettext_lazy("状态"),
            kind="state",
            value=lambda row: _badge(row, today),
        ),
        Column(
            code="left",
            label=gettext_lazy("答复期限"),
            kind="deadline",
            value=lambda row: None if row.answered_at else calendar.left(today, row.due_on, WORK),
            sort="due_on",
        ),
        Column(code="outcome", label=gettext_lazy("结论"), value=_outcome),
        Column(code="place", label=gettext_lazy("地方"), value="path", shown=False),
        Column(code="shown", label=gettext_lazy("公开的文字"), shown=False),
        Column(code="answer", label=gettext_lazy("答复"), shown=False),
    )


def _outcome(row: Objection) -> object:
    return rules.OUTCOMES.get(row.outcome, "")


def _chosen(request: HttpRequest) -> tuple[ObjectionsFilter, Any, int]:
    scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
    every = Objection.objects.within(scope).select_related("book")
    form = ObjectionsFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    rows = every.order_by("answered_at", "due_on", "pk")
    state, today = told.get("state", ""), timezone.localdate()
    if state == "checking":
        rows = rows.filter(screened_at=None)
    elif state == "open":
        rows = rows.filter(screened_at__isnull=False, answered_at=None)
    elif state == "late":
        rows = rows.filter(answered_at=None, due_on__lt=today)
    elif state == "answered":
        rows = rows.filter(answered_at__isnull=False)
    if told.get("period"):
        rows = rows.filter(period=told["period"])
    if text := told.get("q", "").strip():
        like = Q(query=text.upper().replace(" ", "")) | Q(text__icontains=text)
        rows = rows.filter(like | Q(book__name__icontains=text) | Q(book__code__iexact=text))
    return form, rows, every.count()


@never_cache
@require_safe
@needs(*READERS)
def objections(request: HttpRequest) -> HttpResponse:
    """Every objection within scope: what waits, whose turn it is, until when."""
    form, rows, total = _chosen(request)
    query = request.GET.urlencode()
    register = Register(
        request,
        rows=WithPaths(rows),
        columns=_columns(places.calendar(), timezone.localdate()),
        filters=form,
        total_count=total,
        excel_out_url=f"{reverse('disclosure:objections_excel')}?{query}",
        empty_title=gettext_lazy("没有异议"),
        empty_text=gettext_lazy(
            "居民在公开账页的每个数字旁边都可以提出异议；提出后先审查个人信息，再按期答复。"
        ),
    )
    template = register.template("disclosure/objections.html")
    return render(request, template, {"register": register})


@never_cache
@require_safe
@needs(*READERS)
def objections_excel(request: HttpRequest) -> HttpResponse:
    columns = _columns(places.calendar(), timezone.localdate())
    return excel(_("异议"), columns, WithPaths(_chosen(request)[1]))


# --- one objection ----------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=Objection)
def objection(request: HttpRequest, row: Objection) -> HttpResponse:
    """What was said, what of it may be shown, whose turn it is, and what was answered."""
    return _show(request, row)


def _show(request: HttpRequest, row: Objection, *, status: int = 200, **more: Any) -> HttpResponse:
    today = timezone.localdate()
    case = cases.find(flow=OBJECTION, subject=row)
    roles = request.access.roles_at(row.place)  # type: ignore[attr-defined]
    release = queries.release(row.book, row.period, row.version)
    known = rules.figures(rules.read(release.statement)) if release else {}
    label, fen = known.get(row.figure, (row.figure, None))
    calendar = places.calendar()
    context = {
        "row": row,
        "book": row.book,
        "state_name": STATES[state_of(row)],
        "badge": _badge(row, today)[1],
        "figure": figure_word(row) if row.figure.split("/")[0] in FUNDS else label,
        "fen": fen,
        "phone": mask_phone(row.phone),
        "pieces": pieces(row.text),
        "found": len(personal_data_in(row.text)),
        "kinds": tuple(dict.fromkeys(FOUND[f.kind] for f in personal_data_in(row.text))),
        "left": None if row.answered_at else calendar.left(today, row.due_on, WORK),
        "outcome": _outcome(row),
        "steps": cases.progress(case, on=today) if case else (),
        "events": _events(row, case),
        "may": _may(case, roles, request),
        "talks": may(request, row.place, *TALKERS),
        "screen_form": ScreenForm(text=row.text, initial=_first_look(row)),
        "answer_form": AnswerForm(),
    }
    return render(request, "disclosure/objection.html", context | more, status=status)


def _first_look(row: Objection) -> dict[str, str]:
    """What the form begins with: as it is where nothing was found, else with stars."""
    masked = mask_text(row.text)
    return {"way": AS_IS if masked == row.text else EDITED, "shown": masked}


def pieces(text: str) -> list[tuple[str, str]]:
    """A text cut where personal data was found: (piece, what it seems to be or "")."""
    told, at = [], 0
    for found in personal_data_in(text):
        told += [(text[at : found.start], ""), (text[found.start : found.end], FOUND[found.kind])]
        at = found.end
    return [(piece, kind) for piece, kind in [*told, (text[at:], "")] if piece]


def _may(case: Any, roles: Any, request: HttpRequest) -> dict[str, Ruling]:
    """The two steps, and for each why not."""
    if case is None or case.closed_at is not None:
        return {"screen": ALLOWED, "answer": ALLOWED}
    fold = cases.folded(case)
    return {
        code: OBJECTION.may_stamp(
            code,
            done=fold.done.keys(),
            roles=roles,
            own_steps=cases.own_steps(fold, request.user),
        )
        for code in ("screen", "answer")
    }


def _events(row: Objection, case: Any) -> list[dict[str, Any]]:
    """What happened, newest first."""
    told = [{"at": row.made_at, "title": _("居民提出异议"), "text": "", "by": "", "kind": ""}]
    for stamp in cases.stamps(case) if case else ():
        told.append(
            {
                "at": stamp.at,
                "title": OBJECTION.step(stamp.step).name,
                "text": stamp.note,
                "by": stamp.by.name if stamp.by else "",
                "kind": "done" if stamp.outcome == PASSED else "late",
            }
        )
    return told[::-1]


@require_POST
@needs(*SCREENERS, of=Objection)
def screen(request: HttpRequest, row: Objection) -> HttpResponse:
    """Decide what everybody may read of an objection."""
    form = ScreenForm(request.POST, text=row.text)
    if form.is_valid():
        try:
            services.screen(by=request.user, objection=row, now=timezone.now(), **form.decision)
        except Refused as fault:
            put_on(form, fault.ruling)
        else:
            messages.success(request, _("已审查，公开页面随即更新"))
            return redirect("disclosure:objection", row.pk)
    return _show(request, row, status=UNPROCESSABLE, screen_form=form)


@require_POST
@needs(*ANSWERERS, of=Objection)
def answer(request: HttpRequest, row: Objection) -> HttpResponse:
    """Answer an objection, once and for all to read."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer(
                by=request.user,
                objection=row,
                outcome=form.cleaned_data["outcome"],
                text=form.cleaned_data["text"],
                now=timezone.now(),
            )
        except Refused as fault:
            put_on(form, fault.ruling)
        else:
            messages.success(request, _("已答复，公开页面随即更新"))
            return redirect("disclosure:objection", row.pk)
    return _show(request, row, status=UNPROCESSABLE, answer_form=form)


@never_cache
@require_POST
@needs(*TALKERS, of=Objection)
def phone(request: HttpRequest, row: Objection) -> HttpResponse:
    """The whole number of the one who objects; the look is recorded."""
    look(by=request.user, subject=row, field="phone", now=timezone.now(), purpose="objection")
    return _show(request, row, phone=row.phone, revealed=True)


# --- beside the accounts ----------------------------------------------------------------------


@never_cache
@needs(*READERS, of=ledger.offers.book_at)
def beside(request: HttpRequest, book: Any) -> HttpResponse:
    """What other keepers say they hold for the estate; shown beside, never summed in."""
    keeps = may(request, book.place, BOOKKEEPER, APPROVER)
    form, status = BesideForm(request.POST or None), 200
    if request.method == "POST" and keeps:
        if form.is_valid() and _told_beside(request, book, form):
            messages.success(request, _("已登记，列入下一次封存的报表"))
            return redirect("disclosure:beside", book.code)
        status = UNPROCESSABLE
    elif request.method == "POST":
        return refused(
            request, refuse(gettext_noop("账外余额由记账员或审批人登记"), "linli:access.roles")
        )
    context = {
        "book": book,
        "form": form,
        "keeps": keeps,
        "rows": Beside.objects.filter(book=book)
        .select_related("told_by")
        .order_by("-as_of_on")[:60],
        "next_period": Period(ledger.open_period(book)).text,
    }
    return render(request, "disclosure/beside.html", context, status=status)


def _told_beside(request: HttpRequest, book: Any, form: BesideForm) -> bool:
    told = dict(form.cleaned_data)
    try:
        services.tell_beside(
            by=request.user, book=book, amount_fen=told.pop("amount"), now=timezone.now(), **told
        )
    except Refused as fault:
        put_on(form, fault.ruling)
        return False
    return True
