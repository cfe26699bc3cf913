"""The vettings of a told demo county: one of nine departments that is over, one that runs, a draft."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from stdnum.iso7064 import mod_11_2

from linli.kernel.place import Scope
from linli.kernel.roles import REVIEW, ROLES, VETTERS
from linli.people import queries as people
from linli.places import queries as places
from linli.vetting import answering, opening, results, rules, services
from linli.vetting.answering import Word
from linli.vetting.models import Answer, Round, Subject
from linli.vetting.services import Person
from linli.workforce import queries as workforce

CHINA = ZoneInfo("Asia/Shanghai")
PEOPLE, RUNNING = 40, 12
"""So many are on the list that is closed, and on the one that runs."""
NINE = tuple(role.code for role in VETTERS)
CLEAR = Word(conclusion=rules.CLEAR)
LATE, UNFIT, CANNOT, MISTAKEN, UNSURE, WAITING = "petitions", 4, 23, 11, 17, 30
"""Who was late, and the places on the list of those of whom something was said."""
CANDIDATES = (
    ("于春晖", 1996, 3), ("姜晓彤", 1999, 4), ("曲志鹏", 1994, 3), ("孙雨欣", 2000, 6),
    ("慕容海宁", 1992, 2), ("迟文博", 1997, 9), ("丛佳怡", 1998, 8), ("邹明阳", 1995, 7),
    ("宫梦洁", 2001, 4), ("栾凯旋", 1993, 1), ("戚晓雯", 1999, 2), ("初建宇", 1996, 5),
)  # fmt: skip


def id_number(year: int, serial: int) -> str:
    """An invented identity number that passes its check; the county's old code is still in it."""
    body = f"370684{year}0916{700 + serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


@dataclass(slots=True)
class Story:
    """Tells the vettings of a county as of a day; every act by somebody who may do it."""

    county: str
    today: date
    heads: dict[str, Any] = field(init=False)
    office: Any = field(init=False)
    calendar: Any = field(init=False)

    def tell(self) -> None:
        """Tell it all."""
        self.calendar = places.calendar()
        self.heads = {
            role: people.holders(ROLES[role], self.county, self.today)[0] for role in NINE
        }
        self.office = people.holders(REVIEW, self.county, self.today)[0]
        self._closed()
        self._running()
        self._drawn_up()

    def at(self, days_ago: int, hour: int = 10, minute: int = 0) -> datetime:
        """A moment so many working days ago."""
        day = self.calendar.add_working_days(self.today, -days_ago)
        return datetime.combine(day, time(hour, minute), CHINA)

    def draw_up(
        self, some: list[Person], *, days_ago: int, purpose: str, title: str, due: int
    ) -> Round:
        """A round with a list, due so many working days after it was begun."""
        now = self.at(days_ago, 9)
        made = services.open_round(
            by=self.office,
            county=self.county,
            purpose=purpose,
            title=title,
            heads=self.heads,
            due_on=self.calendar.add_working_days(now.date(), due),
            now=now,
        )
        services.add_subjects(by=self.office, round=made, some=some, now=self.at(days_ago, 9, 30))
        return made

    def say(
        self,
        held: Round,
        role: str,
        *,
        days_ago: int,
        said: dict[int, Word] | None = None,
        only: int | None = None,
        sign: bool = True,
    ) -> None:
        """A department answers of everybody (or of the first `only`); `said`: place on the list →
        what it says instead of nothing being known."""
        task = held.tasks.get(role=role)
        rows = held.subjects.order_by("position")[:only]
        words = {row.pk: (said or {}).get(row.position, CLEAR) for row in rows}
        self.answer(task, words, days_ago=days_ago, sign=sign)

    def answer(self, task: Any, words: dict[int, Word], *, days_ago: int, sign: bool) -> None:
        head, hour = self.heads[task.role], 9 + NINE.index(task.role) % 7
        answering.answer(by=head, task=task, words=words, now=self.at(days_ago, hour, 20))
        if sign:
            answering.sign(by=head, task=task, now=self.at(days_ago, hour, 45))

    def _elsewhere(self) -> Any:
        """Marks of the people whose vetting is not over."""
        return Subject.objects.filter(result__isnull=True).values("id_mark")

    # --- over ---------------------------------------------------------------------------------

    def _closed(self) -> None:
        """Forty who serve: 34 days of work from the list to the results, with every kind of answer."""
        begun = self.at(34)
        still = workforce.serving(Scope.of(self.county), self.today).order_by().values("pk")
        files = workforce.serving(Scope.of(self.county), begun.date()).filter(pk__in=still)
        files = files.exclude(id_mark__in=self._elsewhere()).order_by("place", "number")
        some = [Person(worker=row) for row in files[:PEOPLE]]
        held = self.draw_up(
            some, days_ago=34, purpose="serving", title=f"{begun.year}年社区工作者动态联审", due=10
        )
        services.send(by=self.office, round=held, now=self.at(34, 11))
        for turn, role in enumerate(NINE):
            if role != LATE:
                self.say(held, role, days_ago=32 - turn % 7, said=self._against(role))
        task = held.tasks.get(role=LATE)
        services.reopen(
            by=self.office,
            task=task,
            reason="信访事项需向街道调取卷宗，晚到三天",
            now=self.at(23, 9),
        )
        self.say(held, LATE, days_ago=21)
        self._verified(held)
        self._confirmed(held)

    def _against(self, role: str) -> dict[int, Word]:
        """What a department knows of some people of the list."""
        long_ago = self.today - timedelta(640)
        return {
            "police": {
                UNFIT: Word(
                    conclusion="unfit",
                    code="detention",
                    happened_on=long_ago,
                    file_number=f"蓬公（治）行罚决字〔{long_ago.year}〕318号",
                )
            },
            "organisation": {
                CANNOT: Word(
                    conclusion="cannot",
                    code="sanction",
                    happened_on=self.today - timedelta(200),
                    file_number=f"蓬组字〔{(self.today - timedelta(200)).year}〕27号",
                )
            },
            "court": {MISTAKEN: Word(conclusion="verify", code="defaulter")},
            "discipline": {UNSURE: Word(conclusion="verify", code="open_case")},
        }.get(role, {})

    def _verified(self, held: Round) -> None:
        """Two are asked about again: one was somebody of the same name, of one nothing is sure yet."""
        for role, position, text, word in (
            ("court", MISTAKEN, "请核对身份证号，是否为同名的另一人", CLEAR),
            (
                "discipline",
                UNSURE,
                "请核实线索是否已经办结",
                Word(conclusion="verify", code="open_case"),
            ),
        ):
            subject = held.subjects.get(position=position)
            first = Answer.objects.get(question__task__role=role, question__subject=subject)
            services.ask_back(by=self.office, answer=first, text=text, now=self.at(20, 14))
            self.answer(first.question.task, {subject.pk: word}, days_ago=17, sign=True)

    def _confirmed(self, held: Round) -> None:
        """A ground is read before it is decided by; one is suspended; the rest follows by rule."""
        unfit = held.subjects.get(position=UNFIT)
        ground = Answer.objects.get(
            question__task__role="police", question__subject=unfit, conclusion=rules.UNFIT
        )
        opening.open_reason(
            by=self.office, answer=ground, purpose="确认结果前复核", now=self.at(5, 14)
        )
        waiting = held.subjects.get(position=WAITING)
        keys = set(held.subjects.values_list("pk", flat=True)) - {waiting.pk}
        results.confirm(
            by=self.office,
            round=held,
            subjects=keys,
            suspended={waiting.pk: "本人在外地就医，学历材料待补"},
            now=self.at(5, 15),
        )

    # --- running ------------------------------------------------------------------------------

    def _running(self) -> None:
        """Twelve candidates for the reserve: three departments have signed, one only answered, one
        has begun, one was asked back, and three are silent while the day comes near."""
        communities = places.of_level("community", Scope.of(self.county))
        codes = list(communities.values_list("place", flat=True))
        some = [
            Person(
                name=name,
                id_number=id_number(year, serial * 10 + turn),
                place=codes[turn % len(codes)],
            )
            for turn, (name, year, serial) in enumerate(CANDIDATES[:RUNNING])
        ]
        held = self.draw_up(
            some,
            days_ago=6,
            purpose="reserve",
            title=f"{self.today.year}年储备人选联审",
            due=8,
        )
        services.send(by=self.office, round=held, now=self.at(6, 16))
        for role in ("discipline", "organisation", "justice"):
            self.say(held, role, days_ago=3)
        self.say(
            held,
            "court",
            days_ago=3,
            said={7: Word(conclusion="verify", code="defaulter")},
        )
        asked = Answer.objects.get(
            question__task__round=held, conclusion=rules.VERIFY, signed__isnull=False
        )
        services.ask_back(
            by=self.office, answer=asked, text="请核对是否本人、是否已履行", now=self.at(2, 15)
        )
        self.say(held, "police", days_ago=2, sign=False)
        self.say(held, "social", days_ago=2, only=5, sign=False)

    def _drawn_up(self) -> None:
        """Three who are to change their post; the list has not been sent."""
        files = workforce.serving(Scope.of(self.county), self.today)
        files = files.exclude(id_mark__in=self._elsewhere())
        some = [Person(worker=row) for row in files.order_by("-place", "number")[:3]]
        self.draw_up(some, days_ago=1, purpose="change", title="岗位调整联审", due=10)


def hold(*, county: str, some: list[Person], purpose: str, title: str, on: date) -> Round:
    """A round of nine on one day in which nothing is known against anybody: for who is appointed in
    other chapters. `on`: a working day."""
    told = Story(county, on)
    told.calendar = places.calendar()
    told.heads = {role: people.holders(ROLES[role], county, on)[0] for role in NINE}
    told.office = people.holders(REVIEW, county, on)[0]
    held = told.draw_up(some, days_ago=0, purpose=purpose, title=title, due=10)
    services.send(by=told.office, round=held, now=told.at(0, 9, 40))
    for role in NINE:
        told.say(held, role, days_ago=0)
    keys = list(held.subjects.values_list("pk", flat=True))
    results.confirm(by=told.office, round=held, subjects=keys, now=told.at(0, 17))
    return held


def tell(*, county: str, today: date) -> None:
    """The vettings of a told county as of a day. Deterministic; everything through services."""
    with transaction.atomic():  # one wait for the disk
        Story(county, today).tell()
