"""Exams of a told demo county: whoever recruits says who sits them and how well they do."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from linli.exams import interviewing, queries, rules, scoring, services
from linli.exams.models import Exam, Interview
from linli.exams.services import Judge
from linli.kernel.place import Scope
from linli.kernel.roles import CIVIL, DISCIPLINE, DISTRICT, ORGANISATION, SOCIAL
from linli.people import queries as people
from linli.places import queries as places

CHINA = ZoneInfo("Asia/Shanghai")
SEATS, MISTYPED = 30, 3
"""Seats of a room; papers that one of the typists misread."""
PANEL = (
    Judge("孙维民", "区委党校"),
    Judge("李淑芬", "区委社会工作部"),
    Judge("王振东", "区民政局"),
    Judge("赵丽华", "区委组织部"),
    Judge("周建平", "登州街道办事处"),
    Judge("吴秀梅", "鲁东大学"),
    Judge("郑国栋", "区人力资源和社会保障局"),
)
CLERKS = {
    rules.FIRST: CIVIL,
    rules.SECOND: ORGANISATION,
    rules.SETTLER: DISCIPLINE,
    rules.INTERVIEW: DISTRICT,
}
"""Of whose people each clerk is."""


FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = "雨晴 志远 佳宁 浩然 思雨 文博 欣然 建平 晓彤 子轩 梦洁 俊峰 雅楠 海涛 诗涵".split()
GRID_POSTS, GRID_PEOPLE, WANTED, DONE = 4, 44, 2, 5
"""The grid workers' exam: posts, candidates, wanted at each post, interviewed so far."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds the exams: the office, and a clerk for each duty."""

    keeper: Any
    clerks: Mapping[str, Any]


def _at(day: date, hour: int = 10, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), CHINA)


def staff(*, keeper: Any, county: str, on: date) -> Staff:
    """The clerks, people of other offices than the keeper's."""
    made = {duty: people.holders(role, county, on)[0] for duty, role in CLERKS.items()}
    return Staff(keeper, made)


def prepare(exam: Exam, told: Staff, *, on: date) -> None:
    """Rooms, clerks, and the seats drawn by four figures that were drawn in public."""
    count = exam.candidates.count()
    for n in range(-(-count // SEATS)):
        services.add_room(
            by=told.keeper,
            exam=exam,
            name=f"第一中学教学楼{n // 5 + 1}0{n % 5 + 1}室",
            address="钟楼北路88号",
            seats=SEATS,
            now=_at(on, 9, n),
        )
    for duty, user in told.clerks.items():
        services.name_clerk(by=told.keeper, exam=exam, user=user, duty=duty, now=_at(on, 10))
    services.draw_seats(by=told.keeper, exam=exam, seed="0417", now=_at(on, 15))


def written(exam: Exam, told: Staff, *, scores: Mapping[str, int], void: str = "") -> None:
    """The test on its day: who has no score was absent; `void`: key of one who cheated. Two typists
    enter, three papers are settled, and the office locks."""
    day = exam.held_on
    rows = {row.key: row for row in exam.candidates.all()}
    for room in exam.rooms.all():
        inside = [row for row in rows.values() if row.room_id == room.pk]
        services.sign_in(
            by=told.keeper,
            room=room,
            absent=[row.pk for row in inside if row.key not in scores and row.key != void],
            void={row.pk: "开考后使用手机" for row in inside if row.key == void},
            now=_at(day, 11, room.number),
        )
    first = {rows[key].pk: n for key, n in scores.items()}
    mistyped = sorted(first)[:: max(1, len(first) // MISTYPED)][:MISTYPED]
    second = first | {pk: min(9990, first[pk] + 600) for pk in mistyped}
    for duty, given in ((rules.FIRST, first), (rules.SECOND, second)):
        clerk, by = exam.clerks.get(duty=duty), told.clerks[duty]
        evening = _at(day + timedelta(1), 9 if duty == rules.FIRST else 14)
        scoring.enter(by=by, clerk=clerk, scores=given, now=evening)
        scoring.hand_in(by=by, clerk=clerk, now=evening + timedelta(hours=2))
    for n, row in enumerate(queries.differing(exam)):
        scoring.settle(
            by=told.clerks[rules.SETTLER],
            candidate=row,
            hundredths=first[row.pk],
            reason="查看原卷，第二次录入把小题分多加了六分",
            now=_at(day + timedelta(2), 9, n),
        )
    scoring.lock(by=told.keeper, exam=exam, now=_at(day + timedelta(2), 16))


def interview(
    exam: Exam, told: Staff, *, merits: Mapping[str, int], twins: Collection[str] = ()
) -> None:
    """The interview: order drawn, one member stands back, every member scores around the merit of
    each candidate (key → hundredths), who has none did not come; locked in the evening. `twins`:
    keys of candidates of whom the panel thinks the same."""
    found = Interview.objects.get(exam=exam)
    day, chance = found.held_on, random.Random(7)
    interviewing.draw_order(by=told.keeper, interview=found, seed="2603", now=_at(day, 7))
    turns, judges = queries.turns(found), list(found.judges.all())
    back = next(turn for turn in turns[1:] if turn.candidate.key not in twins)
    interviewing.recuse(
        by=told.keeper,
        judge=judges[4],
        turn=back,
        reason="与考生系姑侄关系，本人申请回避",
        now=_at(day, 7, 30),
    )
    clerk, scores = told.clerks[rules.INTERVIEW], {}
    alike: dict[int, int] = {}
    for turn in turns:
        merit = merits.get(turn.candidate.key)
        if merit is None:
            interviewing.miss(by=clerk, turn=turn, now=_at(day, 17))
            continue
        given = {judge.pk: _around(merit, chance) for judge in judges}
        if turn.candidate.key in twins:
            given = alike = alike or given
        scores[turn.pk] = {pk: n for pk, n in given.items() if (turn, pk) != (back, judges[4].pk)}
    interviewing.mark_all(by=clerk, interview=found, scores=scores, now=_at(day, 18))
    interviewing.lock(by=told.keeper, interview=found, now=_at(day, 19))


def add_test(exam: Exam, told: Staff, *, scores: Mapping[int, int], now: datetime) -> None:
    """The additional test of equals (candidate → hundredths)."""
    interviewing.add_test(by=told.keeper, exam=exam, scores=scores, now=now)


def _around(merit: int, chance: random.Random) -> int:
    """A score near a merit, in half points."""
    return max(0, min(10000, (merit + chance.randrange(-400, 450, 50)) // 50 * 50))


def tell(*, county: str, today: date) -> Exam:
    """Tell an exam of grid workers whose interview is going on. Deterministic; through services."""
    with transaction.atomic():
        return _grid_workers(county, today)


def _grid_workers(county: str, today: date) -> Exam:
    chance = random.Random(44)
    told = staff(keeper=people.holders(SOCIAL, county, today)[0], county=county, on=today)
    streets = [one.name for one in places.of_level("street", Scope.of(county))]
    codes = [f"W{n + 1}" for n in range(GRID_POSTS)]
    exam = services.open_written(
        by=told.keeper,
        county=county,
        about="grid:1",
        title=f"{today.year}年专职网格员选用笔试",
        held_on=today - timedelta(9),
        posts={
            code: services.Post(f"{streets[n % len(streets)]}网格员", WANTED)
            for n, code in enumerate(codes)
        },
        candidates=[
            services.Candidate(
                key=f"grid:{n + 1}",
                name=chance.choice(FAMILY) + chance.choice(GIVEN),
                post=codes[n % GRID_POSTS],
                traits=[code for code in rules.TRAITS if chance.random() < 0.25],
            )
            for n in range(GRID_PEOPLE)
        ],
        terms_on=today - timedelta(40),
        now=_at(today - timedelta(14)),
    )
    prepare(exam, told, on=today - timedelta(12))
    keys = list(exam.candidates.order_by("pk").values_list("key", flat=True))
    scores = {key: chance.randrange(5200, 9200, 50) for key in keys[2:]}
    written(exam, told, scores=scores)
    found = services.open_interview(
        by=told.keeper,
        exam=exam,
        title=f"{today.year}年专职网格员选用面试",
        held_on=today,
        panel=PANEL,
        now=_at(today - timedelta(3)),
    )
    interviewing.draw_order(by=told.keeper, interview=found, seed="77", now=_at(today, 7))
    judges = [judge.pk for judge in found.judges.all()]
    interviewing.mark_all(
        by=told.clerks[rules.INTERVIEW],
        interview=found,
        scores={
            turn.pk: {pk: _around(chance.randrange(7400, 9000, 50), chance) for pk in judges}
            for turn in queries.turns(found)[:DONE]
        },
        now=_at(today, 8),
    )
    return exam
