"""An exam in a county, and the steps up to a ranking in one call each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest

from linli.exams import interviewing, queries, scoring, services
from linli.exams.models import Candidate, Clerk, Exam, Interview
from linli.exams.services import Judge, Post
from linli.kernel.roles import DISTRICT, ORGANISATION, SOCIAL
from linli.people.models import User
from tests.books import NOW
from tests.people import lay_places, make_person

COUNTY = "370614"
HELD_ON = date(2026, 11, 14)
ON_THE_DAY = datetime(2026, 11, 14, 6, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PANEL = tuple(Judge(name, "区委组织部") for name in ("孙伟", "李芳", "王强", "赵敏", "周涛"))


@dataclass
class County:
    """Who acts, and what they do."""

    keeper: User
    first: User
    second: User
    third: User
    counter: User
    district: User

    def open(self, count: int = 6, *, posts: int = 2, vacancies: int = 1, **changes: Any) -> Exam:
        told = {
            "by": self.keeper,
            "county": COUNTY,
            "about": "recruitment:1",
            "title": "2026年选聘笔试",
            "held_on": HELD_ON,
            "posts": {f"A{n + 1:02d}": Post(f"岗位{n + 1}", vacancies) for n in range(posts)},
            "candidates": [self.candidate(n, f"A{n % posts + 1:02d}") for n in range(count)],
            "now": NOW,
        }
        return services.open_written(**told | changes)

    @staticmethod
    def candidate(n: int, post: str = "A01", *traits: str) -> services.Candidate:
        return services.Candidate(key=f"application:{n}", name=f"考生{n}", post=post, traits=traits)

    def drawn(self, count: int = 6, *, seats: int = 30, seed: str = "0417", **changes: Any) -> Exam:
        exam = self.open(count, **changes)
        for duty, user in (
            ("first", self.first),
            ("second", self.second),
            ("settle", self.third),
            ("interview", self.counter),
        ):
            services.name_clerk(by=self.keeper, exam=exam, user=user, duty=duty, now=NOW)
        for at in range(-(-count // seats)):
            services.add_room(
                by=self.keeper, exam=exam, name=f"第{at + 1}考场", seats=seats, now=NOW
            )
        services.draw_seats(by=self.keeper, exam=exam, seed=seed, now=NOW)
        return Exam.objects.get(pk=exam.pk)

    def signed(self, count: int = 6, *, absent: int = 0, **changes: Any) -> Exam:
        """Everybody was there but the `absent` who were put on the list last."""
        exam = self.drawn(count, **changes)
        gone = set(exam.candidates.order_by("-pk").values_list("pk", flat=True)[:absent])
        for room in exam.rooms.all():
            inside = set(room.candidates.values_list("pk", flat=True))
            services.sign_in(by=self.keeper, room=room, absent=gone & inside, now=ON_THE_DAY)
        return exam

    def clerk(self, exam: Exam, duty: str) -> Clerk:
        return exam.clerks.get(duty=duty)

    def enter(self, exam: Exam, duty: str, scores: Mapping[int, int]) -> None:
        by = {"first": self.first, "second": self.second}[duty]
        scoring.enter(by=by, clerk=self.clerk(exam, duty), scores=scores, now=ON_THE_DAY)

    def entered(self, exam: Exam, scores: Mapping[int, int], **other: Mapping[int, int]) -> Exam:
        """Both enter and hand in; `second`: what the second enters otherwise."""
        self.enter(exam, "first", scores)
        self.enter(exam, "second", {**scores, **other.get("second", {})})
        for duty, by in (("first", self.first), ("second", self.second)):
            scoring.hand_in(by=by, clerk=self.clerk(exam, duty), now=ON_THE_DAY)
        return exam

    def scored(self, *scores: int, **changes: Any) -> Exam:
        """A locked test; a score for each candidate in the order they were put on the list."""
        exam = self.signed(len(scores), **changes)
        keys = exam.candidates.order_by("pk").values_list("pk", flat=True)
        self.entered(exam, dict(zip(keys, scores, strict=True)))
        scoring.lock(by=self.keeper, exam=exam, now=ON_THE_DAY)
        return Exam.objects.get(pk=exam.pk)

    def interview(self, exam: Exam, **changes: Any) -> Interview:
        told = {
            "by": self.keeper,
            "exam": exam,
            "title": "2026年选聘面试",
            "held_on": date(2026, 11, 20),
            "panel": PANEL,
            "now": ON_THE_DAY,
        }
        return services.open_interview(**told | changes)

    def ordered(self, exam: Exam, **changes: Any) -> Interview:
        made = self.interview(exam, **changes)
        interviewing.draw_order(by=self.keeper, interview=made, seed="88", now=ON_THE_DAY)
        return Interview.objects.get(pk=made.pk)

    def mark(self, turn: Any, *scores: int, reason: str = "") -> None:
        """A score of each member who does not stand back; one score is everybody's."""
        interview = turn.interview
        back = queries.standing_back(interview)
        judges = [j.pk for j in interview.judges.all() if (j.pk, turn.pk) not in back]
        told = scores if len(scores) > 1 else scores * len(judges)
        interviewing.mark(
            by=self.counter,
            turn=turn,
            scores=dict(zip(judges, told, strict=True)),
            reason=reason,
            now=LATER,
        )

    def ranked(self, exam: Exam, scores: Mapping[str, int]) -> Interview:
        """A locked interview; `scores`: key → what every member gives."""
        made = self.ordered(exam)
        for turn in queries.turns(made):
            self.mark(turn, scores[turn.candidate.key])
        interviewing.lock(by=self.keeper, interview=made, now=LATER)
        return Interview.objects.get(pk=made.pk)


@pytest.fixture
def county(db: Any) -> County:
    lay_places()
    return County(
        keeper=make_person("keeper", "周敏", SOCIAL, COUNTY),
        first=make_person("first", "王秀兰", SOCIAL, COUNTY),
        second=make_person("second", "孙丽", ORGANISATION, COUNTY),
        third=make_person("third", "何静", ORGANISATION, COUNTY),
        counter=make_person("counter", "陈伟", SOCIAL, COUNTY),
        district=make_person("district", "宋波", DISTRICT, COUNTY),
    )


def candidate(exam: Exam, n: int) -> Candidate:
    return exam.candidates.get(key=f"application:{n}")
