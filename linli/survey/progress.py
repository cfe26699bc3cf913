"""How far a survey is: counted by estate once, added up for streets, communities and teams."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.db.models.functions import Substr

from linli.kernel.place import Scope
from linli.survey import comparing, queries, rules
from linli.survey.models import Campaign, Check, Finding
from linli.survey.questions import LOOKS


@dataclass(slots=True)
class Sums:
    """Rooms, how many are complete, on which pile they lie, looks that are in, leads raised."""

    total: int = 0
    complete: int = 0
    waived: int = 0
    leads: int = 0
    piles: dict[str, int] = field(default_factory=lambda: dict.fromkeys(comparing.PILES, 0))
    looks: dict[str, int] = field(default_factory=lambda: dict.fromkeys(LOOKS, 0))

    @property
    def open(self) -> int:
        return self.total - self.complete

    @property
    def looked(self) -> int:
        return sum(self.looks.values())

    @property
    def percent(self) -> int:
        """How much of all looks is in; whole only when all is."""
        return self.looked * 100 // (self.total * len(LOOKS)) if self.total else 0

    def add(self, other: Sums) -> Sums:
        self.total += other.total
        self.complete += other.complete
        self.waived += other.waived
        self.leads += other.leads
        for pile, n in other.piles.items():
            self.piles[pile] += n
        for look, n in other.looks.items():
            self.looks[look] += n
        return self


@dataclass(slots=True)
class Shift:
    """What a team has to do: looks that are its, and how many are in."""

    total: int = 0
    done: int = 0

    @property
    def open(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        return self.done * 100 // self.total if self.total else 0


def by_estate(found: Campaign, scope: Scope) -> dict[str, Sums]:
    """Estate → its sums; three queries however many rooms there are."""
    sums: dict[str, Sums] = {}

    def of(estate: str) -> Sums:
        return sums.setdefault(estate, Sums())

    rows = (
        found.targets.within(scope)
        .order_by()
        .annotate(estate_code=Substr("place", 1, rules.ESTATE))
    )
    waived = Count("waiver", filter=Q(complete_at=None))
    counted = rows.values_list("estate_code", "pile").annotate(n=Count("pk"), excused=waived)
    for estate, pile, n, excused in counted:
        here = of(estate)
        here.total += n
        here.waived += excused
        if pile:
            here.complete += n
            here.piles[pile] += n
    looks = Check.objects.within(scope).filter(target__campaign=found, mends=None).order_by()
    looks = looks.annotate(estate_code=Substr("place", 1, rules.ESTATE))
    for estate, look, n in looks.values_list("estate_code", "look").annotate(n=Count("pk")):
        of(estate).looks[look] += n
    leads = Finding.objects.within(scope).filter(target__campaign=found).order_by()
    leads = leads.annotate(estate_code=Substr("place", 1, rules.ESTATE))
    for estate, n in leads.values_list("estate_code").annotate(n=Count("lead", distinct=True)):
        of(estate).leads += n
    return dict(sorted(sums.items()))


def grouped(sums: dict[str, Sums], key: Callable[[str], str]) -> dict[str, Sums]:
    """The same added up by a part of the code."""
    told: dict[str, Sums] = {}
    for estate, one in sums.items():
        told.setdefault(key(estate), Sums()).add(one)
    return told


def whole(sums: Iterable[Sums]) -> Sums:
    total = Sums()
    for one in sums:
        total.add(one)
    return total


def by_team(sums: dict[str, Sums], given: queries.Given) -> dict[int | None, Shift]:
    """Team → its looks; None: looks that are nobody's."""
    shifts: dict[int | None, Shift] = {}
    for estate, one in sums.items():
        for look in LOOKS:
            shift = shifts.setdefault(rules.assigned_to(estate, given[look]), Shift())
            shift.total += one.total
            shift.done += one.looks[look]
    return shifts


def named(
    shifts: dict[int | None, Shift], teams: Iterable[queries.Crew]
) -> list[tuple[queries.Crew, Shift]]:
    return [(team, shifts.get(team.pk, Shift())) for team in teams]
