"""Where the rules come from: laws, policies, reports and this system's own rules, as data.

One file per source; a cite is ``key:number`` (``民法典:282``). Numbers and publication rules are
dated and may hold for one place only: the narrowest place wins, then the latest that has begun.
A county adds its own in a folder of the same form, see `use`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

from linli.kernel.rulings import ALLOWED, Refused, Ruling
from linli.sources.chart import FUNDS, SIDES, Category, Fund, folded, load_chart, named
from linli.sources.checks import CONFIDENCE, KINDS, UNITS
from linli.sources.corps import Word, with_trait, word_named, words
from linli.sources.disclosure import PERIODS, PUBLISHERS, SPOTS, SUBJECTS, DisclosureRule
from linli.sources.ladders import Ladder, Rung
from linli.sources.leads import LeadKind, lead_kind_named, lead_kinds
from linli.sources.library import OWN, Article, Library, Number, Source, check_folder, load
from linli.sources.procedures import Procedure
from linli.sources.quota import BASES, BUILT, QUOTA_LEVELS, QuotaRule, Tier
from linli.sources.reserve import HardIndicator, indicators_in_force
from linli.sources.rooms import RoomKind, room_kind, room_kind_named, room_kinds
from linli.sources.vetting import LEVELS, Circumstance, in_force
from linli.sources.words import Worded

__all__ = [
    "BASES",
    "BUILT",
    "CONFIDENCE",
    "FUNDS",
    "KINDS",
    "LEVELS",
    "PERIODS",
    "PUBLISHERS",
    "QUOTA_LEVELS",
    "SIDES",
    "SPOTS",
    "SUBJECTS",
    "UNITS",
    "Article",
    "Category",
    "Circumstance",
    "DisclosureRule",
    "Fund",
    "HardIndicator",
    "Ladder",
    "LeadKind",
    "Number",
    "Procedure",
    "QuotaRule",
    "RoomKind",
    "Rung",
    "Source",
    "Tier",
    "Word",
    "Worded",
    "article",
    "articles",
    "categories_named",
    "category",
    "chart",
    "check_local",
    "circumstances_of",
    "fund_named",
    "hard_indicators",
    "ladder_of",
    "lead_kind_named",
    "lead_kinds",
    "number",
    "number_of",
    "procedure_of",
    "procedures",
    "quotas_of",
    "room_kind",
    "room_kind_named",
    "room_kinds",
    "rule_of",
    "sources",
    "use",
    "with_trait",
    "word_named",
    "words",
]

_in_use: Library | None = None


def use(local: Path | None) -> Ruling:
    """Take a county's own folder into account from now on (None: no longer), and read it anew.

    Called once at start and again after the folder was changed. A folder that is absent is as
    one that is empty. A folder with faults is refused whole: the ruling names every fault, and
    what was in force before stays.
    """
    global _in_use
    try:
        _in_use = _library(local) if local else None
    except Refused as refused:
        return refused.ruling
    return ALLOWED


def check_local(folder: Path) -> Ruling:
    """All faults of a county's folder, each with its file; nothing is taken into use."""
    return check_folder(folder, base=_own())


@cache
def _own() -> Library:
    return load(OWN)


def _library(local: Path | None) -> Library:
    """What is in use, or a folder read for this one question."""
    return load(local, base=_own()) if local else _in_use or _own()


def _chart(version: int, local: Path | None) -> tuple[Category, ...]:
    library = _library(local)
    if version not in library.charts:
        library.charts[version] = load_chart(version, more=library.aliases)
    return library.charts[version]


def sources(*, local: Path | None = None) -> Mapping[str, Source]:
    """Every source by its key; `local` reads a folder other than the one in use."""
    return _library(local).sources


def articles(*, local: Path | None = None) -> Mapping[str, Article]:
    """Every article by its cite, in the order of the files."""
    return _library(local).articles


def article(cite: str, *, local: Path | None = None) -> Article:
    """One article; raises KeyError for a cite that is not written down."""
    return articles(local=local)[cite]


def number_of(name: str, *, on: date, place: str = "", local: Path | None = None) -> Number:
    """The number in force on a day at a place, with its unit and ground.

    The narrowest place that holds `place` wins, and there the latest that has begun and not
    ended. Raises KeyError for an unknown name and LookupError where none was in force.
    """
    found = [n for n in _library(local).numbers[name] if n.holds(on=on, place=place)]
    if not found:
        raise LookupError(f"{name} was not in force on {on}")
    return max(found, key=lambda n: (len(n.place), n.since, n.order))


def number(name: str, *, on: date, place: str = "", local: Path | None = None) -> int:
    """The value of `number_of`."""
    return number_of(name, on=on, place=place, local=local).value


def rule_of(
    subject: str, *, on: date, place: str = "", legal: bool = False, local: Path | None = None
) -> DisclosureRule:
    """How the accounts of a subject (see SUBJECTS) are to be published at a place on a day.

    The narrowest place wins, then the latest. `legal`: only what a law, an ordinance or this
    system's reading of them demands, without local practice that goes further; the page shows it
    as the least that is owed. Every field is filled in. Raises LookupError for an unknown subject.
    """
    library = _library(local)
    found = [
        rule
        for rule in library.disclosures
        if rule.subject == subject
        and rule.holds(on=on, place=place)
        and (not legal or library.sources[rule.source].binding)
    ]
    if not found:
        raise LookupError(f"no publication rule for {subject} on {on}")
    rule = max(found, key=lambda r: (len(r.place), r.since, r.order))
    if rule.reply_days is None:
        reply = number("objection_reply_work_days", on=on, place=place, local=local)
        return replace(rule, reply_days=reply)
    return rule


def quotas_of(
    *, on: date, place: str, level: str = "estate", local: Path | None = None
) -> list[QuotaRule]:
    """The rules of room area in force on a day for a place and the level they are counted over.

    Of several about the same rooms and the same estates (all, new, existing) the narrowest place
    wins, then the latest; in the order of the kinds of rooms.
    """
    best: dict[tuple[str, str], QuotaRule] = {}
    for rule in _library(local).quotas:
        if rule.level == level and rule.holds(on=on, place=place):
            key = (rule.room, rule.built)
            if key not in best or _rank(rule) > _rank(best[key]):
                best[key] = rule
    kinds = list(room_kinds())
    return sorted(best.values(), key=lambda rule: (kinds.index(rule.room), rule.built))


def procedures(*, local: Path | None = None) -> tuple[Procedure, ...]:
    """Every procedure that is told as data, the general ones first."""
    return _library(local).procedures


def procedure_of(of: str, *, on: date, place: str, local: Path | None = None) -> Procedure:
    """The procedure of a kind ("handover") in force on a day at a place.

    The narrowest place wins, then the latest. Raises LookupError where none was in force.
    """
    found = [p for p in procedures(local=local) if p.of == of and p.holds(on=on, place=place)]
    if not found:
        raise LookupError(f"no procedure {of} was in force on {on}")
    return max(found, key=lambda p: (len(p.place), p.since, p.order))


def ladder_of(*, on: date, place: str, local: Path | None = None) -> Ladder:
    """The ladder of posts in force on a day at a place: the narrowest place wins, then the latest.

    Raises LookupError where none was in force.
    """
    found = [one for one in _library(local).ladders if one.holds(on=on, place=place)]
    if not found:
        raise LookupError(f"no ladder of posts was in force on {on}")
    return max(found, key=lambda one: (len(one.place), one.since, one.order))


def circumstances_of(*, on: date, place: str, local: Path | None = None) -> dict[str, Circumstance]:
    """What a joint vetting asks about on a day at a place, by code: of one code the narrowest
    place wins, then the latest."""
    return in_force(_library(local).circumstances, on=on, place=place)


def hard_indicators(*, on: date, place: str, local: Path | None = None) -> dict[str, HardIndicator]:
    """The hard indicators of the reserve on a day at a place, by code, in order: the table of the
    narrowest place as a whole, of one code the latest."""
    return indicators_in_force(_library(local).indicators, on=on, place=place)


def _rank(rule: QuotaRule) -> tuple[int, date, int]:
    return len(rule.place), rule.since, rule.order


def chart(version: int = 1, *, local: Path | None = None) -> list[Category]:
    """The chart of accounts in its order; raises LookupError for an unknown version."""
    return list(_chart(version, local))


def category(fund: str, code: str, *, version: int = 1, local: Path | None = None) -> Category:
    """One leaf of the chart; raises KeyError if the fund has none of that code."""
    for leaf in _chart(version, local):
        if (leaf.fund, leaf.code) == (fund, code):
            return leaf
    raise KeyError((fund, code))


def categories_named(
    text: str, *, fund: str = "", version: int = 1, local: Path | None = None
) -> list[Category]:
    """The leaves that go by a name in practice, in chart order; all funds if none is given.

    Only whole names count; spaces, brackets, width and case do not. More than one answer in a
    fund means that the direction of the money has to decide.
    """
    return named(text, _chart(version, local), fund=fund)


def fund_named(text: str) -> Fund | None:
    """The fund that goes by a name, as `categories_named` compares them; None if none does."""
    wanted = folded(text)
    for fund in FUNDS.values():
        if wanted and wanted in {folded(name) for name in (fund.name, *fund.aliases)}:
            return fund
    return None
