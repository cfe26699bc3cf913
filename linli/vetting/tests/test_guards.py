"""What the database refuses, whoever asks."""

import pytest
from django.db import DatabaseError, transaction

from linli.vetting import services
from linli.vetting.models import (
    Answer,
    AskBack,
    Question,
    Result,
    Round,
    Signature,
    Signed,
    Subject,
    Task,
)
from linli.vetting.tests.conftest import COMMUNITY, COUNTY, DETAINED, number_of
from linli.workforce.queries import id_mark
from tests.books import NOW

pytestmark = pytest.mark.django_db


def refused(name):
    # On PostgreSQL the application may not even try what is never done.
    return pytest.raises(DatabaseError, match=f"linli:{name}|permission denied")


def a_result(county, made, outcome="passed"):
    return Result(
        subject=county.first(made),
        place=COUNTY,
        outcome=outcome,
        decided_on=NOW.date(),
        by=county.office,
        at=NOW,
    )


def an_answer(county, made, role="police", number=9):
    question = Question.objects.get(task__round=made, task__role=role)
    return Answer(
        question=question,
        place=COUNTY,
        number=number,
        conclusion="clear",
        by=county.heads[role],
        at=NOW,
    )


def test_answers_stay_as_they_were_given(county):
    made = county.sent()
    county.say(made, "police")
    with refused("vetting_answer_update"), transaction.atomic():
        Answer.objects.update(conclusion="verify")
    with refused("vetting_answer_delete"), transaction.atomic():
        Answer.objects.all()._raw_delete("default")


def test_there_is_no_result_before_every_department_has_signed(county):
    made = county.sent()
    county.all_say(made, "court")
    county.say(made, "court")
    with refused("result_comes_after_every_signature"), transaction.atomic():
        a_result(county, made).save()
    county.sign(made, "court")
    a_result(county, made).save()


def test_what_was_asked_back_holds_the_result_up(county):
    made = county.sent()
    county.all_say(made)
    answer = county.standing(made, "police")
    services.ask_back(by=county.office, answer=answer, text="请核实", now=NOW)
    with refused("result_comes_after_every_signature"), transaction.atomic():
        a_result(county, made).save()


def test_nobody_passes_against_what_was_signed(county):
    made = county.sent()
    county.all_say(made, police=DETAINED)
    with refused("result_follows_from_the_answers"), transaction.atomic():
        a_result(county, made).save()
    a_result(county, made, "failed").save()


def test_no_answer_comes_after_the_result_or_beside_one_that_stands(county):
    made = county.sent()
    county.all_say(made)
    with refused("answer_comes_in_its_time"), transaction.atomic():
        an_answer(county, made).save()
    county.confirm(made)
    with refused("answer_comes_in_its_time"), transaction.atomic():
        an_answer(county, made).save()
    with refused("only_a_signed_answer_is_asked_back"), transaction.atomic():
        AskBack.objects.create(
            answer=county.standing(made, "police"),
            place=COUNTY,
            text="再查",
            due_on=NOW.date(),
            by=county.office,
            at=NOW,
        )


def test_a_result_stays(county):
    made = county.sent()
    county.all_say(made)
    county.confirm(made)
    with refused("vetting_result_update"), transaction.atomic():
        Result.objects.update(outcome="failed")
    with refused("vetting_result_delete"), transaction.atomic():
        Result.objects.all()._raw_delete("default")
    with refused("round_is_sent_and_closed_once"), transaction.atomic():
        Round.objects.update(closed_at=None)


def test_a_signature_covers_its_own_list(county):
    made = county.sent()
    county.say(made, "police")
    foreign = Signature.objects.create(
        task=county.task(made, "court"), place=COUNTY, digest="x", by=county.office, at=NOW
    )
    with refused("signature_is_of_its_own_list"), transaction.atomic():
        Signed.objects.create(signature=foreign, answer=Answer.objects.get())


def test_of_one_question_one_answer_is_signed(county):
    made = county.sent()
    county.say(made, "police", DETAINED)
    county.say(made, "police")
    signature = county.sign(made, "police")
    with refused("signature_is_of_its_own_list"), transaction.atomic():
        Signed.objects.create(signature=signature, answer=Answer.objects.get(number=1))


def test_an_unsigned_answer_is_not_asked_back(county):
    made = county.sent()
    county.say(made, "police")
    with refused("only_a_signed_answer_is_asked_back"), transaction.atomic():
        AskBack.objects.create(
            answer=Answer.objects.get(),
            place=COUNTY,
            text="再查",
            due_on=NOW.date(),
            by=county.office,
            at=NOW,
        )


def test_the_list_that_was_sent_stays(county):
    made = county.sent()
    with refused("subject_stays_once_it_is_sent"), transaction.atomic():
        Subject.objects.filter(pk=county.first(made).pk)._raw_delete("default")
    with refused("subject_is_as_it_was_sent"), transaction.atomic():
        Subject.objects.update(name="别人")
    with refused("list_is_closed_once_it_is_sent"), transaction.atomic():
        Subject.objects.create(
            round=made,
            place=COMMUNITY,
            position=9,
            name="后来者",
            id_number=number_of(9),
            id_mark=id_mark(number_of(9)),
        )
    with refused("task_keeps_its_department"), transaction.atomic():
        Task.objects.filter(role="court").update(role="tax")
    with refused("round_is_sent_and_closed_once"), transaction.atomic():
        Round.objects.update(sent_at=None)


def test_nobody_is_asked_of_once_the_list_was_sent(county):
    made = county.open(*county.people(2))
    one, two = made.subjects.all()
    services.send(by=county.office, round=made, only={"court": [one.pk]}, now=NOW)
    with refused("question_is_put_before_it_is_sent"), transaction.atomic():
        Question.objects.create(task=county.task(made, "court"), subject=two, place=COUNTY)


def test_before_it_is_sent_somebody_may_come_off_the_list(county):
    made = county.open(*county.people(2))
    services.remove_subject(by=county.office, subject=county.first(made), now=NOW)
    assert made.subjects.count() == 1
