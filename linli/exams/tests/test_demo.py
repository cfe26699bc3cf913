"""The told exam of grid workers, and what is the same in each telling of it."""

from __future__ import annotations

from datetime import date

import pytest

from linli.exams import demo, queries
from linli.exams.models import Candidate, Exam, Mark
from linli.exams.tests.conftest import COUNTY
from linli.kernel.roles import CIVIL, DISCIPLINE
from tests.people import make_person

pytestmark = pytest.mark.django_db


def test_an_exam_is_told_up_to_an_interview_that_is_going_on(county):
    for role in (CIVIL, DISCIPLINE):
        make_person(role.code, role.code, role, COUNTY)
    made = demo.tell(county=COUNTY, today=date(2026, 11, 20))
    exam = Exam.objects.get(pk=made.pk)
    assert queries.stage(exam, exam.interview) == "interviewing"
    assert exam.candidates.count() == demo.GRID_PEOPLE
    assert exam.candidates.filter(settlement__isnull=False).count() == demo.MISTYPED
    assert exam.candidates.filter(sign_in__state="absent").count() == 2
    assert len(queries.means(exam.interview)) == demo.DONE
    told = list(Candidate.objects.order_by("ticket").values_list("ticket", "name"))
    assert (told[0], Mark.objects.first().hundredths) == (("B00000101001", "胡晓彤"), 7550)
