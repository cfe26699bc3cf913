"""What is owed and done: by community, by person, one person explained; certificates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.sheets.answers import download, excel
from linli.training import owed, papers, queries, rules, services, showing
from linli.training.code_views import items_of
from linli.training.forms import AreasFilter, PeopleFilter, ReasonForm
from linli.training.models import Certificate
from linli.training.views import UNPROCESSABLE, tabs, the_scope
from linli.training.who import KEEPERS, READERS
from linli.web.access import may, needs, refused
from linli.web.reasons import put_on
from linli.web.registers import Register
from linli.workforce import queries as workforce

CONFLICT = 409


def _day(form: Any) -> date:
    return (form.cleaned_data.get("on") if form.is_valid() else None) or timezone.localdate()


# --- communities --------------------------------------------------------------------------------


def _areas(request: HttpRequest) -> tuple[AreasFilter, date, showing.Lazy]:
    form = AreasFilter(request.GET)
    on = _day(form)
    rows = places.of_level("community", the_scope(request)).order_by("place")

    def named(some: Any) -> list[Any]:
        codes = [row.place for row in some]
        ways = places.paths(codes)
        return [_Area(one, ways.get(one.place, ())) for one in owed.covered(codes, on)]

    return form, on, showing.Lazy(rows, named)


class _Area:
    """What a community owes, with its names."""

    def __init__(self, told: owed.Covered, steps: Any) -> None:
        self.told = told
        level = {step.level: step.name for step in steps}
        self.where, self.street_name = level.get("community", told.place), level.get("street", "")

    def __getattr__(self, name: str) -> Any:
        return getattr(self.told, name)


@never_cache
@require_safe
@needs(*READERS)
def coverage(request: HttpRequest) -> HttpResponse:
    """Each community: how many have done all they owe."""
    form, on, rows = _areas(request)
    table = Register(
        request,
        rows=rows,
        columns=showing.AREAS,
        filters=form,
        tabs=tabs("coverage"),
        excel_out_url=reverse("training:coverage_excel"),
        empty_title=gettext_lazy("这里还没有社区"),
        empty_text=gettext_lazy("录入地域后，各社区的培训完成情况列在这里。"),
    )
    context = {"register": table, "on": on, "first": queries.window(on)[0]}
    answer = render(request, table.template("training/coverage.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def coverage_excel(request: HttpRequest) -> HttpResponse:
    """All communities of the reader."""
    _form, _on, rows = _areas(request)
    return excel(_("社区培训完成情况"), showing.AREAS, rows)


# --- people -------------------------------------------------------------------------------------


def _people(request: HttpRequest) -> tuple[PeopleFilter, date, showing.Lazy]:
    scope = the_scope(request)
    form = PeopleFilter(request.GET, inside=workforce.inside_choices(scope))
    on = _day(form)
    told = form.cleaned_data if form.is_valid() else {}
    rows = workforce.register(
        scope, on=on, text=told.get("q", ""), inside=told.get("inside", "")
    ).order_by("place", "number")
    return form, on, showing.Lazy(rows, showing.people(on))


@never_cache
@require_safe
@needs(*READERS)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who serves: what each has done and still owes."""
    form, on, rows = _people(request)
    table = Register(
        request,
        rows=rows,
        columns=showing.PEOPLE,
        filters=form,
        tabs=tabs("people"),
        excel_out_url=reverse("training:people_excel"),
        empty_title=gettext_lazy("这里没有在职的社区工作者"),
        empty_text=gettext_lazy("建立人事档案并登记任职后，培训完成情况列在这里。"),
    )
    context = {"register": table, "on": on, "first": queries.window(on)[0]}
    answer = render(request, table.template("training/people.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def people_excel(request: HttpRequest) -> HttpResponse:
    """Everybody of the filter."""
    _form, _on, rows = _people(request)
    return excel(_("个人培训完成情况"), showing.PEOPLE, rows)


def _worker(pk: int) -> Any:
    found = queries.worker(pk)
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
@needs(*READERS, of=_worker)
def person(request: HttpRequest, found: Any) -> HttpResponse:
    """One person: what they owe and why, what they were at, their certificates."""
    return _show_person(request, found)


def _show_person(
    request: HttpRequest, found: Any, *, refusal: Any = None, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    told = owed.owing_of(found, today)
    keeps = may(request, found.place, *KEEPERS)
    standing = queries.standing_certificate(found, today)
    done = list(queries.signed_in(found)[:100])
    for row in done:
        row.topic_name = showing.word("topics", row.session.topic)  # type: ignore[attr-defined]
        row.way_name = rules.WAYS[row.way]  # type: ignore[attr-defined]
    context = {
        "worker": found,
        "path": places.path(found.place),
        "coverage": told.coverage if told else None,
        "items": items_of(told.coverage) if told else [],
        "first": queries.window(today)[0],
        "today": today,
        "done": done,
        "certificates": found.training_certificates.all(),
        "keeps": keeps,
        "ruling": rules.may_certify(told.coverage if told else None, standing=standing is not None),
        "refusal": refusal,
    }
    return render(request, "training/person.html", context, status=status)


# --- certificates -------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS)
def certificates(request: HttpRequest) -> HttpResponse:
    """Every certificate within scope."""
    rows = queries.certificates(the_scope(request))
    table = Register(
        request,
        rows=showing.Lazy(rows, showing.where),
        columns=showing.CERTIFICATES,
        tabs=tabs("certificates"),
        empty_title=gettext_lazy("还没有发过培训证书"),
        empty_text=gettext_lazy("学时全部完成、每个专题测验合格的，在本人的完成情况页颁发。"),
    )
    answer = render(request, table.template("training/certificates.html"), {"register": table})
    answer["Vary"] = "HX-Request"
    return answer


@require_POST
@needs(*KEEPERS, of=_worker)
def certify(request: HttpRequest, found: Any) -> HttpResponse:
    """Give somebody their certificate."""
    try:
        made = services.certify(by=request.user, worker=found, now=timezone.now())
    except Refused as why:
        return _show_person(request, found, refusal=why.ruling, status=CONFLICT)
    messages.success(request, _("已颁发证书%(number)s") % {"number": made.number})
    return redirect("training:certificate", made.pk)


def _address(found: Certificate) -> str:
    """What the QR code of a certificate opens: for years, so not where the reader happens to be."""
    return settings.PUBLIC_URL.rstrip("/") + reverse("training:check_code", args=[found.code])


@never_cache
@require_safe
@needs(*READERS, of=Certificate)
def certificate(request: HttpRequest, found: Certificate) -> HttpResponse:
    """One certificate: what it says, how it is checked, its PDF."""
    return _show_certificate(request, found)


def _show_certificate(
    request: HttpRequest, found: Certificate, form: ReasonForm | None = None
) -> HttpResponse:
    context = {
        "certificate": found,
        "worker": found.worker,
        "address": _address(found),
        "keeps": may(request, found.place, *KEEPERS),
        "amount": showing.amount("", found.minutes),
        "form": form or ReasonForm(),
    }
    status = UNPROCESSABLE if form is not None else 200
    return render(request, "training/certificate.html", context, status=status)


@never_cache
@require_safe
@needs(*READERS, of=Certificate)
def certificate_pdf(request: HttpRequest, found: Certificate) -> HttpResponse:
    """The certificate on paper."""
    made = papers.certificate(found, address=_address(found))
    if made is None:
        return refused(request, papers.NO_TYPEFACES, status=CONFLICT)
    return download(made, f"{found.number}.pdf", "application/pdf")


@require_POST
@needs(*KEEPERS, of=Certificate)
def void(request: HttpRequest, found: Certificate) -> HttpResponse:
    """Withdraw a certificate."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.void(
                by=request.user, certificate=found, why=form.cleaned_data["why"], now=timezone.now()
            )
        except Refused as why:
            put_on(form, why.ruling)
        else:
            messages.success(request, _("已撤销"))
            return redirect("training:certificate", found.pk)
    return _show_certificate(request, found, form)


@never_cache
@require_http_methods(["GET", "HEAD"])
def check(request: HttpRequest, code: str = "") -> HttpResponse:
    """Anybody checks a certificate by its code: name in part, number, time, whether it stands."""
    code = (code or request.GET.get("code", "")).strip().upper()[:16]
    found = queries.certificate_by(code) if code else None
    context = {
        "code": code,
        "certificate": found,
        "name": _masked(found.worker.name) if found else "",
        "where": places.name(found.place) if found else "",
        "amount": showing.amount("", found.minutes) if found else "",
    }
    return render(
        request, "training/check.html", context, status=404 if code and not found else 200
    )


def _masked(name: str) -> str:
    """王*燕, 王*: the family name and, of three and more, the last character."""
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}" if len(name) > 2 else f"{name[:1]}*"
