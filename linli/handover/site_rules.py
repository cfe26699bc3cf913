"""Rules of the acceptance on site and of what is to be mended. No database, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linli.handover.rules import DEFECTS, FAIL, LACK, MENDED, OPEN, OUTCOMES, PASS, UNITS, plain
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _
from linli.sources.procedures import ItemPlan, Procedure


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the team saw of one item of the acceptance. `value` in hundredths of its unit."""

    item: str
    outcome: str
    value: int | None = None
    note: str = ""


def may_find(
    item: ItemPlan,
    *,
    value: int | None,
    outcome: str,
    note: str,
    seen_on: date,
    today: date,
    begun_on: date,
) -> Ruling:
    """May this be the finding of an item? `value` in hundredths; `begun_on`: of the step.

    Reasons point at the fields `outcome_`, `value_` and `note_` with the item's code, and `seen_on`.
    """
    known = [PASS, FAIL, *([LACK] if item.may_lack else [])]
    ruling = require(
        outcome in known,
        _("“%(item)s”的结论只能是%(known)s"),
        item=item.name,
        known=AnyOf(OUTCOMES[one] for one in known),
    ).at(f"outcome_{item.code}")
    if item.unit and outcome != LACK:
        unit = UNITS[item.unit]
        inside = value is not None and item.least <= value <= item.most
        ruling &= require(
            inside,
            _("“%(item)s”须填实测值，在%(least)s到%(most)s%(unit)s之间"),
            "移交规则:4",
            item=item.name,
            least=plain(item.least),
            most=plain(item.most),
            unit=unit,
        ).at(f"value_{item.code}")
        ruling &= require(
            outcome != PASS or not inside or (value or 0) >= item.wanted,
            _("“%(item)s”低于%(wanted)s%(unit)s，不能判为合格"),
            "移交规则:4",
            item=item.name,
            wanted=plain(item.wanted),
            unit=unit,
        ).at(f"outcome_{item.code}")
    else:
        ruling &= require(value is None, _("“%(item)s”不填实测值"), item=item.name).at(
            f"value_{item.code}"
        )
    return every(
        [
            ruling,
            require(outcome != FAIL or note.strip(), _("不合格的须写明问题"), "移交规则:4").at(
                f"note_{item.code}"
            ),
            require(seen_on <= today, _("日期在今天之后")).at("seen_on"),
            require(
                seen_on >= begun_on,
                _("验收日期早于验收环节开始的%(day)s"),
                day=begun_on.isoformat(),
            ).at("seen_on"),
        ]
    )


def may_accept(procedure: Procedure, *, outcomes: dict[str, str]) -> Ruling:
    """Has every item been looked at, and passed? `outcomes`: item → outcome."""
    left = tuple(item.name for code, item in procedure.items.items() if code not in outcomes)
    failed = tuple(
        item.name for code, item in procedure.items.items() if outcomes.get(code) == FAIL
    )
    return require(not left, _("还没有验收：%(items)s"), "移交规则:4", items=left) & require(
        not failed,
        _("不合格的须整改后重新验收：%(items)s"),
        "移交规则:4",
        items=failed,
    )


def no_open_defects(numbers: Sequence[int]) -> Ruling:
    """Open defects block the acceptance and whatever follows it."""
    return require(
        not numbers,
        _("还有%(n)s项整改没有销号（第%(which)s项）"),
        "移交规则:6",
        n=len(numbers),
        which=tuple(str(number) for number in numbers),
    )


def is_cleared(left: Sequence[tuple[str, str]]) -> Ruling:
    """A room is accepted when what its plan asks of the room itself is done.

    `left`: (code of the plan, name of the measure) of what is not.
    """
    return require(
        not left,
        _("处置方案%(plan)s的%(measures)s还没有完成，完成后再验收"),
        "移交规则:12",
        plan=left[0][0] if left else "",
        measures=tuple(name for _plan, name in left),
    )


def may_raise_defect(*, text: str, calendar: Ruling) -> Ruling:
    """`calendar`: whether the day it is due falls into a year whose holidays are known."""
    return require(text.strip(), _("请写明须整改的问题")).at("text") & calendar


def may_mend(*, state: str, text: str, evidence: bool) -> Ruling:
    return every(
        [
            require(state == OPEN, _("这一项整改%(state)s"), state=DEFECTS[state]),
            require(text.strip(), _("请写明怎样整改的")).at("text"),
            require(evidence, _("请附整改后的照片或材料"), "移交规则:5").at("evidence"),
        ]
    )


def may_check(*, state: str, good: bool, text: str, mended_it: bool) -> Ruling:
    """`mended_it`: the same person recorded the mending."""
    return every(
        [
            require(state == MENDED, _("这一项整改%(state)s"), state=DEFECTS[state]),
            require(not mended_it, _("整改由您记录，复验须由另一人进行"), "移交规则:5"),
            require(good or text.strip(), _("复验不合格的须写明还有什么问题")).at("text"),
        ]
    )
