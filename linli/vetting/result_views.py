"""How vettings end: confirming, the register of conclusions, leaving a post, who is due again, who is late."""

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
from linli.kernel.roles import ORGANISATION, SOCIAL
from linli.kernel.rulings import ALLOWED, Refused, require
from linli.kernel.words import gettext_noop
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.sources import number, words
from linli.trail.acts import label
from linli.vetting import desks, flow, queries, results, rules, showing
from linli.vetting.forms import ConfirmForm, LeaveForm, ResultsFilter
from linli.vetting.models import Result, Round
from linli.vetting.showing import Named
from linli.vetting.terms import Term, term
from linli.vetting.views import FORM, UNPROCESSABLE
from linli.vetting.views import show as show_round
from linli.vetting.who import OFFICE, PRESSERS, RESULT_READERS
from linli.web.access import may, needs, office_at
from linli.web.reasons import put_on
from linli.web.registers import Column, Register
from linli.workforce import queries as workforce

KEEPERS = (SOCIAL, ORGANISATION)


@require_POST
@never_cache
@needs(*OFFICE, of=Round)
def confirm(request: HttpRequest, held: Round) -> HttpResponse:
    """Look at what follows for the ticked people, then confirm it."""
    wanted = [int(n) for n in request.POST.getlist("row") if n.isdigit() and len(n) < 19]
    open_ = [one for one in queries.vetted(held, wanted) if one.result is None]
    ruling = require(open_, gettext_noop("请勾选还没有结果的人"))
    if not ruling.allowed:
        return show_round(request, held, status=UNPROCESSABLE, ruling=ruling)
    sent = request.POST if "sure" in request.POST else None
    form = ConfirmForm(sent, some=open_)
    ruling = ALLOWED
    if sent and form.is_valid():
        suspended = form.suspended()
        keys = [one.subject.pk for one in open_ if one.subject.pk not in suspended]
        try:
            told = results.confirm(
                by=request.user,  # type: ignore[arg-type]
                round=held,
                subjects=keys,
                suspended=suspended,
                now=timezone.now(),
            )
        except Refused as refused:
            ruling = refused.ruling
        else:
            messages.success(request, _confirmed(told.facts))
            return redirect("vetting:round", pk=held.pk)
    context = {"held": held, "form": form, "rows": _following(open_, form), "ruling": ruling}
    return render(request, "vetting/confirm.html", context, status=UNPROCESSABLE if sent else 200)


def _confirmed(facts: dict[str, object]) -> str:
    told = _("、").join(
        _("%(outcome)s%(n)s人") % {"outcome": _(rules.OUTCOMES[code]), "n": n}
        for code, n in facts.items()
    )
    return _("结果已确认：%(told)s") % {"told": told}


def _following(some: list[Any], form: ConfirmForm) -> list[dict[str, Any]]:
    """For each person what follows by rule: the result, how long they are barred, whether they leave."""
    today = timezone.localdate()
    against = queries.against([one.subject.pk for one in some])
    rows = []
    for one in some:
        pk = one.subject.pk
        found = term(against[pk], today) if pk in against else Term()
        worker = one.subject.worker
        post = workforce.post_of(worker, today) if worker and one.outcome == rules.FAILED else None
        rows.append(
            {
                "one": one,
                "state": (rules.OUTCOMES[one.outcome], showing.OUTCOME_BADGES[one.outcome])
                if one.outcome
                else (gettext_lazy("等部门答复"), "open"),
                "lasts": rules.LASTS.get(found.lasts, ""),
                "until_on": found.until_on,
                "leaves": post is not None,
                "suspend": form[f"suspend-{pk}"],
                "why": form[f"why-{pk}"],
            }
        )
    return rows


# --- the register of conclusions ----------------------------------------------------------------


def _chosen(request: HttpRequest) -> tuple[ResultsFilter, Named]:
    form = ResultsFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    scope = request.access.scope(*RESULT_READERS)  # type: ignore[attr-defined]
    rows = desks.results(scope, text=told.get("q", ""), outcome=told.get("outcome", ""))
    return form, Named(rows, _with_leaving)


def _with_leaving(rows: list[Result]) -> None:
    """Of those who did not pass, whether they have left the post: one query for the page."""
    told = cases.closed(flow.LEAVING, rows) if rows else {}
    for row in rows:
        done = told.get(label(row))
        row.leaving = (  # type: ignore[attr-defined]
            "" if done is None else gettext_lazy("已离任") if done else gettext_lazy("待办离任")
        )


@never_cache
@require_safe
@needs(*RESULT_READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every conclusion within scope; reasons stay with the office."""
    form, rows = _chosen(request)
    office = request.access.holds(*OFFICE)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=rows,
        columns=showing.result_columns(office=office),
        filters=form,
        excel_out_url=reverse("vetting:results_excel"),
        empty_title=gettext_lazy("还没有联审结论"),
        empty_text=gettext_lazy("各部门全部签署、联审办公室确认后，结论列在这里。"),
    )
    answer = render(request, table.template("vetting/results.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*RESULT_READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    return excel(_("联审结论"), showing.result_columns(office=False), _chosen(request)[1])


# --- leaving a post -----------------------------------------------------------------------------


def failed(pk: int) -> Result:
    found = (
        Result.objects.select_related("subject__round", "subject__worker")
        .filter(pk=pk, outcome=rules.FAILED)
        .first()
    )
    if found is None or cases.find(flow=flow.LEAVING, subject=found) is None:
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*RESULT_READERS, of=failed)
def leave(request: HttpRequest, result: Result) -> HttpResponse:
    """Whoever did not pass leaves the post: how far that is, and the day of it."""
    case = cases.find(flow=flow.LEAVING, subject=result)
    assert case is not None
    today = timezone.localdate()
    form = LeaveForm(request.POST or None, initial={"until_on": today})
    if request.method == "POST" and form.is_valid():
        try:
            results.leave(by=request.user, result=result, **form.cleaned_data, now=timezone.now())  # type: ignore[arg-type]
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已办理离任"))
            return redirect("vetting:results")
    worker = result.subject.worker
    post = workforce.post_of(worker, today)
    waits = cases.open_steps(case)
    context = {
        "result": result,
        "worker": worker,
        "post": post,
        "title_word": words("titles")[post.title].name if post else "",
        "path": places.name_path(result.place),
        "form": form,
        "steps": cases.progress(case, on=today),
        "open": bool(waits),
        "reads_file": may(request, worker.place, *KEEPERS),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "vetting/leave.html", context, status=status)


# --- due again, and late ------------------------------------------------------------------------

AGAIN_COLUMNS = (
    Column(code="name", label=gettext_lazy("姓名"), sort="name"),
    Column(code="number", label=gettext_lazy("档案编号"), sort="number"),
    Column(code="where", label=gettext_lazy("社区"), sort="place"),
    Column(
        code="title",
        label=gettext_lazy("职务"),
        value=lambda row: words("titles")[row.title_now].name,
    ),
    Column(code="since", label=gettext_lazy("任现职"), kind="day", value="since_now"),
    Column(
        code="passed_on",
        label=gettext_lazy("上次通过"),
        value=lambda row: row.passed_on.isoformat() if row.passed_on else gettext_lazy("没有记录"),
    ),
)


@never_cache
@require_safe
@needs(*RESULT_READERS)
def again(request: HttpRequest) -> HttpResponse:
    """Who serves and has passed no vetting within the term."""
    county, today = office_at(request, *RESULT_READERS)[:6], timezone.localdate()
    office = request.access.holds(*OFFICE)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=Named(queries.due_again(county, today)),
        columns=AGAIN_COLUMNS,
        new_url=f"{reverse('vetting:new')}?purpose={rules.SERVING}" if office else "",
        new_label=gettext_lazy("发起动态联审"),
        empty_title=gettext_lazy("没有应重新联审的人"),
        empty_text=gettext_lazy("在职的人在规定的年限内都通过过联审。"),
    )
    context = {
        "register": table,
        "months": number("vetting_again_months", on=today, place=county),
    }
    answer = render(request, table.template("vetting/again.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*PRESSERS)
def late(request: HttpRequest) -> HttpResponse:
    """Departments that are late: which, with how many people; nothing of what was said."""
    scope = request.access.scope(*PRESSERS)  # type: ignore[attr-defined]
    today = timezone.localdate()
    some = [each for each in queries.notices(scope, today, PRESSERS) if each.kind == rules.LATE]
    office = request.access.holds(*OFFICE)  # type: ignore[attr-defined]
    calendar = places.calendar()
    rows = [
        {
            "task": each.task,
            "name": rules.role_name(each.task.role),
            "left": each.left,
            "due_on": each.due_on,
            "days": calendar.working_days_between(each.due_on, today),
        }
        for each in some
    ]
    return render(request, "vetting/late.html", {"rows": rows, "office": office})
