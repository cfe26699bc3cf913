"""What the database refuses, whoever asks."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from linli.exams import queries, scoring
from linli.exams.models import (
    Candidate,
    Clerk,
    Entry,
    Exam,
    Extra,
    Interview,
    Judge,
    Mark,
    Post,
    Recusal,
    Room,
    Settlement,
    SignIn,
    Turn,
)
from linli.exams.tests.conftest import COUNTY, LATER, ON_THE_DAY, candidate
from tests.books import NOW

pytestmark = pytest.mark.django_db


def refused(name):
    # On PostgreSQL the application may not even try what is never done.
    return pytest.raises(DatabaseError, match=f"linli:{name}|permission denied")


def test_seats_posts_and_rooms_stay_as_they_were_drawn(county):
    exam = county.drawn()
    for name, act in (
        ("a_seat_is_drawn_once", lambda: Candidate.objects.update(seat=29)),
        ("nobody_joins_once_drawn_delete", lambda: Candidate.objects.all()._raw_delete("default")),
        ("exam_post_stays_once_drawn_update", lambda: Post.objects.update(vacancies=9)),
        ("exam_room_stays_once_drawn_update", lambda: Room.objects.update(seats=99)),
        ("exam_stays_what_it_is", lambda: Exam.objects.update(seed="better")),
        ("exam_stays_what_it_is", lambda: Exam.objects.update(terms_on="2020-01-01")),
        (
            "nobody_joins_once_drawn_insert",
            lambda: Candidate.objects.create(
                exam=exam, place=COUNTY, post=exam.posts.first(), key="x", name="后来"
            ),
        ),
    ):
        with refused(name), transaction.atomic():
            act()


def test_before_the_draw_the_same_is_let_through(county):
    county.open()
    Post.objects.update(vacancies=9)
    Candidate.objects.update(name="改名")


def test_a_typists_scores_stay_once_handed_in_and_are_never_anothers(county):
    exam = county.signed(2)
    county.enter(exam, "first", dict.fromkeys(exam.candidates.values_list("pk", flat=True), 8000))
    Entry.objects.update(hundredths=8100)
    with refused("entry_keeps_whose_it_is"), transaction.atomic():
        Entry.objects.update(clerk=county.clerk(exam, "second"))
    scoring.hand_in(by=county.first, clerk=county.clerk(exam, "first"), now=ON_THE_DAY)
    with refused("entry_is_of_a_typist_who_has_not_handed_in_update"), transaction.atomic():
        Entry.objects.update(hundredths=9900)
    with refused("entry_is_of_a_typist_who_has_not_handed_in_delete"), transaction.atomic():
        Entry.objects.all()._raw_delete("default")
    with refused("typist_hands_in_once"), transaction.atomic():
        Clerk.objects.filter(duty="first").update(done_at=None)
    with refused("entry_is_of_a_typist_who_has_not_handed_in_insert"), transaction.atomic():
        Entry.objects.create(
            candidate=candidate(exam, 0),
            clerk=county.clerk(exam, "settle"),
            place=COUNTY,
            hundredths=1,
            at=NOW,
        )


def test_one_person_types_once(county):
    exam = county.drawn()
    with pytest.raises(IntegrityError), transaction.atomic():
        Clerk.objects.filter(exam=exam, duty="second").update(user=county.first)


def test_scores_are_not_locked_while_they_differ_and_no_typist_settles(county):
    exam = county.signed(2)
    one, two = exam.candidates.order_by("pk").values_list("pk", flat=True)
    county.entered(exam, {one: 8000, two: 7000}, second={two: 7100})
    locking = {"locked_at": NOW, "locked_by": county.keeper, "digest": "x"}
    with refused("scores_are_locked_once_they_agree"), transaction.atomic():
        Exam.objects.update(**locking)
    told = {"candidate_id": two, "place": COUNTY, "hundredths": 7100, "reason": "原卷", "at": NOW}
    with refused("difference_is_settled_by_a_third"), transaction.atomic():
        Settlement.objects.create(by=county.first, **told)
    Settlement.objects.create(by=county.third, **told)
    with refused("exams_settlement_update"), transaction.atomic():
        Settlement.objects.update(hundredths=9900)
    Exam.objects.update(**locking)


def test_nothing_of_a_locked_test_changes(county):
    exam = county.scored(8000, 8100)
    for name, act in (
        ("exam_stays_what_it_is", lambda: Exam.objects.update(locked_at=None, digest="")),
        ("sign_in_stays_once_locked_update", lambda: SignIn.objects.update(state="absent")),
        ("exams_signin_delete", lambda: SignIn.objects.all()._raw_delete("default")),
        (
            "difference_is_settled_by_a_third",
            lambda: Settlement.objects.create(
                candidate=candidate(exam, 0),
                place=COUNTY,
                hundredths=9900,
                reason="好",
                by=county.third,
                at=NOW,
            ),
        ),
    ):
        with refused(name), transaction.atomic():
            act()


def test_the_order_of_an_interview_and_its_panel_stay(county):
    made = county.ordered(county.scored(9000, 9100))
    for name, act in (
        ("turn_stays_as_it_was_drawn", lambda: Turn.objects.filter(position=1).update(position=9)),
        (
            "panel_stays_once_drawn_update",
            lambda: Judge.objects.filter(position=1).update(name="另"),
        ),
        (
            "panel_stays_once_drawn_insert",
            lambda: Judge.objects.create(interview=made, place=COUNTY, position=9, name="外"),
        ),
        ("interview_stays_what_it_is", lambda: Interview.objects.update(seed="99")),
        ("exams_turn_delete", lambda: Turn.objects.all()._raw_delete("default")),
    ):
        with refused(name), transaction.atomic():
            act()


def test_scores_of_a_panel_stay_and_recusal_shuts_them_out(county):
    made = county.ordered(county.scored(9000, 9100))
    one, two = queries.turns(made)
    judge = made.judges.first()
    county.mark(one, 8000)
    told = {"place": COUNTY, "by": county.counter, "at": LATER}
    with refused("exams_mark_update"), transaction.atomic():
        Mark.objects.update(hundredths=9900)
    with refused("who_gave_a_score_does_not_stand_back"), transaction.atomic():
        Recusal.objects.create(judge=judge, turn=one, reason="晚了", **told)
    Recusal.objects.create(judge=judge, turn=two, reason="近亲属", **told)
    with refused("who_stands_back_gives_no_score"), transaction.atomic():
        Mark.objects.create(judge=judge, turn=two, number=1, hundredths=9000, **told)
    locking = {"locked_at": LATER, "locked_by": county.keeper, "digest": "x"}
    with refused("interview_is_locked_once_all_scored"), transaction.atomic():
        Interview.objects.update(**locking)
    county.mark(two, 8000)
    Interview.objects.update(**locking)
    with refused("mark_is_given_before_the_lock"), transaction.atomic():
        Mark.objects.create(judge=judge, turn=one, number=2, hundredths=1, why="改", **told)
    with refused("turn_stays_as_it_was_drawn"), transaction.atomic():
        Turn.objects.update(absent=True)


def test_an_additional_test_stays(county):
    exam = county.scored(8000, 8000, posts=1)
    county.ranked(exam, {"application:0": 8000, "application:1": 8000})
    Extra.objects.create(candidate=candidate(exam, 0), place=COUNTY, hundredths=1, at=NOW)
    with refused("exams_extra_update"), transaction.atomic():
        Extra.objects.update(hundredths=9999)
