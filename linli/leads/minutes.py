"""The minutes of a consultation (会商纪要) on paper, in the shape of linli.prints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from linli.kernel.words import gettext_noop
from linli.leads import agendas, consulting, rules, showing, verdicts
from linli.leads.models import Consultation, Item, Opinion
from linli.places import queries as places
from linli.premises import rules as room_rules
from linli.prints import render
from linli.sheets.answers import download
from linli.sources import room_kinds

PDF = "application/pdf"
ABSENT, WAITING = "absent", "waiting"


def changes(item: Item) -> list[tuple[Any, Any]]:
    """What else an item would settle: who answers for it, the room's kind, its owner."""
    told: list[tuple[Any, Any]] = []
    if item.violator != rules.UNKNOWN:
        told.append((gettext_noop("责任主体"), rules.VIOLATORS[item.violator]))
    if item.room_kind:
        told.append((gettext_noop("用房类别"), room_kinds()[item.room_kind].name))
    if item.owner:
        told.append((gettext_noop("产权人"), room_rules.OWNERS_OF[item.owner]))
    return told


def paper(held: Consultation, *, on: date) -> dict[str, Any]:
    """What the paper says on a day; in Chinese, as it is signed. A draft until the consultation
    ends; as long as somebody may still sign, nobody is absent."""
    items, said = agendas.items(held), agendas.opinions_of(held)
    seats = agendas.seats(held)
    numbers = consulting.numbers_of(held.place, held.on)
    over = held.closed_at is not None or on > held.due_on
    stands = agendas.standings(held, items, numbers, over=over, said=said)
    showing.named([item.lead for item in items])
    told: dict[str, Any] = {
        "code": f"{held.county}-{held.number}",
        "unit": places.name(held.county),
        "place": places.name_path(held.place),
        "draft": held.closed_at is None,
        "number": held.number,
        "title": held.title,
        "convener": str(showing.role_name(held.convener)),
        "opened": held.on,
        "due": held.due_on,
        "departments": [str(showing.role_name(code)).removesuffix("部门") for code in seats],
        "items": [
            _item(item, seats, said.get(item.pk, {}), stands[item.pk][0], over=over)
            for item in items
        ],
        "signatures": [
            {
                "role": str(showing.role_name(one.role)),
                "name": one.by.name,
                "at": _moment(one.at),
                "count": one.item_count,
                "digest": one.digest,
            }
            for one in agendas.signatures(held)
        ],
        "absences": _absences(held, items, said) if over else [],
        "withdrawn": [_withdrawn(one) for one in agendas.withdrawn(held)],
    }
    if held.closed_at:
        told["closed"] = timezone.localdate(held.closed_at)
        told["concluded_by"] = held.closed_by.name if held.closed_by else ""
    return told


def _item(
    item: Item, seats: list[str], said: Mapping[str, Opinion], stands: str, *, over: bool
) -> dict[str, Any]:
    lead = item.lead
    proposal = rules.CONCLUSIONS[item.conclusion]
    if item.settled_kind:
        proposal = f"{proposal}：{showing.kind_name(item.settled_kind)}"
    if item.text:
        proposal = f"{proposal}。{item.text}"
    return {
        "title": f"{lead.number} {showing.kind_name(lead.kind)}",
        "where": f"{getattr(lead, 'estate_name', '')} {showing.where(lead)}",
        "proposal": proposal,
        "changes": [f"{name}：{value}" for name, value in changes(item)],
        "said": [
            said[code].stance if code in said else ABSENT if over else WAITING for code in seats
        ],
        "reasons": [
            (str(showing.role_name(code)), said[code].text)
            for code in seats
            if code in said and said[code].text
        ],
        "outcome": verdicts.OUTCOMES.get(item.outcome) or verdicts.STANDINGS[stands],
        "why": item.why,
    }


def _absences(
    held: Consultation, items: list[Item], said: Mapping[int, Mapping[str, Opinion]]
) -> list[str]:
    """Every department that did not sign, with the items it left open."""
    return [
        f"{showing.role_name(code)}：{_spans(missing, len(items))}未签署，作缺席，不作同意"
        for code, missing in agendas.absent(held, items, said).items()
    ]


def _spans(numbers: list[int], most: int) -> str:
    """第1项、第3至5项; all of them in one word."""
    if len(numbers) == most > 1:
        return f"全部{most}项"
    spans: list[list[int]] = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return "、".join(f"第{a}项" if a == b else f"第{a}至{b}项" for a, b in spans)


def _withdrawn(one: Opinion) -> str:
    return (
        f"第{one.item.position}项，{showing.role_name(one.role)}于"
        f"{_moment(one.withdrawn_at)}撤回“{verdicts.STANCES[one.stance]}”：{one.withdrawn_why}"
    )


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def answer(held: Consultation, *, now: datetime) -> HttpResponse:
    """The paper as a file to save."""
    return download(
        render("minutes", paper(held, on=timezone.localdate(now)), on=now),
        f"{held.number}-会商纪要.pdf",
        PDF,
    )
