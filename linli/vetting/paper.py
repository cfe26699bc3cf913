"""The decision sheet of a round (联审决定表) on paper, in the shape of linli.prints. No reasons."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.utils import timezone

from linli.kernel.identity import mask_id_number
from linli.places import queries as places
from linli.prints import render
from linli.sheets.answers import download
from linli.vetting import answering, queries, rules, showing
from linli.vetting.models import AskBack, Result, Round, Signature, Task
from linli.workforce import queries as workforce

PDF = "application/pdf"
NOT_ASKED, SILENT, BACK = "unasked", "silent", "back"


def paper(held: Round, *, on: date) -> dict[str, Any]:
    """What the paper says on a day; in Chinese, as it is signed. A draft until the round closes."""
    tasks = list(held.tasks.select_related("head").order_by("pk"))
    some = queries.vetted(held)
    told: dict[str, Any] = {
        "code": f"{held.county}-{held.number}",
        "unit": places.name(held.county),
        "draft": held.closed_at is None,
        "number": held.number,
        "title": held.title,
        "purpose": rules.PURPOSES[held.purpose],
        "sent": timezone.localdate(held.sent_at),
        "due": held.due_on,
        "departments": [str(showing.SHORT.get(task.role, "")) or task.role for task in tasks],
        "people": _people(some, tasks),
        "signatures": [_signature(row) for row in _signatures(held)],
        "events": _events(held),
        "hands": [
            {"role": "联审办公室经办人", "name": ""},
            {"role": "联审办公室负责人", "name": ""},
        ],
    }
    if held.closed_at:
        told["closed"] = timezone.localdate(held.closed_at)
    return told


def _people(some: list[queries.Vetted], tasks: list[Task]) -> list[dict[str, Any]]:
    where = places.names({one.subject.place for one in some})
    bars = _bars([one for one in some if one.result and one.result.lasts])
    found = []
    for one in some:
        said = {each.role: each for each in one.said}
        row: dict[str, Any] = {
            "name": one.subject.name,
            "id_number": mask_id_number(one.subject.id_number),
            "where": where.get(one.subject.place, one.subject.place),
            "said": [_said(said.get(task.role)) for task in tasks],
            "outcome": rules.OUTCOMES[one.result.outcome] if one.result else "未确认",
        }
        if one.result:
            row["note"] = _note(one.result, bars)
        found.append(row)
    return found


def _said(one: queries.Said | None) -> str:
    if one is None:
        return NOT_ASKED
    if one.asked_back:
        return BACK
    return one.conclusion or SILENT


def _bars(some: list[queries.Vetted]) -> dict[int, date | None]:
    """Result → until when its finding bars; for good and while it lasts: None."""
    from linli.trail.acts import label

    found = {}
    for one in some:
        assert one.result is not None
        bar = workforce.bar_by(one.subject.id_mark, label(one.result))
        if bar is not None:
            found[one.result.pk] = bar.until_on
    return found


def _note(result: Result, bars: dict[int, date | None]) -> str:
    if result.why:
        return result.why
    until_on = bars.get(result.pk)
    if until_on:
        return f"限制任职至{until_on.isoformat()}"
    return f"限制任职：{rules.LASTS[result.lasts]}" if result.lasts else ""


def _signatures(held: Round) -> list[Signature]:
    return list(
        Signature.objects.filter(task__round=held)
        .select_related("task", "by")
        .annotate(count=Count("signed"))
        .order_by("task", "pk")
    )


def _signature(row: Signature) -> dict[str, Any]:
    """One act of signing, and whether what was signed is still what is kept."""
    return {
        "role": rules.role_name(row.task.role),
        "name": row.by.name,
        "at": showing.day(row.at),
        "count": row.count,  # type: ignore[attr-defined]
        "digest": row.digest,
        "holds": answering.holds(row),
    }


def _events(held: Round) -> list[str]:
    """What was out of the ordinary: lists opened again, people asked about once more."""
    lines = []
    for task in held.tasks.order_by("pk"):
        name = rules.role_name(task.role)
        for row in task.reopenings.all():
            day = timezone.localdate(row.at).isoformat()
            lines.append(f"{day} {name}逾期，重开名单至{row.due_on.isoformat()}：{row.reason}")
    backs = AskBack.objects.filter(answer__question__task__round=held).select_related(
        "answer__question__task", "answer__question__subject"
    )
    for back in backs.order_by("at"):
        question = back.answer.question
        lines.append(
            f"{timezone.localdate(back.at).isoformat()} 就{question.subject.name}"
            f"退回{rules.role_name(question.task.role)}核实"
        )
    return sorted(lines)


def answer(held: Round, *, now: datetime) -> HttpResponse:
    """The paper as a file to save."""
    return download(
        render("decision", paper(held, on=timezone.localdate(now)), on=now),
        f"{held.number}-联审决定表.pdf",
        PDF,
    )
