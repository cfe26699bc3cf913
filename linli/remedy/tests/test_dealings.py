"""Visits, talks, contracts, letters, follow-ups: what is kept and what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from linli.kernel.rulings import Refused
from linli.places import queries as places
from linli.prints import render
from linli.remedy import encounters, followups, issuing, queries, services
from linli.remedy.dealings import ClauseTold
from linli.remedy.models import Agreement, Letter, Paper, Round, Talk, Visit, Wording
from linli.remedy.rules import Cause
from tests.books import NOW

from .conftest import COUNTY, a_room, approved, days_later, drafted, picture, worked

TODAY = timezone.localdate(NOW)
LATE = days_later(8)
"""The plan of the fixture was due on 12 November; this is the 13th."""


def fields(refused) -> set[str]:
    return {reason.field for reason in refused.value.ruling.reasons}


def talk(plan, by, **changes):
    told = {
        "on": TODAY,
        "whom": "海滨物业 经理",
        "promise": "月底前搬离并交回钥匙",
        "promised_on": date(2026, 11, 10),
        "now": NOW,
    }
    return encounters.tell_talk(by=by, plan=plan, **(told | changes))


def test_a_joint_visit_is_one_record_of_several_agencies(plan, crew):
    visit = encounters.tell_visit(
        by=crew.enforcement,
        plan=plan,
        on=TODAY,
        agencies={"enforcement": "马军、孙涛", "police": "罗刚", "street": "刘洋"},
        found="店铺正在营业，无租赁合同",
        next="三日内停业",
        papers=[picture()],
        now=NOW,
    )
    assert visit.attendances.count() == 3
    assert Paper.objects.get().about == f"remedy.visit:{visit.pk}"
    with pytest.raises(DatabaseError), transaction.atomic():
        Visit.objects.update(found="没有人")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agencies": {"police": "罗刚"}}, "agencies"),
        ({"agencies": {}}, "agencies"),
        ({"agencies": {"police": "罗刚", "street": " "}}, "agencies"),
        ({"agencies": {"police": "罗刚", "navy": "某"}}, "agencies"),
        ({"found": " "}, "found"),
        ({"on": TODAY + timedelta(1)}, "on"),
        ({"on": date(1, 1, 1)}, "on"),
    ],
)
def test_a_visit_of_one_agency_or_without_findings_is_refused(plan, crew, changes, field):
    told = {"agencies": {"police": "罗刚", "street": "刘洋"}, "found": "在营业", "on": TODAY}
    with pytest.raises(Refused) as refused:
        encounters.tell_visit(by=crew.street, plan=plan, **(told | changes), now=NOW)
    assert field in fields(refused) and not Visit.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"promise": " "}, "promise"),
        ({"promised_on": None}, "promised_on"),
        ({"promised_on": date(2026, 11, 1)}, "promised_on"),
        ({"whom": ""}, "whom"),
        ({"on": TODAY + timedelta(2), "promised_on": date(2026, 12, 1)}, "on"),
        ({"on": date(1, 1, 1)}, "on"),
        ({"promised_on": date(9999, 12, 31)}, "promised_on"),
    ],
)
def test_a_talk_without_a_promise_for_a_day_is_refused(plan, crew, changes, field):
    with pytest.raises(Refused) as refused:
        talk(plan, crew.street, **changes)
    assert field in fields(refused) and not Talk.objects.exists()


def test_a_promise_is_checked_by_another_and_broken_only_after_its_day(plan, crew):
    made = talk(plan, crew.street)
    told = {"talk": made, "note": "仍在营业"}
    with pytest.raises(Refused) as refused:
        encounters.check_promise(by=crew.street, outcome="kept", now=NOW, **told)
    assert "另一人" in str(refused.value.ruling)
    with pytest.raises(Refused) as refused:
        encounters.check_promise(by=crew.housing, outcome="broken", now=NOW, **told)
    assert "outcome" in fields(refused)
    row = encounters.check_promise(by=crew.housing, outcome="broken", now=days_later(6), **told)
    assert row.state == "broken"
    with pytest.raises(Refused):
        encounters.check_promise(by=crew.deputy, outcome="kept", now=days_later(6), **told)


def test_a_plan_is_not_closed_out_while_a_promise_is_unchecked(plan, crew):
    made = talk(plan, crew.street)
    worked(plan, crew.secretary)
    services.report(by=crew.secretary, plan=plan, now=NOW)
    services.recheck(by=crew.deputy, plan=plan, note="已搬离", now=NOW)
    with pytest.raises(Refused) as refused:
        services.close(by=crew.housing, plan=plan, now=NOW)
    assert "承诺" in str(refused.value.ruling)
    encounters.check_promise(by=crew.deputy, talk=made, outcome="kept", note="已搬离", now=NOW)
    assert services.close(by=crew.housing, plan=plan, now=NOW).state == "closed"
    with pytest.raises(Refused):
        talk(plan, crew.street)


@pytest.fixture
def building(crew):
    room = a_room(kind="elderly", name="日间照料中心", state="unbuilt", occupant="")
    cause = Cause(violation="unbuilt", violator="developer", party="蓬城置业", reason="未建")
    return approved(room, crew, "recontract", cause=cause)


def resign(plan, by, **changes):
    told = {
        "number": "代建〔2026〕3号",
        "signed_on": TODAY,
        "principal": "登州街道办事处",
        "builder": "蓬城置业有限公司",
        "clauses": [
            ClauseTold(code="scope", text="建成480平方米", due_on=date(2027, 6, 30)),
            ClauseTold(code="delivery", text="验收后15日内交付"),
        ],
        "papers": [picture("合同.png")],
        "now": NOW,
    }
    return encounters.resign_contract(by=by, plan=plan, **(told | changes))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"clauses": []}, "clauses"),
        ({"clauses": [ClauseTold(code="scope", text=" ")]}, "clauses"),
        ({"clauses": [ClauseTold(code="gift", text="赠送")]}, "clauses"),
        (
            {"clauses": [ClauseTold(code="scope", text="建", due_on=date(2026, 1, 1))]},
            "clauses",
        ),
        ({"papers": []}, "papers"),
        ({"number": " "}, "number"),
        ({"builder": ""}, "builder"),
        ({"signed_on": TODAY + timedelta(1)}, "signed_on"),
        ({"signed_on": date(1, 1, 1)}, "signed_on"),
        (
            {"clauses": [ClauseTold(code="scope", text="建", due_on=date(9999, 1, 1))]},
            "clauses",
        ),
    ],
)
def test_a_contract_that_cannot_be_tracked_is_refused(building, crew, changes, field):
    with pytest.raises(Refused) as refused:
        resign(building, crew.street, **changes)
    assert field in fields(refused) and not Agreement.objects.exists()


def test_clauses_are_tracked_one_by_one_and_hold_up_the_close_out(building, crew):
    made = resign(building, crew.street)
    scope, delivery = made.clauses.all()
    with pytest.raises(Refused) as refused:
        encounters.tell_clause(by=crew.street, clause=scope, outcome="broken", note="停工", now=NOW)
    assert "outcome" in fields(refused)
    with pytest.raises(Refused) as refused:
        encounters.tell_clause(by=crew.street, clause=scope, outcome="kept", note="建成", now=NOW)
    assert "papers" in fields(refused)
    worked(building, crew.secretary)
    services.report(by=crew.secretary, plan=building, now=NOW)
    services.recheck(by=crew.street, plan=building, note="在建", now=NOW)
    with pytest.raises(Refused) as refused:
        services.close(by=crew.housing, plan=building, now=NOW)
    assert "2条" in str(refused.value.ruling)
    for clause in (scope, delivery):
        encounters.tell_clause(
            by=crew.street, clause=clause, outcome="kept", note="已办", papers=[picture()], now=NOW
        )
    assert services.close(by=crew.housing, plan=building, now=NOW).state == "closed"


def test_a_contract_without_its_measure_is_refused(plan, crew):
    with pytest.raises(Refused):
        resign(plan, crew.street)


# --- letters ------------------------------------------------------------------------------------


def issue(plan, by, **changes):
    told = {
        "kind": "order",
        "sender": "登州街道办事处",
        "to": "海滨物业",
        "reply_by_on": date(2026, 11, 20),
        "now": NOW,
    }
    return issuing.issue_letter(by=by, plan=plan, **(told | changes))


def test_a_letter_is_numbered_and_says_what_the_plan_says(plan, crew):
    first, second = issue(plan, crew.street), issue(plan, crew.street)
    assert [first.number, second.number] == ["登州街道改〔2026〕1号", "登州街道改〔2026〕2号"]
    for said in (
        "碧海家园",
        "一层底商",
        "违规出租",
        "2026年11月20日",
        "责令限期整改",
        "物业管理条例",
    ):
        assert said in first.body, said
    assert "{" not in first.body
    assert render("letter", issuing.paper(first), on=NOW).startswith(b"%PDF-")
    with pytest.raises(IntegrityError, match="letter_keeps_its_words"), transaction.atomic():
        Letter.objects.filter(pk=first.pk).update(body="作罢")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "followup"}, "kind"),
        ({"kind": "poem"}, "kind"),
        ({"to": " "}, "to"),
        ({"sender": ""}, "sender"),
        ({"reply_by_on": TODAY}, "reply_by_on"),
        ({"reply_by_on": None}, "reply_by_on"),
        ({"reply_by_on": date(9999, 12, 31)}, "reply_by_on"),
        ({"kind": "talk"}, "talk"),
    ],
)
def test_a_letter_that_cannot_be_is_refused(plan, crew, changes, field):
    with pytest.raises(Refused) as refused:
        issue(plan, crew.street, **changes)
    assert field in fields(refused) and not Letter.objects.exists()


def reword(by, kind="order", **changes):
    found = queries.template(kind, COUNTY)
    told = {"title": found.title, "number": found.number, "body": found.body} | changes
    return issuing.reword(by=by, county=COUNTY, kind=kind, **told, now=NOW)


def test_a_county_words_a_letter_its_own_way_and_goes_back(plan, crew):
    before = issue(plan, crew.street)
    reword(crew.housing, body="请{收件人}速办：\n{措施}")
    assert issue(plan, crew.street).body.startswith("请海滨物业速办：")
    reword(crew.housing, title="限期改正告知书")
    assert issue(plan, crew.street).title == "限期改正告知书"
    before.refresh_from_db()
    assert not before.body.startswith("请海滨物业速办：")
    issuing.restore_wording(by=crew.housing, county=COUNTY, kind="order", now=NOW)
    assert not queries.template("order", COUNTY).own
    assert [one.ended_at is None for one in Wording.objects.all()] == [False, False]
    with pytest.raises(Refused, match="自带模板"):
        issuing.restore_wording(by=crew.housing, county=COUNTY, kind="order", now=NOW)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": "<script>{措施}</script>"}, "body"),
        ({"body": "{密码}"}, "body"),
        ({"body": " "}, "body"),
        ({"number": "{机关}〔{年}〕号"}, "number"),
        ({"title": ""}, "title"),
        ({}, ""),
        ({"kind": "poem"}, "kind"),
    ],
)
def test_a_wording_that_cannot_be_is_refused_and_nothing_changes(crew, changes, field):
    if changes.get("kind") == "poem":
        told = {"title": "诗", "number": "{序号}", "body": "诗"}
        with pytest.raises(Refused) as refused:
            issuing.reword(by=crew.housing, county=COUNTY, **changes, **told, now=NOW)
    else:
        with pytest.raises(Refused) as refused:
            reword(crew.housing, **changes)
    assert fields(refused) == {field}
    assert not Wording.objects.exists()


def test_the_words_of_a_county_stay_in_the_database(crew):
    made = reword(crew.housing, title="限期改正告知书")
    for change in ({"body": "作罢"}, {"title": "作罢"}):
        with pytest.raises(IntegrityError, match="wording_keeps"), transaction.atomic():
            Wording.objects.filter(pk=made.pk).update(**change)
    # On PostgreSQL the application may not even try.
    said = "wording_stays|permission denied"
    with pytest.raises(DatabaseError, match=said), transaction.atomic():
        Wording.objects.filter(pk=made.pk).delete()


def test_a_record_of_a_talk_names_its_promise(plan, crew):
    made = talk(plan, crew.street)
    letter = issue(plan, crew.street, kind="talk", talk=made, reply_by_on=None)
    assert "月底前搬离" in letter.body and letter.about == f"remedy.talk:{made.pk}"
    with pytest.raises(Refused):
        issuing.answer_letter(
            by=crew.street, letter=letter, text="收到", answered_on=TODAY, now=NOW
        )


def test_a_very_long_line_still_prints_and_a_talk_of_another_plan_is_refused(plan, crew):
    made = talk(plan, crew.street, said="长" * 1000, promise="诺" * 500, person=True)
    reword(crew.housing, "talk", body="字" * 900 + "{约谈内容}{承诺}{约谈内容}")
    letter = issue(plan, crew.street, kind="talk", talk=made, reply_by_on=None)
    assert letter.person and render("letter", issuing.paper(letter), on=NOW)
    other = approved(a_room(name="二层底商"), crew)
    with pytest.raises(Refused) as refused:
        issue(other, crew.street, kind="talk", talk=made, reply_by_on=None)
    assert fields(refused) == {"talk"}


def test_a_letter_is_answered_once(plan, crew):
    letter = issue(plan, crew.street)
    told = {"letter": letter, "answered_on": TODAY, "now": NOW}
    with pytest.raises(Refused):
        issuing.answer_letter(by=crew.street, text=" ", **told)
    issuing.answer_letter(by=crew.street, text="已整改", **told)
    with pytest.raises(Refused):
        issuing.answer_letter(by=crew.street, text="又回", **told)


# --- follow-ups ---------------------------------------------------------------------------------


def test_a_late_plan_is_followed_up_by_the_street_and_then_by_the_district(plan, crew):
    assert followups.run(now=days_later(7)).issued == ()
    (first,) = followups.run(now=LATE).issued
    assert (first.number, first.level, first.late_since) == (1, "street", date(2026, 11, 12))
    assert first.due_on == date(2026, 11, 20)
    for _again in range(3):
        assert followups.run(now=LATE).issued == ()
    assert followups.run(now=days_later(15)).issued == ()
    (second,) = followups.run(now=days_later(16)).issued
    assert (second.number, second.level) == (2, "street")
    (third,) = followups.run(now=days_later(30)).issued
    assert (third.number, third.level) == (3, "district")
    letters = list(Letter.objects.filter(kind="followup").order_by("pk"))
    assert [one.sender for one in letters] == ["登州街道办事处"] * 2 + [
        "蓬莱区公共用房管理主管部门"
    ]
    assert "第3轮" in letters[-1].body and letters[-1].reply_by_on == third.due_on


def test_a_round_runs_over_holidays_in_working_days(room, crew):
    start = NOW.replace(month=9, day=21)
    approved(room, crew, now=start)
    (row,) = followups.run(now=NOW.replace(month=9, day=29)).issued
    assert row.due_on == date(2026, 10, 7)
    assert not places.calendar().is_working_day(date(2026, 10, 1))


def test_a_round_into_an_unknown_year_is_issued_with_a_warning(room, crew):
    approved(room, crew, now=NOW.replace(year=2027, month=12, day=10))
    found = followups.run(now=NOW.replace(year=2027, month=12, day=29))
    assert len(found.issued) == 1 and "2028" in str(found.warnings)


def test_an_answer_does_not_stop_the_clock_but_an_extension_does(plan, crew):
    (first,) = followups.run(now=LATE).issued
    with pytest.raises(Refused):
        followups.answer_follow_up(by=crew.street, row=first, text=" ", now=LATE)
    followups.answer_follow_up(by=crew.street, row=first, text="承租人已签搬离单", now=LATE)
    with pytest.raises(Refused):
        followups.answer_follow_up(by=crew.street, row=first, text="再", now=LATE)
    assert Letter.objects.get().answer == "承租人已签搬离单"
    (second,) = followups.run(now=days_later(16)).issued
    task = plan.tasks.get()
    asked = services.ask_extension(
        by=crew.secretary, task=task, new_on=date(2026, 12, 10), reason="住院", now=days_later(16)
    )
    services.decide_extension(by=crew.street, extension=asked, granted=True, now=days_later(16))
    assert not Round.objects.filter(ended_at=None).exists()
    assert followups.run(now=days_later(20)).issued == ()
    (again,) = followups.run(now=days_later(40)).issued
    assert (again.number, again.level) == (3, "street")


def test_what_is_over_or_not_approved_is_not_followed_up_as_work(plan, room, crew):
    services.drop_plan(by=crew.street, plan=plan, note="误登", now=NOW)
    assert followups.run(now=days_later(60)).issued == ()


def test_an_approval_that_waits_too_long_is_followed_up_too(room, crew):
    plan = drafted(room, crew)
    services.propose(by=crew.secretary, plan=plan, now=NOW)
    (row,) = followups.run(now=days_later(10)).issued
    assert row.plan_id == plan.pk
