from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from linli.cases.models import DutyDone
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.trail.models import Line
from linli.training import figures, owed, queries, rules, services, testing
from linli.training.models import Paper, SignIn
from linli.training.tests.conftest import (
    AFTER,
    BEFORE,
    COMMUNITY,
    COUNTY,
    DURING,
    OTHER_COMMUNITY,
    a_session,
    questions,
    served,
)
from linli.workforce.models import Certificate

pytestmark = pytest.mark.django_db


def come(session, user, now=DURING):
    return services.sign_in(by=user, session=session, code=queries.code_of(session, now), now=now)


def take(session, user, right=5, now=AFTER):
    """Take the test, so many answers right."""
    paper = testing.start_paper(by=user, session=session, now=now)
    chosen = {n: 1 if n <= right else 0 for n in range(1, paper.asked + 1)}
    return testing.hand_in(by=user, paper=paper, chosen=chosen, now=now)


def test_everybody_of_the_area_is_asked_and_nobody_else(venue, learner, other_learner):
    session = a_session(venue)
    assert list(session.invites.values_list("worker__user", flat=True)) == [learner.pk]
    assert a_session(venue, layers=["chief"]).invites.count() == 0


def test_whoever_scans_the_code_is_signed_in_once(venue, learner):
    session = a_session(venue)
    row = come(session, learner)
    assert (row.way, row.late, row.place) == ("qr", False, COMMUNITY)
    with pytest.raises(Refused, match="已经签到过了"):
        come(session, learner)


def test_a_code_expires_and_is_of_one_session(venue, learner):
    session, other = a_session(venue), a_session(venue)
    code = queries.code_of(session, DURING)
    assert queries.code_holds(session, code, DURING + timedelta(minutes=2))
    assert not queries.code_holds(session, code, DURING + timedelta(minutes=3))
    with pytest.raises(Refused, match="签到码已过期"):
        services.sign_in(by=learner, session=other, code=code, now=DURING)
    assert not SignIn.objects.exists()
    refused = Line.objects.filter(act="training.sign_in", done=False)
    assert not refused.exists() or "签到码" in str(refused[0].facts)


def test_an_account_without_a_file_signs_nobody_in(venue, secretary):
    with pytest.raises(Refused, match="没有关联人事档案"):
        come(a_session(venue), secretary)


def test_a_list_on_paper_is_taken_whole_or_not_at_all(venue, learner, other_learner):
    session = a_session(venue)
    here, stranger = learner.worker_file, served(name="孙红霞")
    left = stranger.tenures.get()
    left.until_on, left.ended_how, left.ended_at = BEFORE.date(), "moved", BEFORE
    left.save()
    told = [services.Came(here, DURING), services.Came(stranger, DURING)]
    with pytest.raises(Refused, match="没有任职"):
        services.take_list(by=None, session=session, some=told, reason="签到表", now=AFTER)
    assert not SignIn.objects.exists()
    services.take_list(by=None, session=session, some=told[:1], reason="签到表", now=AFTER)
    assert SignIn.objects.get().way == rules.SHEET


def test_when_the_list_is_closed_the_month_of_the_street_is_done(venue, learner):
    session = a_session(venue)
    with pytest.raises(Refused, match="没有一个人签到"):
        services.close(by=None, session=session, now=AFTER)
    come(session, learner)
    services.close(by=None, session=session, now=AFTER)
    done = DutyDone.objects.get(duty="training_micro")
    assert (done.place, done.period) == (COMMUNITY[:9], "2026-03")
    with pytest.raises(Refused, match="签到已截止"):
        services.sign_in_for(
            by=None, session=session, worker=learner.worker_file, reason="忘了", now=AFTER
        )


def test_only_sessions_that_were_held_are_counted(venue, learner):
    on = AFTER.date()
    session = a_session(venue)
    come(session, learner)
    assert figures.micro_trainings(Scope.of(COUNTY), on).value == 0
    services.close(by=None, session=session, now=AFTER)
    assert figures.micro_trainings(Scope.of(COUNTY), on).value == 1
    assert figures.micro_trainings(Scope.of(OTHER_COMMUNITY), on).value == 0
    assert figures.micro_trainings(Scope.of(COUNTY), on + timedelta(days=366)).value == 0


def test_the_test_is_for_who_was_there_and_no_oftener_than_allowed(venue, learner):
    session = a_session(venue)
    questions()
    with pytest.raises(Refused, match="签到后才能测验"):
        testing.start_paper(by=learner, session=session, now=AFTER)
    come(session, learner)
    assert take(session, learner, right=2).passed is False
    assert take(session, learner, right=2).attempt == 2
    with pytest.raises(Refused, match="已考2次"):
        testing.start_paper(by=learner, session=session, now=AFTER)


def test_a_test_closes_some_days_after_the_session(venue, learner):
    session = a_session(venue)
    questions()
    come(session, learner)
    with pytest.raises(Refused, match="测验已截止"):
        testing.start_paper(by=learner, session=session, now=AFTER + timedelta(days=8))


def test_a_paper_is_drawn_again_from_its_seed_after_the_bank_has_changed(venue, learner):
    session = a_session(venue)
    questions()
    come(session, learner)
    paper = testing.start_paper(by=learner, session=session, now=AFTER)
    first = queries.bank(COUNTY)[0]
    testing.reword_question(
        by=None,
        question=first,
        told=testing.Asked(topic="mediation", text="新问？", options=["甲", "乙"], right=0),
        now=AFTER + timedelta(hours=1),
    )
    testing.withdraw_question(
        by=None, question=queries.bank(COUNTY)[3], now=AFTER + timedelta(hours=1)
    )
    again = rules.draw(paper.seed, queries.pool(session, paper.started_at), paper.asked)
    assert again == list(paper.items.values_list("question", flat=True))
    assert queries.bank(COUNTY).count() == 7
    assert queries.bank(COUNTY)[0].version == 2


def test_an_unanswered_question_leaves_the_paper_open(venue, learner):
    session = a_session(venue)
    questions()
    come(session, learner)
    paper = testing.start_paper(by=learner, session=session, now=AFTER)
    with pytest.raises(Refused, match="第3题还没有答"):
        testing.hand_in(by=learner, paper=paper, chosen={1: 1, 2: 1, 4: 1, 5: 1}, now=AFTER)
    assert Paper.objects.get().done_at is None


def test_mistakes_make_the_next_topic(venue, learner):
    session = a_session(venue)
    questions()
    come(session, learner)
    take(session, learner, right=1)
    (weak,) = queries.weak_topics(Scope.of(COMMUNITY), timezone.localdate(AFTER))
    assert (weak.topic, weak.wrong, weak.asked) == ("mediation", 4, 5)
    assert queries.weak_topics(Scope.of(OTHER_COMMUNITY), timezone.localdate(AFTER)) == []


def complete(venue, learner):
    """All a worker owes: two hours and a passed test of each of five topics."""
    for topic in ("emergency", "mediation", "policy", "masses", "grid"):
        questions(topic=topic)
        for minutes in (90, 30):
            session = a_session(venue, topic=topic, minutes=minutes)
            come(session, learner)
            if minutes == 90:
                take(session, learner)
            services.close(by=None, session=session, now=AFTER)


def test_a_certificate_is_for_who_has_done_all_and_comes_into_the_file(venue, learner):
    worker = learner.worker_file
    with pytest.raises(Refused, match="还没有完成"):
        services.certify(by=None, worker=worker, now=AFTER)
    complete(venue, learner)
    assert owed.owing_of(worker, AFTER.date()).coverage.complete
    made = services.certify(by=None, worker=worker, now=AFTER)
    assert (made.minutes, made.session_count) == (600, 10)
    assert Certificate.objects.get(worker=worker).number == f"{COUNTY}-{made.number}"
    with pytest.raises(Refused, match="已发过证书"):
        services.certify(by=None, worker=worker, now=AFTER)
    with pytest.raises(Refused, match="请写明原因"):
        services.void(by=None, certificate=made, why=" ", now=AFTER)
    services.void(by=None, certificate=made, why="姓名有误", now=AFTER)
    assert services.certify(by=None, worker=worker, now=AFTER).number == "PZ00002"


def test_what_a_page_of_people_owes_takes_as_many_queries_as_one(
    venue, learner, django_assert_num_queries
):
    for n in range(6):
        served(name=f"工作人员{n}")
    everybody = queries.serving(Scope.of(COMMUNITY), AFTER.date())
    assert len(everybody) == 7
    for rows in (list(everybody[:1]), list(everybody)):
        with django_assert_num_queries(3):
            owed.owing(rows, AFTER.date())


FORGERIES = (
    "UPDATE training_signin SET late = NOT late",
    "DELETE FROM training_signin",
    "UPDATE training_paper SET passed = NOT passed",
    "UPDATE training_paperitem SET chosen = 2",
    "UPDATE training_question SET text = 'x'",
    "UPDATE training_session SET title = 'x'",
    "DELETE FROM training_session",
    "DELETE FROM training_paper",
)


@pytest.mark.parametrize("sql", FORGERIES)
def test_the_database_refuses_to_change_what_was(venue, learner, sql):
    session = a_session(venue)
    questions()
    come(session, learner)
    take(session, learner)
    services.close(by=None, session=session, now=AFTER)
    with pytest.raises(DatabaseError, match="linli|permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_database_lets_nobody_in_after_the_list_was_closed(venue, learner):
    session = a_session(venue)
    come(session, learner)
    services.close(by=None, session=session, now=AFTER)
    with pytest.raises(DatabaseError, match="nobody_signs_in"), transaction.atomic():
        SignIn.objects.create(
            session=session,
            worker=served(name="张建波"),
            place=COMMUNITY,
            way="qr",
            at=AFTER,
        )
