"""The question bank and the venues."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.rulings import Refused
from linli.training import queries, rules, services, showing, testing
from linli.training.forms import BankFilter, QuestionForm, VenueForm
from linli.training.models import Question, Venue
from linli.training.views import FORM, UNPROCESSABLE, areas, the_scope
from linli.training.who import KEEPERS, PLANNERS
from linli.web.access import needs, office_at
from linli.web.reasons import put_on
from linli.web.registers import Register


@never_cache
@require_safe
@needs(*KEEPERS)
def bank(request: HttpRequest) -> HttpResponse:
    """The questions in force, and which topics are answered worst."""
    county = office_at(request, *KEEPERS)[:6]
    form = BankFilter(request.GET)
    told = form.cleaned_data if form.is_valid() else {}
    rows = queries.bank(county, topic=told.get("topic", ""))
    if told.get("q", "").strip():
        rows = rows.filter(text__contains=told["q"].strip())
    weak = queries.weak_topics(request.access.whole(*KEEPERS), timezone.localdate())  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=rows,
        columns=showing.BANK,
        filters=form,
        new_url=reverse("training:new_question"),
        new_label=gettext_lazy("写一道题"),
        empty_title=gettext_lazy("题库里还没有题目"),
        empty_text=gettext_lazy("按专题写单选题；会后测验从同专题的题目里抽取。"),
    )
    context = {
        "register": table,
        "weak": [(one, showing.word("topics", one.topic)) for one in weak],
        "proposed": rules.weakest(weak),
    }
    answer = render(request, table.template("training/bank.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS)
def new_question(request: HttpRequest) -> HttpResponse:
    """Write a question."""
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            testing.write_questions(
                by=request.user,
                county=office_at(request, *KEEPERS)[:6],
                some=[testing.Asked(**form.cleaned_data)],
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已写入题库"))
            return redirect("training:bank")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "training/question.html", {"form": form}, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS, of=Question)
def question(request: HttpRequest, found: Question) -> HttpResponse:
    """A question with its versions; saving writes a new one."""
    versions = list(queries.versions(found))
    latest = versions[0]
    initial = {
        "topic": latest.topic,
        "text": latest.text,
        "options": "\n".join(latest.options),
        "right": latest.right + 1,
        "why": latest.why,
    }
    form = QuestionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            testing.reword_question(
                by=request.user,
                question=found,
                told=testing.Asked(**form.cleaned_data),
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已写入新的版本"))
            return redirect("training:bank")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    context = {"form": form, "question": latest, "versions": versions}
    return render(request, "training/question.html", context, status=status)


@require_POST
@needs(*KEEPERS, of=Question)
def withdraw(request: HttpRequest, found: Question) -> HttpResponse:
    """No paper is drawn with it any more."""
    testing.withdraw_question(by=request.user, question=found, now=timezone.now())
    messages.success(request, _("已停用这道题"))
    return redirect("training:bank")


@never_cache
@require_safe
@needs(*PLANNERS)
def venues(request: HttpRequest) -> HttpResponse:
    """Where people are trained."""
    table = Register(
        request,
        rows=showing.Lazy(queries.venues(the_scope(request)), showing.where),
        columns=showing.VENUES,
        new_url=reverse("training:new_venue"),
        new_label=gettext_lazy("登记场所"),
        empty_title=gettext_lazy("还没有登记培训场所"),
        empty_text=gettext_lazy("网格学校、党建学院、党群服务中心等，登记后安排培训时可选。"),
    )
    answer = render(request, table.template("training/venues.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_http_methods(FORM)
@needs(*PLANNERS)
def new_venue(request: HttpRequest) -> HttpResponse:
    """Write down a venue."""
    form = VenueForm(request.POST or None, inside=areas(request))
    if request.method == "POST" and form.is_valid():
        try:
            services.add_venue(by=request.user, **form.cleaned_data, now=timezone.now())
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已登记"))
            return redirect("training:venues")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "training/venue_new.html", {"form": form}, status=status)


@never_cache
@require_http_methods(FORM)
@needs(*PLANNERS, of=Venue)
def venue(request: HttpRequest, found: Venue) -> HttpResponse:
    """Close a venue: it is asked once."""
    if request.method == "POST":
        services.close_venue(by=request.user, venue=found, now=timezone.now())
        messages.success(request, _("已停用"))
        return redirect("training:venues")
    (found,) = showing.where([found])
    coming = found.sessions.filter(closed_at=None, cancelled_at=None).count()
    context = {"venue": found, "coming": coming}
    return render(request, "training/venue.html", context)
