"""Procedures told as data: the steps, papers, items of acceptance and taxes of a handover.

A county writes its own beside the general one; a flow is made of it, with a code that names its
content, so that what began under one wording ends under it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from linli.kernel.flow import Flow, Step
from linli.kernel.roles import ROLES
from linli.sources.words import Worded

HANDOVER = "handover"
ACCEPT, TAX, PRECHECK = "accept", "tax", "precheck"
AGREE, TRANSFER, COMPLETE = "agree", "transfer", "complete"
DOES = {HANDOVER: (ACCEPT, TAX, PRECHECK, AGREE, TRANSFER, COMPLETE)}
"""What the program does at a step, for every procedure it knows: each exactly once."""
ORDER = {
    HANDOVER: (
        (ACCEPT, AGREE),
        (TAX, AGREE),
        (PRECHECK, AGREE),
        (AGREE, TRANSFER),
        (TRANSFER, COMPLETE),
    )
}
"""Which of them comes before which (蓬莱:A3)."""
LEAST_STEPS = {HANDOVER: 12}
"""The report speaks of twelve (蓬莱:A3)."""
RATE, TOLD, FIXED = "rate", "told", "fixed"
HOWS = {RATE: "rate", TOLD: "told", FIXED: "fixed"}
UNITS_OF_ITEMS = {"": "", "m2": "m2", "m": "m"}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPlan:
    """What a step asks for beside its place in the flow.

    `sign`: codes of the roles that sign before it can pass. `papers`: required, or named missing
    with a promised day; `must`: required without promise; `more`: welcome.
    """

    code: str
    does: str = ""
    sign: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    more: tuple[str, ...] = ()

    @property
    def all_papers(self) -> tuple[str, ...]:
        return (*self.papers, *self.must, *self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemPlan:
    """An item of an acceptance. With a `unit` it is measured, in hundredths: `least` and `most`
    bound what can be, below `wanted` it cannot pass. `by`: roles that answer for it."""

    code: str
    name: Worded
    by: tuple[str, ...]
    unit: str = ""
    least: int = 0
    most: int = 0
    wanted: int = 0
    may_lack: bool = False
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePlan:
    """A rate in millionths of the basis, since a day, on a ground."""

    ppm: int
    since: date
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxPlan:
    """A tax or fee of the worksheet. `how`: by a rate, told by the office, or fixed.

    `exempt`: (words, cite) of the grounds on which it may not be due.
    """

    code: str
    name: Worded
    how: str
    basis: Worded
    rates: tuple[RatePlan, ...] = ()
    exempt: tuple[tuple[Worded, str], ...] = ()
    fixed_fen: int = 0
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure as it holds at a place since a day. `flow` is made of it; `told` is all of it
    as plain data, from which the same procedure can be made again."""

    of: str
    place: str
    source: str
    since: date
    until: date | None
    cites: tuple[str, ...]
    flow: Flow
    plans: Mapping[str, StepPlan]
    papers: Mapping[str, Worded]
    items: Mapping[str, ItemPlan]
    taxes: Mapping[str, TaxPlan]
    told: dict[str, Any] = field(compare=False)
    order: int = 0

    @property
    def code(self) -> str:
        return self.flow.code

    def holds(self, *, on: date, place: str) -> bool:
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and place.startswith(self.place)

    def step_that(self, does: str) -> Step:
        """The step at which the program does something."""
        return self.flow.step(next(p.code for p in self.plans.values() if p.does == does))

    def before(self, code: str) -> frozenset[str]:
        """Every step that is done before this one can be."""
        return frozenset(ancestors(self.flow.steps, code))

    def plain(self) -> str:
        """All of it as text that `read_plain` reads; equal procedures give equal text."""
        return json.dumps(self.told, ensure_ascii=False, sort_keys=True, default=str)


def ancestors(steps: Iterable[Step], code: str) -> set[str]:
    """The steps that directly or not stand before one."""
    flow = {step.code: step for step in steps}
    order = list(flow)
    found: set[str] = set()
    ahead = [code]
    while ahead:
        step = flow[ahead.pop()]
        place = order.index(step.code)
        after = step.after if step.after is not None else tuple(order[place - 1 : place])
        ahead += [each for each in after if each not in found]
        found |= set(after)
    return found


def whole(raw: Mapping[str, Any], base: Procedure | None) -> dict[str, Any]:
    """A definition with what it leaves to the general one filled in."""
    told = dict(raw)
    for name in ("papers", "items", "taxes"):
        if base is not None and name not in told:
            told[name] = base.told[name]
    return told


def make(told: Mapping[str, Any], *, place: str, source: str, order: int = 0) -> Procedure:
    """The procedure of a definition that `procedure_form` found good."""
    told = dict(told) | {"place": str(told.get("place", place))}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return Procedure(
        of=told["of"],
        place=told["place"],
        source=source,
        since=_day(told["since"]),
        until=_day(told["until"]) if told.get("until") else None,
        cites=tuple(told["cites"]),
        flow=Flow(
            code=f"{told['of']}.{digest}",
            name=Worded(told["name"], told.get("name_en", "")),
            page=f"{told['of']}:{told['of']}",
            steps=tuple(_step(step) for step in told["steps"]),
        ),
        plans={step["code"]: _plan(step) for step in told["steps"]},
        papers={code: _named(paper) for code, paper in told["papers"].items()},
        items={item["code"]: _item(item) for item in told["items"]},
        taxes={tax["code"]: _tax(tax) for tax in told["taxes"]},
        told=json.loads(text) | {"source": source},
        order=order,
    )


@cache
def read_plain(text: str) -> Procedure:
    """The procedure that was kept as text."""
    told = json.loads(text)
    source = told.pop("source")
    return make(told, place=told["place"], source=source)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _named(row: Mapping[str, Any]) -> Worded:
    return Worded(row["name"], row.get("en", ""))


def _step(row: Mapping[str, Any]) -> Step:
    return Step(
        code=row["code"],
        name=_named(row),
        by=tuple(ROLES[code] for code in row["by"]),
        after=tuple(row["after"]) if "after" in row else None,
        back=row.get("back", ""),
        days=row.get("days", ""),
        others=tuple(row.get("others", ())),
        cites=tuple(row.get("cites", ())),
    )


def _plan(row: Mapping[str, Any]) -> StepPlan:
    lists = {name: tuple(row.get(name, ())) for name in ("sign", "papers", "must", "more")}
    return StepPlan(code=row["code"], does=row.get("does", ""), **lists)


def _item(row: Mapping[str, Any]) -> ItemPlan:
    numbers = {name: row.get(name, 0) for name in ("least", "most", "wanted")}
    return ItemPlan(
        code=row["code"],
        name=_named(row),
        by=tuple(row["by"]),
        unit=row.get("unit", ""),
        may_lack=row.get("may_lack", False),
        cites=tuple(row.get("cites", ())),
        **numbers,
    )


def _tax(row: Mapping[str, Any]) -> TaxPlan:
    return TaxPlan(
        code=row["code"],
        name=_named(row),
        how=row["how"],
        basis=Worded(row["basis"], row.get("basis_en", "")),
        rates=tuple(
            RatePlan(ppm=rate["ppm"], since=_day(rate["since"]), cite=rate["cite"])
            for rate in row.get("rates", ())
        ),
        exempt=tuple(
            (Worded(one["text"], one.get("en", "")), one["cite"]) for one in row.get("exempt", ())
        ),
        fixed_fen=row.get("fixed_fen", 0),
        cites=tuple(row.get("cites", ())),
    )
