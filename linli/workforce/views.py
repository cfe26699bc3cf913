"""The register of files, as of any day; a new file."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.web.access import needs, office_at
from linli.web.reasons import put_on
from linli.web.registers import Register
from linli.workforce import queries, services, showing
from linli.workforce.forms import FileForm, WorkersFilter
from linli.workforce.who import KEEPERS, READERS

UNPROCESSABLE = 422
REGISTER = "workforce:register"
FORM = ["GET", "HEAD", "POST"]


class Chosen:
    """What a reader narrowed the register to: the form, the day, the files."""

    def __init__(self, request: HttpRequest) -> None:
        self.scope: Scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
        told = request.GET.copy()
        told.setdefault("state", "serving")
        self.form = WorkersFilter(told, inside=queries.inside_choices(self.scope))
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        self.on: date = chosen.get("on") or timezone.localdate()
        state = chosen.get("state") or "serving"
        names = ("inside", "title", "politics", "schooling")
        self.files = queries.register(
            self.scope,
            on=self.on,
            text=chosen.get("q", ""),
            state="" if state == "all" else state,
            **{name: chosen.get(name, "") for name in names},
        )
        self.rows = showing.Rows(self.files, self.on)


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every file within scope, as of a day."""
    chosen = Chosen(request)
    keeps = request.access.holds(*KEEPERS)  # type: ignore[attr-defined]
    table = Register(
        request,
        rows=chosen.rows,
        columns=showing.COLUMNS,
        filters=chosen.form,
        new_url=reverse("workforce:new") if keeps else "",
        new_label=gettext_lazy("新建档案"),
        excel_in_url=reverse("workforce:import") if keeps else "",
        excel_out_url=reverse("workforce:excel"),
        empty_title=gettext_lazy("这里还没有人员档案"),
        empty_text=gettext_lazy("一人一档：可以逐个新建，也可以用 Excel 一次导入。"),
    )
    context = {"register": table, "figures": queries.figures(chosen.scope, chosen.on)}
    context |= {"on": chosen.on}
    answer = render(request, table.template("workforce/register.html"), context)
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All files of the filter with every column; numbers masked."""
    chosen = Chosen(request)
    return excel(_("社区工作者名册"), showing.COLUMNS, chosen.rows)


def communities(request: HttpRequest) -> list[places.Named]:
    """The communities that a keeper may put somebody into."""
    scope = request.access.whole(*KEEPERS)  # type: ignore[attr-defined]
    rows = places.in_force().filter(level="community").within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


@never_cache
@require_http_methods(FORM)
@needs(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Open the file of a person."""
    form = FileForm(request.POST or None, communities=communities(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_file(
                by=request.user,
                county=office_at(request, *KEEPERS)[:6],
                **form.cleaned_data,
                now=timezone.now(),
            )
        except Refused as refused:
            put_on(form, refused.ruling)
        else:
            messages.success(request, _("已建立档案%(number)s") % {"number": made.number})
            return redirect("workforce:worker", made.pk)
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "workforce/new.html", {"form": form}, status=status)
