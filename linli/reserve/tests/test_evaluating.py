"""A half-year's evaluation: opened, scored by two sides, signed; people move by it."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from linli.kernel.rulings import Refused
from linli.reserve import evaluating, growing, services
from linli.reserve.models import Evaluation, Evidence, Move, Score, Sheet, Talent
from linli.reserve.tests.conftest import COUNTY, FULL, HALF, NOW, OTHER_COMMUNITY, fresh
from linli.workforce import services as corps

pytestmark = pytest.mark.django_db
GUARD = "guard|permission denied|linli:"
WEAK = {code: max(1, n // 2) for code, n in FULL.items()} | {"politics": 4, "standing": 70}


def test_the_half_year_that_runs_is_refused_with_its_last_day_and_its_ground(county):
    county.talent()
    with pytest.raises(Refused, match="到2026-12-31才结束") as refused:
        county.open("2026-H2")
    assert refused.value.ruling.reasons[0].cites == ("储备规则:6", "同江:D3")
    assert not Evaluation.objects.exists()


def test_on_the_last_day_it_is_not_over(county):
    talent = county.talent()
    eve = datetime(2026, 6, 30, 15, 59, tzinfo=UTC)
    with pytest.raises(Refused, match="才结束"):
        county.open(now=eve)
    made = county.open(now=datetime(2026, 6, 30, 16, 0, tzinfo=UTC))
    assert made.sheets.get().talent == talent


def test_who_entered_too_late_does_not_take_part(county):
    early = county.talent(since_on=date(2026, 3, 30))
    county.talent(name="李强", since_on=date(2026, 4, 1))
    assert [row.talent for row in county.open().sheets.all()] == [early]


def test_a_figure_beyond_the_evidence_is_refused_at_its_cell(county):
    talent = county.talent()
    county.prove(talent, {"visits": 80})
    made = county.open()
    with pytest.raises(Refused, match="凭据只有80，填了81") as refused:
        county.score(made, talent, {"visits": 81})
    sheet = made.sheets.get()
    assert refused.value.ruling.reasons[0].field == f"s{sheet.pk}_visits"
    assert not Score.objects.exists()


def test_scores_above_the_maximum_are_refused(county):
    talent = county.talent()
    made = county.open()
    with pytest.raises(Refused, match="最多100"):
        county.score(made, talent, {"standing": 101})


def test_each_side_scores_what_is_its_own_and_by_another_person(county):
    talent = county.talent()
    county.prove(talent)
    made = county.open()
    words = {made.sheets.get().pk: FULL}
    told = {"evaluation": made, "words": words, "now": NOW}
    with pytest.raises(Refused, match="社区书记、街道评"):
        evaluating.score(by=county.secretary, side="county", **told)
    evaluating.score(by=county.street, side="community", **told)
    from linli.kernel.roles import SOCIAL
    from linli.people import services as people

    people.appoint(
        by=None, user=county.street, role=SOCIAL, place=COUNTY, since_on=date(2026, 1, 1), now=NOW
    )
    with pytest.raises(Refused, match="已替另一方评过"):
        evaluating.score(by=county.street, side="county", **told)


def test_a_secretary_scores_no_other_community(county):
    talent = county.talent(place=OTHER_COMMUNITY)
    made = county.open()
    sheet = made.sheets.get(talent=talent)
    with pytest.raises(Refused, match="社区书记、街道评"):
        evaluating.score(
            by=county.secretary,
            evaluation=made,
            side="community",
            words={sheet.pk: {"visits": 0}},
            now=NOW,
        )


def test_a_later_figure_replaces_the_earlier_until_the_signing(county):
    talent = county.talent()
    county.prove(talent)
    made = county.open()
    county.score(made, talent, FULL | {"visits": 60})
    county.score(made, talent, FULL)
    assert Score.objects.filter(indicator="visits").values_list("figure", flat=True)[0] == 120
    assert Score.objects.count() == 12


def test_it_is_not_signed_while_a_side_lacks_somebody(county):
    talent = county.talent()
    county.prove(talent)
    made = county.open()
    with pytest.raises(Refused, match="社区评分还没有评完：王海燕"):
        evaluating.sign(by=county.keeper, evaluation=made, now=NOW)


def test_signing_ranks_grades_and_moves_people_out_and_in(county, vetted):
    good, weak = county.talent(), county.talent(name="李强")
    for talent, figures in ((good, FULL), (weak, WEAK)):
        county.prove(talent, figures)
        county.write(talent)
    coming = county.nominate(name="钱芳")
    made = county.open()
    county.score(made, good)
    county.score(made, weak, WEAK)
    told = evaluating.sign(by=county.keeper, evaluation=made, now=NOW)
    assert told.facts == {"people": 2, "out": 1, "in": 1}
    assert list(made.sheets.order_by("rank").values_list("talent__name", "rank", "grade")) == [
        ("王海燕", 1, "excellent"),
        ("李强", 2, "leave"),
    ]
    left = Move.objects.get(kind="out")
    assert (left.talent, left.reason, left.evaluation) == (weak, "score", made)
    assert left.facts["pass"] == "60.0"
    came = Move.objects.get(talent=coming.talent)
    assert (came.reason, came.evaluation) == ("evaluation_in", made)
    assert {row.name: row.state for row in Talent.objects.all()} == {
        "王海燕": "in",
        "李强": "out",
        "钱芳": "in",
    }


def test_who_has_not_passed_the_vetting_stays_outside_and_waits(county):
    talent = county.talent()
    county.prove(talent)
    county.write(talent)
    waiting = county.nominate(name="钱芳")
    made = county.open()
    county.score(made, talent)
    assert evaluating.sign(by=county.keeper, evaluation=made, now=NOW).facts["in"] == 0
    assert fresh(waiting.talent).state == "nominated"


def test_missing_entries_keep_somebody_with_every_point_at_fair(county):
    talent = county.talent()
    county.prove(talent)
    county.write(talent, "2026-01", "2026-02", "2026-03", "2026-04")
    made = county.open()
    county.score(made, talent)
    evaluating.sign(by=county.keeper, evaluation=made, now=NOW)
    sheet = Sheet.objects.get()
    assert (sheet.tenths, sheet.missing, sheet.grade) == (1000, 2, "fair")


def test_who_is_barred_by_then_leaves_whatever_the_score(county):
    talent = county.talent()
    county.prove(talent)
    county.write(talent)
    made = county.open()
    county.score(made, talent)
    corps.bar(
        by=None,
        id_mark=talent.id_mark,
        county=COUNTY,
        from_on=date(2026, 7, 1),
        until_on=None,
        cite="联审规则:9",
        subject=talent,
        now=NOW,
    )
    evaluating.sign(by=county.keeper, evaluation=made, now=NOW)
    assert Move.objects.get(kind="out").reason == "barred"


def test_who_left_before_the_signing_is_no_longer_ranked(county):
    first, second = county.talent(), county.talent(name="李强")
    county.prove(first)
    made = county.open()
    county.score(made, first)
    services.leave(
        by=county.keeper,
        talent=second,
        code="resigned",
        why="本人申请",
        on=date(2026, 7, 2),
        now=NOW,
    )
    evaluating.sign(by=county.keeper, evaluation=made, now=NOW)
    assert made.sheets.get(talent=second).rank is None


def test_the_same_scores_give_the_same_ranking(county):
    made = [county.talent(name=f"人{n}") for n in range(4)]
    for talent in made:
        county.prove(talent)
    evaluation = county.open()
    for talent in reversed(made):
        county.score(evaluation, talent)
    today = date(2026, 7, 8)
    once = evaluating.outlook(evaluation, today).results
    assert once == evaluating.outlook(evaluation, today).results
    assert [one.rank for one in once] == [1, 1, 1, 1]


def test_a_signed_evaluation_takes_nothing_more(county):
    talent = county.talent()
    made = county.evaluated(talent)
    with pytest.raises(Refused, match="已签署"):
        county.score(made, talent)
    with pytest.raises(Refused, match="已签署"):
        evaluating.sign(by=county.keeper, evaluation=made, now=NOW)
    with pytest.raises(Refused, match="评估已签署"):
        county.prove(talent, {"visits": 5})
    with pytest.raises(Refused, match="不再改动"):
        growing.withdraw_evidence(
            by=county.keeper, evidence=Evidence.objects.first(), why="错了", now=NOW
        )


def refused_by_the_database(act):
    with pytest.raises(DatabaseError, match=GUARD), transaction.atomic():
        act()


def test_the_database_itself_keeps_what_was_signed(county):
    talent = county.talent()
    made = county.evaluated(talent)
    sheet = made.sheets.get()
    refused_by_the_database(lambda: Evaluation.objects.update(half="2026-H2"))
    refused_by_the_database(lambda: Evaluation.objects.update(signed_at=None))
    refused_by_the_database(lambda: Sheet.objects.update(grade="leave"))
    refused_by_the_database(lambda: Sheet.objects.update(rank=9))
    refused_by_the_database(lambda: Score.objects.update(figure=1))
    refused_by_the_database(lambda: Score.objects.all()._raw_delete("default"))
    refused_by_the_database(
        lambda: Score.objects.create(
            sheet=sheet, side="county", indicator="more", figure=1, tenths=1, at=NOW
        )
    )
    refused_by_the_database(
        lambda: Sheet.objects.create(
            evaluation=made, talent=county.talent(name="李强"), place=sheet.place
        )
    )


def test_the_control_before_the_signing_the_same_is_possible(county):
    talent = county.talent()
    county.prove(talent)
    made = county.open()
    county.score(made, talent)
    Score.objects.update(figure=1)
    Sheet.objects.update(rank=9)
    assert made.sheets.get().rank == 9


def test_moves_entries_and_evidence_stay_as_they_were_written(county):
    talent = county.talent()
    county.prove(talent, {"visits": 3})
    county.write(talent, "2026-06")
    refused_by_the_database(lambda: Move.objects.update(why="别的"))
    refused_by_the_database(lambda: talent.entries.update(told="别的"))
    refused_by_the_database(lambda: Evidence.objects.update(figure=300))
    refused_by_the_database(lambda: Talent.objects.update(number="H999999"))
    refused_by_the_database(lambda: Talent.objects.all()._raw_delete("default"))


def test_nothing_is_signed_past_a_side_even_by_hand(county):
    talent = county.talent()
    made = county.open()
    Sheet.objects.filter(talent=talent).update(grade="good")
    refused_by_the_database(lambda: Evaluation.objects.filter(pk=made.pk).update(signed_at=NOW))


def test_who_is_fair_twice_in_a_row_leaves_with_both_half_years_on_file(county):
    fair = {code: -(-n * 65 // 100) for code, n in FULL.items()} | {"standing": 83}
    talent = county.talent(since_on=date(2025, 3, 1))
    for half, day, now in (
        ("2025-H2", date(2025, 11, 20), datetime(2026, 1, 8, 2, 0, tzinfo=UTC)),
        (HALF, date(2026, 5, 20), NOW),
    ):
        county.prove(talent, fair, on=day, now=now)
        made = county.open(half, now)
        sheet = made.sheets.get()
        for by, side in ((county.secretary, "community"), (county.keeper, "county")):
            evaluating.score(by=by, evaluation=made, side=side, words={sheet.pk: fair}, now=now)
        evaluating.sign(by=county.keeper, evaluation=made, now=now)
    assert Move.objects.get(kind="out").facts == {"half": "2026年上半年", "times": "2"}
