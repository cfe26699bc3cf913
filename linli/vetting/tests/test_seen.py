"""Who sees what, who is told what, and how it grows."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.place import Scope
from linli.kernel.roles import COURT, DISTRICT, POLICE, REVIEW
from linli.kernel.rulings import Refused
from linli.trail.models import Look
from linli.vetting import answering, opening, queries, services
from linli.vetting.answering import Word
from linli.vetting.models import Answer
from linli.vetting.tests.conftest import CLEAR, COUNTY, DETAINED, LATER
from tests.books import NOW

pytestmark = pytest.mark.django_db
TODAY, SCOPE = date(2026, 11, 5), Scope.of(COUNTY)


def test_a_department_sees_its_own_list_and_its_own_answers(county):
    made = county.sent(*county.people(2))
    county.say(made, "police", DETAINED)
    shown = queries.answers_for_department(
        county.heads["police"], county.task(made, "police"), TODAY
    )
    assert [one.subject.name for one in shown] == ["应聘1", "应聘2"]
    assert [one.answers[0].code for one in shown] == ["detention", "detention"]


def test_a_department_sees_only_whom_it_is_asked_of(county):
    made = county.open(*county.people(2))
    keys = [made.subjects.get(position=2).pk]
    services.send(by=county.office, round=made, only={"court": keys}, now=NOW)
    shown = queries.answers_for_department(county.heads["court"], county.task(made, "court"), TODAY)
    assert [one.subject.name for one in shown] == ["应聘2"]
    with pytest.raises(Refused, match="名单上没有这个人"):
        county.say(made, "court", subject=county.first(made))


@pytest.mark.parametrize("who", ["court", "social", "justice"])
def test_another_department_s_answers_are_refused(county, who):
    made = county.sent()
    county.say(made, "police", DETAINED)
    with pytest.raises(Refused, match="其他部门的名单"):
        queries.answers_for_department(county.heads[who], county.task(made, "police"), TODAY)


def test_the_office_and_the_district_do_not_read_a_department_s_list(county):
    made = county.sent()
    for who in (county.office, county.district):
        with pytest.raises(Refused, match="其他部门的名单"):
            queries.answers_for_department(who, county.task(made, "police"), TODAY)


def test_nobody_answers_or_signs_for_another_department(county):
    made = county.sent()
    county.say(made, "police")
    words = {county.first(made).pk: DETAINED}
    for who in (county.heads["court"], county.office):
        with pytest.raises(Refused, match="其他部门的名单"):
            answering.answer(by=who, task=county.task(made, "police"), words=words, now=NOW)
        with pytest.raises(Refused, match="其他部门的名单"):
            answering.sign(by=who, task=county.task(made, "police"), now=NOW)
    assert Answer.objects.get().conclusion == "clear"


def test_what_the_office_sees_has_no_reasons(county):
    made = county.sent()
    county.all_say(made, police=DETAINED)
    shown = queries.answers_for_review(county.office, made, TODAY)
    assert {one.role: one.conclusion for one in shown[0].said}["police"] == "unfit"
    assert shown[0].outcome == "failed"
    assert "detention" not in repr(shown) and "行罚" not in repr(shown)


@pytest.mark.parametrize("who", ["court", "police", "social"])
def test_departments_see_neither_all_answers_nor_reasons(county, who):
    made = county.sent()
    county.all_say(made, police=DETAINED)
    with pytest.raises(Refused, match="只有联审办公室"):
        queries.answers_for_review(county.heads[who], made, TODAY)
    with pytest.raises(Refused, match="只有联审办公室"):
        answer = county.standing(made, "police")
        opening.open_reason(by=county.heads[who], answer=answer, purpose="看看", now=NOW)
    assert not Look.objects.exists()


def test_the_district_does_not_see_answers(county):
    made = county.sent()
    with pytest.raises(Refused, match="只有联审办公室"):
        queries.answers_for_review(county.district, made, TODAY)


def test_a_reason_that_is_not_signed_is_not_opened(county):
    made = county.sent()
    county.say(made, "police", DETAINED)
    with pytest.raises(Refused, match="还没有签署"):
        opening.open_reason(by=county.office, answer=Answer.objects.get(), purpose="复核", now=NOW)


def test_reasons_lie_sealed_and_their_hash_cannot_be_guessed(county):
    made = county.sent()
    county.say(made, "police", DETAINED)
    signature = county.sign(made, "police")
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, happened, file_number FROM vetting_answer")
        assert all(value.startswith("a1.") for value in cursor.fetchone())
    row = signature.signed.get().answer
    assert answering.digest(signature.task, [row]) == signature.digest
    row.happened = "2024-03-02"
    assert answering.digest(signature.task, [row]) != signature.digest


def test_a_list_in_another_county_is_nobody_s_here(county):
    county.sent()
    assert queries.tasks_of(POLICE, SCOPE).count() == 1
    assert not queries.tasks_of(POLICE, Scope.of("370613")).exists()
    assert not queries.tasks_of(DISTRICT, SCOPE).exists()


def test_a_list_is_on_no_desk_before_it_is_sent(county):
    county.open(*county.people(1))
    assert not queries.tasks_of(POLICE, SCOPE).exists()


def told(on, *roles):
    return [(one.task.role, one.kind) for one in queries.notices(SCOPE, on, roles)]


def test_a_department_is_reminded_and_only_of_its_own_list(county):
    made = county.sent()
    county.say(made, "court")
    county.sign(made, "court")
    assert told(date(2026, 11, 13), POLICE) == []
    assert told(date(2026, 11, 16), POLICE) == [("police", "remind")]
    assert told(date(2026, 11, 18), POLICE) == [("police", "remind_again")]
    assert told(date(2026, 11, 18), COURT) == []
    assert told(date(2026, 11, 18), REVIEW) == []


def test_after_the_day_the_office_and_the_district_are_told_who_is_late(county):
    made = county.sent()
    county.all_say(made, "court")
    late = date(2026, 11, 20)
    assert told(late, COURT) == [("court", "late")]
    assert told(late, REVIEW) == told(late, DISTRICT) == [("court", "late")]
    assert told(late, POLICE) == []
    assert queries.notices(SCOPE, late, [REVIEW])[0].task.head == county.heads["court"]


def test_what_was_asked_back_is_late_by_its_own_day(county):
    made = county.sent()
    county.all_say(made, police=Word(conclusion="verify", code="detention"))
    answer = county.standing(made, "police")
    services.ask_back(by=county.office, answer=answer, text="请核实", now=LATER)
    assert told(date(2026, 11, 30), REVIEW) == []
    assert told(date(2026, 12, 1), REVIEW) == [("police", "late")]


def test_three_hundred_people_and_nine_departments_are_listed_in_few_queries(county):
    made = county.open(*county.people(300))
    with CaptureQueriesContext(connection) as sending:
        services.send(by=county.office, round=made, now=NOW)
    assert len(sending) <= 24
    county.all_say(made)
    with CaptureQueriesContext(connection) as asked:
        shown = queries.answers_for_review(county.office, made, TODAY)
        lists = list(queries.tasks_of(POLICE, SCOPE))
        own = queries.answers_for_department(county.heads["police"], lists[0], TODAY)
    assert len(asked) <= 12, "\n".join(query["sql"][:120] for query in asked)
    assert (len(shown), len(own)) == (300, 300)
    assert (lists[0].asked, lists[0].answered, lists[0].signed) == (300, 300, 300)
    assert all(one.outcome == "passed" and len(one.said) == 9 for one in shown)
    assert all(one.answers[0].conclusion == CLEAR.conclusion for one in own)
    assert county.confirm(made).facts == {"passed": 300}
