from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from linli.kernel.place import Scope
from linli.kernel.rulings import Refused
from linli.mentoring import figures, queries, services
from linli.mentoring.models import Line, Log, Pair, Rating
from linli.mentoring.tests.conftest import (
    BEGUN,
    COMMUNITY,
    COUNTY,
    NOW,
    OTHER_COMMUNITY,
    TEXT,
    TODAY,
    a_mentor,
    a_station,
    matched,
    served,
    wants,
)

pytestmark = pytest.mark.django_db


def write(pair, user, period="2026-08", on=date(2026, 8, 12), text=TEXT, **more):
    return services.write_log(by=user, pair=pair, period=period, on=on, text=text, **more, now=NOW)


def test_a_community_has_one_open_station_and_they_are_counted(station):
    with pytest.raises(Refused, match="已有开着的驿站"):
        a_station()
    a_station(OTHER_COMMUNITY)
    assert figures.stations(Scope.of(COUNTY), TODAY).value == 2
    assert figures.stations(Scope.of(COMMUNITY), TODAY).value == 1
    services.close_station(by=None, station=station, now=BEGUN)
    assert figures.stations(Scope.of(COUNTY), TODAY).value == 1


def test_a_proposal_says_why_and_what_was_given_up(station):
    good = a_mentor(station, most=1)
    other = a_mentor(a_station(OTHER_COMMUNITY), name="曲桂芝", skills=["mediation"], most=1)
    near = wants(served(name="王海燕"), mediation=2)
    only = wants(served(name="李国庆"), masses=3)
    made = services.propose(by=None, place=COUNTY, now=BEGUN)
    lines = {row.mentee_id: row for row in made.lines.all()}
    assert (lines[only.pk].mentor, lines[near.pk].mentor) == (good, other)
    assert lines[near.pk].best == good
    assert lines[near.pk].best_points - lines[near.pk].points == 25
    assert lines[near.pk].parts == {"need": 60, "near": 0, "load": 15}
    assert made.points == sum(row.points for row in lines.values())
    assert not Pair.objects.exists()


def test_who_nobody_can_teach_is_left_over_and_told(station):
    a_mentor(station)
    wants(served(), policy=3)
    made = services.propose(by=None, place=COUNTY, now=BEGUN)
    row = Line.objects.get(proposal=made)
    assert (row.mentor, row.best, row.points) == (None, None, 0)


def test_nobody_is_their_own_mentor(station):
    worker = served()
    wants(worker)
    a_mentor(station, worker=worker, name=worker.name)
    made = services.propose(by=None, place=COUNTY, now=BEGUN)
    assert Line.objects.get(proposal=made).mentor is None


def test_only_what_was_ticked_holds_and_only_once(station):
    a_mentor(station)
    wants(served(name="王海燕"))
    wants(served(name="李国庆"))
    made = services.propose(by=None, place=COUNTY, now=BEGUN)
    first = made.lines.first()
    services.decide(by=None, proposal=made, taken={first.pk}, now=BEGUN)
    assert [pair.mentee_id for pair in Pair.objects.all()] == [first.mentee_id]
    with pytest.raises(Refused, match="已经处理过"):
        services.decide(by=None, proposal=made, taken=set(), now=BEGUN)


def test_two_proposals_do_not_fill_a_mentor_beyond_measure(station):
    a_mentor(station, most=1)
    wants(served(name="王海燕"))
    first = services.propose(by=None, place=COUNTY, now=BEGUN)
    services.decide(by=None, proposal=first, taken=set(), now=BEGUN)
    second = services.propose(by=None, place=COUNTY, now=BEGUN)
    third = services.propose(by=None, place=COUNTY, now=BEGUN)
    services.decide(
        by=None, proposal=second, taken=set(second.lines.values_list("pk", flat=True)), now=BEGUN
    )
    with pytest.raises(Refused, match="另行结对"):
        services.decide(
            by=None, proposal=third, taken=set(third.lines.values_list("pk", flat=True)), now=BEGUN
        )
    assert Pair.objects.count() == 1


def test_each_side_writes_for_itself_and_both_seal(pair, old_hand, learner, stranger):
    write(pair, old_hand)
    write(pair, old_hand, text=TEXT + "改一个字。")
    assert Log.objects.get().text.endswith("改一个字。")
    with pytest.raises(Refused, match="本人写"):
        write(pair, stranger)
    write(pair, learner)
    with pytest.raises(Refused, match="已封存"):
        write(pair, old_hand)
    with (
        pytest.raises(DatabaseError, match="logs_of_both_sides"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE mentoring_log SET text = 'x'")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"period": "2026-10", "on": date(2026, 10, 1)}, "还没有到"),
        ({"period": "2026-04", "on": date(2026, 4, 1)}, "不在结对期间"),
        ({"on": date(2026, 7, 31)}, "应在这个月"),
        ({"text": "好"}, "至600个字"),
        ({"period": "2026-H1"}, "还没有到"),
        ({"ratings": {"mediation": 4}}, "每季一次"),
    ],
)
def test_what_cannot_be_written_says_why(pair, old_hand, told, words):
    with pytest.raises(Refused, match=words):
        write(pair, old_hand, **told)
    assert not Log.objects.exists()


def test_the_mentor_rates_a_quarter_once(pair, old_hand, learner):
    quarter = {"period": "2026-Q3", "on": date(2026, 9, 1)}
    with pytest.raises(Refused, match="由导师"):
        write(pair, learner, **quarter, ratings={"mediation": 5})
    write(pair, old_hand, **quarter, ratings={"mediation": 3})
    with pytest.raises(Refused, match="评分不改"):
        write(pair, old_hand, **quarter, ratings={"mediation": 5})
    assert queries.growth(pair) == {"2026-Q3": {"mediation": 3}}
    assert Rating.objects.count() == 1


def test_a_pair_is_stalled_until_both_write_again(pair, old_hand, learner):
    assert list(queries.stalled(Scope.of(COUNTY), TODAY)) == [pair]
    write(pair, old_hand)
    assert queries.stalled(Scope.of(COUNTY), TODAY).count() == 1
    write(pair, learner)
    assert queries.stalled(Scope.of(COUNTY), TODAY).count() == 0
    assert queries.is_stalled(queries.pair(pair.pk), TODAY) is False


def test_whoever_s_pair_ended_waits_again_and_keeps_what_was_written(pair, old_hand):
    write(pair, old_hand)
    with pytest.raises(Refused, match="还有1对"):
        services.end_mentor(by=None, mentor=pair.mentor, now=NOW)
    services.end_pair(by=None, pair=pair, why="导师生病", now=NOW)
    assert queries.waiting(Scope.of(COUNTY)).count() == 1
    assert Log.objects.count() == 1
    with pytest.raises(Refused, match="已结束"):
        write(pair, old_hand)
    assert len(matched()) == 2
