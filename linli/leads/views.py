"""The register of leads as a list and a board; one lead's page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.files import answers
from linli.kernel.identity import mask_phone
from linli.kernel.place import Scope
from linli.kernel.rulings import Ruling, require
from linli.kernel.words import AnyOf, gettext_noop
from linli.leads import queries, rules, showing, verdicts
from linli.leads.forms import JoinForm, LeadsFilter, PurposeForm, ReasonForm
from linli.leads.models import Lead, Photo
from linli.leads.who import CONFER, CONVENERS, KEEPERS, RAISERS, READERS
from linli.places import queries as places
from linli.sheets.answers import excel
from linli.trail import queries as trail
from linli.trail.acts import label as subject_of
from linli.trail.words import act_name
from linli.web.access import may, needs
from linli.web.context import Link
from linli.web.registers import Bulk, Register
from linli.web.templatetags.words import say

UNPROCESSABLE = 422
LIST, BOARD = "leads:register", "leads:board"


def keeps(request: HttpRequest, place: str) -> Ruling:
    """Whether the reader keeps leads at a place, and if not, who does."""
    return require(
        may(request, place, *KEEPERS),
        gettext_noop("线索由%(who)s受理"),
        who=AnyOf(role.name for role in KEEPERS),
    )


class Chosen:
    """What a reader narrowed the register to: the form, the leads, their tally."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.scope: Scope = request.access.scope(*READERS)  # type: ignore[attr-defined]
        self.form = LeadsFilter(request.GET, inside=queries.inside_choices(self.scope))
        told = self.form.cleaned_data if self.form.is_valid() else {}
        names = ("inside", "kind", "state", "source", "violator", "conclusion")
        self.rows = queries.register(
            self.scope, text=told.get("q", ""), **{name: told.get(name, "") for name in names}
        )
        self.tally = queries.tally(self.rows)

    def register(self, *, view: str, **more: Any) -> Register:
        """The shell of both views: filters, tabs, counts, buttons."""
        holds = self.request.access.holds  # type: ignore[attr-defined]
        query = self.request.GET.copy()
        query.pop("page", None)
        tail = f"?{query.urlencode()}" if query else ""
        tabs = [
            Link(word, f"{reverse(name)}{tail}", icon, name == view)
            for name, word, icon in (
                (LIST, gettext_lazy("列表"), "layout-list"),
                (BOARD, gettext_lazy("看板"), "layout-kanban"),
            )
        ]
        total = sum(self.tally.values())
        narrowed = any(self.request.GET.get(name) for name in self.form.fields)
        return Register(
            self.request,
            rows=showing.Rows(self.rows),
            columns=showing.COLUMNS,
            filters=self.form,
            total_count=queries.leads(self.scope).count() if narrowed else total,
            counted=total,
            tabs=tabs,
            new_url=reverse("leads:new") if holds(*RAISERS) else "",
            new_label=gettext_lazy("登记线索"),
            excel_in_url=reverse("leads:import") if holds(*KEEPERS) else "",
            excel_out_url=reverse("leads:excel"),
            empty_title=gettext_lazy("还没有线索"),
            empty_text=gettext_lazy(
                "排查对不上的自动成为线索；工作人员和居民也可以反映。线索经部门会商认定，再一房一策整改。"
            ),
            **more,
        )


@never_cache
@require_safe
@needs(*READERS)
def register(request: HttpRequest) -> HttpResponse:
    """Every lead within scope, the latest first."""
    chosen = Chosen(request)
    convenes = request.access.holds(*CONVENERS)  # type: ignore[attr-defined]
    bulk = [Bulk(code="convene", label=gettext_lazy("召集会商"), icon="users-group")]
    table = chosen.register(
        view=LIST, bulk=bulk if convenes else (), bulk_url=reverse("leads:convene")
    )
    return _answer(request, table)


@never_cache
@require_safe
@needs(*READERS)
def board(request: HttpRequest) -> HttpResponse:
    """The same leads in columns, by how far they are."""
    chosen = Chosen(request)
    cards = queries.board(chosen.rows)
    showing.named([lead for several in cards.values() for lead in several])
    columns = [
        {
            "label": rules.STATES[state],
            "count": chosen.tally[state],
            "cards": [_card(lead) for lead in several],
            "more_url": _narrowed(request, state) if chosen.tally[state] > len(several) else "",
        }
        for state, several in cards.items()
    ]
    return _answer(request, chosen.register(view=BOARD, instead="leads/board.html", shown=columns))


def _card(lead: Lead) -> dict[str, Any]:
    facts = [getattr(lead, "estate_name", ""), showing.where(lead)]
    if lead.is_settled:
        facts.append(rules.CONCLUSIONS[lead.conclusion])
    return {
        "title": f"{lead.number} {say(showing.kind_name(lead.kind_now))}",
        "url": reverse("leads:lead", args=[lead.pk]),
        "text": " · ".join(str(say(fact)) for fact in facts if fact),
    }


def _narrowed(request: HttpRequest, state: str) -> str:
    query = request.GET.copy()
    query["state"] = state
    return f"{reverse(LIST)}?{query.urlencode()}"


def _answer(request: HttpRequest, table: Register) -> HttpResponse:
    confers = request.access.holds(*CONFER)  # type: ignore[attr-defined]
    answer = render(
        request, table.template("leads/register.html"), {"register": table, "confers": confers}
    )
    answer["Vary"] = "HX-Request"
    return answer


@never_cache
@require_safe
@needs(*READERS)
def register_excel(request: HttpRequest) -> HttpResponse:
    """All leads of the filter with every column."""
    return excel(_("线索台账"), showing.COLUMNS, showing.Rows(Chosen(request).rows))


# --- one lead -----------------------------------------------------------------------------------


@never_cache
@require_safe
@needs(*READERS, of=Lead)
def lead(request: HttpRequest, found: Lead) -> HttpResponse:
    """One lead: what was reported, what was found, and what happened."""
    return show(request, found)


def show(
    request: HttpRequest, found: Lead, *, status: int = 200, opened: int = 0, **forms: Any
) -> HttpResponse:
    """The page of a lead. `opened`: the report whose telephone is shown in full; `forms`: those
    with faults."""
    (found,) = showing.named([found])
    reports = queries.reports(found)
    items = queries.items_of(found)
    sees_phones = may(request, found.place, *KEEPERS)
    context = {
        "lead": found,
        "kind": showing.kind_name(found.kind_now),
        "state_word": showing.state_of(found),
        "path": places.path(found.place[:15]),
        "where": showing.where(found),
        "facts": _facts(found),
        "reports": [
            {
                "report": report,
                "source": rules.SOURCES[report.source],
                "phone": (report.phone if report.pk == opened else mask_phone(report.phone))
                if sees_phones
                else "",
                "opened": report.pk == opened,
            }
            for report in reports
        ],
        "items": [(item, rules.CONCLUSIONS[item.conclusion], *_outcome(item)) for item in items],
        "events": _events(found, reports, items),
        "may": keeps(request, found.place),
        "convenes": request.access.holds(*CONVENERS),  # type: ignore[attr-defined]
        "is_open": found.state == rules.OPEN,
        "may_go_on": found.state == rules.OPEN
        or (found.is_settled and found.conclusion == rules.MORE_EVIDENCE),
        "may_dismiss": found.source != rules.CHECK,
        "join_form": JoinForm(
            auto_id="join-%s", initial={"code": request.GET.get("code", "")[:16]}
        ),
        "register_url": _register_url(found),
        "awaits_room": not found.room_id and rules.awaits_room(found.state, found.conclusion),
        "dismiss_form": ReasonForm(auto_id="dismiss-%s"),
        "purpose_form": PurposeForm(auto_id="purpose-%s"),
    }
    return render(request, "leads/lead.html", context | forms, status=status)


def _register_url(found: Lead) -> str:
    """Where the room of a lead is written down that is not on the register; its code comes back."""
    if found.room_id:
        return ""
    back = reverse("leads:lead", args=[found.pk])
    told = {"in": found.place[:15], "name": found.spot_text, "next": back}
    return f"{reverse('premises:new')}?{urlencode(told)}"


def _outcome(item: Any) -> tuple[Any, str]:
    if not item.outcome:
        return verdicts.STANDINGS[verdicts.PENDING], "open"
    return verdicts.OUTCOMES[item.outcome], showing.STANDING_BADGES[item.outcome]


def _facts(found: Lead) -> list[tuple[Any, Any]]:
    told = [
        (gettext_noop("线索类别"), showing.kind_name(found.kind_now)),
        (gettext_noop("登记时的类别"), showing.kind_name(found.kind) if found.settled_kind else ""),
        (gettext_noop("责任主体"), rules.VIOLATORS[found.violator]),
        (gettext_noop("来源"), rules.SOURCES[found.source]),
        (gettext_noop("具体位置"), found.spot_text),
    ]
    if found.is_settled:
        told.append((gettext_noop("认定结论"), rules.CONCLUSIONS[found.conclusion]))
        told.append((gettext_noop("认定日期"), found.settled_on))
    if found.state == rules.DISMISSED:
        told.append((gettext_noop("不予受理的原因"), found.dismissed_why))
    return [(word, value) for word, value in told if value]


def _events(found: Lead, reports: list[Any], items: list[Any]) -> list[dict[str, Any]]:
    """What happened, newest first: reports, agendas and how they ended, acts of the trail."""
    told: list[dict[str, Any]] = [
        {
            "at": report.at,
            "title": _("反映：%(source)s") % {"source": _(rules.SOURCES[report.source])},
            "text": report.text,
            "by": report.by.name if report.by else "",
        }
        for report in reports
    ]
    for item in items:
        held = item.consultation
        at = held.closed_at if item.outcome else held.convened_at
        if item.outcome:
            title = _("会商%(number)s：%(outcome)s") % {
                "number": held.number,
                "outcome": _(verdicts.OUTCOMES[item.outcome]),
            }
        else:
            title = _("列入会商%(number)s") % {"number": held.number}
        told.append({"at": at, "title": title, "text": item.why, "kind": "seal"})
    told += [
        {
            "at": line.at,
            "title": act_name(line.act),
            "by": line.by.name if line.by else "",
        }
        for line in trail.about(subject_of(found))
        if line.done and line.act not in ("leads.raise", "leads.report")
    ]
    return sorted(told, key=lambda event: event["at"], reverse=True)[:60]


def photo_at(photo: int) -> Photo:
    found = Photo.objects.select_related("file", "report").filter(pk=photo).first()
    if found is None:
        raise Http404
    found.place = found.report.place  # type: ignore[attr-defined]
    return found


@require_safe
@needs(*READERS, of=photo_at)
def photo(request: HttpRequest, found: Photo) -> HttpResponse:
    """A picture as it came."""
    return answers.whole(found.file, by=request.user, now=timezone.now())


@require_safe
@needs(*READERS, of=photo_at)
def photo_small(request: HttpRequest, found: Photo) -> HttpResponse:
    """A small picture without what the camera wrote into it."""
    return answers.small(found.file, by=request.user, now=timezone.now())
