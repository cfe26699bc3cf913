"""Tests: the question bank in versions, papers drawn by a seed, answers handed in once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Max
from django.utils import timezone

from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import number
from linli.trail.acts import act
from linli.training import queries, rules
from linli.training.models import Paper, PaperItem, Question, Session
from linli.training.services import Told

User = AbstractBaseUser | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as somebody writes it; `right`: which option, from 0."""

    topic: str
    text: str
    options: Sequence[str]
    right: int | None
    why: str = ""


def _row(
    county: str, told: Asked, number: int, version: int, by: User, now: datetime, *, active: bool
) -> Question:
    return Question(
        place=county,
        number=number,
        version=version,
        topic=told.topic,
        text=told.text.strip(),
        options=[option.strip() for option in told.options],
        right=told.right,
        why=told.why.strip(),
        active=active,
        by=by,
        at=now,
    )


def _check(told: Asked) -> Ruling:
    return rules.check_question(
        topic=told.topic, text=told.text, options=told.options, right=told.right, why=told.why
    )


@act("training.write_questions")
def write_questions(*, by: User, county: str, some: Sequence[Asked], now: datetime) -> Told:
    """Put questions into the bank of a county: all of them, or with every fault told none."""
    queries.lock_county(county)
    every(_check(told) for told in some).enforce()
    last = Question.objects.filter(place=county).aggregate(last=Max("number"))["last"] or 0
    rows = [
        _row(county, told, last + at, 1, by, now, active=True)
        for at, told in enumerate(some, start=1)
    ]
    made = Question.objects.bulk_create(rows)
    return Told(made[0], {"questions": len(made)})


@act("training.reword_question")
def reword_question(*, by: User, question: Question, told: Asked, now: datetime) -> Question:
    """A new version of a question. Papers drawn before keep the words they were drawn with."""
    queries.lock_county(question.place)
    latest = queries.versions(question)[0]
    (_check(told) & require(latest.active, _("这道题已停用"))).enforce()
    row = _row(question.place, told, question.number, latest.version + 1, by, now, active=True)
    row.save()
    return row


@act("training.withdraw_question")
def withdraw_question(*, by: User, question: Question, now: datetime) -> Question:
    """No paper is drawn with it any more."""
    queries.lock_county(question.place)
    latest = queries.versions(question)[0]
    require(latest.active, _("这道题已停用")).enforce()
    told = Asked(
        topic=latest.topic,
        text=latest.text,
        options=latest.options,
        right=latest.right,
        why=latest.why,
    )
    row = _row(question.place, told, question.number, latest.version + 1, by, now, active=False)
    row.save()
    return row


def may_start(session: Session, worker: models.Model, now: datetime) -> tuple[Ruling, int]:
    """Whether somebody may take the test of a session now, and how many papers they handed in."""
    on = timezone.localdate(session.starts_at)
    papers = list(session.papers.filter(worker=worker))
    done = [paper for paper in papers if paper.done_at]
    ruling = rules.may_start(
        signed_in=session.sign_ins.filter(worker=worker).exists(),
        pool=len(queries.pool(session, now)),
        attempts=len(done),
        most=number("training_test_attempts", on=on, place=session.place),
        passed=any(paper.passed for paper in done),
        open_paper=len(papers) > len(done),
        starts_at=session.starts_at,
        ends_at=queries.ends_at(session),
        days=number("training_test_days", on=on, place=session.place),
        now=now,
    )
    return ruling, len(done)


@act("training.start_paper")
def start_paper(*, by: AbstractBaseUser, session: Session, now: datetime) -> Paper:
    """Draw one's paper; the seed says how, so that anybody can draw it again."""
    session, worker = queries.locked(session), queries.file_of(by)
    require(
        worker is not None, _("您的账号没有关联人事档案，请找社区书记或社会工作部门关联")
    ).enforce()
    assert worker is not None
    ruling, done = may_start(session, worker, now)
    ruling.enforce()
    paper = _paper(session, worker, worker.place, done + 1, now)
    drawn = rules.draw(paper.seed, queries.pool(session, now), paper.asked)
    paper.asked = len(drawn)
    paper.save()
    PaperItem.objects.bulk_create(
        PaperItem(paper=paper, question_id=pk, position=at) for at, pk in enumerate(drawn, start=1)
    )
    return paper


def _paper(
    session: Session, worker: models.Model, place: str, attempt: int, now: datetime
) -> Paper:
    on = timezone.localdate(session.starts_at)
    return Paper(
        session=session,
        worker=worker,
        place=place,
        attempt=attempt,
        seed=f"{session.seed}-{worker.number}-{attempt}",  # type: ignore[attr-defined]
        pass_percent=number("training_pass_percent", on=on, place=session.place),
        asked=number("training_test_questions", on=on, place=session.place),
        started_at=now,
    )


@act("training.hand_in")
def hand_in(
    *, by: AbstractBaseUser, paper: Paper, chosen: Mapping[int, int], now: datetime
) -> Paper:
    """Hand a paper in: position → option. From then on its answers are shown, and stay."""
    paper = Paper.objects.select_for_update(of=("self",)).get(pk=paper.pk)
    items = list(paper.items.select_related("question"))
    every(
        [
            require(paper.done_at is None, _("这份试卷已经交了"), "培训规则:5"),
            *(
                require(
                    chosen.get(item.position) in range(len(item.question.options)),
                    _("第%(n)s题还没有答"),
                    n=item.position,
                ).at(f"q{item.position}")
                for item in items
            ),
        ]
    ).enforce()
    answers = [chosen[item.position] for item in items]
    marked = rules.mark(answers, [item.question.right for item in items], paper.pass_percent)
    for item, answer, right in zip(items, answers, marked.right, strict=True):
        item.chosen, item.right = answer, right
    PaperItem.objects.bulk_update(items, ["chosen", "right"])
    paper.done_at, paper.right, paper.passed = now, marked.count, marked.passed
    paper.save(update_fields=["done_at", "right", "passed"])
    return paper


@dataclass(frozen=True, slots=True)
class OnPaper:
    """What somebody answered on a printed paper: which option at each place of their drawing."""

    worker: models.Model
    place: str
    chosen: Sequence[int]


@act("training.take_papers")
def take_papers(
    *, by: User, session: Session, some: Sequence[OnPaper], done_at: datetime, now: datetime
) -> Told:
    """Take over first papers that were answered in print: drawn by the same seeds, marked here."""
    session = queries.locked(session)
    on = timezone.localdate(session.starts_at)
    asked = number("training_test_questions", on=on, place=session.place)
    keys = dict(
        queries.bank(session.county, topic=session.topic, at=done_at).values_list("pk", "right")
    )
    there = set(session.sign_ins.values_list("worker", flat=True))
    taken = set(session.papers.values_list("worker", flat=True))
    papers, items, faults = [], [], [require(keys, _("题库里还没有这个专题的题目"))]
    first = _paper(session, some[0].worker, some[0].place, 1, done_at) if some else None
    for at, one in enumerate(some, start=1):
        seed = f"{session.seed}-{one.worker.number}-1"  # type: ignore[attr-defined]
        drawn = rules.draw(seed, keys, asked)
        faults += [
            require(one.worker.pk in there, _("签到后才能测验"), "培训规则:5").at("", at),
            require(one.worker.pk not in taken, _("这份试卷已经交了"), "培训规则:5").at("", at),
            require(len(one.chosen) == len(drawn), _("答案数与题数不符")).at("", at),
        ]
        if not all(fault.allowed for fault in faults[-3:]):
            continue
        assert first is not None
        marked = rules.mark(one.chosen, [keys[pk] for pk in drawn], first.pass_percent)
        paper = Paper(
            session=session,
            worker=one.worker,
            place=one.place,
            attempt=1,
            seed=seed,
            pass_percent=first.pass_percent,
            asked=len(drawn),
            started_at=done_at,
            done_at=done_at,
            right=marked.count,
            passed=marked.passed,
        )
        papers.append(paper)
        items += [
            PaperItem(paper=paper, question_id=pk, position=n, chosen=answer, right=right)
            for n, (pk, answer, right) in enumerate(
                zip(drawn, one.chosen, marked.right, strict=True), start=1
            )
        ]
    every(faults).enforce()
    Paper.objects.bulk_create(papers, batch_size=1000)
    PaperItem.objects.bulk_create(items, batch_size=1000)
    return Told(session, {"papers": len(papers)})
