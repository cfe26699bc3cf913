"""Exams: the register, one exam, its candidates and ranking, the score sheet."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.exams import queries, rules, showing
from linli.exams import sheet as sheets
from linli.exams.forms import CandidatesFilter
from linli.exams.models import Exam
from linli.exams.ranking import TIES
from linli.exams.who import KEEPERS, READERS
from linli.kernel.words import gettext_noop as noop
from linli.sheets.answers import download, excel
from linli.trail import queries as trail
from linli.trail.acts import label as subject_of
from linli.trail.words import act_name
from linli.web.access import may, needs
from linli.web.registers import Register

MOST_EVENTS = 40


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every exam within scope, the latest first."""
    table = Register(
        request,
        rows=queries.exams(request.access.scope(*READERS)),  # type: ignore[attr-defined]
        columns=showing.REGISTER,
        empty_title=gettext_lazy("还没有考试"),
        empty_text=gettext_lazy("选聘到笔试环节时，在这里排考场、抽座位、录成绩、出排名。"),
    )
    answer = render(request, table.template("exams/register.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS, of=Exam)
def exam(request: HttpRequest, found: Exam) -> HttpResponse:
    """One exam: how far it is, what is next, rooms, clerks, seed and digests."""
    interview = showing.interview_of(found)
    stage = queries.stage(found, interview)
    terms = queries.terms_of(found)
    clerks = list(found.clerks.select_related("user"))
    context = {
        "exam": found,
        "interview": interview,
        "stage": stage,
        "state": showing.STAGES[stage],
        "steps": showing.steps(stage),
        "turn": showing.TURNS[stage],
        "keeps": may(request, found.place, *KEEPERS),
        "facts": _facts(found, terms),
        "rooms": queries.rooms(found),
        "seats": sum(found.rooms.values_list("seats", flat=True)),
        "people": found.candidates.count(),
        "clerks": [(rules.DUTIES[row.duty], row) for row in clerks],
        "free": [
            word for code, word in rules.DUTIES.items() if code not in {c.duty for c in clerks}
        ],
        "posts": queries.posts(found),
        "differing": queries.differing(found).filter(settled__isnull=True).count()
        if stage == "compare"
        else 0,
        "tied": any(one.outcome == rules.TIED for one in queries.standing(found)),
        "events": _events(found, interview),
    }
    return render(request, "exams/exam.html", context)


def _facts(found: Exam, terms: Any) -> list[tuple[Any, Any]]:
    return [
        (noop("编号"), found.number),
        (
            noop("笔试时间"),
            f"{found.held_on:%Y-%m-%d} {found.from_at:%H:%M}–{found.until_at:%H:%M}",
        ),
        (
            noop("满分、合格分数线"),
            _("%(most)s分，%(pass)s分") % {"most": terms.written_most, "pass": terms.written_pass},
        ),
        (
            noop("笔试、面试占比"),
            f"{terms.written_share}% : {terms.interview_share}%",
        ),
        (noop("面试比例"), f"1 : {terms.ratio}"),
        (noop("并列比较次序"), " → ".join(_(TIES[code]) for code in terms.ties)),
        (noop("规则适用日"), found.terms_on),
        (noop("排座种子"), found.seed),
    ]


def _events(found: Exam, interview: Any) -> list[dict[str, Any]]:
    about = [subject_of(found), *([subject_of(interview)] if interview else [])]
    told = [
        {"at": line.at, "title": act_name(line.act), "by": line.by.name if line.by else ""}
        for line in trail.about(*about)
        if line.done
    ]
    return sorted(told, key=lambda event: event["at"], reverse=True)[:MOST_EVENTS]


def _chosen(request: HttpRequest, found: Exam) -> tuple[CandidatesFilter, list[showing.Row]]:
    form = CandidatesFilter(request.GET, posts=list(found.posts.values_list("code", "name")))
    told = form.cleaned_data if form.is_valid() else {}
    rows = showing.rows(
        found,
        text=told.get("q", ""),
        post=told.get("post", ""),
        outcome=told.get("outcome", ""),
    )
    return form, rows


@never_cache
@require_safe
@needs(*READERS, of=Exam)
def scores(request: HttpRequest, found: Exam) -> HttpResponse:
    """The candidates of an exam: seats, scores, ranks, and why somebody is in or out."""
    form, rows = _chosen(request, found)
    table = Register(
        request,
        rows=rows,
        columns=showing.COLUMNS,
        filters=form,
        excel_out_url=reverse("exams:scores_excel", args=[found.pk]),
        empty_title=gettext_lazy("没有这样的考生"),
        empty_text=gettext_lazy("换一个条件再查。"),
    )
    answer = render(
        request,
        table.template("exams/scores.html"),
        {"register": table, "exam": found, "terms": queries.terms_of(found)},
    )
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS, of=Exam)
def scores_excel(request: HttpRequest, found: Exam) -> HttpResponse:
    """The same as an Excel file."""
    _form, rows = _chosen(request, found)
    return excel(_("%(exam)s成绩排名") % {"exam": found.title}, showing.COLUMNS, rows)


@never_cache
@require_safe
@needs(*READERS, of=Exam)
def sheet(request: HttpRequest, found: Exam) -> HttpResponse:
    """The score sheet without names, from which anybody computes the ranking; named by its digest."""
    data = queries.sheet(found)
    name = f"{found.number}-{sheets.digest(data)[:16]}.csv"
    return download(data, name, "text/csv; charset=utf-8")
