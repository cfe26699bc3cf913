"""On the spot: the code that changes, signing in by it, one's own training, the test on a phone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.rulings import Refused, Ruling
from linli.sources import number
from linli.training import owed, queries, rules, services, showing, testing
from linli.training.forms import PaperForm
from linli.training.models import Paper, Session
from linli.training.views import FORM, UNPROCESSABLE
from linli.training.who import LEARNERS, PLANNERS
from linli.web.access import needs
from linli.web.reasons import put_on

CONFLICT = 409
MOST_BEHIND = 30


@never_cache
@require_safe
@needs(*PLANNERS, of=Session)
def code(request: HttpRequest, found: Session) -> HttpResponse:
    """The code, large, for the screen of the room; it renews itself every minute."""
    now = timezone.now()
    address = request.build_absolute_uri(reverse("training:come", args=[found.pk]))
    on = timezone.localdate(now)
    context = {
        "session": found,
        "address": f"{address}?k={queries.code_of(found, now)}",
        "minutes": number("training_code_minutes", on=on, place=found.place),
        "came": found.sign_ins.count(),
        "asked": found.invites.count(),
        "ruling": queries.running(found),
        "seconds": 60 - now.second,
    }
    part = getattr(request, "htmx", False)
    return render(request, "training/code.html#code" if part else "training/code.html", context)


@never_cache
@require_http_methods(FORM)
@needs(*LEARNERS)
def come(request: HttpRequest, pk: int) -> HttpResponse:
    """What the scanned code opens: one button, signed in."""
    found = get_object_or_404(Session.objects.select_related("venue"), pk=pk)
    worker = queries.file_of(request.user)
    if request.method == "POST":
        services.sign_in(
            by=request.user, session=found, code=request.POST.get("k", ""), now=timezone.now()
        )
        messages.success(request, _("签到成功"))
        return redirect("training:come", found.pk)
    mine = found.sign_ins.filter(worker=worker).first() if worker else None
    context = {
        "session": found,
        "worker": worker,
        "mine": mine,
        "code": request.GET.get("k", ""),
        "holds": queries.code_holds(found, request.GET.get("k", ""), timezone.now()),
        "running": queries.running(found),
        "test": _test_of(found, worker) if mine else None,
        "topic": showing.word("topics", found.topic),
    }
    return render(request, "training/come.html", context)


def _test_of(found: Session, worker: Any) -> dict[str, Any]:
    """What somebody may do about a test: begin it, go on with it, or read how it went."""
    ruling, _done = testing.may_start(found, worker, timezone.now())
    papers = list(found.papers.filter(worker=worker).order_by("attempt"))
    return {
        "session": found,
        "ruling": ruling,
        "open": next((paper for paper in papers if paper.done_at is None), None),
        "done": [paper for paper in papers if paper.done_at],
    }


@never_cache
@require_safe
@needs(*LEARNERS)
def mine(request: HttpRequest) -> HttpResponse:
    """One's own training: what comes, which tests wait, what is owed, what was done."""
    worker, now = queries.file_of(request.user), timezone.now()
    context: dict[str, Any] = {"worker": worker}
    if worker is not None:
        today = timezone.localdate(now)
        found = owed.owing_of(worker, today)
        context |= {
            "coming": [
                row
                for row in queries.of_worker(worker, since=now - timezone.timedelta(hours=8))
                if queries.ends_at(row) > now
            ][:10],
            "tests": queries.papers_open(worker, now),
            "coverage": found.coverage if found else None,
            "items": items_of(found.coverage) if found else [],
            "done": queries.signed_in(worker)[:MOST_BEHIND],
            "certificates": worker.training_certificates.all(),
            "today": today,
        }
    return render(request, "training/mine.html", context)


def items_of(coverage: rules.Coverage) -> list[dict[str, Any]]:
    """What somebody owes, line by line."""
    return [
        {
            "name": rules.name_of(item.code),
            "owed": showing.amount(item.code, item.owed),
            "done": showing.amount(item.code, item.done),
            "part": min(item.done, item.owed),
            "whole": item.owed,
            "left": showing.amount(item.code, item.left) if item.left else "",
            "passed": item.passed,
            "complete": item.is_done,
        }
        for item in coverage.items
    ]


# --- the test -----------------------------------------------------------------------------------


@require_POST
@never_cache
@needs(*LEARNERS)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw one's paper."""
    found = get_object_or_404(Session, pk=pk)
    paper = testing.start_paper(by=request.user, session=found, now=timezone.now())
    return redirect("training:paper", paper.pk)


def _own(request: HttpRequest, pk: int) -> Paper:
    """A paper of the reader. Raises Http404 for anybody else's: it is not told."""
    worker = queries.file_of(request.user)
    rows = Paper.objects.select_related("session", "worker")
    found = rows.filter(pk=pk, worker=worker).first() if worker else None
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(FORM)
@needs(*LEARNERS)
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions; once handed in, which were right, and why."""
    found = _own(request, pk)
    items = list(found.items.select_related("question"))
    if found.done_at is not None:
        return _result(request, found, items)
    form = PaperForm(request.POST or None, items=items)
    if request.method == "POST" and form.is_valid():
        try:
            testing.hand_in(by=request.user, paper=found, chosen=form.chosen, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            return redirect("training:paper", found.pk)
    context = {"paper": found, "session": found.session, "form": form}
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "training/paper.html", context, status=status)


def _result(request: HttpRequest, found: Paper, items: list[Any]) -> HttpResponse:
    ruling: Ruling = testing.may_start(found.session, found.worker, timezone.now())[0]
    told = [
        {
            "text": item.question.text,
            "right": item.right,
            "chosen": item.question.options[item.chosen],
            "answer": item.question.options[item.question.right],
            "why": item.question.why,
        }
        for item in items
    ]
    context = {"paper": found, "session": found.session, "items": told, "again": ruling.allowed}
    return render(request, "training/result.html", context)
