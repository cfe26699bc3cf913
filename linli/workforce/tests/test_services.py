from datetime import date

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, connection, transaction

from linli.kernel.place import Scope
from linli.kernel.roles import SOCIAL
from linli.kernel.rulings import Refused, refuse
from linli.trail.models import Line, Look
from linli.workforce import clearance, queries, records, services
from linli.workforce.models import Tenure, Worker
from linli.workforce.tests.conftest import (
    COMMUNITY,
    COUNTY,
    OTHER_COMMUNITY,
    a_worker,
    id_number,
    in_post,
)
from tests.books import NOW
from tests.people import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def places(county):
    pass


def test_a_file_is_opened_and_its_numbers_lie_sealed():
    worker = a_worker(id_number="11010519491231002X", phone="13805351234")
    assert (worker.number, worker.born_on, worker.sex) == ("D000001", date(1949, 12, 31), "female")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone, id_mark FROM workforce_worker")
        row = cursor.fetchone()
    assert row[0].startswith("a1.")
    assert "11010519491231002X" not in row
    assert not any("13805351234" in value for value in row)
    again = Worker.objects.get()
    assert (again.id_number, again.phone) == ("11010519491231002X", "13805351234")


def test_nothing_of_the_numbers_reaches_the_trail():
    a_worker(id_number="11010519491231002X")
    assert not [line for line in Line.objects.all() if "1949" in str(line.facts)]


def test_one_person_has_one_file_in_a_county():
    first = a_worker(id_number="11010519491231002X")
    with pytest.raises(Refused, match=first.number):
        a_worker(id_number="11010519491231002x")
    assert Worker.objects.count() == 1


def test_whoever_takes_a_post_is_found_serving_there_on_that_day():
    worker = a_worker()
    in_post(worker, date(2026, 3, 1))
    assert list(queries.serving(Scope.of(COMMUNITY), date(2026, 3, 1))) == [worker]
    assert not queries.serving(Scope.of(COMMUNITY), date(2026, 2, 28))
    assert not queries.serving(Scope.of(OTHER_COMMUNITY), date(2026, 3, 1))


def test_nobody_holds_two_posts_at_one_time():
    worker = a_worker()
    in_post(worker)
    with pytest.raises(Refused, match="一人同一时间只任一个岗位"):
        in_post(worker, date(2026, 5, 1), title="director")


def test_after_one_post_has_ended_another_may_begin_elsewhere():
    worker = a_worker()
    in_post(worker)
    services.end_post(by=None, worker=worker, until_on=date(2026, 4, 30), how="moved", now=NOW)
    in_post(worker, date(2026, 5, 1), place=OTHER_COMMUNITY, title="director")
    worker.refresh_from_db()
    assert worker.place == OTHER_COMMUNITY
    assert [post.rung for post in worker.tenures.all()] == ["worker", "chief"]


def test_the_database_refuses_posts_that_overlap():
    worker = a_worker()
    in_post(worker)
    services.end_post(by=None, worker=worker, until_on=date(2026, 4, 30), how="moved", now=NOW)
    with pytest.raises(DatabaseError, match="posts_of_a_person"), transaction.atomic():
        Tenure.objects.create(
            worker=worker,
            place=COMMUNITY,
            title="worker",
            rung="worker",
            way="election",
            since_on=date(2026, 4, 1),
            at=NOW,
        )


def test_a_post_that_ended_stays_as_it_was():
    worker = a_worker()
    in_post(worker)
    post = services.end_post(
        by=None, worker=worker, until_on=date(2026, 4, 30), how="resigned", now=NOW
    )
    with pytest.raises(DatabaseError, match="post_stays"), transaction.atomic():
        Tenure.objects.filter(pk=post.pk).update(until_on=date(2026, 5, 30))


def test_whoever_is_barred_is_not_appointed_until_it_is_over_or_lifted():
    worker = a_worker()
    bar = services.bar(
        by=None,
        id_mark=worker.id_mark,
        county=COUNTY,
        from_on=date(2026, 1, 1),
        until_on=date(2030, 12, 31),
        cite="队伍规则:5",
        subject=worker,
        now=NOW,
    )
    with pytest.raises(Refused, match="2030-12-31以前不得任职"):
        in_post(worker, date(2026, 5, 1))
    services.lift_bar(by=None, bar=bar, why="复核撤销", now=NOW)
    assert in_post(worker, date(2026, 5, 1)).pk


def test_nobody_takes_a_new_post_before_they_are_cleared(monkeypatch):
    monkeypatch.setattr(clearance, "_checks", {})
    clearance.offer("test", lambda mark, county, on: refuse("还没有联审结论", "队伍规则:5"))
    worker = a_worker()
    with pytest.raises(Refused, match="还没有联审结论"):
        in_post(worker, way="recruitment")
    assert in_post(worker, way="inherited").pk


def test_a_refused_post_leaves_nothing():
    worker = a_worker()
    with pytest.raises(Refused):
        in_post(worker, place=OTHER_COMMUNITY, title="king")
    worker.refresh_from_db()
    assert (worker.place, worker.tenures.count()) == (COMMUNITY, 0)


def test_a_sealed_column_cannot_be_searched():
    with pytest.raises(FieldError):
        Worker.objects.filter(id_number__startswith="11").count()


def test_figures_count_those_in_office_on_the_day():
    for born_on, level, politics in (
        (date(1980, 11, 5), "college", "member"),
        (date(1990, 11, 6), "bachelor", "league"),
        (date(1990, 11, 5), "senior", "none"),
    ):
        worker = a_worker(born_on=born_on, politics=politics)
        in_post(worker)
        records.add_schooling(by=None, worker=worker, level=level, now=NOW)
    left = a_worker(born_on=date(1950, 1, 1))
    in_post(left)
    services.end_post(by=None, worker=left, until_on=date(2026, 11, 4), how="retired", now=NOW)
    told = queries.figures(Scope.of(COUNTY), date(2026, 11, 5))
    assert (told.people, told.years, told.college, told.party) == (3, 46 + 35 + 36, 2, 1)
    assert told.mean_age == 39.0


def test_a_headcount_stands_beside_the_rule_of_the_place():
    in_post(a_worker())
    services.tell_residents(
        by=None, place=COMMUNITY, count=9_000, as_of_on=date(2026, 6, 30), source="统计", now=NOW
    )
    here, there = queries.headcounts(Scope.of(COUNTY), date(2026, 11, 5))
    assert (here.wanted, here.serving, here.gap) == (17, 1, 16)
    assert (there.wanted, there.serving, there.gap) == (None, 0, None)


def test_a_grade_by_the_table_is_explained_and_one_on_record_stands_beside_it():
    worker = a_worker()
    in_post(worker, date(2020, 11, 5))
    records.add_schooling(by=None, worker=worker, level="bachelor", degree="bachelor", now=NOW)
    services.give_grade(
        by=None, worker=worker, grade=2, since_on=date(2024, 1, 1), why="首次定级", now=NOW
    )
    told = queries.standing_of(worker, date(2026, 11, 5))
    assert (told.grade, told.given, told.next_grade) == (4, 2, 5)


def test_every_look_at_a_number_says_what_for():
    keeper = make_person("social", "周敏", SOCIAL, COUNTY)
    worker = a_worker()
    with pytest.raises(Refused, match="用途"):
        services.open_number(by=keeper, worker=worker, field="id_number", purpose=" ", now=NOW)
    services.open_number(by=keeper, worker=worker, field="id_number", purpose="核对合同", now=NOW)
    seen = Look.objects.get()
    assert (seen.field, seen.purpose, seen.place) == ("id_number", "核对合同", COMMUNITY)


@pytest.mark.parametrize("text", ["王海", "海燕", "why", "D000001", "1234", "13805351234"])
def test_a_worker_is_found_by_name_initials_number_and_telephone(text):
    worker = a_worker()
    a_worker(name="李强", phone="13905350000")
    assert queries.found(text, Scope.of(COUNTY), limit=5) == [worker]


def test_a_worker_is_found_by_the_whole_identity_number_only():
    number = id_number(date(1991, 2, 3))
    worker = a_worker(id_number=number)
    assert queries.found(number, Scope.of(COUNTY), limit=5) == [worker]
    assert queries.found(number[:14], Scope.of(COUNTY), limit=5) == []
    assert queries.found(number, Scope.of("370614002"), limit=5) == []


def test_leave_is_written_once_for_a_time_and_can_be_cancelled():
    worker = a_worker()
    in_post(worker)
    told = {"by": None, "worker": worker, "kind": "annual", "now": NOW}
    leave = records.give_leave(**told, from_on=date(2026, 11, 2), until_on=date(2026, 11, 6))
    with pytest.raises(Refused, match="已有请假"):
        records.give_leave(**told, from_on=date(2026, 11, 6), until_on=date(2026, 11, 9))
    assert list(queries.on_leave(Scope.of(COUNTY), date(2026, 11, 5))) == [leave]
    records.cancel_leave(by=None, leave=leave, now=NOW)
    assert not queries.on_leave(Scope.of(COUNTY), date(2026, 11, 5))


def test_an_assessment_that_is_mended_says_why():
    worker = a_worker()
    in_post(worker)
    records.assess(by=None, worker=worker, year=2025, grade="good", now=NOW)
    with pytest.raises(Refused, match="更正须写明原因"):
        records.assess(by=None, worker=worker, year=2025, grade="poor", now=NOW)
    with pytest.raises(Refused, match="没有任职"):
        records.assess(by=None, worker=worker, year=2019, grade="good", now=NOW)
