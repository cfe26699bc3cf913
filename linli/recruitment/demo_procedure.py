"""The recruitment of a told demo county: 118 appointed by one procedure, as many as were reported."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from linli.exams import demo as exams
from linli.exams import queries as exam_queries
from linli.kernel.place import Scope
from linli.kernel.roles import REVIEW, ROLES, SOCIAL, VETTERS
from linli.people import queries as people
from linli.places import queries as places
from linli.recruitment import announcing, appointing, queries, rules, services, staging
from linli.recruitment.models import Announcement, Application, Post
from linli.recruitment.services import Entry
from linli.vetting import answering, results
from linli.vetting import services as vetting
from linli.vetting.answering import Word
from linli.workforce import demo as corps
from linli.workforce import queries as workforce

CHINA = ZoneInfo("Asia/Shanghai")
PEOPLE, YEARS = 118, 3540
"""So many are appointed, so old together: with those who served before, as reported (同江:D2)."""
DAYS_AGO, SERIAL = 118, 100
"""So many days ago the announcement is published; serial numbers of identity numbers begin here."""
UNFIT = "police"
WINNER, STANDBY, RUNNER, OTHER, FALLER = "winner", "standby", "runner", "other", "faller"
LEVELS = {FALLER: 8600, WINNER: 8600, STANDBY: 8200, RUNNER: 7600, OTHER: 6300}
"""About what each scores: who is to be appointed, who takes a free place, who is beaten."""
MEDICAL_POST, VETTING_POST, TIED_POST = 0, 1, 2
"""Posts with somebody who fails the medical, or the vetting; with equals at the last place."""
SCHOOLS = ("鲁东大学", "烟台大学", "烟台职业学院", "青岛大学", "济南大学", "山东女子学院")
MAJORS = ("社会工作", "行政管理", "法学", "汉语言文学", "会计学", "计算机应用技术", "护理")


@dataclass(slots=True)
class Person:
    """Somebody who applies, and how well they will do."""

    post: int
    part: str
    age: int
    groups: tuple[str, ...] = ()
    politics: str = "none"
    schooling: str = "bachelor"
    experience: int = 0
    written: int | None = None
    merit: int = 0
    row: Any = None


@dataclass(slots=True)
class Story:
    """Tells the recruitment of a county as of a day; every act by somebody who may do it."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    by: Any = field(init=False)
    office: Any = field(init=False)
    calendar: Any = field(init=False)
    day: date = field(init=False)
    applicants: list[Person] = field(init=False, default_factory=list)
    held: Announcement = field(init=False)

    def tell(self) -> Announcement:
        """Tell it all."""
        self.chance = random.Random(118)
        self.by = people.holders(SOCIAL, self.county, self.today)[0]
        self.office = people.holders(REVIEW, self.county, self.today)[0]
        self.calendar = places.calendar()
        self.day = self.today - timedelta(DAYS_AGO)
        self._announce()
        self._apply()
        self._check()
        staff = exams.staff(keeper=self.by, county=self.county, on=self.today)
        self._written(staff)
        self._interview(staff)
        self._medical()
        self._background(f"{self.day.year}年公开选聘社区工作者联审", due=8)
        first = self._show()
        self._medical()
        self._background(f"{self.day.year}年公开选聘社区工作者补充联审", due=3)
        self._end(first)
        self._end(self._show())
        self._appoint()
        return self.held

    def at(self, hour: int = 10, minute: int = 0) -> datetime:
        """A moment of the day the story has come to."""
        return datetime.combine(self.day, time(hour, minute), CHINA)

    def later(self, days: int) -> None:
        """So many working days go by."""
        self.day = self.calendar.add_working_days(self.day, days)

    def saturday(self, days: int) -> date:
        """The first Saturday after so many days."""
        day = self.day + timedelta(days)
        return day + timedelta((5 - day.weekday()) % 7)

    # --- the announcement and who applies -----------------------------------------------------

    def _announce(self) -> None:
        """A post in each community, four or five wanted at each."""
        opens_on = self.day + timedelta(1)
        held = announcing.draft(
            by=self.by,
            county=self.county,
            title=f"{self.day.year}年公开选聘社区工作者公告",
            text="面向居民党员、高校毕业生、退役军人和社会工作专业人才公开选聘。"
            "程序：报名、资格初审、笔试、资格复审、面试、体检、考察、公示、聘用。"
            "笔试、面试各占百分之五十；面试按招聘人数一比二确定人选。",
            contact="区委社会工作部 0535-5641234",
            reference_on=opens_on,
            opens_on=opens_on,
            closes_on=opens_on + timedelta(9),
            now=self.at(9),
        )
        asked = queries.limits(self.county, opens_on)
        communities = list(places.of_level("community", Scope.of(self.county)))
        least, more = divmod(PEOPLE, len(communities))
        for n, community in enumerate(communities):
            announcing.add_post(
                by=self.by,
                announcement=held,
                place=community.code,
                wanted=least + (n < more),
                conditions=asked,
                now=self.at(10, n % 60),
            )
        self.held = announcing.publish(by=self.by, announcement=held, now=self.at(16))

    def _apply(self) -> None:
        """Everybody who comes to a counter while the window is open; some do not fit by rule."""
        posts = list(queries.posts(self.held))
        for at, post in enumerate(posts):
            self._applicants(at, post)
        winners = [one for one in self.applicants if one.part in (WINNER, STANDBY)]
        years = corps.ages(self.chance, PEOPLE, YEARS, 24, 35)
        for one, age in zip(winners, years, strict=True):
            one.age = age
        self.chance.shuffle(self.applicants)
        self._twins()
        entries = [self._entry(n, one, posts[one.post]) for n, one in enumerate(self.applicants)]
        misfits = self._misfits(posts)
        self.day += timedelta(4)
        for some in (entries[:180], entries[180:] + misfits):
            services.register(
                by=self.by,
                announcement=self.held,
                entries=some,
                now=self.at(17),
                entropy=self.chance.randbytes,
            )
            self.day += timedelta(3)
        rows = {row.id_mark: row for row in queries.applications(self.held)}
        for entry, one in zip(entries, self.applicants, strict=True):
            one.row = rows[workforce.id_mark(entry.id_number)]

    def _applicants(self, at: int, post: Post) -> None:
        """Twice as many as are wanted, who will be interviewed, and some more."""
        falls = at in (MEDICAL_POST, VETTING_POST)
        parts = [FALLER] * falls + [WINNER] * (post.wanted - falls) + [STANDBY] * falls
        parts += [RUNNER] * (2 * post.wanted - len(parts)) + [OTHER] * self.chance.randint(3, 5)
        for part in parts:
            self.applicants.append(self._somebody(at, part))

    def _somebody(self, post: int, part: str) -> Person:
        chance = self.chance
        groups = [
            code for code, p in ((rules.VETERAN, 0.12), (rules.SOCIAL, 0.25)) if chance.random() < p
        ]
        party = chance.random() < 0.45
        if party and chance.random() < 0.8:
            groups.append(rules.PARTY)
        one = Person(
            post=post,
            part=part,
            age=chance.randint(23, 34),
            groups=tuple(groups),
            politics="member" if party else "none",
            schooling=chance.choices(("college", "bachelor", "postgraduate"), (35, 60, 5))[0],
        )
        level = LEVELS[part]
        one.written = level + chance.randrange(-250, 300, 50)
        one.merit = level + chance.randrange(-150, 200, 50)
        if part == OTHER:
            one.written = level + chance.randrange(-900, 900, 50)
            if chance.random() < 0.12:
                one.written = None
        return one

    def _twins(self) -> None:
        """Two of a post are equal in everything: the last place is settled by another test."""
        some = [one for one in self.applicants if one.post == TIED_POST]
        winner = next(one for one in some if one.part == WINNER)
        other = next(one for one in some if one.part == RUNNER)
        for one in (winner, other):
            one.written, one.merit = 8100, 8100
            one.politics, one.groups = "none", ()

    def _entry(self, n: int, one: Person, post: Post) -> Entry:
        """What somebody writes; graduates are those who finished within the term of the rules."""
        born_on = corps.born(self.today, one.age, self.chance.randrange(1, 300))
        finished_on = date(born_on.year + (22 if one.schooling == "college" else 23), 7, 1)
        recent = (self.held.reference_on - finished_on).days < 720
        return Entry(
            post=post,
            name=self.chance.choice(corps.FAMILY) + self.chance.choice(corps.GIVEN),
            id_number=corps.id_number(born_on, SERIAL + n % 390, male=self.chance.random() < 0.35),
            phone=f"136{self.chance.randrange(10**8):08d}",
            schooling=one.schooling,
            politics=one.politics,
            school=self.chance.choice(SCHOOLS),
            major="社会工作" if rules.SOCIAL in one.groups else self.chance.choice(MAJORS),
            finished_on=finished_on,
            residence=post.place[:9],
            experience_years=one.experience,
            groups=(*one.groups, rules.GRADUATE) if recent else one.groups,
        )

    def _misfits(self, posts: Sequence[Post]) -> list[Entry]:
        """Forty who do not meet the conditions: too old, too little schooling, a group not theirs."""
        found = []
        for n in range(40):
            one = Person(post=n % len(posts), part=OTHER, age=self.chance.randint(24, 34))
            if n % 4 < 2:
                one.age = 36 + n % 7
            elif n % 4 == 2:
                one.schooling = "senior"
            else:
                one.groups = (rules.PARTY,)
            found.append(self._entry(1000 + n, one, posts[one.post]))
        return found

    def _check(self) -> None:
        """One who was refused asks again, in vain; everybody else is admitted."""
        self.day = max(self.day, self.held.closes_on + timedelta(1))
        self.later(1)
        refused = queries.register(self.held, ruling=rules.INELIGIBLE).first()
        services.ask_again(
            by=None, application=refused, text="年龄只超过几个月，请求放宽", now=self.at(9)
        )
        self.later(1)
        self._decide([refused], admit=False, why="公告条件不能个别放宽")
        fit = list(queries.register(self.held, ruling=rules.ELIGIBLE))
        self._decide(fit, admit=True)

    def _decide(self, some: Sequence[Application], *, admit: bool, why: str = "") -> None:
        services.decide(
            by=self.by,
            announcement=self.held,
            applications=[row.pk for row in some],
            admit=admit,
            why=why,
            now=self.at(15),
        )

    # --- tests --------------------------------------------------------------------------------

    def _written(self, staff: exams.Staff) -> None:
        self.later(1)
        held_on = self.saturday(5)
        staging.hand_to_written(
            by=self.by,
            announcement=self.held,
            held_on=held_on,
            title=f"{held_on.year}年公开选聘社区工作者笔试",
            now=self.at(9),
        )
        exam = staging.exam_of(self.held)
        assert exam is not None
        exams.prepare(exam, staff, on=self.day)
        scores = {staging.key_of(one.row): one.written for one in self.applicants if one.written}
        cheat = next(one for one in self.applicants if one.part == OTHER and one.written)
        del scores[staging.key_of(cheat.row)]
        exams.written(exam, staff, scores=scores, void=staging.key_of(cheat.row))
        self.day = held_on
        self.later(2)
        staging.take_written(by=self.by, announcement=self.held, now=self.at(9))
        self.later(2)
        self._note(rules.RECHECK)

    def _note(self, stage: str, *, but: Sequence[int] = ()) -> None:
        """Everybody at a stage came through it, save some."""
        rows = queries.applications(self.held).filter(stage=stage, state=rules.OPEN)
        keys = [pk for pk in rows.values_list("pk", flat=True) if pk not in but]
        for some, outcome in ((keys, rules.PASSED), (list(but), rules.FAILED)):
            if some:
                staging.note(
                    by=self.by,
                    announcement=self.held,
                    applications=some,
                    stage=stage,
                    outcome=outcome,
                    on=self.day,
                    now=self.at(16),
                )

    def _interview(self, staff: exams.Staff) -> None:
        held_on = self.saturday(4)
        staging.hand_to_interview(
            by=self.by,
            announcement=self.held,
            held_on=held_on,
            panel=exams.PANEL,
            title=f"{held_on.year}年公开选聘社区工作者面试",
            now=self.at(17),
        )
        exam = staging.exam_of(self.held)
        assert exam is not None
        told = {staging.key_of(one.row): one for one in self.applicants}
        twins = [key for key, one in told.items() if one.post == TIED_POST and one.merit == 8100]
        exams.interview(
            exam,
            staff,
            merits={key: one.merit for key, one in told.items()},
            twins=twins,
        )
        self.day = held_on
        self.later(1)
        tied = [one for one in exam_queries.standing(exam) if one.outcome == "tied"]
        first = [one.candidate.pk for one in tied if told[one.key].part == WINNER]
        exams.add_test(
            exam,
            staff,
            scores={one.candidate.pk: 8250 if one.candidate.pk in first else 7900 for one in tied},
            now=self.at(15),
        )
        self.later(1)
        staging.take_interview(by=self.by, announcement=self.held, now=self.at(9))

    # --- medical, background, names, posts ------------------------------------------------------

    def _medical(self) -> None:
        """One fails the first time; whoever takes the place is examined, too."""
        self.later(2)
        fails = [
            one.row.pk for one in self.applicants if one.part == FALLER and one.post == MEDICAL_POST
        ]
        rows = queries.applications(self.held).filter(stage=rules.MEDICAL, state=rules.OPEN)
        there = set(rows.values_list("pk", flat=True))
        self._note(rules.MEDICAL, but=[pk for pk in fails if pk in there])
        if there & set(fails):
            self.later(1)
            self._note(rules.MEDICAL)

    def _background(self, title: str, *, due: int) -> None:
        """Nine departments are asked; of one person the police know something."""
        self.later(1)
        heads = {
            role.code: people.holders(ROLES[role.code], self.county, self.today)[0]
            for role in VETTERS
        }
        made = vetting.open_round(
            by=self.office,
            county=self.county,
            purpose="recruits",
            title=title,
            heads=heads,
            due_on=self.calendar.add_working_days(self.day, due),
            now=self.at(9),
        )
        staging.send_to_vetting(by=self.office, announcement=self.held, round=made, now=self.at(10))
        vetting.send(by=self.office, round=made, now=self.at(11))
        fails = {
            one.row.id_mark
            for one in self.applicants
            if one.part == FALLER and one.post == VETTING_POST
        }
        marks = dict(made.subjects.values_list("pk", "id_mark"))
        clear = Word(conclusion="clear")
        known = Word(
            conclusion="unfit",
            code="detention",
            happened_on=self.day - timedelta(800),
            file_number=f"蓬公（治）行罚决字〔{(self.day - timedelta(800)).year}〕77号",
        )
        self.later(min(due, 2))
        for task in made.tasks.all():
            words = {
                pk: known if mark in fails and task.role == UNFIT else clear
                for pk, mark in marks.items()
            }
            head = heads[task.role]
            answering.answer(by=head, task=task, words=words, now=self.at(14))
            answering.sign(by=head, task=task, now=self.at(16))
        self.later(1)
        results.confirm(by=self.office, round=made, subjects=list(marks), now=self.at(10))
        staging.take_background(by=self.by, announcement=self.held, now=self.at(15))

    def _show(self) -> Any:
        """Names are shown to all."""
        self.later(1)
        return appointing.show_names(by=self.by, announcement=self.held, now=self.at(9))

    def _end(self, shown: Any) -> None:
        """Somebody objects to a name of the first list; it is looked into and not upheld."""
        if shown.pk == self.held.publications.order_by("pk").first().pk:
            self._object(shown)
        self.day = max(self.day, shown.until_on)
        self.later(1)
        appointing.end_names(by=self.by, publication=shown, now=self.at(9))

    def _object(self, shown: Any) -> None:
        row = shown.applications.order_by("number")[3]
        now = datetime.combine(shown.from_on + timedelta(1), time(20), CHINA)
        made = services.object_to(
            by=None,
            application=row,
            text="听说此人的工作经历不是真的",
            phone="13805359876",
            now=now,
            entropy=self.chance.randbytes,
        )
        appointing.settle(
            by=self.by,
            objection=made,
            upheld=False,
            why="经向原单位核实，社保缴纳和劳动合同与报名材料一致",
            now=now + timedelta(days=1, hours=-9),
        )

    def _appoint(self) -> None:
        self.later(1)
        rows = queries.applications(self.held).filter(stage=rules.APPOINTMENT, state=rules.OPEN)
        made = appointing.appoint(
            by=self.by,
            announcement=self.held,
            applications=list(rows.values_list("pk", flat=True)),
            since_on=self.day,
            now=self.at(10),
        )
        assert not made.refused, made.refused


def tell(*, county: str, today: date) -> Announcement:
    """Tell the recruitment of a county as of a day. Deterministic; everything through services."""
    with transaction.atomic():  # some hundreds of acts, one wait for the disk
        return Story(county, today).tell()
