"""Everything that happened about a room under its plan, as one timeline."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from linli.remedy import letters, queries, rules
from linli.remedy.models import Plan
from linli.sources.remedies import clauses, measures
from linli.web.templatetags.words import say


def events(
    plan: Plan,
    *,
    tasks: list[Any],
    dealt: queries.Dealings,
    stamps: list[Any],
    steps: dict[str, Any],
    leads: list[Any],
) -> list[dict[str, Any]]:
    """Everything that happened about the room under this plan, newest first."""
    told = [
        {
            "at": stamp.at,
            "title": steps[stamp.step]
            if stamp.outcome == "passed"
            else _("退回：%(step)s") % {"step": say(steps[stamp.step])},
            "text": stamp.note,
            "by": _who(stamp.by),
            "kind": "done" if stamp.step == rules.CLOSE and stamp.outcome == "passed" else "",
        }
        for stamp in stamps
    ]
    told.append(
        {
            "at": plan.opened_at,
            "title": _("开始拟订方案"),
            "text": plan.reason,
            "by": _who(plan.opened_by),
        }
    )
    if plan.state == rules.DROPPED:
        told.append({"at": plan.over_at, "title": _("撤销方案"), "text": plan.over_note, "by": ""})
    for lead in leads:
        told.append(
            {
                "at": lead.raised_at,
                "title": _("线索 %(number)s") % {"number": lead.number},
                "text": lead.text,
                "by": "",
            }
        )
    for task in tasks:
        told += _of_task(task)
    told += _of_dealings(dealt)
    return sorted(told, key=lambda event: event["at"], reverse=True)


def _who(user: Any) -> str:
    return user.name if user else ""


def _of_task(task: Any) -> list[dict[str, Any]]:
    name = say(measures()[task.code].name)
    told = [
        {
            "at": work.at,
            "title": f"{name} · {say(rules.MEASURES[work.outcome])}"
            if work.outcome != rules.OPEN
            else _("%(measure)s：进展") % {"measure": name},
            "text": work.text,
            "by": _who(work.by),
            "kind": "done" if work.outcome == rules.DONE else "",
        }
        for work in task.works.all()
    ]
    for turn, row in enumerate(task.extensions.all(), 1):
        days = {"n": turn, "old": row.old_on, "new": row.new_on, "measure": name}
        told.append(
            {
                "at": row.asked_at,
                "title": _("%(measure)s：第%(n)s次申请延期，%(old)s 改为 %(new)s") % days,
                "text": row.reason,
                "by": _who(row.asked_by),
            }
        )
        if row.decided_at:
            told.append(
                {
                    "at": row.decided_at,
                    "title": f"{name} · {_('延期')} · {say(rules.EXTENSIONS[row.state])}",
                    "text": row.note,
                    "by": _who(row.decided_by),
                }
            )
    return told


def _of_dealings(dealt: queries.Dealings) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = [
        {
            "at": visit.told_at,
            "title": _("联合执法（%(n)s个部门）") % {"n": len(visit.attendances.all())},
            "text": visit.found,
            "by": _who(visit.told_by),
        }
        for visit in dealt.visits
    ]
    for talk in dealt.talks:
        told.append(
            {
                "at": talk.told_at,
                "title": _("约谈：承诺 %(day)s 前") % {"day": talk.promised_on},
                "text": talk.promise,
                "by": _who(talk.told_by),
            }
        )
        if talk.checked_at:
            told.append(
                {
                    "at": talk.checked_at,
                    "title": f"{_('约谈')} · {say(rules.PROMISES[talk.state])}",
                    "text": talk.check_note,
                    "by": _who(talk.checked_by),
                    "kind": "late" if talk.state == rules.BROKEN else "done",
                }
            )
    for made in dealt.agreements:
        told.append(
            {
                "at": made.told_at,
                "title": _("重签代建合同 %(number)s") % {"number": made.number},
                "text": f"{made.principal} – {made.builder}",
                "by": _who(made.told_by),
            }
        )
        told += [
            {
                "at": row.told_at,
                "title": f"{say(clauses()[row.code])} · {say(rules.CLAUSES[row.state])}",
                "text": row.note,
                "by": _who(row.told_by),
                "kind": "late" if row.state == rules.BROKEN else "done",
            }
            for row in made.clauses.all()
            if row.told_at
        ]
    return told + _of_letters(dealt)


def _of_letters(dealt: queries.Dealings) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = []
    for letter in dealt.letters:
        told.append(
            {
                "at": letter.issued_at,
                "title": f"{say(letters.KINDS[letter.kind])} {letter.number}",
                "text": "",
                "by": _who(letter.issued_by) or letter.sender,
                "kind": "late" if letter.kind == letters.FOLLOWUP else "",
                "href": reverse("remedy:letter", args=[letter.pk]),
            }
        )
    for row in dealt.rounds:
        if row.answered_at:
            told.append(
                {
                    "at": row.answered_at,
                    "title": _("回复第%(n)s轮督办") % {"n": row.number},
                    "text": row.answer,
                    "by": _who(row.answered_by),
                }
            )
    return told
