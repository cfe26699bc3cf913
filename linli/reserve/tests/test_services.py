"""Entry, the growth file, leaving, use: what changed, and that a refusal leaves nothing."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from linli.cases.models import Case
from linli.kernel.period import Period
from linli.kernel.roles import SECRETARY
from linli.kernel.rulings import Refused
from linli.reserve import growing, placing, queries, services
from linli.reserve.models import Entry, Evidence, Move, Nomination, Talent
from linli.reserve.tests.conftest import (
    COMMUNITY,
    COUNTY,
    FULL,
    NOW,
    OTHER_COMMUNITY,
    fresh,
    id_number,
)
from linli.trail.models import Line, Look
from linli.workforce import services as corps
from linli.workforce.models import Worker
from tests.people import make_person

pytestmark = pytest.mark.django_db


def test_who_is_nominated_waits_for_the_county_and_enters_when_it_admits(county, vetted):
    made = county.nominate()
    talent = Talent.objects.get()
    assert (talent.number, talent.state, talent.entered_on) == ("H000001", "nominated", None)
    assert Case.objects.get().waits.count() == 2
    services.admit(by=county.keeper, nomination=made, now=NOW)
    talent.refresh_from_db()
    assert (talent.state, talent.entered_on) == ("in", date(2026, 7, 8))
    assert Case.objects.get().closed_at is not None
    move = Move.objects.get()
    assert (move.kind, move.reason, move.why) == ("in", "admitted", made.why)


def test_numbers_lie_sealed_and_do_not_reach_the_trail(county):
    number = id_number(date(1997, 3, 2))
    county.nominate(id_number=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM reserve_talent")
        assert all(value.startswith("a1.") for value in cursor.fetchone())
    assert not [line for line in Line.objects.all() if number in str(line.facts)]


def test_without_a_vetting_nobody_is_admitted_and_the_nomination_stays(county):
    made = county.nominate()
    with pytest.raises(Refused, match="还没有联审结论"):
        services.admit(by=county.keeper, nomination=made, now=NOW)
    assert Nomination.objects.get().outcome == ""
    assert not Move.objects.exists()


def test_a_county_whose_rule_asks_no_vetting_admits_without_one(county, monkeypatch):
    limits = queries.limits
    monkeypatch.setattr(
        queries,
        "limits",
        lambda c, on: __import__("dataclasses").replace(limits(c, on), vetting=False),
    )
    services.admit(by=county.keeper, nomination=county.nominate(), now=NOW)
    assert Talent.objects.get().state == "in"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"born_on": date(1990, 7, 8)}, "年满36周岁"),
        ({"born_on": date(2010, 1, 1)}, "不满18周岁"),
        ({"schooling": "senior"}, "大专及以上"),
        ({"source": "friend"}, "请选择来源"),
        ({"why": " "}, "推荐理由"),
        ({"why": "身份证11010519491231002X"}, "请删去"),
        ({"id_number": "110105194912310021"}, "校验不通过"),
        ({"place": COMMUNITY[:9]}, "社区"),
        ({"place": "370999001001"}, "还没有录入"),
    ],
)
def test_a_nomination_that_breaks_a_rule_leaves_nothing(county, changes, said):
    with pytest.raises(Refused, match=said):
        county.nominate(**changes)
    assert not Talent.objects.exists() and not Case.objects.exists()


def test_thirty_five_years_and_364_days_enter(county):
    county.nominate(born_on=date(1990, 7, 9))
    assert Talent.objects.get().age(date(2026, 7, 8)) == 35


def test_who_turned_36_while_waiting_is_not_admitted(county, vetted):
    made = county.nominate(born_on=date(1990, 7, 9))
    later = datetime(2026, 7, 9, 2, 0, tzinfo=UTC)
    with pytest.raises(Refused, match="年满36周岁"):
        services.admit(by=county.keeper, nomination=made, now=later)


def test_who_is_no_party_member_enters_too(county):
    county.nominate(politics="none")
    assert Talent.objects.get().is_party is False


def test_party_members_stand_first_among_those_who_wait(county):
    county.nominate(name="赵明", politics="none")
    county.nominate(name="钱芳", politics="member")
    rows = queries.nominations(queries.Scope.of(COUNTY))
    assert [row.talent.name for row in rows] == ["钱芳", "赵明"]


def test_one_person_has_one_file_and_goes_on_with_it(county, vetted):
    number = id_number()
    first = county.nominate(id_number=number)
    with pytest.raises(Refused, match="不能重复推荐"):
        county.nominate(id_number=number.lower())
    services.decline(by=county.keeper, nomination=first, reason="近期将外出就业", now=NOW)
    assert Talent.objects.get().state == "declined"
    county.nominate(id_number=number)
    assert Talent.objects.get().state == "nominated"
    assert Nomination.objects.count() == 2


def test_who_left_waits_before_the_next_nomination(county):
    talent = county.talent()
    services.leave(
        by=county.keeper,
        talent=talent,
        code="resigned",
        why="本人书面申请",
        on=date(2026, 7, 1),
        now=NOW,
    )
    with pytest.raises(Refused, match="满6个月（2027-01-01）后可再推荐"):
        county.nominate(name=talent.name, id_number=talent.id_number)


def test_a_worker_is_nominated_by_what_the_personnel_file_says(county):
    number = id_number(date(1995, 1, 1))
    worker = corps.open_file(
        by=None,
        county=COUNTY,
        place=COMMUNITY,
        name="李强",
        id_number=number,
        politics="probationary",
        now=NOW,
    )
    with pytest.raises(Refused, match="人事档案姓名是李强"):
        county.nominate(name="李刚", id_number=number)
    county.nominate(id_number=number, politics="none")
    talent = Talent.objects.get()
    assert (talent.worker, talent.politics) == (worker, "probationary")


def test_who_is_barred_is_not_nominated(county):
    talent = county.talent()
    number = id_number()
    mark = services.workforce.id_mark(number)
    corps.bar(
        by=None,
        id_mark=mark,
        county=COUNTY,
        from_on=date(2026, 1, 1),
        until_on=date(2028, 12, 31),
        cite="联审规则:9",
        subject=talent,
        now=NOW,
    )
    with pytest.raises(Refused, match="2028-12-31以前不得任职"):
        county.nominate(id_number=number)


def test_a_nomination_is_declined_with_a_reason_and_once(county):
    made = county.nominate()
    with pytest.raises(Refused, match="不予入库的原因"):
        services.decline(by=county.keeper, nomination=made, reason="", now=NOW)
    services.decline(by=county.keeper, nomination=made, reason="学历待核实", now=NOW)
    with pytest.raises(Refused, match="已办结"):
        services.decline(by=county.keeper, nomination=made, reason="学历待核实", now=NOW)
    assert Case.objects.get().closed_at is not None


def test_a_list_from_before_is_taken_over_whole_or_not_at_all(county):
    good, old = county.was(), county.was(born_on=date(1985, 1, 1))
    with pytest.raises(Refused) as refused:
        services.take_over(by=county.keeper, county=COUNTY, rows=[good, old, good], now=NOW)
    assert {reason.row for reason in refused.value.ruling.reasons} == {2, 3}
    assert not Talent.objects.exists()


def test_what_a_community_owes_of_a_month_goes_down_with_each_entry(county):
    first, second = county.talent(), county.talent(name="李强")
    month, scope = Period("2026-06"), queries.Scope.of(COMMUNITY)
    county.write(first, "2026-06")
    assert queries.owing(scope, [month]) == {(COMMUNITY, "2026-06"): 1}
    county.write(second, "2026-06")
    assert queries.owing(scope, [month]) == {}


def test_a_month_is_written_for_all_or_for_nobody(county):
    first, second = county.talent(), county.talent(name="李强")
    lines = [growing.Line(talent=first, told="跟班"), growing.Line(talent=second, told="")]
    with pytest.raises(Refused) as refused:
        growing.write_month(by=county.secretary, period="2026-06", lines=lines, now=NOW)
    assert {reason.row for reason in refused.value.ruling.reasons} == {second.pk}
    assert not Entry.objects.exists()


def test_one_sheet_shows_figures_of_several_people(county):
    first, second = county.talent(), county.talent(name="李强")
    proof = growing.Proof(
        indicator="learning", on=date(2026, 5, 20), told="网格学校培训", reference="PX-5"
    )
    told = {"by": county.keeper, "proof": proof, "now": NOW}
    with pytest.raises(Refused) as refused:
        growing.prove_many(**told, figures=[(first, 8), (second, 0)])
    assert {reason.row for reason in refused.value.ruling.reasons} == {second.pk}
    growing.prove_many(**told, figures=[(first, 8), (second, 6)])
    assert list(Evidence.objects.order_by("figure").values_list("figure", flat=True)) == [6, 8]


def test_a_second_entry_of_a_month_adds_to_the_first(county):
    talent = county.talent()
    county.write(talent, "2026-06", "2026-06")
    assert list(Entry.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize(("month", "said"), [("2026-08", "还没有到"), ("2025-08", "还没有入库")])
def test_a_month_outside_the_stay_is_refused(county, month, said):
    with pytest.raises(Refused, match=said):
        county.write(county.talent(), month)


def test_a_file_is_behind_once_the_day_is_over(county):
    talent = county.talent()
    county.write(talent, "2026-05")
    scope = queries.Scope.of(COMMUNITY)
    in_time, over = date(2026, 7, 5), date(2026, 7, 6)
    assert not queries.register(scope, today=in_time, stale=True).exists()
    assert queries.register(scope, today=over, stale=True).get() == talent
    assert queries.figures(scope, over).stale == 1
    county.write(talent, "2026-06")
    assert not queries.register(scope, today=over, stale=True).exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reference": ""}, "没有凭据的不计"),
        ({"on": date(2026, 7, 9)}, "今天之后"),
        ({"on": date(2025, 8, 31)}, "还没有入库"),
        ({"figure": 0}, "大于0"),
        ({"indicator": "charm"}, "请选择硬指标"),
        ({"indicator": "standing", "figure": 101}, "最多100"),
        ({"told": ""}, "什么事"),
    ],
)
def test_evidence_that_shows_nothing_is_refused(county, changes, said):
    talent = county.talent()
    with pytest.raises(Refused, match=said):
        county.prove(talent, {"visits": 3}, **changes)
    assert not Evidence.objects.exists()


def test_evidence_taken_back_counts_no_more_and_stays(county):
    talent = county.talent()
    county.prove(talent, {"visits": 30})
    row = Evidence.objects.get()
    half = queries.Span.of_code("2026-H1")
    assert queries.proved([talent.pk], half) == {(talent.pk, "visits"): (30, 1)}
    growing.withdraw_evidence(by=county.keeper, evidence=row, why="与台账不符", now=NOW)
    assert queries.proved([talent.pk], half) == {}
    assert Evidence.objects.get().withdrawn_why == "与台账不符"
    with pytest.raises(Refused, match="已撤回"):
        growing.withdraw_evidence(by=county.keeper, evidence=row, why="再撤", now=NOW)


def test_leaving_is_explained_and_kept(county):
    talent = county.talent()
    told = {"by": county.keeper, "talent": talent, "code": "away", "now": NOW}
    with pytest.raises(Refused, match="具体情况"):
        services.leave(**told, why="", on=date(2026, 7, 1))
    services.leave(**told, why="随迁外地", on=date(2026, 7, 1))
    talent.refresh_from_db()
    assert (talent.state, talent.left_on) == ("out", date(2026, 7, 1))
    assert queries.size(queries.Scope.of(COUNTY), date(2026, 6, 30)) == 1
    assert queries.size(queries.Scope.of(COUNTY), date(2026, 7, 1)) == 0


def test_a_mentor_is_of_the_community(county):
    talent = county.talent()
    services.name_mentor(by=county.keeper, talent=talent, mentor=county.mentor, now=NOW)
    assert Talent.objects.get().mentor == county.mentor
    stranger = make_person("far", "吴磊", SECRETARY, OTHER_COMMUNITY)
    with pytest.raises(Refused, match="培养人须是"):
        services.name_mentor(by=county.keeper, talent=talent, mentor=stranger, now=NOW)


def test_a_number_is_opened_for_a_purpose_that_is_recorded(county):
    talent = county.talent()
    told = {"by": county.secretary, "talent": talent, "field": "id_number", "now": NOW}
    with pytest.raises(Refused, match="用途"):
        services.open_number(**told, purpose="")
    services.open_number(**told, purpose="核对入库材料")
    assert [(look.field, look.purpose) for look in Look.objects.all()] == [
        ("id_number", "核对入库材料")
    ]


def test_who_is_ready_is_proposed_and_takes_the_post(county, vetted):
    talent = county.talent()
    county.evaluated(talent)
    made = placing.propose(
        by=county.keeper, talent=talent, place=COMMUNITY, title="worker", now=NOW
    )
    placing.appoint(by=county.keeper, proposal=made, since_on=date(2026, 7, 8), now=NOW)
    talent.refresh_from_db()
    worker = Worker.objects.get()
    assert (talent.state, talent.worker) == ("used", worker)
    post = worker.tenures.get()
    assert (post.place, post.title, post.way) == (COMMUNITY, "worker", "reserve")
    move = Move.objects.get(kind="used")
    assert move.facts["where"] == "海滨社区" and move.subject == f"workforce.tenure:{post.pk}"
    assert worker.schoolings.get().level == "bachelor"


def test_nobody_takes_a_post_from_the_reserve_without_vetting(county):
    talent = county.talent()
    county.evaluated(talent)
    made = placing.propose(
        by=county.keeper, talent=talent, place=COMMUNITY, title="worker", now=NOW
    )
    with pytest.raises(Refused, match="联审"):
        placing.appoint(by=county.keeper, proposal=made, since_on=date(2026, 7, 8), now=NOW)
    assert fresh(talent).state == "in" and not Worker.objects.exists()


def test_who_serves_leaves_the_old_post_for_the_new_one(county, vetted):
    number = id_number(date(1995, 1, 1))
    worker = corps.open_file(
        by=None, county=COUNTY, place=COMMUNITY, name="李强", id_number=number,
        politics="member", now=NOW,
    )  # fmt: skip
    corps.appoint(
        by=None, worker=worker, place=COMMUNITY, title="worker", way="inherited",
        since_on=date(2023, 1, 1), now=NOW,
    )  # fmt: skip
    talent = county.talent(name="李强", id_number=number)
    county.evaluated(talent)
    made = placing.propose(
        by=county.keeper, talent=talent, place=OTHER_COMMUNITY, title="committee_member", now=NOW
    )
    placing.appoint(by=county.keeper, proposal=made, since_on=date(2026, 7, 8), now=NOW)
    posts = list(worker.tenures.values_list("place", "until_on"))
    assert posts == [(COMMUNITY, date(2026, 7, 7)), (OTHER_COMMUNITY, None)]


def test_who_is_not_ready_is_not_proposed_and_is_told_why(county, vetted):
    talent = county.talent()
    with pytest.raises(Refused, match="最近一次评估—，须达到60%"):
        placing.propose(by=county.keeper, talent=talent, place=COMMUNITY, title="worker", now=NOW)


def test_passing_over_somebody_takes_a_reason(county, vetted):
    best, next_ = county.talent(), county.talent(name="李强")
    lower = FULL | {"visits": 60}
    for talent, figures in ((best, FULL), (next_, lower)):
        county.prove(talent, figures)
        county.write(talent)
    made = county.open()
    for talent, figures in ((best, FULL), (next_, lower)):
        county.score(made, talent, figures)
    from linli.reserve import evaluating

    evaluating.sign(by=county.keeper, evaluation=made, now=NOW)
    told = {"by": county.keeper, "talent": next_, "place": COMMUNITY, "title": "worker"}
    with pytest.raises(Refused, match="越过的须写明理由"):
        placing.propose(**told, now=NOW)
    placing.propose(**told, why="本社区急需，前一名无法到岗", now=NOW)


def test_a_proposal_is_taken_back_with_a_reason_and_another_may_follow(county, vetted):
    talent = county.talent()
    county.evaluated(talent)
    told = {"by": county.keeper, "talent": talent, "place": COMMUNITY, "title": "worker"}
    made = placing.propose(**told, now=NOW)
    with pytest.raises(Refused, match="已提名到海滨社区"):
        placing.propose(**told, now=NOW)
    placing.withdraw(by=county.keeper, proposal=made, reason="岗位已由调任补上", now=NOW)
    placing.propose(**told, now=NOW)
