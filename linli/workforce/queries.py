"""What is there to see of the corps. Everything asks within a scope."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import (
    Count,
    DateField,
    Exists,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from linli.kernel.identity import parse_id_number
from linli.kernel.place import Scope
from linli.keys.sealed import blind
from linli.places import queries as places
from linli.scope.models import lies_in
from linli.search.lookups import TAIL, Given, closest
from linli.search.words import latin
from linli.sources import ladder_of, number, with_trait, words
from linli.workforce import rules
from linli.workforce.models import Bar, Certificate, Leave, Residents, Schooling, Tenure, Worker

COMMUNITY = 12
COLLEGE_UP = "college+"


def lock_county(county: str) -> None:
    """File numbers of a county are given one after the other."""
    places.lock(county)


def next_number(county: str) -> str:
    """The next file number of a county: D000001 …"""
    last = Worker.objects.filter(county=county).aggregate(last=Max("number"))["last"]
    return f"D{int(last[1:]) + 1 if last else 1:06d}"


def locked(worker: Worker) -> Worker:
    """The file as it is now, nobody else changing it until the act is done."""
    return Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)


def is_known(place: str) -> bool:
    return places.in_force().filter(place=place).exists()


def id_mark(number: str) -> str:
    """By which a person's file, bars and vettings are found."""
    return blind("id_number", number)


def file_of(county: str, number: str) -> Worker | None:
    """The file of whoever has an identity number, in a county."""
    return Worker.objects.filter(county=county, id_mark=id_mark(number)).first()


def files_of(county: str, marks: Collection[str]) -> dict[str, Worker]:
    """The files of several people by their marks, in one query."""
    rows = Worker.objects.filter(county=county, id_mark__in=marks)
    return {row.id_mark: row for row in rows}


def as_known(county: str, today: date) -> dict[str, Any]:
    """What the rules of a county say of whom a file may be about, on a day."""
    return {"party_age": number("party_age_min", on=today, place=county), "today": today}


def files_in(county: str) -> QuerySet[Worker]:
    """Every file of a county."""
    return Worker.objects.filter(county=county)


def schoolings_of(county: str) -> dict[int, set[str]]:
    """File → codes of the schooling it holds, for a whole county in one query."""
    found: dict[int, set[str]] = {}
    rows = Schooling.objects.filter(worker__county=county).values_list("worker", "level")
    for worker, level in rows:
        found.setdefault(worker, set()).add(level)
    return found


# --- registers ----------------------------------------------------------------------------------


def in_office(on: date) -> Q:
    """Posts (`Tenure`) held on a day."""
    return Q(since_on__lte=on) & (Q(until_on__isnull=True) | Q(until_on__gte=on))


def posts(scope: Scope, on: date) -> QuerySet[Tenure]:
    """Posts held on a day within a scope; one a person."""
    return Tenure.objects.filter(in_office(on), lies_in(scope))


def workers(scope: Scope) -> QuerySet[Worker]:
    """Files within a scope, those of people who left among them."""
    return Worker.objects.within(scope)


def serving(scope: Scope, on: date) -> QuerySet[Worker]:
    """Files of the people who hold a post within a scope on a day.

    Each has `title_now`, `rung_now`, `since_now` and `place_now`.
    """
    held = Tenure.objects.filter(in_office(on), lies_in(scope), worker=OuterRef("pk"))
    return _with_post(Worker.objects.filter(Exists(held)), on)


def inside_choices(scope: Scope) -> list[places.Named]:
    """Streets and communities to narrow a register to."""
    rows = places.in_force().filter(level__in=("street", "community")).within(scope)
    return [places.Named(code, name) for code, name in rows.values_list("place", "name")]


def register(
    scope: Scope,
    *,
    on: date,
    text: str = "",
    inside: str = "",
    title: str = "",
    politics: str = "",
    schooling: str = "",
    state: str = "serving",
) -> QuerySet[Worker]:
    """The register of files as of a day. `state`: "serving", "left", or "" for all; `schooling`:
    a code of the highest, or "college" and above as ``college+``."""
    rows = _with_post(Worker.objects.within(scope), on)
    if inside:
        rows = rows.within(inside)
    if state == "serving":
        rows = rows.filter(Exists(Tenure.objects.filter(in_office(on), worker=OuterRef("pk"))))
    elif state == "left":
        rows = rows.exclude(Exists(Tenure.objects.filter(in_office(on), worker=OuterRef("pk"))))
    if title:
        held = Tenure.objects.filter(in_office(on), worker=OuterRef("pk"), title=title)
        rows = rows.filter(Exists(held))
    if politics:
        rows = rows.filter(politics=politics)
    if schooling == COLLEGE_UP:
        rows = rows.filter(with_college(on))
    elif schooling:
        rows = rows.filter(Exists(Schooling.objects.filter(worker=OuterRef("pk"), level=schooling)))
    return rows.filter(_named(text)) if text.strip() else rows


def _with_post(rows: QuerySet[Worker], on: date) -> QuerySet[Worker]:
    """Files with the post of a day: `title_now`, `rung_now`, `since_now`, `place_now`."""
    held = Tenure.objects.filter(in_office(on), worker=OuterRef("pk"))
    return rows.annotate(
        title_now=Subquery(held.values("title")[:1]),
        rung_now=Subquery(held.values("rung")[:1]),
        since_now=Subquery(held.values("since_on")[:1], output_field=DateField()),
        place_now=Subquery(held.values("place")[:1]),
    )


def _named(text: str) -> Q:
    """Files by name, initials, number, telephone tail or the whole identity number."""
    asked = text.strip()
    identity, _ruling = parse_id_number(asked)
    if identity:
        return Q(id_mark=id_mark(identity.number))
    known = Q(name__contains=asked)
    if short := latin(asked):
        known |= Q(initials__begins=short) | Q(number=short.upper())
    if asked.isdigit() and len(asked) == TAIL:
        known |= Q(phone_tail=asked)
    return known


def with_college(on: date) -> Q:
    """Workers with college or above by a day; a schooling without a day of finish counts."""
    finished = Q(finished_on__isnull=True) | Q(finished_on__lte=on)
    return Q(
        Exists(Schooling.objects.filter(finished, worker=OuterRef("pk"), level__in=rules.COLLEGE))
    )


def highest_schooling(pks: Collection[int]) -> dict[int, str]:
    """The code of the highest schooling of some workers, in one query."""
    rank = {code: word.rank for code, word in words("schooling").items()}
    best: dict[int, str] = {}
    for worker, level in Schooling.objects.filter(worker__in=pks).values_list("worker", "level"):
        if worker not in best or rank[level] > rank[best[worker]]:
            best[worker] = level
    return best


def found(text: str, scope: Scope, *, limit: int) -> list[Worker]:
    """Workers by name, initials, file number, telephone tail, or the whole identity number."""
    rows, asked = Worker.objects.within(scope), text.strip()
    identity, _ruling = parse_id_number(asked)
    if identity:
        return list(rows.filter(id_mark=id_mark(identity.number))[:limit])
    tail = asked[-TAIL:] if asked.isdigit() and len(asked) in (TAIL, 11) else ""
    choices = [rows.filter(phone_tail=tail)] if tail else []
    if short := latin(asked):
        choices += [rows.filter(number=short.upper()), rows.filter(initials__begins=short)]
    choices.append(rows.filter(name__begins=asked))
    choices.append(rows.alias(given=Given("name")).filter(given__begins=asked))
    return closest(limit, *choices) if asked else []


# --- one person ---------------------------------------------------------------------------------


def post_of(worker: Worker, on: date) -> Tenure | None:
    """The post somebody holds on a day."""
    return worker.tenures.filter(in_office(on)).first()


def overlapping(worker: Worker, since_on: date) -> Tenure | None:
    """A post that is held on a day, or begins after it."""
    return worker.tenures.filter(Q(until_on__isnull=True) | Q(until_on__gte=since_on)).first()


def bars(mark: str) -> list[rules.Barred]:
    """The times in which somebody must not be appointed that were not lifted."""
    rows = Bar.objects.filter(id_mark=mark, lifted_at__isnull=True)
    return [rules.Barred(row.from_on, row.until_on, row.cite) for row in rows]


def barred(marks: Collection[str], on: date) -> set[str]:
    """Those of some people who must not be appointed on a day, in one query."""
    rows = Bar.objects.filter(id_mark__in=marks, lifted_at__isnull=True, from_on__lte=on)
    rows = rows.filter(Q(until_on__isnull=True) | Q(until_on__gte=on))
    return set(rows.values_list("id_mark", flat=True))


def bar_by(mark: str, subject: str) -> Bar | None:
    """What bars somebody by a finding, as the trail names it, if it was not lifted."""
    return Bar.objects.filter(id_mark=mark, subject=subject, lifted_at__isnull=True).first()


def served_in(worker: Worker, year: int) -> bool:
    return worker.tenures.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=date(year, 1, 1)),
        since_on__lte=date(year, 12, 31),
    ).exists()


def on_leave(scope: Scope, on: date) -> QuerySet[Leave]:
    """Leaves within a scope that a day falls into."""
    return Leave.objects.within(scope).filter(
        cancelled_at__isnull=True, from_on__lte=on, until_on__gte=on
    )


def standing_of(worker: Worker, on: date) -> rules.Standing | None:
    """Where somebody stands on the ladder on a day, and why; None without a post."""
    post = post_of(worker, on)
    if post is None:
        return None
    ladder = ladder_of(on=on, place=worker.place)
    setbacks: dict[int, str] = {row.year: row.grade for row in worker.assessments.all()}
    grading = worker.gradings.filter(since_on__lte=on).order_by("-since_on", "-pk").first()
    return rules.standing(
        ladder=ladder,
        rung=post.rung,
        service=list(
            worker.tenures.filter(since_on__lte=on)
            .order_by("since_on")
            .values_list("since_on", "until_on")
        ),
        degrees=set(worker.schoolings.exclude(degree="").values_list("degree", flat=True)),
        certificates=set(
            worker.certificates.filter(
                Q(until_on__isnull=True) | Q(until_on__gte=on), given_on__lte=on
            ).values_list("kind", flat=True)
        ),
        setback_years={year for year, grade in setbacks.items() if grade in ladder.setbacks},
        given=grading.grade if grading else None,
        on=on,
    )


# --- figures ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Figures:
    """The corps of a scope on a day, in figures. `years`: ages in full years, summed up."""

    people: int
    years: int
    college: int
    party: int
    social: int
    women: int

    @property
    def college_percent(self) -> float | None:
        """Share with college or above, one decimal."""
        return round(100 * self.college / self.people, 1) if self.people else None

    @property
    def mean_age(self) -> float | None:
        """In years, one decimal."""
        return round(self.years / self.people, 1) if self.people else None


def figures(scope: Scope, on: date) -> Figures:
    """Count who serves on a day: ages in full years, schooling, Party, certificates."""
    rows = Worker.objects.filter(
        Exists(Tenure.objects.filter(in_office(on), lies_in(scope), worker=OuterRef("pk")))
    )
    certified = Certificate.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=on),
        worker=OuterRef("pk"),
        kind__in=with_trait("certificates", "social"),
        given_on__lte=on,
    )
    # Full years: the difference of years, less one for whoever's birthday is still to come.
    later = Q(born_on__month__gt=on.month) | Q(born_on__month=on.month, born_on__day__gt=on.day)
    told = rows.aggregate(
        people=Count("pk"),
        born=Coalesce(Sum("born_on__year"), 0),
        later=Count("pk", filter=later),
        college=Count("pk", filter=with_college(on)),
        party=Count("pk", filter=Q(politics__in=rules.PARTY)),
        social=Count("pk", filter=Q(Exists(certified))),
        women=Count("pk", filter=Q(sex="female")),
    )
    return Figures(
        people=told["people"],
        years=told["people"] * on.year - told["born"] - told["later"],
        college=told["college"],
        party=told["party"],
        social=told["social"],
        women=told["women"],
    )


@dataclass(frozen=True, slots=True)
class Headcount:
    """What a community should have and has. `wanted` None: nobody knows how many live there."""

    place: str
    wanted: int | None
    serving: int
    residents: int | None
    as_of_on: date | None

    @property
    def gap(self) -> int | None:
        return None if self.wanted is None else max(self.wanted - self.serving, 0)


def headcounts(scope: Scope, on: date) -> list[Headcount]:
    """Each community of a scope: its workers against the rule of the place, four queries."""
    codes = list(
        places.in_force()
        .within(scope)
        .filter(level="community")
        .order_by("place")
        .values_list("place", flat=True)
    )
    here: Mapping[str, int] = dict(
        posts(scope, on).values("place").annotate(n=Count("pk")).values_list("place", "n")
    )
    told: dict[str, Residents] = {}
    for row in Residents.objects.within(scope).filter(as_of_on__lte=on).order_by("as_of_on"):
        told[row.place] = row
    return [_headcount(code, here.get(code, 0), told.get(code), on) for code in codes]


def _headcount(place: str, serving: int, told: Residents | None, on: date) -> Headcount:
    return Headcount(
        place=place,
        wanted=rules.headcount(
            residents=told.count if told else None,
            households=told.household_count if told else None,
            per_ten_thousand=number("workers_per_ten_thousand", on=on, place=place),
            households_each=number("households_a_worker", on=on, place=place),
            least=number("workers_least_a_community", on=on, place=place),
        ),
        serving=serving,
        residents=told.count if told else None,
        as_of_on=told.as_of_on if told else None,
    )


def first_posts(pks: Sequence[int]) -> dict[int, date]:
    """The day of the first post of some workers, in one query."""
    rows = Tenure.objects.filter(worker__in=pks).values("worker").annotate(first=Min("since_on"))
    return dict(rows.values_list("worker", "first"))
