"""What is owed: by a person over twelve months, by a community; a few queries for all of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Sum

from linli.kernel.place import EVERYWHERE, Scope
from linli.sources import number, words
from linli.training import rules
from linli.training.models import Paper, SignIn
from linli.training.queries import serving, window
from linli.workforce import queries as workforce


@dataclass(slots=True)
class Owing:
    """Somebody with what they owe and have done."""

    worker: Any
    coverage: rules.Coverage


def curriculum(on: date, place: str) -> dict[str, dict[str, int]]:
    """Layer → topic → hours in twelve months, as it holds on a day at a place."""
    told: dict[str, dict[str, int]] = {}
    for layer in words("layers"):
        for topic in words("topics"):
            try:
                found = number(f"training_hours_{layer}_{topic}", on=on, place=place)
            except (KeyError, LookupError):
                continue
            told.setdefault(layer, {})[topic] = found
    return told


def owing(workers: Iterable[Any], on: date) -> list[Owing]:
    """What some people owe on a day; three queries for all of them. `workers` are of `serving`."""
    found = list(workers)
    pks = [one.pk for one in found]
    firsts = workforce.first_posts(pks)
    minutes, days = _attended(pks, on)
    passed = _passed(pks, on)
    lessons: dict[str, Mapping[str, Mapping[str, int]]] = {}
    told = []
    for one in found:
        county = one.place_now[:6]
        if county not in lessons:
            lessons[county] = curriculum(on, county)
        told.append(
            Owing(
                one,
                rules.coverage(
                    rung=one.rung_now,
                    served_days=(on - firsts[one.pk]).days + 1,
                    curriculum=lessons[county],
                    chief_days=number("training_chief_days", on=on, place=county),
                    minutes=minutes.get(one.pk, {}),
                    class_days=days.get(one.pk, 0),
                    passed=passed.get(one.pk, ()),
                ),
            )
        )
    return told


def owing_of(worker: Any, on: date) -> Owing | None:
    """The same for one person; None for who does not serve on the day."""
    row = serving(EVERYWHERE, on).filter(pk=worker.pk).first()
    return owing([row], on)[0] if row else None


def _attended(pks: Collection[int], on: date) -> tuple[dict[int, dict[str, int]], dict[int, int]]:
    """(file → topic → minutes, file → days of county classes) of the twelve months."""
    first, last = window(on)
    rows = (
        SignIn.objects.filter(
            worker__in=pks,
            session__closed_at__isnull=False,
            session__starts_at__date__gte=first,
            session__starts_at__date__lte=last,
        )
        .values("worker", "session__topic", "session__kind")
        .annotate(minutes=Sum("session__minutes"), n=Count("pk"))
    )
    minutes: dict[int, dict[str, int]] = {}
    days: dict[int, int] = {}
    for row in rows:
        one = minutes.setdefault(row["worker"], {})
        one[row["session__topic"]] = one.get(row["session__topic"], 0) + row["minutes"]
        if row["session__kind"] == rules.CLASS:
            days[row["worker"]] = days.get(row["worker"], 0) + row["n"]
    return minutes, days


def _passed(pks: Collection[int], on: date) -> dict[int, set[str]]:
    """File → topics of which a test was passed in the twelve months."""
    first, last = window(on)
    rows = Paper.objects.filter(
        worker__in=pks, passed=True, done_at__date__gte=first, done_at__date__lte=last
    ).values_list("worker", "session__topic")
    told: dict[int, set[str]] = {}
    for one, topic in rows:
        told.setdefault(one, set()).add(topic)
    return told


@dataclass(frozen=True, slots=True)
class Covered:
    """A community: how many serve, how many of them have done all, minutes owed and done."""

    place: str
    people: int
    complete: int
    owed: int
    done: int

    @property
    def percent(self) -> int | None:
        return 100 * self.done // self.owed if self.owed else None

    @property
    def short(self) -> int:
        return self.people - self.complete


def covered(communities: Collection[str], on: date) -> list[Covered]:
    """What some communities owe; as many queries as for one."""
    people = serving(Scope(frozenset(communities)), on)
    by_place: dict[str, list[Owing]] = {code: [] for code in communities}
    for one in owing(people, on):
        by_place.setdefault(one.worker.place_now, []).append(one)
    return [
        Covered(
            place=code,
            people=len(found),
            complete=sum(one.coverage.complete for one in found),
            owed=sum(one.coverage.owed for one in found),
            done=sum(one.coverage.done for one in found),
        )
        for code, found in by_place.items()
    ]
