"""The templates of letters: what is in force, and a county's own words for one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.roles import HOUSING
from linli.kernel.rulings import Refused
from linli.remedy import issuing, letters, queries
from linli.remedy.act_views import FORM, UNPROCESSABLE
from linli.remedy.forms import WordingForm
from linli.remedy.letter_views import pdf
from linli.remedy.readers import DECIDERS
from linli.web.access import needs, office_at
from linli.web.reasons import put_on


def _county(request: HttpRequest) -> str:
    return office_at(request, *DECIDERS)[:6]


def _kind(kind: str) -> str:
    if kind not in letters.KINDS:
        raise Http404
    return kind


@never_cache
@require_safe
@needs(*DECIDERS)
def templates(request: HttpRequest) -> HttpResponse:
    """The templates in force and what they may name."""
    county = _county(request)
    own = queries.wordings(county)
    rows = []
    for kind, name in letters.KINDS.items():
        found = queries.template(kind, county)
        rows.append(
            {
                "kind": kind,
                "name": name,
                "found": found,
                "own": own.get(kind),
                "lines": found.body.split("\n"),
            }
        )
    edits = request.access.holds(HOUSING)  # type: ignore[attr-defined]
    return render(request, "remedy/templates.html", {"rows": rows, "edits": edits})


@never_cache
@require_safe
@needs(*DECIDERS)
def preview(request: HttpRequest, kind: str) -> HttpResponse:
    """The template in force on paper, with the names of its contents in their places."""
    return _sample(queries.template(_kind(kind), _county(request)))


def _sample(found: letters.Template) -> HttpResponse:
    now = timezone.now()
    return pdf(issuing.sample(found, on=timezone.localdate(now)), found.title, now)


@never_cache
@require_http_methods(FORM)
@needs(HOUSING)
def edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Word a letter the county's own way: look at it on paper (`look`), then keep it."""
    county = _county(request)
    found = queries.template(_kind(kind), county)
    first = {"title": found.title, "number": found.number, "body": found.body}
    form = WordingForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = form.cleaned_data
        try:
            if "look" in request.POST:
                shown = letters.Template(kind=kind, **told)
                letters.check(shown).enforce()
                return _sample(shown)
            issuing.reword(
                by=request.user,  # type: ignore[arg-type]
                county=county,
                kind=kind,
                **told,
                now=timezone.now(),
            )
            messages.success(request, _("已保存，以后发出的文书用这个模板"))
            return redirect("remedy:templates")
        except Refused as refused:
            put_on(form, refused.ruling)
    context = {
        "form": form,
        "kind": kind,
        "name": letters.KINDS[kind],
        "holes": [f"{{{hole}}}" for hole in letters.PLACEHOLDERS[kind]],
        "in_number": [f"{{{hole}}}" for hole in letters.IN_NUMBER],
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "remedy/edit_template.html", context, status=status)


@require_POST
@needs(HOUSING)
def restore(request: HttpRequest, kind: str) -> HttpResponse:
    """Back to the letter as it comes."""
    issuing.restore_wording(
        by=request.user,  # type: ignore[arg-type]
        county=_county(request),
        kind=_kind(kind),
        now=timezone.now(),
    )
    messages.success(request, _("已恢复自带模板"))
    return redirect("remedy:templates")
