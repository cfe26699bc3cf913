"""From the check to an appointment: each stage takes over what the exams and the vetting found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from linli.cases import queries as cases
from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.places import services as places
from linli.recruitment import appointing, flow, queries, rules, services, staging
from linli.recruitment.models import Application
from linli.workforce import queries as workforce
from tests.books import NOW
from tests.recruits import COMMUNITY, COUNTY, PANEL, Office, applied, published

pytestmark = pytest.mark.django_db
AFTER = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
TEST_DAY = date(2026, 11, 18)
TESTED = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
TALK_DAY = date(2026, 11, 20)
TALKED = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
VETTED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def calendar(keeper: Any) -> None:
    for year in (2026, 2027):
        days = [(date(year, 1, 1), True, "元旦")]
        places.set_holidays(by=None, year=year, days=days, source="通知", now=NOW)


@pytest.fixture
def office(keeper: Any, calendar: None) -> Any:
    def made(people: int) -> Office:
        held = published(keeper)
        rows = [
            applied(held, born_on=date(1995, 1, 1) + timedelta(n), name=f"应聘{n}")
            for n in range(people)
        ]
        return Office(keeper, held, rows)

    return made


def at_medical(made: Office, people: int) -> Office:
    """Everybody passes both tests, the earlier the better."""
    made.written(*(90 - n for n in range(people)))
    made.note("recheck", "passed", *made.people, now=TESTED)
    return made.talked(*(90 - n for n in range(people)))


def test_the_check_does_not_end_before_the_window_or_with_somebody_unread(office):
    made = office(2)
    told = {"by": made.keeper, "announcement": made.held, "held_on": TEST_DAY}
    with pytest.raises(Refused, match="截止以后"):
        staging.hand_to_written(now=NOW, **told)
    with pytest.raises(Refused, match="2份报名没有审核"):
        staging.hand_to_written(now=AFTER, **told)


def test_the_admitted_go_to_the_written_test_with_their_post_and_traits(office):
    made = office(3)
    services.decide(
        by=made.keeper,
        announcement=made.held,
        applications=[made.people[2].pk],
        admit=False,
        why="材料不实",
        now=NOW,
    )
    made.people.pop()
    made.handed()
    assert [row.name for row in made.exam.candidates.order_by("key")] == ["应聘0", "应聘1"]
    assert made.read() == [("written", "open"), ("written", "open"), ("check", "out")]
    assert made.steps() == ["written"]
    with pytest.raises(Refused, match="已结束"):
        services.decide(
            by=made.keeper,
            announcement=made.held,
            applications=[made.people[0].pk],
            admit=False,
            why="迟到的发现",
            now=AFTER,
        )


def test_scores_are_taken_over_only_once_they_are_locked(office):
    made = office(2).handed()
    with pytest.raises(Refused, match="没有锁定"):
        staging.take_written(by=made.keeper, announcement=made.held, now=TESTED)


def test_who_passes_the_written_test_is_rechecked_and_others_are_out(office):
    made = office(3).written(88, 59, 61)
    assert made.read() == [("recheck", "open"), ("written", "out"), ("recheck", "open")]
    row = queries.applications(made.held).first()
    assert (row.written_score, row.rank) == (8800, 1)


def test_a_score_that_was_taken_over_is_not_written_again(office):
    made = office(1).written(88)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.held.applications.update(written_score=9900)


def test_whoever_fails_the_recheck_is_told_why_and_does_not_go_on(office):
    made = office(2).written(90, 80)
    with pytest.raises(Refused, match="请写明理由"):
        made.note("recheck", "failed", made.people[0], now=TESTED)
    with pytest.raises(Refused, match="还有2人没有结论"):
        staging.hand_to_interview(
            by=made.keeper, announcement=made.held, held_on=TALK_DAY, panel=PANEL, now=TESTED
        )
    made.note("recheck", "failed", made.people[0], why="毕业证书核验不符", now=TESTED)
    made.note("recheck", "passed", made.people[1], now=TESTED)
    made.talked(95, 80)
    assert made.read() == [("recheck", "out"), ("medical", "open")]


def test_the_best_of_a_post_go_to_the_medical_and_others_stand_by(office):
    made = at_medical(office(2), 2)
    assert made.read() == [("medical", "open"), ("interview", "standby")]
    assert [row.rank for row in queries.applications(made.held)] == [1, 2]
    assert made.steps() == ["medical"]


def test_of_the_medical_no_contents_are_kept(office):
    made = at_medical(office(1), 1)
    with pytest.raises(Refused, match="不写内容"):
        made.note("medical", "failed", made.people[0], why="心电图异常")
    made.note("medical", "again", made.people[0], on=date(2026, 11, 25))
    row = queries.applications(made.held).get()
    assert (row.stage, row.again_on) == ("medical", date(2026, 11, 25))


def test_whoever_fails_the_medical_is_followed_by_the_next_in_rank(office):
    made = at_medical(office(2), 2)
    made.note("medical", "failed", made.people[0])
    assert made.read() == [("medical", "out"), ("medical", "open")]
    assert made.steps() == ["medical"]
    made.note("medical", "passed", made.people[1])
    assert made.steps() == ["vetting"]


def test_whoever_gives_up_late_is_followed_too(office):
    made = at_medical(office(2), 2)
    row = made.people[0]
    row.refresh_from_db()
    services.withdraw(by=None, application=row, now=TALKED)
    assert made.read() == [("medical", "withdrawn"), ("medical", "open")]


def test_the_vetting_office_alone_puts_people_on_its_list(office):
    made = at_medical(office(1), 1)
    made.note("medical", "passed", made.people[0])
    assert [row.name for row in staging.to_vet(made.held)] == ["应聘0"]
    made.vet()
    assert made.read() == [("publication", "open")]
    assert made.steps() == ["publication"]


def test_whoever_does_not_pass_the_vetting_is_out_without_a_reason(office):
    made = at_medical(office(2), 2)
    made.note("medical", "passed", made.people[0])
    made.vet("应聘0")
    assert made.read() == [("background", "out"), ("medical", "open")]
    assert {row.why for row in made.people[0].outcomes.all()} == {""}


def shown(made: Office) -> Any:
    made.note("medical", "passed", made.people[0])
    made.vet()
    return appointing.show_names(by=made.keeper, announcement=made.held, now=VETTED)


def test_names_are_shown_for_working_days_and_nobody_is_appointed_before(office):
    made = at_medical(office(1), 1)
    publication = shown(made)
    assert publication.until_on == date(2026, 12, 1)
    with pytest.raises(Refused, match="期满以后"):
        appointing.end_names(by=made.keeper, publication=publication, now=VETTED)
    told = appoint(made, VETTED)
    assert not told.done and "公示期满" in str(told.refused[0][1])


def appoint(made: Office, now: datetime) -> appointing.Appointed:
    return appointing.appoint(
        by=made.keeper,
        announcement=made.held,
        applications=[made.people[0].pk],
        since_on=now.date(),
        now=now,
    )


def test_whoever_is_left_is_appointed_into_a_file_and_the_case_is_closed(office):
    made = at_medical(office(2), 2)
    publication = shown(made)
    later = VETTED + timedelta(days=8)
    appointing.end_names(by=made.keeper, publication=publication, now=later)
    told = appoint(made, later)
    assert [row.name for row in told.done] == ["应聘0"] and not told.refused
    row = Application.objects.get(pk=made.people[0].pk)
    post = workforce.post_of(row.worker, later.date())
    assert (post.place, post.way, post.subject) == (
        COMMUNITY,
        "recruitment",
        f"recruitment.application:{row.pk}",
    )
    assert row.worker.schoolings.get().level == "bachelor"
    assert queries.recruited(Scope.of(COUNTY), later.date()) == 1
    assert cases.find(flow=flow.RECRUITMENT, subject=made.held).closed_at == later
    again = appoint(made, later)
    assert not again.done and again.refused


def test_an_objection_holds_the_appointment_until_it_is_settled(office):
    made = at_medical(office(2), 2)
    publication = shown(made)
    row = queries.applications(made.held).first()
    objection = services.object_to(
        by=None, application=row, text="此人在编，不应再聘", phone="13900001111", now=VETTED
    )
    assert queries.objection_asked(objection.query, "1111") == objection
    later = VETTED + timedelta(days=8)
    with pytest.raises(Refused, match="1件异议没有办结"):
        appointing.end_names(by=made.keeper, publication=publication, now=later)
    told = {"by": made.keeper, "objection": objection, "now": later}
    with pytest.raises(Refused, match="查明"):
        appointing.settle(upheld=True, why="", **told)
    appointing.settle(upheld=True, why="经核查反映属实", **told)
    assert made.read() == [("publication", "out"), ("medical", "open")]
    with pytest.raises(Refused, match="已办结"):
        appointing.settle(upheld=False, why="再改一次看看", **told)


def test_nobody_objects_to_a_name_after_the_clock(office):
    made = at_medical(office(1), 1)
    shown(made)
    row = queries.applications(made.held).get()
    with pytest.raises(Refused, match="已结束"):
        services.object_to(
            by=None,
            application=row,
            text="晚到的异议内容",
            phone="13900001111",
            now=VETTED + timedelta(days=9),
        )


def test_figures_of_the_four_groups_are_counted_from_rows(keeper, calendar):
    held = published(keeper)
    papers = [
        services.Sent(kind=kind, content=b"%PDF-1.4\n", name="a.pdf")
        for kind in ("id_card", "diploma", "discharge", "certificate")
    ]
    row = applied(held, groups=("veteran", "social"), papers=papers)
    applied(held, born_on=date(1985, 1, 1))
    services.decide(by=keeper, announcement=held, applications=[row.pk], admit=True, now=NOW)
    told = {one["group"]: one for one in queries.group_figures(held)}
    assert (told["veteran"]["applied"], told["veteran"]["admitted"]) == (1, 1)
    assert (told["party"]["applied"], told[""]["applied"], told["all"]["applied"]) == (0, 1, 2)


def test_every_state_is_told_in_words():
    for stage in rules.STAGES:
        for state in rules.STATES:
            for ruling in rules.RULINGS:
                assert rules.standing(ruling=ruling, stage=stage, state=state)
