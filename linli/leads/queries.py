"""Reads of leads: the register and its board, one lead, what other domains ask."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import models
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from linli.kernel.place import Scope
from linli.leads import rules, verdicts
from linli.leads.models import Consultation, Item, Lead, Report
from linli.places import queries as places
from linli.search import words
from linli.search.lookups import closest
from linli.trail.acts import label

CARDS = 20
"""A board shows so many leads of each state."""
LEAST_OF_A_QUERY = 4


def lock_county(county: str) -> None:
    """Numbers of a county are given one after the other."""
    places.lock(county)


def next_number(model: type[Lead] | type[Consultation], letter: str, county: str) -> str:
    """The next number of a county: X000001 … for leads, H000001 … for consultations."""
    last = model.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"{letter}{int(last[1:]) + 1 if last else 1:06d}"


def locked(lead: Lead) -> Lead:
    """The lead as it is now, nobody else changing it until the act is done."""
    return Lead.objects.select_for_update(of=("self",)).select_related("room").get(pk=lead.pk)


def is_known(place: str) -> bool:
    return places.in_force().filter(place=place).exists()


def same_open(
    *, room: object | None, place: str, spot_text: str, kind: str, but: Lead | None = None
) -> Lead | None:
    """The open lead that a report adds to: of the same kind on the same room or spot."""
    found = Lead.objects.filter(kind=kind, state__in=rules.UNSETTLED)
    if but is not None:
        found = found.exclude(pk=but.pk)
    if room is not None:
        return found.filter(room=room).first()
    return found.filter(room=None, place=place, spot_text=spot_text).first()


# --- what other domains ask ---------------------------------------------------------------------


def leads(scope: Scope) -> QuerySet[Lead]:
    """The leads within a scope, whatever became of them."""
    return Lead.objects.within(scope).select_related("room")


def of_room(room: models.Model) -> QuerySet[Lead]:
    """The leads of a room, the latest first."""
    return Lead.objects.filter(room=room).order_by("-number")


def standing(scope: Scope) -> QuerySet[Lead]:
    """Settled leads after which something is to be mended, the oldest first.

    One plan is made per room from them; whoever keeps the plans leaves out what has one:
    ``standing(scope).exclude(pk__in=…)``.
    """
    found = leads(scope).filter(state=rules.SETTLED, conclusion__in=rules.STANDS)
    return found.order_by("settled_on", "number")


def settled_without_plan(scope: Scope, *, planned: QuerySet | Collection[int]) -> QuerySet[Lead]:
    """Leads that stand and that no plan takes up; `planned`: keys of leads that have one."""
    return standing(scope).exclude(pk__in=planned)


def find(number: str, county: str) -> Lead | None:
    """A lead by its number."""
    return Lead.objects.filter(county=county, number=number.strip().upper()).first()


def raised_by(subject: models.Model | str) -> QuerySet[Lead]:
    """The leads that a row (a survey's target, say) raised or reported again."""
    named = subject if isinstance(subject, str) else label(subject)
    told = Report.objects.filter(subject=named).values("lead")
    return Lead.objects.filter(Q(subject=named) | Q(pk__in=told)).order_by("number")


def found(scope: Scope, *, source: str = rules.CHECK) -> QuerySet[Lead]:
    """The leads that a survey found by itself (or those of another source)."""
    return Lead.objects.within(scope).filter(source=source)


def found_count(scope: Scope, *, source: str = rules.CHECK) -> int:
    """How many leads a survey found: the numerator of the indicator `leads_found`."""
    return found(scope, source=source).count()


# --- the register -------------------------------------------------------------------------------


def register(
    scope: Scope,
    *,
    text: str = "",
    inside: str = "",
    kind: str = "",
    state: str = "",
    source: str = "",
    violator: str = "",
    conclusion: str = "",
) -> QuerySet[Lead]:
    """The register with its filters, the latest first."""
    found = Lead.objects.within(scope.within(inside) if inside else scope)
    wanted = {
        "state": state,
        "source": source,
        "violator": violator,
        "conclusion": conclusion,
    }
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    if kind:
        found = found.filter(Q(settled_kind=kind) | Q(kind=kind, settled_kind=""))
    if text.strip():
        found = found.filter(_like(text.strip(), scope))
    return found.select_related("room").order_by("-county", "-number")


def _like(text: str, scope: Scope) -> Q:
    """By number, words, the room's name or code, or the estate's name."""
    like = Q(text__icontains=text) | Q(spot_text__icontains=text) | Q(room__name__icontains=text)
    if plain := words.latin(text):
        like |= Q(number__begins=plain.upper()) | Q(room__code__begins=plain.upper())
    estates = places.of_level("estate", scope).filter(places.matching(text))
    for code in list(estates.values_list("place", flat=True)[:50]):
        like |= Q(place__begins=code)
    return like


def tally(rows: QuerySet[Lead]) -> dict[str, int]:
    """State → how many of a filter; one query."""
    told = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: told.get(state, 0) for state in rules.STATES}


def board(rows: QuerySet[Lead]) -> dict[str, list[Lead]]:
    """The first leads of each state of a filter; one query."""
    ranked = rows.order_by().annotate(
        rank=Window(RowNumber(), partition_by="state", order_by=["-number"])
    )
    found: dict[str, list[Lead]] = {state: [] for state in rules.STATES}
    for lead in ranked.filter(rank__lte=CARDS).order_by("state", "rank"):
        found[lead.state].append(lead)
    return found


def inside_choices(scope: Scope) -> list[places.Named]:
    """Streets and communities to narrow a register to."""
    rows = places.in_force().filter(level__in=("street", "community")).within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


def closest_leads(text: str, scope: Scope, *, limit: int) -> list[Lead]:
    """For the search: by number, or by the code of the room."""
    plain = words.latin(text)
    if len(plain) < LEAST_OF_A_QUERY:
        return []
    mine = leads(scope)
    return closest(
        limit,
        mine.filter(number__begins=plain.upper()),
        mine.filter(room__code__begins=plain.upper()),
    )


# --- one lead -----------------------------------------------------------------------------------


def reports(lead: Lead) -> list[Report]:
    """Everybody's own words about a lead with their pictures, the first first; two queries."""
    rows = lead.reports.select_related("by").prefetch_related("photos__file")
    return list(rows)


def items_of(lead: Lead) -> list[Item]:
    """The agendas a lead was on, the latest first."""
    return list(lead.items.select_related("consultation").order_by("-pk"))


def asked(query: str, tail: str) -> Report | None:
    """A resident's report by its query number and the last four figures of the phone."""
    found = by_query(query.strip().upper())
    digits = "".join(c for c in tail if c.isdigit())
    return found if found and len(digits) == 4 and found.phone.endswith(digits) else None


def by_query(query: str) -> Report | None:
    """A resident's report by the number that was given for it."""
    return Report.objects.filter(query=query).select_related("lead").first() if query else None


def ready(scope: Scope) -> QuerySet[Lead]:
    """Leads that may go on an agenda: open ones, and those sent back for more evidence."""
    again = Q(state=rules.SETTLED, conclusion=rules.MORE_EVIDENCE)
    return leads(scope).filter(Q(state=rules.OPEN) | again).order_by("number")


def waiting_since(scope: Scope, *, before: date) -> int:
    """How many leads have been open since before a day."""
    return Lead.objects.within(scope).filter(state=rules.OPEN, raised_at__date__lt=before).count()


def on_open_agenda(pks: Iterable[int]) -> set[int]:
    """Those of some leads that a running consultation has on its agenda."""
    open_items = Item.objects.filter(lead=OuterRef("pk"), outcome="")
    return set(
        Lead.objects.filter(pk__in=list(pks))
        .filter(Exists(open_items))
        .values_list("pk", flat=True)
    )


def was_carried(lead: Lead) -> bool:
    """Whether a consultation ever settled the lead."""
    return lead.items.filter(outcome__in=verdicts.SETTLING).exists()
