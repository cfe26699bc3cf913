"""What people do in an exam, and what is refused to them."""

from __future__ import annotations

from datetime import date

import pytest

from linli.exams import draw, interviewing, queries, rules, scoring, services, sheet
from linli.exams.models import Candidate, Exam, Interview, Mark, SignIn
from linli.exams.services import Judge
from linli.exams.tests.conftest import COUNTY, HELD_ON, LATER, ON_THE_DAY, PANEL, candidate
from linli.kernel.rulings import Refused
from linli.people.models import User
from linli.trail.models import Line
from tests.books import NOW

pytestmark = pytest.mark.django_db


def test_an_exam_is_opened_by_the_office_with_posts_and_candidates(county):
    exam = county.open()
    assert (exam.number, exam.terms_on) == ("B000001", date(2026, 11, 5))
    assert exam.candidates.count() == 6 and exam.posts.count() == 2
    assert queries.exam_about(COUNTY, "recruitment:1") == exam
    with pytest.raises(Refused, match="已经有一场笔试"):
        county.open()
    with pytest.raises(Refused, match="社会工作部门"):
        county.open(by=county.district, about="x")
    assert Exam.objects.count() == 1


def test_all_that_is_wrong_with_a_list_is_told_at_once_and_nothing_is_left(county):
    some = [
        county.candidate(1),
        county.candidate(1),
        county.candidate(2, "Z99"),
        county.candidate(3, "A01", "cousin"),
    ]
    with pytest.raises(Refused) as refused:
        county.open(candidates=some)
    assert {reason.row for reason in refused.value.ruling.reasons} == {2, 3, 4}
    assert not Exam.objects.exists() and not Candidate.objects.exists()


def test_a_day_that_is_over_a_title_that_is_missing_and_a_post_for_nobody_are_refused(county):
    with pytest.raises(Refused) as refused:
        county.open(0, title=" ", held_on=date(2026, 11, 4), vacancies=0)
    assert len(refused.value.ruling.reasons) == 4


def test_seats_are_drawn_once_and_anybody_can_draw_them_again(county):
    exam = county.drawn(40, posts=4, seats=25)
    again = draw.seated(
        list(exam.candidates.values_list("key", "post__code")),
        [draw.Hall(room.number, room.seats, room.across) for room in exam.rooms.all()],
        exam.seed,
    )
    kept = {row.key: (row.room.number, row.seat) for row in exam.candidates.select_related("room")}
    assert kept == {one.key: (one.room, one.seat) for one in again}
    assert exam.seed == "0417"
    first = exam.candidates.order_by("ticket").first()
    assert first.ticket == "B00000101001"
    with pytest.raises(Refused, match="抽签排定"):
        services.draw_seats(by=county.keeper, exam=exam, now=NOW)
    with pytest.raises(Refused, match="抽签排定"):
        services.add_candidates(
            by=county.keeper, exam=exam, candidates=[county.candidate(99)], now=NOW
        )


def test_without_a_seed_of_somebody_chance_gives_one(county):
    assert len(county.drawn(seed=" ").seed) == 16


def test_too_few_seats_say_how_many_are_lacking(county):
    exam = county.open(6)
    services.add_room(by=county.keeper, exam=exam, name="一", seats=4, across=2, now=NOW)
    with pytest.raises(Refused, match="考生6人，座位只有4个，还差2个"):
        services.draw_seats(by=county.keeper, exam=exam, now=NOW)
    services.add_candidates(by=county.keeper, exam=exam, candidates=[county.candidate(9)], now=NOW)
    with pytest.raises(Refused, match="还差3个"):
        services.draw_seats(by=county.keeper, exam=exam, now=NOW)


def test_one_person_has_one_duty_in_an_exam_on_whatever_account(county):
    exam = county.drawn()
    with pytest.raises(Refused, match="已担任“第一次录入”"):
        services.name_clerk(by=county.keeper, exam=exam, user=county.first, duty="settle", now=NOW)
    User.objects.filter(pk=county.first.pk).update(phone="13805350001")
    twin = User.objects.create(username="twin", name="王秀兰", phone="13805350001", created_at=NOW)
    with pytest.raises(Refused, match="已担任“第一次录入”"):
        services.name_clerk(by=county.keeper, exam=exam, user=twin, duty="second", now=NOW)


def test_a_typist_is_replaced_only_before_anything_was_entered(county):
    exam = county.signed()
    services.name_clerk(by=county.keeper, exam=exam, user=county.district, duty="first", now=NOW)
    services.name_clerk(by=county.keeper, exam=exam, user=county.first, duty="first", now=NOW)
    county.enter(exam, "first", {candidate(exam, 0).pk: 8000})
    with pytest.raises(Refused, match="已经开始录入"):
        services.name_clerk(
            by=county.keeper, exam=exam, user=county.district, duty="first", now=NOW
        )


def test_who_was_absent_or_cheated_gets_no_score(county):
    exam = county.signed(6, absent=2)
    room = exam.rooms.get()
    cheat = candidate(exam, 0)
    gone = set(SignIn.objects.filter(state=rules.ABSENT).values_list("candidate_id", flat=True))
    with pytest.raises(Refused, match="违纪须写明情形"):
        services.sign_in(by=county.keeper, room=room, void={cheat.pk: " "}, now=ON_THE_DAY)
    services.sign_in(
        by=county.keeper, room=room, absent=gone, void={cheat.pk: "携带手机"}, now=ON_THE_DAY
    )
    with pytest.raises(Refused, match="考生0缺考或者违纪"):
        county.enter(exam, "first", {cheat.pk: 9000})
    some = {
        pk: 8000
        for pk in queries.to_score(county.clerk(exam, "first")).values_list("pk", flat=True)
    }
    assert len(some) == 3
    county.enter(exam, "first", some)
    with pytest.raises(Refused, match="已经录入成绩"):
        services.sign_in(by=county.keeper, room=room, absent=set(some), now=ON_THE_DAY)


def test_nobody_signs_in_before_the_day(county):
    exam = county.drawn()
    with pytest.raises(Refused, match="考试日期未到"):
        services.sign_in(by=county.keeper, room=exam.rooms.get(), now=NOW)


def test_a_score_above_full_marks_is_refused_with_its_row_and_nothing_of_the_pile_stays(county):
    exam = county.signed()
    one, two = candidate(exam, 0), candidate(exam, 1)
    with pytest.raises(Refused) as refused:
        county.enter(exam, "first", {one.pk: 8000, two.pk: 10050})
    (reason,) = refused.value.ruling.reasons
    assert (reason.row, reason.field, reason.cites) == (2, f"score_{two.pk}", ("考试规则:5",))
    assert not one.entries.exists()


def test_the_second_typist_sees_nothing_of_the_first(county):
    exam = county.signed()
    county.enter(exam, "first", {candidate(exam, n).pk: 8000 for n in range(6)})
    seen = queries.to_score(county.clerk(exam, "second"))
    assert [row.own for row in seen] == [None] * 6
    assert [row.own for row in queries.to_score(county.clerk(exam, "first"))] == [8000] * 6


def test_nobody_enters_in_the_name_of_another(county):
    exam = county.signed()
    for by in (county.second, county.keeper):
        with pytest.raises(Refused, match="由本场考试指定的人办理"):
            scoring.enter(
                by=by,
                clerk=county.clerk(exam, "first"),
                scores={candidate(exam, 0).pk: 8000},
                now=ON_THE_DAY,
            )


def test_a_score_is_mended_until_everything_was_handed_in(county):
    exam = county.signed(2)
    keys = list(exam.candidates.values_list("pk", flat=True))
    clerk = county.clerk(exam, "first")
    county.enter(exam, "first", {keys[0]: 8000})
    county.enter(exam, "first", {keys[0]: 8100})
    with pytest.raises(Refused, match="还有1名考生没有录入"):
        scoring.hand_in(by=county.first, clerk=clerk, now=ON_THE_DAY)
    county.enter(exam, "first", {keys[1]: 7000})
    scoring.hand_in(by=county.first, clerk=clerk, now=ON_THE_DAY)
    with pytest.raises(Refused, match="已经交卷"):
        county.enter(exam, "first", {keys[0]: 9000})
    assert clerk.entries.get(candidate=keys[0]).hundredths == 8100


def test_what_differs_is_settled_by_a_third_with_a_reason_and_then_locked(county):
    exam = county.signed(3)
    keys = list(exam.candidates.order_by("pk").values_list("pk", flat=True))
    county.entered(exam, dict.fromkeys(keys, 8000), second={keys[1]: 8800})
    (differing,) = queries.differing(exam)
    assert (differing.pk, differing.one, differing.two) == (keys[1], 8000, 8800)
    with pytest.raises(Refused, match="还有1名考生的成绩不一致"):
        scoring.lock(by=county.keeper, exam=exam, now=ON_THE_DAY)
    told = {"candidate": differing, "hundredths": 8800, "now": ON_THE_DAY}
    with pytest.raises(Refused, match="请写明理由"):
        scoring.settle(by=county.third, reason="", **told)
    with pytest.raises(Refused, match="由本场考试指定的人办理"):
        scoring.settle(by=county.first, reason="原卷88分", **told)
    with pytest.raises(Refused, match="两次录入一致"):
        scoring.settle(
            by=county.third,
            candidate=candidate(exam, 0),
            hundredths=1,
            reason="看错",
            now=ON_THE_DAY,
        )
    scoring.settle(by=county.third, reason="原卷88分，一录误", **told)
    with pytest.raises(Refused, match="锁定人不得是录入成绩的人"):
        scoring.lock(by=county.second, exam=exam, now=ON_THE_DAY)
    scoring.lock(by=county.keeper, exam=exam, now=ON_THE_DAY)
    assert queries.scores(exam) == {keys[0]: 8000, keys[1]: 8800, keys[2]: 8000}
    exam.refresh_from_db()
    assert exam.digest == sheet.digest(queries.sheet(exam))
    with pytest.raises(Refused, match="已经锁定"):
        scoring.lock(by=county.keeper, exam=exam, now=ON_THE_DAY)


def test_nobody_hands_in_while_a_room_has_not_signed_in(county):
    exam = county.drawn(2)
    with pytest.raises(Refused, match="还有2名考生没有签到结果"):
        scoring.hand_in(by=county.first, clerk=county.clerk(exam, "first"), now=ON_THE_DAY)


def test_the_interview_waits_for_the_scores_and_needs_an_odd_panel(county):
    exam = county.signed(2)
    with pytest.raises(Refused, match="锁定以后"):
        county.interview(exam)
    exam = county.scored(8000, 8100, about="recruitment:2")
    with pytest.raises(Refused, match="应为单数"):
        county.interview(exam, panel=PANEL[:4])
    with pytest.raises(Refused, match="姓名重复"):
        county.interview(exam, panel=(*PANEL[:4], PANEL[0]))
    county.interview(exam)
    with pytest.raises(Refused, match="已经有面试"):
        county.interview(exam)


def test_only_who_was_invited_has_a_turn_and_a_post_stays_together(county):
    exam = county.scored(9000, 9100, 8000, 8100, 7000, 7100, 5000, 5100)
    made = county.ordered(exam)
    posts = [turn.candidate.post.code for turn in queries.turns(made)]
    assert sorted(posts) == ["A01", "A01", "A02", "A02"] and posts[0] == posts[1]
    assert made.seed == "88"
    with pytest.raises(Refused, match="抽签排定"):
        interviewing.draw_order(by=county.keeper, interview=made, now=ON_THE_DAY)


def test_who_stands_back_is_asked_for_no_score(county):
    made = county.ordered(county.scored(9000, 9100))
    turn = queries.turns(made)[0]
    judges = list(made.judges.all())
    with pytest.raises(Refused, match="请写明理由"):
        interviewing.recuse(by=county.keeper, judge=judges[0], turn=turn, reason=" ", now=LATER)
    interviewing.recuse(by=county.keeper, judge=judges[0], turn=turn, reason="叔侄", now=LATER)
    with pytest.raises(Refused, match="孙伟对这名考生回避"):
        interviewing.mark(by=county.counter, turn=turn, scores={judges[0].pk: 8000}, now=LATER)
    county.mark(turn, 8000, 8200, 8400, 9000)
    mean = queries.means(made)[turn.candidate_id]
    assert (mean.value, mean.dropped) == (8400, ())
    with pytest.raises(Refused, match="已经给这名考生打分"):
        interviewing.recuse(by=county.keeper, judge=judges[1], turn=turn, reason="同学", now=LATER)


def test_too_few_members_may_not_be_left(county):
    made = county.ordered(county.scored(9000, 9100))
    turn = queries.turns(made)[0]
    judges = list(made.judges.all())
    for judge in judges[:2]:
        interviewing.recuse(by=county.keeper, judge=judge, turn=turn, reason="近亲属", now=LATER)
    with pytest.raises(Refused, match="只剩2名评委"):
        interviewing.recuse(by=county.keeper, judge=judges[2], turn=turn, reason="同事", now=LATER)


def test_a_correction_says_why_and_the_former_score_stays(county):
    made = county.ordered(county.scored(9000, 9100))
    turn = queries.turns(made)[0]
    county.mark(turn, 8000)
    with pytest.raises(Refused, match="请写明理由"):
        county.mark(turn, 8000, 8000, 8000, 8000, 8800)
    county.mark(turn, 8000, 8000, 8000, 8000, 8800, reason="评分表88分，误为80")
    assert Mark.objects.filter(turn=turn).count() == 6
    assert queries.means(made)[turn.candidate_id].value == 8000
    county.mark(turn, 8000, 8000, 8000, 8000, 8800)
    assert Mark.objects.filter(turn=turn).count() == 6


def test_a_member_may_not_give_more_than_full_marks_nor_anybody_else_type_it(county):
    made = county.ordered(county.scored(9000, 9100))
    turn = queries.turns(made)[0]
    with pytest.raises(Refused, match="高于满分100分"):
        county.mark(turn, 10001)
    judge = made.judges.first()
    with pytest.raises(Refused, match="由本场考试指定的人办理"):
        interviewing.mark(by=county.first, turn=turn, scores={judge.pk: 8000}, now=LATER)
    with pytest.raises(Refused, match="面试日期未到"):
        interviewing.mark(by=county.counter, turn=turn, scores={judge.pk: 1}, now=ON_THE_DAY)


def test_the_interview_is_locked_when_every_score_is_there_and_by_another_hand(county):
    made = county.ordered(county.scored(9000, 9100))
    one, two = queries.turns(made)
    county.mark(one, 8000)
    with pytest.raises(Refused, match="还缺5个评分"):
        interviewing.lock(by=county.keeper, interview=made, now=LATER)
    interviewing.miss(by=county.counter, turn=two, now=LATER)
    with pytest.raises(Refused, match="锁定人不得是面试计分的人"):
        interviewing.lock(by=county.counter, interview=made, now=LATER)
    interviewing.lock(by=county.keeper, interview=made, now=LATER)
    found = {row.key: (row.rank, row.outcome, row.why) for row in queries.standing(made.exam)}
    assert sorted(found.values()) == [(0, "out", "missed"), (1, "in", "")]


def test_the_ranking_follows_from_the_exported_sheet_alone(county):
    exam = county.scored(*range(6000, 9000, 250), posts=3)
    county.ranked(exam, {f"application:{n}": 7000 + 100 * (n * 7 % 12) for n in range(12)})
    told = sheet.read(queries.sheet(exam))
    again = rules.rank(told.lines, terms=told.terms, vacancies=told.vacancies)
    here = queries.standing(exam)
    assert [one.line.ticket for one in again] == [row.ticket for row in here]
    assert [(o.score, o.rank, o.tie, o.outcome, o.why) for o in again] == [
        (r.score, r.rank, r.tie, r.outcome, r.why) for r in here
    ]
    assert sum(row.outcome == rules.IN for row in here) == 3
    interview = Interview.objects.get(exam=exam)
    assert interview.digest == sheet.digest(queries.sheet(exam, until="interview"))
    assert exam.digest == sheet.digest(queries.sheet(exam, until="written")) != interview.digest


def test_equals_at_the_last_place_take_an_additional_test_together(county):
    exam = county.scored(8000, 8000, posts=1)
    county.ranked(exam, {"application:0": 8000, "application:1": 8000})
    assert [row.outcome for row in queries.standing(exam)] == [rules.TIED, rules.TIED]
    one, two = candidate(exam, 0), candidate(exam, 1)
    told = {"by": county.keeper, "exam": exam, "now": LATER}
    with pytest.raises(Refused, match="还缺考生1"):
        interviewing.add_test(scores={one.pk: 7000}, **told)
    interviewing.add_test(scores={one.pk: 7000, two.pk: 7050}, **told)
    found = {row.key: (row.rank, row.outcome, row.tie) for row in queries.standing(exam)}
    assert found == {"application:1": (1, "in", ""), "application:0": (2, "out", "additional")}
    with pytest.raises(Refused):
        interviewing.add_test(scores={one.pk: 9000, two.pk: 7050}, **told)


def test_nothing_is_ranked_before_the_lock(county):
    exam = county.signed(2)
    county.entered(exam, dict.fromkeys(exam.candidates.values_list("pk", flat=True), 8000))
    assert queries.invited(exam) == [] and queries.standing(exam) == []


def test_each_act_leaves_its_line_and_a_refusal_too_without_names(county):
    county.ranked(county.scored(9000, 9100), {"application:0": 8000, "application:1": 8100})
    acts = set(Line.objects.filter(done=True).values_list("act", flat=True))
    assert {
        "exams.open_written",
        "exams.draw_seats",
        "exams.sign_in",
        "exams.enter",
        "exams.hand_in",
        "exams.lock",
        "exams.open_interview",
        "exams.draw_order",
        "exams.mark",
        "exams.lock_interview",
    } <= acts
    drawn = Line.objects.get(act="exams.draw_seats")
    assert drawn.facts == {"people": 2, "seed": "0417"} and drawn.place == COUNTY


def test_a_standing_of_four_hundred_takes_a_constant_number_of_questions(
    county, django_assert_max_num_queries
):
    exam = county.scored(*(6000 + n * 9 for n in range(400)), posts=20, vacancies=5)
    with django_assert_max_num_queries(9):
        assert len(queries.invited(exam)) == 400
    assert exam.held_on == HELD_ON and Judge("甲").unit == ""


def test_who_fell_out_since_does_not_come_to_the_interview(county):
    exam = county.scored(9000, 9100, 5000, posts=1, vacancies=2)
    made = county.ordered(exam, keys={"application:1"})
    assert [turn.candidate.key for turn in queries.turns(made)] == ["application:1"]
    county.mark(queries.turns(made)[0], 8000)
    interviewing.lock(by=county.keeper, interview=made, now=LATER)
    whys = {row.key: row.why for row in queries.standing(exam)}
    assert whys == {"application:1": "", "application:0": "uninvited", "application:2": "below"}


def test_nobody_below_the_pass_mark_comes_to_the_interview(county):
    exam = county.scored(9000, 5000, posts=1)
    with pytest.raises(Refused, match="考生1笔试没有合格"):
        county.interview(exam, keys={"application:0", "application:1"})


def test_scores_of_many_candidates_come_all_or_not_at_all(county):
    made = county.ordered(county.scored(9000, 9100))
    one, two = (turn.pk for turn in queries.turns(made))
    judges = [judge.pk for judge in made.judges.all()]
    told = {"by": county.counter, "interview": made, "now": LATER}
    with pytest.raises(Refused, match="高于满分"):
        interviewing.mark_all(
            scores={one: dict.fromkeys(judges, 8000), two: {judges[0]: 10001}}, **told
        )
    assert not Mark.objects.exists()
    interviewing.mark_all(
        scores={one: dict.fromkeys(judges, 8000), two: dict.fromkeys(judges, 8100)}, **told
    )
    assert queries.missing_marks(made) == 0
