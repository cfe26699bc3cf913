"""Three looks held against each other: what differs, what is itself wrong, which pile. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linli.kernel.words import gettext_noop as _
from linli.premises import rules as rooms
from linli.survey.questions import (
    AREA,
    BY_CODE,
    CHOICE,
    CONTRACT,
    DRAWING,
    FLAG,
    KIND,
    LOOKS,
    MONEY,
    NO,
    SEEN_IN,
    SITE,
    TWICE,
    YES,
    Answers,
)

CONFIRMED, MISSING, UNKNOWN, DOUBLE, DIFFERING = (
    "confirmed",
    "missing",
    "unknown",
    "double",
    "differing",
)
PILES = {
    CONFIRMED: _("已核实"),
    MISSING: _("账有实无"),
    UNKNOWN: _("账无实有"),
    DOUBLE: _("重复"),
    DIFFERING: _("有差异"),
}
"""Where a room comes to lie once all three looks are in; what differs is told apart from what is
confirmed until it is settled."""

PAIRS = ((DRAWING, CONTRACT), (DRAWING, SITE), (CONTRACT, SITE))
ANY = ("*", "*")
LESS = ("more", "less")
"""Of two areas the second is the smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A disagreement of two looks about a topic, and the kind of lead it is.

    `when`: the values of the two looks in the order of `looks`; ANY is any two that differ. The
    first rule that fits counts.
    """

    topic: str
    looks: tuple[str, str]
    kind: str
    when: tuple[str, str] = ANY


DIFFERENCES: tuple[Rule, ...] = (
    Rule(topic="exists", looks=(DRAWING, SITE), when=(YES, NO), kind="unbuilt"),
    Rule(topic="exists", looks=(CONTRACT, SITE), when=(YES, NO), kind="unbuilt"),
    Rule(topic="exists", looks=(DRAWING, SITE), when=(NO, YES), kind="other"),
    Rule(topic="exists", looks=(CONTRACT, SITE), when=(NO, YES), kind="other"),
    Rule(topic="exists", looks=(DRAWING, CONTRACT), kind="other"),
    Rule(topic="kind", looks=(DRAWING, SITE), kind="use_changed"),
    Rule(topic="kind", looks=(CONTRACT, SITE), kind="use_changed"),
    Rule(topic="kind", looks=(DRAWING, CONTRACT), kind="kind_differs"),
    Rule(topic="area", looks=(DRAWING, SITE), when=LESS, kind="area_short"),
    Rule(topic="area", looks=(CONTRACT, SITE), when=LESS, kind="area_short"),
    Rule(topic="area", looks=(DRAWING, CONTRACT), when=LESS, kind="area_short"),
    Rule(topic="area", looks=(DRAWING, SITE), kind="other"),
    Rule(topic="area", looks=(CONTRACT, SITE), kind="other"),
    Rule(topic="area", looks=(DRAWING, CONTRACT), kind="other"),
    Rule(topic="floor", looks=(DRAWING, SITE), kind="other"),
    Rule(topic="entrance", looks=(DRAWING, SITE), kind="other"),
    Rule(topic="owner", looks=(DRAWING, CONTRACT), kind="title_elsewhere"),
    Rule(topic="occupant", looks=(CONTRACT, SITE), kind="occupied"),
)
"""Topic × the two looks × what they say → kind of lead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that is wrong by itself. `holds`: (the three looks, what is known around) → bool."""

    code: str
    kind: str
    holds: Callable[[Mapping[str, Answers], Around], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known beside the looks: the day, the tolerance of areas, what a quota still lacks,
    and whether the room stood on the register when the campaign began (`listed`).

    `gap_dm2`: what the estate's rooms of this kind are short of with this room as it was seen, 0
    where nothing is or nobody can tell.
    """

    today: date
    tolerance_permille: int
    gap_dm2: int = 0
    listed: bool = True


def _state(looks: Mapping[str, Answers]) -> Any:
    return looks[SITE].get("state")


def _seen(looks: Mapping[str, Answers]) -> Any:
    return looks[SITE].get("exists")


def _absent(looks: Mapping[str, Answers], around: Around) -> bool:
    """It stands on the register, and none of the three knows of it."""
    return around.listed and all(looks[look].get("exists") == NO for look in LOOKS)


def _off_register(looks: Mapping[str, Answers], around: Around) -> bool:
    return not around.listed and _seen(looks) == YES


def _let_unlawfully(looks: Mapping[str, Answers], _around: Around) -> bool:
    """Let without a lease on paper, or without the consent that letting needs."""
    paper = looks[CONTRACT]
    lawful = paper.get("lease") is True and paper.get("agreed") is True
    return _state(looks) == rooms.LET and not lawful


def _lease_over(looks: Mapping[str, Answers], around: Around) -> bool:
    until = looks[CONTRACT].get("until_on")
    return _state(looks) == rooms.LET and until is not None and until < around.today


def _below_quota(looks: Mapping[str, Answers], around: Around) -> bool:
    """The estate is short of such rooms, and this one was built smaller than it was drawn."""
    drawn, seen = looks[DRAWING].get("area"), looks[SITE].get("area")
    short = drawn is not None and seen is not None and seen < drawn
    return around.gap_dm2 > 0 and short and not near(drawn, seen, around.tolerance_permille)


def _owned_otherwise(looks: Mapping[str, Answers], _around: Around) -> bool:
    """The contract gives the room to somebody else than the law calls for."""
    kind = looks[DRAWING].get("kind") or looks[CONTRACT].get("kind")
    owner = looks[CONTRACT].get("owner")
    due = rooms.owner_due(kind) if kind else rooms.UNKNOWN
    return due != rooms.UNKNOWN and owner not in (None, rooms.UNKNOWN, due)


FACTS: tuple[Fact, ...] = (
    Fact(code="absent", kind="not_found", holds=_absent),
    Fact(code="off_register", kind="not_on_register", holds=_off_register),
    Fact(code="twice", kind="seen_twice", holds=lambda looks, _a: _seen(looks) == TWICE),
    Fact(code="idle", kind="idle", holds=lambda looks, _a: _state(looks) == rooms.IDLE),
    Fact(code="let", kind="let_unlawfully", holds=_let_unlawfully),
    Fact(code="lease_over", kind="let_unlawfully", holds=_lease_over),
    Fact(code="occupied", kind="occupied", holds=lambda looks, _a: _state(looks) == rooms.OCCUPIED),
    Fact(
        code="changed", kind="use_changed", holds=lambda looks, _a: _state(looks) == rooms.CHANGED
    ),
    Fact(
        code="undelivered",
        kind="undelivered",
        holds=lambda looks, _a: _state(looks) == rooms.UNDELIVERED,
    ),
    Fact(code="below_quota", kind="area_short", holds=_below_quota),
    Fact(code="owned_otherwise", kind="title_elsewhere", holds=_owned_otherwise),
)
"""Facts that are wrong whatever the other looks say → kind of lead."""
FACT_WORDS = {
    "absent": _("台账上有，图纸、合同、现场都没有"),
    "off_register": _("现场有，台账上没有"),
    "twice": _("与另一处是同一处用房"),
    "idle": _("现场闲置"),
    "let": _("出租没有合同或没有经批准、业主共同决定"),
    "lease_over": _("合同到期仍在出租"),
    "occupied": _("现场被占"),
    "changed": _("现场已改变用途"),
    "undelivered": _("建成未交付"),
    "below_quota": _("比图纸小，小区同类用房低于配置标准"),
    "owned_otherwise": _("合同约定的产权人与法律规定不符"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a lead is raised. `looks`: the two that disagree, or () for a fact named by `topic`."""

    topic: str
    kind: str
    looks: tuple[str, ...] = ()


def near(one: int, other: int, permille: int) -> bool:
    """Whether two areas are the same but for what measuring may differ by."""
    return abs(one - other) * 1000 <= max(one, other) * permille


def findings(looks: Mapping[str, Answers], around: Around) -> list[Finding]:
    """Every disagreement of two looks and every fact that is wrong, in the order of the tables.

    A room that another look took for a second one's twin is compared no further.
    """
    found: list[Finding] = []
    told_of: set[tuple[str, tuple[str, str]]] = set()
    for rule in () if _seen(looks) == TWICE else DIFFERENCES:
        told = tuple(looks[look].get(rule.topic) for look in rule.looks)
        if None in told or not _differ(rule.topic, told, around.tolerance_permille):
            continue
        if (rule.topic, rule.looks) not in told_of and _fits(rule, told):
            told_of.add((rule.topic, rule.looks))
            found.append(Finding(topic=rule.topic, looks=rule.looks, kind=rule.kind))
    found += [Finding(topic=f.code, kind=f.kind) for f in FACTS if f.holds(looks, around)]
    return found


def _differ(topic: str, told: Sequence[Any], permille: int) -> bool:
    one, other = told
    if topic == "area":
        return not near(one, other, permille)
    if topic == "occupant":
        return _plain(one) != _plain(other)
    return bool(one != other)


def _plain(name: str) -> str:
    """A name without what is written in one paper and not in another."""
    plain = "".join(name.split()).replace("（", "(").replace("）", ")")
    for tail in ("有限责任公司", "股份有限公司", "有限公司"):
        plain = plain.removesuffix(tail)
    return plain


def _fits(rule: Rule, told: Sequence[Any]) -> bool:
    if rule.when == ANY:
        return True
    if rule.when == LESS:
        return bool(told[0] > told[1])
    return tuple(told) == rule.when


def pile(looks: Mapping[str, Answers], *, listed: bool, found: Sequence[Finding]) -> str:
    """Where a room comes to lie. `listed`: it stood on the register when the campaign began."""
    seen = looks[SITE].get("exists")
    if seen == TWICE:
        return DOUBLE
    if seen == NO:
        return MISSING
    if not listed:
        return UNKNOWN
    return DIFFERING if found else CONFIRMED


def by_kind(found: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Kind of lead → why; one lead of a kind for each room, however many looks disagree on it."""
    kinds: dict[str, list[Finding]] = {}
    for one in found:
        kinds.setdefault(one.kind, []).append(one)
    return kinds


# --- in words -----------------------------------------------------------------------------------


def said(topic: str, value: Any) -> Any:
    """An answer as a person says it: a word (a msgid), a figure, or a text."""
    asked = BY_CODE[topic]
    if value is None:
        return ""
    if asked.kind in (CHOICE, KIND):
        look = next(iter(asked.asked))
        words = asked.choices or asked.choices_of(look)
        return words.get(value, value)
    if asked.kind == FLAG:
        return _("是") if value else _("否")
    if asked.kind in (AREA, MONEY):
        return f"{value / 100:,.2f}".rstrip("0").rstrip(".")
    return value.isoformat() if isinstance(value, date) else value


PERSONAL = frozenset({"occupant"})
"""Topics whose answers may name a person: a lead says only that they differ."""


def sentence(one: Finding, looks: Mapping[str, Answers]) -> str:
    """Why a lead is raised, as it is written into it: things, not people."""
    if not one.looks:
        return FACT_WORDS[one.topic]
    name = BY_CODE[one.topic].name
    if one.topic in PERSONAL:
        return f"{name}：" + "与".join(SEEN_IN[look] for look in one.looks) + "不一致"
    told = "，".join(
        f"{SEEN_IN[look]}{said(one.topic, looks[look][one.topic])}" for look in one.looks
    )
    return f"{name}：{told}"


def report(several: Iterable[Finding], looks: Mapping[str, Answers]) -> str:
    """All that speaks for one lead."""
    return "三查比对：" + "；".join(sentence(one, looks) for one in several) + "。"
