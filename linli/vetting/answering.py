"""What departments do: they answer person by person, and their head signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.kernel.roles import ROLES
from linli.kernel.rulings import Ruling, every
from linli.keys.sealed import blind
from linli.people import queries as people
from linli.sources import circumstances_of
from linli.trail.acts import act
from linli.vetting import queries, rules
from linli.vetting.models import Answer, Signature, Signed, Task
from linli.vetting.queries import Asked
from linli.vetting.services import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a department says of one person: `code` of a circumstance, day of the fact and file
    number where something stands against them."""

    conclusion: str
    code: str = ""
    happened_on: date | None = None
    file_number: str = ""


@act("vetting.answer")
def answer(*, by: AbstractBaseUser, task: Task, words: Mapping[int, Word], now: datetime) -> Told:
    """Answer of any number of people (key → what is said); none is taken where one is refused.

    It counts once the head has signed; until then a later answer takes its place.
    """
    task = queries.locked_task(task)
    today = timezone.localdate(now)
    _is_own(by, task, today).enforce()
    asked = {one.subject.pk: one for one in queries.asked_of(task, words.keys())}
    known = circumstances_of(on=today, place=task.place)
    every(
        _may_say(task, asked.get(pk), word, known, today).at("", at)
        for at, (pk, word) in enumerate(words.items(), start=1)
    ).enforce()
    Answer.objects.bulk_create(
        Answer(
            question=asked[pk].question,
            place=task.place,
            number=len(asked[pk].answers) + 1,
            conclusion=word.conclusion,
            code=word.code,
            happened=word.happened_on.isoformat() if word.happened_on else "",
            file_number=word.file_number.strip(),
            by=by,
            at=now,
        )
        for pk, word in words.items()
    )
    return Told(task, {"people": len(words)})


def _is_own(by: AbstractBaseUser, task: Task, today: date) -> Ruling:
    return rules.is_own_list(holds=ROLES[task.role] in people.roles_at(by, task.place, today))


def _may_say(task: Task, asked: Asked | None, word: Word, known: dict, today: date) -> Ruling:
    due_on = asked.due_on if asked else task.due_on
    return rules.may_answer(
        open_=asked is not None and asked.open,
        asked=asked is not None,
        settled=asked is not None and asked.settled,
        due_on=due_on,
        over=today > due_on,
    ) & rules.check_answer(
        conclusion=word.conclusion,
        code=word.code,
        happened_on=word.happened_on,
        file_number=word.file_number,
        role=task.role,
        known=known,
        today=today,
    )


@act("vetting.sign")
def sign(*, by: AbstractBaseUser, task: Task, now: datetime) -> Signature:
    """The head signs every answer of the department that is not signed yet; from then on they count.

    An answer given in time may be signed after the day only once the list is open again.
    """
    task = queries.locked_task(task)
    today = timezone.localdate(now)
    waiting = queries.to_sign(task)
    due = {one.question.pk: one.due_on for one in queries.asked_of(task)}
    late = [due[row.question_id] for row in waiting if today > due[row.question_id]]
    every(
        [
            _is_own(by, task, today),
            rules.may_sign(
                head=task.head_id in people.one_person(by),
                head_name=task.head.name,
                unsigned=len(waiting),
            ),
            rules.in_time(due_on=min(late, default=task.due_on), over=bool(late)),
        ]
    ).enforce()
    made = Signature.objects.create(
        task=task, place=task.place, digest=digest(task, waiting), by=by, at=now
    )
    Signed.objects.bulk_create(Signed(signature=made, answer=row) for row in waiting)
    return made


def digest(task: Task, rows: list[Answer]) -> str:
    """Keyed hash of what a signature covers, word for word: without the key nothing can be guessed."""
    lines = [
        "|".join(
            (
                str(row.question_id),
                str(row.number),
                row.conclusion,
                row.code,
                row.happened,
                row.file_number,
            )
        )
        for row in sorted(rows, key=lambda row: row.pk)
    ]
    return blind("vetting_signature", "\n".join([f"{task.pk}|{task.role}", *lines]))


def holds(signature: Signature) -> bool:
    """Whether what was signed is still what is kept."""
    rows = [one.answer for one in signature.signed.select_related("answer")]
    return digest(signature.task, rows) == signature.digest
