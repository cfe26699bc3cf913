"""A county that recruits: an announcement with two posts, and people who apply."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from linli.cases import queries as cases
from linli.exams import interviewing, scoring
from linli.exams import queries as exams
from linli.exams import services as exam_services
from linli.exams.services import Judge
from linli.kernel.roles import ORGANISATION, REVIEW, SOCIAL, VETTERS
from linli.people.models import User
from linli.recruitment import announcing, flow, queries, services, staging
from linli.recruitment.eligibility import Conditions
from linli.recruitment.models import Announcement, Application, Post
from linli.recruitment.services import Entry, Sent
from linli.vetting import answering, results
from linli.vetting import services as vetting
from linli.vetting.answering import Word
from tests.books import NOW
from tests.people import lay_places, make_person

COUNTY, COMMUNITY, OTHER_COMMUNITY = "370614", "370614001001", "370614002001"
REFERENCE = date(2026, 11, 1)
PDF = b"%PDF-1.4\n%%EOF\n"
PAPERS = tuple(Sent(kind=kind, content=PDF, name=f"{kind}.pdf") for kind in ("id_card", "diploma"))
ASKED = Conditions(
    age_min=18, age_max=35, age_max_experienced=45, experience_years=3, schooling="college"
)
SERIAL = count(1)


def id_number(born_on: date, *, serial: int | None = None, area: str = "370684") -> str:
    """A number that passes its check; its area code was retired in 2020."""
    body = f"{area}{born_on:%Y%m%d}{(serial if serial is not None else next(SERIAL)) % 1000:03d}"
    return body + mod_11_2.calc_check_digit(body)


def a_draft(by: User, **changes: Any) -> Announcement:
    told = {
        "by": by,
        "county": COUNTY,
        "title": "2026年公开选聘社区工作者公告",
        "text": "面向社会公开选聘。",
        "contact": "社会工作部 0535-5641234",
        "reference_on": REFERENCE,
        "opens_on": date(2026, 10, 26),
        "closes_on": date(2026, 11, 13),
        "now": NOW,
    }
    return announcing.draft(**told | changes)


def published(by: User, *more: dict[str, Any], **changes: Any) -> Announcement:
    """An announcement with one post (or those of `more`), open to applications."""
    made = a_draft(by, **changes)
    for one in more or ({},):
        told = {"place": COMMUNITY, "wanted": 1, "conditions": ASKED, "now": NOW, "by": by}
        announcing.add_post(announcement=made, **told | one)
    return announcing.publish(by=by, announcement=made, now=NOW)


def an_entry(post: Post, **changes: Any) -> Entry:
    told: dict[str, Any] = {
        "post": post,
        "name": "林晓梅",
        "phone": "13805351234",
        "schooling": "bachelor",
        "politics": "none",
        "school": "鲁东大学",
        "finished_on": date(2018, 7, 1),
        "residence": COMMUNITY[:9],
    } | changes
    told.setdefault("id_number", id_number(told.pop("born_on", date(1995, 5, 4))))
    told.pop("born_on", None)
    return Entry(**told)


def applied(announcement: Announcement, **changes: Any) -> Application:
    post = changes.pop("post", None) or announcement.posts.first()
    papers, now = changes.pop("papers", PAPERS), changes.pop("now", NOW)
    return services.apply(
        by=None,
        announcement=announcement,
        entry=an_entry(post, **changes),
        papers=papers,
        now=now,
    )


@pytest.fixture
def keeper(db: Any) -> User:
    """Who recruits in the county."""
    lay_places()
    return make_person("social", "周敏", SOCIAL, COUNTY)


@pytest.fixture
def open_one(keeper: User) -> Announcement:
    return published(keeper)


PANEL = tuple(Judge(name, "区委组织部") for name in ("孙伟", "李芳", "王强", "赵敏", "周涛"))


class Office:
    """A recruitment, and its steps in one call each, some days apart after the window closed."""

    def __init__(self, keeper: User, held: Announcement, people: list[Application]) -> None:
        self.keeper, self.held, self.people = keeper, held, people
        self.after, self.tested, self.talked_at, self.vetted = (
            datetime.combine(held.closes_on + timedelta(days), time(hour), UTC)
            for days, hour in ((3, 2), (5, 8), (7, 8), (11, 2))
        )
        self.clerks = {
            duty: make_person(f"clerk-{duty}", f"录入{duty}", ORGANISATION, COUNTY)
            for duty in ("first", "second", "settle", "interview")
        }

    @property
    def exam(self) -> Any:
        return staging.exam_of(self.held)

    def admitted(self) -> Office:
        keys = [row.pk for row in self.people]
        services.decide(
            by=self.keeper,
            announcement=self.held,
            applications=keys,
            admit=True,
            now=self.held.published_at,
        )
        return self

    def handed(self, *, admit: bool = True) -> Office:
        if admit:
            self.admitted()
        staging.hand_to_written(
            by=self.keeper, announcement=self.held, held_on=self.tested.date(), now=self.after
        )
        return self

    def written(self, *scores: int, admit: bool = True) -> Office:
        """Scores in points in the order in which people applied. `admit`: they are admitted first."""
        self.handed(admit=admit)
        exam = self.exam
        for duty, user in self.clerks.items():
            exam_services.name_clerk(
                by=self.keeper, exam=exam, user=user, duty=duty, now=self.after
            )
        exam_services.add_room(by=self.keeper, exam=exam, name="第1考场", seats=30, now=self.after)
        exam_services.draw_seats(by=self.keeper, exam=exam, seed="0417", now=self.after)
        exam_services.sign_in(by=self.keeper, room=exam.rooms.get(), now=self.tested)
        by_key = {row.key: row.pk for row in exam.candidates.all()}
        told = {
            by_key[staging.key_of(row)]: score * 100
            for row, score in zip(self.people, scores, strict=True)
        }
        for duty in ("first", "second"):
            clerk = exam.clerks.get(duty=duty)
            scoring.enter(by=self.clerks[duty], clerk=clerk, scores=told, now=self.tested)
            scoring.hand_in(by=self.clerks[duty], clerk=clerk, now=self.tested)
        scoring.lock(by=self.keeper, exam=exam, now=self.tested)
        staging.take_written(by=self.keeper, announcement=self.held, now=self.tested)
        return self

    def note(self, stage: str, outcome: str, *rows: Application, now: Any = None, **more: Any):
        now = now or self.talked_at
        told = {"why": "", "on": now.date()} | more
        return staging.note(
            by=self.keeper,
            announcement=self.held,
            applications=[row.pk for row in rows],
            stage=stage,
            outcome=outcome,
            now=now,
            **told,
        )

    def talked(self, *scores: int) -> Office:
        """Everybody who came through the re-check is interviewed; points of every member."""
        staging.hand_to_interview(
            by=self.keeper,
            announcement=self.held,
            held_on=self.talked_at.date(),
            panel=PANEL,
            now=self.tested,
        )
        interview = exams.Interview.objects.get(exam=self.exam)
        interviewing.draw_order(by=self.keeper, interview=interview, seed="88", now=self.tested)
        by_key = {
            staging.key_of(row): score for row, score in zip(self.people, scores, strict=True)
        }
        judges = [judge.pk for judge in interview.judges.all()]
        for turn in exams.turns(interview):
            points = by_key[turn.candidate.key]
            interviewing.mark(
                by=self.clerks["interview"],
                turn=turn,
                scores=dict.fromkeys(judges, points * 100),
                now=self.talked_at,
            )
        interviewing.lock(by=self.keeper, interview=interview, now=self.talked_at)
        staging.take_interview(by=self.keeper, announcement=self.held, now=self.talked_at)
        return self

    def vet(self, *against: str, now: Any = None) -> None:
        """Nine departments answer; `against`: names of those a department says something of."""
        now = now or self.talked_at
        office = make_person("review", "郑洁", REVIEW, COUNTY)
        heads = {
            role.code: make_person(f"head-{role.code}", role.code, role, COUNTY) for role in VETTERS
        }
        made = vetting.open_round(
            by=office, county=COUNTY, purpose="recruits", title="选聘联审", heads=heads, now=now
        )
        staging.send_to_vetting(by=office, announcement=self.held, round=made, now=now)
        vetting.send(by=office, round=made, now=now)
        bad = Word(
            conclusion="unfit",
            code="detention",
            happened_on=date(2024, 3, 1),
            file_number="蓬公〔2024〕12号",
        )
        for role, head in heads.items():
            task = made.tasks.get(role=role)
            words = {
                one.pk: bad
                if one.name in against and role == "police"
                else Word(conclusion="clear")
                for one in made.subjects.all()
            }
            answering.answer(by=head, task=task, words=words, now=now)
            answering.sign(by=head, task=task, now=now)
        keys = list(made.subjects.values_list("pk", flat=True))
        results.confirm(by=office, round=made, subjects=keys, now=now)
        staging.take_background(by=self.keeper, announcement=self.held, now=now)

    def read(self) -> list[tuple[str, str]]:
        """(stage, state) of everybody in the order in which they applied."""
        rows = queries.applications(self.held)
        return [(row.stage, row.state) for row in rows]

    def steps(self) -> list[str]:
        case = cases.find(flow=flow.RECRUITMENT, subject=self.held)
        return [step.code for step in cases.open_steps(case)]
