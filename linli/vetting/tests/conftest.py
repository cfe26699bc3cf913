"""A county with its nine departments, a vetting office and people to vet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from stdnum.iso7064 import mod_11_2

from linli.kernel.roles import DISTRICT, REVIEW, SOCIAL, VETTERS
from linli.people.models import User
from linli.vetting import answering, results, services
from linli.vetting.answering import Word
from linli.vetting.models import Answer, Round, Subject, Task
from linli.workforce import services as files
from linli.workforce.models import Tenure, Worker
from tests.books import NOW
from tests.people import lay_places, make_person

COUNTY, COMMUNITY = "370614", "370614001001"
DUE_ON = date(2026, 11, 19)
LATER = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""A working day after the day until which departments answer."""
CLEAR = Word(conclusion="clear")
DETAINED = Word(
    conclusion="unfit",
    code="detention",
    happened_on=date(2024, 3, 1),
    file_number="蓬公（治）行罚决字〔2024〕12号",
)


def number_of(serial: int) -> str:
    """An identity number that passes its check."""
    body = f"37068419900504{serial:03d}"
    return body + mod_11_2.calc_check_digit(body)


@dataclass
class County:
    """Who acts, and the steps of a round in one call each."""

    office: User
    district: User
    keeper: User
    heads: dict[str, User]

    def worker(self, serial: int, name: str = "王海燕") -> Worker:
        return files.open_file(
            by=None,
            county=COUNTY,
            place=COMMUNITY,
            name=name,
            id_number=number_of(serial),
            politics="member",
            now=NOW,
        )

    def serving(self, serial: int, name: str = "王海燕") -> Worker:
        worker = self.worker(serial, name)
        self.post(worker, way="inherited")
        return worker

    def post(self, worker: Worker, **changes: Any) -> Tenure:
        told = {
            "by": None,
            "worker": worker,
            "place": COMMUNITY,
            "title": "worker",
            "way": "recruitment",
            "since_on": date(2026, 3, 1),
            "now": NOW,
        }
        return files.appoint(**told | changes)

    def open(self, *people: services.Person, **changes: Any) -> Round:
        """A round with people on its list, not sent."""
        told = {
            "by": self.office,
            "county": COUNTY,
            "purpose": "recruits",
            "title": "2026年选聘联审",
            "heads": self.heads,
            "now": NOW,
        }
        made = services.open_round(**told | changes)
        if people:
            services.add_subjects(by=self.office, round=made, some=people, now=told["now"])
        return made

    def sent(self, *people: services.Person, **changes: Any) -> Round:
        made = self.open(*(people or self.people(1)), **changes)
        services.send(by=self.office, round=made, now=changes.get("now", NOW))
        return made

    @staticmethod
    def people(count: int) -> tuple[services.Person, ...]:
        return tuple(
            services.Person(name=f"应聘{at}", id_number=number_of(at), place=COMMUNITY)
            for at in range(1, count + 1)
        )

    def task(self, made: Round, role: str) -> Task:
        return made.tasks.get(role=role)

    def say(
        self, made: Round, role: str, word: Word = CLEAR, *, subject: Any = None, now: Any = NOW
    ) -> None:
        rows = [subject] if subject else list(made.subjects.all())
        answering.answer(
            by=self.heads[role],
            task=self.task(made, role),
            words={row.pk: word for row in rows},
            now=now,
        )

    def sign(self, made: Round, role: str, *, now: Any = NOW) -> Any:
        return answering.sign(by=self.heads[role], task=self.task(made, role), now=now)

    def all_say(self, made: Round, *but: str, now: Any = NOW, **words: Word) -> None:
        """Every department answers of everybody and signs, save some; `words`: who says what."""
        for role in self.heads:
            if role not in but:
                self.say(made, role, words.get(role, CLEAR), now=now)
                self.sign(made, role, now=now)

    def confirm(self, made: Round, *, now: Any = NOW, **told: Any) -> Any:
        keys = list(made.subjects.values_list("pk", flat=True))
        return results.confirm(by=self.office, round=made, **{"subjects": keys} | told, now=now)

    def standing(self, made: Round, role: str) -> Answer:
        return Answer.objects.filter(
            question__task__round=made, question__task__role=role, signed__isnull=False
        ).latest("number")

    def first(self, made: Round) -> Subject:
        return made.subjects.get(position=1)


@pytest.fixture
def county(db: Any) -> County:
    lay_places()
    heads = {
        role.code: make_person(role.code, f"{role.code}负责人", role, COUNTY) for role in VETTERS
    }
    return County(
        office=make_person("review", "郑洁", REVIEW, COUNTY),
        district=make_person("district", "宋波", DISTRICT, COUNTY),
        keeper=make_person("keeper", "周敏", SOCIAL, COUNTY),
        heads=heads,
    )
