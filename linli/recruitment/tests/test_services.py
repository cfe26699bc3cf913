from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from linli.cases import queries as cases
from linli.kernel.rulings import Refused
from linli.recruitment import announcing, flow, queries, services
from linli.recruitment.models import Application, Check
from linli.trail.models import Line, Look
from tests.books import NOW
from tests.recruits import (
    ASKED,
    COMMUNITY,
    a_draft,
    an_entry,
    applied,
    id_number,
    published,
)

pytestmark = pytest.mark.django_db


def test_a_published_announcement_opens_its_case_for_the_office(open_one):
    case = cases.find(flow=flow.RECRUITMENT, subject=open_one)
    assert [step.code for step in cases.open_steps(case)] == ["check"]
    assert open_one.number == "Z000001"


def test_an_announcement_without_posts_is_not_published(keeper):
    with pytest.raises(Refused, match="还没有岗位"):
        announcing.publish(by=keeper, announcement=a_draft(keeper), now=NOW)


def test_posts_stay_as_they_were_published(keeper, open_one):
    with pytest.raises(Refused, match="不再改动"):
        announcing.add_post(
            by=keeper,
            announcement=open_one,
            place=COMMUNITY,
            wanted=1,
            conditions=ASKED,
            now=NOW,
        )
    with pytest.raises(DatabaseError, match="guard|permission denied|linli"), transaction.atomic():
        open_one.posts.update(age_max=60)
    with pytest.raises(DatabaseError, match="guard|permission denied|linli"), transaction.atomic():
        type(open_one).objects.filter(pk=open_one.pk).update(closes_on=date(2027, 1, 1))


def test_a_post_may_not_be_wider_than_the_rules(keeper):
    made = a_draft(keeper)
    with pytest.raises(Refused, match="18至35周岁"):
        announcing.add_post(
            by=keeper,
            announcement=made,
            place=COMMUNITY,
            wanted=1,
            conditions=replace(ASKED, age_max=50, age_max_experienced=50),
            now=NOW,
        )


def test_numbers_lie_sealed_and_stay_out_of_the_trail(open_one):
    given = id_number(date(1995, 5, 4))
    row = applied(open_one, id_number=given)
    assert (row.ruling, row.state, row.number) == ("eligible", "open", "00001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone, tail_mark, id_mark FROM recruitment_application")
        found = cursor.fetchone()
    assert found[0].startswith("a1.") and found[1].startswith("a1.")
    assert not [value for value in found if given in value or "13805351234" in value]
    assert not [line for line in Line.objects.all() if given in str(line.facts)]


def test_somebody_of_36_is_refused_with_the_ground_and_takes_up_nothing(open_one):
    given = id_number(date(1990, 11, 1))
    row = applied(open_one, id_number=given)
    assert (row.ruling, row.state) == ("ineligible", "out")
    text, values, cites = row.checks.get().reasons[0]
    assert "已满" in text and values["years"] == 36 and cites == ["选聘规则:3"]
    assert applied(open_one, id_number=given).number == "00002"


def test_35_years_and_364_days_pass(open_one):
    assert applied(open_one, born_on=date(1990, 11, 2)).ruling == "eligible"


def test_a_wrong_check_digit_is_refused_and_a_retired_area_code_is_not(open_one):
    good = id_number(date(1995, 5, 4), area="370684")
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    with pytest.raises(Refused, match="校验不通过"):
        applied(open_one, id_number=wrong)
    assert applied(open_one, id_number=good).ruling == "eligible"


def test_a_second_application_is_refused_with_the_day_of_the_first(open_one):
    given = id_number(date(1995, 5, 4))
    applied(open_one, id_number=given)
    with pytest.raises(Refused, match="一人只报一个岗位") as refused:
        applied(open_one, id_number=given.lower())
    assert refused.value.ruling.reasons[0].cites == ("选聘规则:2",)
    assert Application.objects.count() == 1


def test_the_database_itself_refuses_a_second_one(open_one):
    row = applied(open_one)
    twin = Application.objects.get(pk=row.pk)
    twin.pk, twin.number, twin.query = None, "00002", "ZZZZZZZZ"
    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save(force_insert=True)


def test_whoever_withdrew_may_apply_again(open_one):
    given = id_number(date(1995, 5, 4))
    services.withdraw(by=None, application=applied(open_one, id_number=given), now=NOW)
    assert applied(open_one, id_number=given).state == "open"


def test_nothing_is_taken_before_and_after_the_window(keeper):
    made = published(keeper, opens_on=date(2026, 11, 9), closes_on=date(2026, 11, 10))
    for days, word in ((0, "开始"), (30, "截止")):
        with pytest.raises(Refused, match=word):
            applied(made, now=NOW + timedelta(days=days))
    assert applied(made, now=NOW + timedelta(days=4)).pk


def test_papers_are_checked_by_their_bytes_and_a_bad_one_leaves_nothing(open_one):
    bad = [services.Sent(kind="id_card", content=b"MZ\x90\x00", name="证件.jpg")]
    with pytest.raises(Refused, match="不是可以保存的格式"):
        applied(open_one, papers=bad)
    assert not Application.objects.exists()


def test_the_state_is_asked_by_number_and_phone_and_by_nothing_less(open_one):
    row = applied(open_one)
    assert queries.asked(row.query.lower(), "1234") == row
    assert queries.asked(row.query, "1235") is None
    assert queries.asked(row.query, "") is None
    assert queries.asked("", "1234") is None


def test_the_office_admits_and_refuses_and_says_why(keeper, open_one):
    good, bad = applied(open_one), applied(open_one, born_on=date(1996, 1, 1))
    told = {"by": keeper, "announcement": open_one, "now": NOW}
    services.decide(applications=[good.pk], admit=True, **told)
    with pytest.raises(Refused, match="请写明理由"):
        services.decide(applications=[bad.pk], admit=False, **told)
    services.decide(applications=[bad.pk], admit=False, why="毕业证书与学信网不符", **told)
    good.refresh_from_db(), bad.refresh_from_db()
    assert (good.ruling, good.state) == ("admitted", "open")
    assert (bad.ruling, bad.state) == ("refused", "out")
    assert [check.kind for check in bad.checks.all()] == ["rule", "office"]


def test_whoever_was_refused_asks_to_look_again_once_and_may_be_admitted(keeper, open_one):
    row = applied(open_one, born_on=date(1985, 1, 1))
    services.ask_again(by=None, application=row, text="有五年社区工作经历，漏填", now=NOW)
    with pytest.raises(Refused, match="已经申请过复核"):
        services.ask_again(by=None, application=row, text="再看一次", now=NOW)
    assert list(queries.to_look_again(open_one)) == [row]
    told = {"by": keeper, "announcement": open_one, "applications": [row.pk], "now": NOW}
    with pytest.raises(Refused, match="请写明理由"):
        services.decide(admit=True, **told)
    services.decide(admit=True, why="经历证明已补交", **told)
    row.refresh_from_db()
    assert (row.ruling, row.state) == ("admitted", "open")


def test_a_refused_application_is_not_admitted_beside_a_live_one(keeper, open_one):
    given = id_number(date(1995, 5, 4))
    first = applied(open_one, id_number=given, schooling="senior")
    applied(open_one, id_number=given)
    with pytest.raises(Refused, match="另有一份有效报名"):
        services.decide(
            by=keeper,
            announcement=open_one,
            applications=[first.pk],
            admit=True,
            why="学历看错",
            now=NOW,
        )


def test_hundreds_at_the_counter_are_written_down_in_few_queries(
    keeper, open_one, django_assert_max_num_queries
):
    post = open_one.posts.get()
    entries = [
        an_entry(post, id_number=id_number(date(1995, 1, 1) + timedelta(n), serial=n))
        for n in range(300)
    ]
    with django_assert_max_num_queries(24):
        services.register(by=keeper, announcement=open_one, entries=entries, now=NOW)
    assert Application.objects.count() == 300 == Check.objects.count()


def test_a_counter_list_with_a_fault_is_refused_whole_with_every_fault(keeper, open_one):
    post, given = open_one.posts.get(), id_number(date(1995, 5, 4))
    entries = [
        an_entry(post, id_number=given),
        an_entry(post, id_number=given),
        an_entry(post, id_number="123"),
    ]
    with pytest.raises(Refused) as refused:
        services.register(by=keeper, announcement=open_one, entries=entries, now=NOW)
    assert [reason.row for reason in refused.value.ruling.reasons] == [2, 3]
    assert not Application.objects.exists()


def test_opening_a_number_says_what_for_and_is_recorded(keeper, open_one):
    row = applied(open_one)
    with pytest.raises(Refused, match="用途"):
        services.open_number(by=keeper, application=row, field="phone", purpose=" ", now=NOW)
    services.open_number(by=keeper, application=row, field="phone", purpose="通知笔试", now=NOW)
    assert Look.objects.get().field == "phone"


def test_a_cancelled_recruitment_takes_nobody_more(keeper, open_one):
    announcing.cancel(by=keeper, announcement=open_one, why="员额调整", now=NOW)
    with pytest.raises(Refused, match="已取消"):
        applied(open_one)


@pytest.mark.parametrize("table", ["application", "announcement", "check", "paper"])
def test_the_database_keeps_what_was_written(open_one, table):
    applied(open_one)
    with pytest.raises(DatabaseError, match="guard|permission denied|linli"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM recruitment_{table}")
