"""A county with people in its reserve, who keeps it, and the steps in one call each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from linli.kernel.roles import MENTOR, ORGANISATION, SECRETARY, SOCIAL, STREET
from linli.kernel.rulings import ALLOWED
from linli.people.models import User
from linli.reserve import evaluating, growing, queries, services
from linli.reserve.models import Evaluation, Nomination, Talent
from linli.workforce import clearance
from tests.people import lay_places, make_person

COUNTY, COMMUNITY, OTHER_COMMUNITY = "370614", "370614001001", "370614002001"
NOW = datetime(2026, 7, 8, 2, 0, tzinfo=UTC)
"""A week after the first half-year is over."""
HALF = "2026-H1"
FULL = {
    "politics": 6,
    "standing": 95,
    "results": 12,
    "visits": 120,
    "learning": 40,
    "practice": 20,
}
"""Figures that earn every point."""
SERIAL = count(1)


def id_number(born_on: date = date(1996, 5, 4), area: str = "370684") -> str:
    """A number that passes its check; its area code was retired in 2020."""
    body = f"{area}{born_on:%Y%m%d}{next(SERIAL) % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


@dataclass
class County:
    """Who acts, and what they do in one call each."""

    keeper: User
    organisation: User
    secretary: User
    street: User
    mentor: User

    def was(self, **changes: Any) -> services.Was:
        told: dict[str, Any] = {
            "place": COMMUNITY,
            "name": "王海燕",
            "politics": "member",
            "schooling": "bachelor",
            "source": "grid",
            "since_on": date(2025, 9, 1),
        } | changes
        born_on = told.pop("born_on", date(1996, 5, 4))
        told.setdefault("id_number", id_number(born_on))
        return services.Was(**told)

    def talent(self, **changes: Any) -> Talent:
        """Somebody in the reserve since last September."""
        since_on = changes.get("since_on", date(2025, 9, 1))
        now = changes.pop("now", datetime.combine(since_on, time(9), UTC))
        told = services.take_over(
            by=self.keeper, county=COUNTY, rows=[self.was(**changes)], now=now
        )
        return Talent.objects.get(pk=told.subject.pk)

    def nominate(self, **changes: Any) -> Nomination:
        told: dict[str, Any] = {
            "by": self.secretary,
            "county": COUNTY,
            "place": COMMUNITY,
            "name": "李强",
            "phone": "13805351234",
            "politics": "member",
            "schooling": "bachelor",
            "source": "graduate",
            "why": "返乡毕业生，参与社区工作积极",
            "now": NOW,
        } | changes
        born_on = told.pop("born_on", date(1998, 5, 4))
        told.setdefault("id_number", id_number(born_on))
        return services.nominate(**told)

    def prove(self, talent: Talent, figures: dict[str, int] = FULL, **changes: Any) -> None:
        """Evidence of the half-year for each indicator."""
        for code, figure in figures.items():
            if figure:
                growing.add_evidence(
                    **{
                        "by": self.secretary,
                        "talent": talent,
                        "indicator": code,
                        "on": date(2026, 5, 20),
                        "figure": figure,
                        "told": "上半年汇总",
                        "reference": "GD-2026-1",
                        "now": NOW,
                    }
                    | changes
                )

    def write(self, talent: Talent, *months: str, now: datetime = NOW) -> None:
        for month in months or [f"2026-{n:02d}" for n in range(1, 7)]:
            growing.write_entry(
                by=self.secretary, talent=talent, period=month, told="跟网格走访", now=now
            )

    def open(self, half: str = HALF, now: datetime = NOW) -> Evaluation:
        return evaluating.open_evaluation(by=self.keeper, county=COUNTY, half=half, now=now)

    def score(
        self,
        evaluation: Evaluation,
        talent: Talent,
        figures: dict[str, int] = FULL,
        theirs: dict[str, int] | None = None,
    ) -> None:
        """Both sides take down figures of somebody."""
        sheet = evaluation.sheets.get(talent=talent)
        for by, side, told in (
            (self.secretary, "community", figures),
            (self.keeper, "county", theirs or figures),
        ):
            evaluating.score(
                by=by, evaluation=evaluation, side=side, words={sheet.pk: told}, now=NOW
            )

    def evaluated(self, talent: Talent, figures: dict[str, int] = FULL) -> Evaluation:
        """A signed evaluation of somebody alone, with evidence and every month's entry."""
        self.prove(talent, figures)
        self.write(talent)
        made = self.open()
        self.score(made, talent, figures)
        evaluating.sign(by=self.keeper, evaluation=made, now=NOW)
        return Evaluation.objects.get(pk=made.pk)


@pytest.fixture
def county(db: Any) -> County:
    lay_places()
    return County(
        keeper=make_person("social", "周敏", SOCIAL, COUNTY),
        organisation=make_person("organisation", "郑岩", ORGANISATION, COUNTY),
        secretary=make_person("secretary", "于波", SECRETARY, COMMUNITY),
        street=make_person("street", "孙洁", STREET, COMMUNITY[:9]),
        mentor=make_person("mentor", "高兰", MENTOR, COMMUNITY),
    )


@pytest.fixture
def vetted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everybody has passed the vetting."""
    monkeypatch.setitem(clearance._checks, "vetting", lambda mark, county, on: ALLOWED)
    return


def fresh(talent: Talent) -> Any:
    """The file as it is now, with its latest month and result."""
    return queries.with_latest(Talent.objects.filter(pk=talent.pk)).get()
