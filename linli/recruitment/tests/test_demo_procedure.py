"""The told recruitment that is over: as many, as old, as schooled as was reported."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from linli.exams import queries as exams
from linli.kernel.place import Scope
from linli.kernel.roles import CIVIL, DISTRICT, REVIEW, SOCIAL, VETTERS
from linli.places import services as places
from linli.places.models import Place
from linli.recruitment import demo_procedure, rules, staging
from linli.recruitment.models import Application, Objection
from linli.sources import with_trait
from linli.workforce import queries as workforce
from tests.books import NOW
from tests.people import lay_places, make_person

pytestmark = pytest.mark.django_db
COUNTY, TODAY = "370614", date(2026, 11, 23)


@pytest.fixture
def told():
    lay_places()
    Place.objects.bulk_create(
        Place(place=f"370614001{n:03d}", level="community", name=f"第{n}社区") for n in range(2, 27)
    )
    for year in (2026, 2027):
        places.set_holidays(
            by=None, year=year, days=[(date(year, 10, 1), True, "国庆节")], source="测试", now=NOW
        )
    for role in dict.fromkeys((SOCIAL, REVIEW, CIVIL, DISTRICT, *VETTERS)):
        make_person(role.code, role.code, role, COUNTY)
    return demo_procedure.tell(county=COUNTY, today=TODAY)


def test_a_hundred_and_eighteen_are_appointed_as_old_as_was_reported(told):
    rows = list(Application.objects.filter(announcement=told, state=rules.APPOINTED))
    assert len(rows) == demo_procedure.PEOPLE
    serving = workforce.serving(Scope.of(COUNTY), TODAY)
    assert serving.count() == len(rows)
    assert sum(row.worker.age(TODAY) for row in rows) == demo_procedure.YEARS
    assert {row.schooling for row in rows} <= set(with_trait("schooling", "college"))
    assert max(row.appointed_on for row in rows) < TODAY - timedelta(14)

    # Refused by rule, equals settled, places refilled, an objection looked into.
    ends = Counter((row.stage, row.state) for row in Application.objects.all())
    assert ends[rules.CHECK, rules.OUT] == 40
    assert ends[rules.MEDICAL, rules.OUT] == ends[rules.BACKGROUND, rules.OUT] == 1
    assert Application.objects.filter(tie_by="additional").count() == 1
    assert Objection.objects.get().upheld is False
    exam = staging.exam_of(told)
    assert exam is not None and len(exams.standing(exam)) == exam.candidates.count()
