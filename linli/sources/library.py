"""Reading the files of the sources, and saying all that is wrong with them at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from linli.kernel.rulings import Refused, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources import chart
from linli.sources.checks import BINDING, check_form
from linli.sources.disclosure import DisclosureRule
from linli.sources.ladders import Ladder, make_ladder
from linli.sources.procedure_checks import cites_of, numbers_of, procedure_form
from linli.sources.procedures import Procedure, make, whole
from linli.sources.quota import QuotaRule, Tier
from linli.sources.reserve import HardIndicator, make_indicator
from linli.sources.vetting import Circumstance, make_circumstance
from linli.sources.words import Worded

OWN = Path(__file__).parent
NOT_SOURCES = {"chart.toml", "corps.toml", "leads.toml", "remedies.toml", "rooms.toml"}
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A law, policy, report or set of rules. `place`: the code it holds for, "" for everywhere.

    `key` is the short name that cites begin with; texts are `Worded`: Chinese, English in `.en`.
    """

    key: str
    name: Worded
    title: Worded
    number: str
    issuer: str
    kind: str
    place: str
    in_force: date
    until: date | None
    checked_on: date
    confidence: str
    url: str
    note: Worded

    @property
    def binding(self) -> bool:
        """Whether it obliges, other than a report or a local practice."""
        return self.kind in BINDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in our own words: `label` is its name (民法典第282条), `text` what it says."""

    source: Source
    number: str
    label: Worded
    text: Worded
    confidence: str

    @property
    def cite(self) -> str:
        return f"{self.source.key}:{self.number}"

    @property
    def title(self) -> Worded:
        return self.source.title

    @property
    def formal(self) -> str:
        """As an official letter names it: 《中华人民共和国民法典》第二百八十二条."""
        number = f"第{chinese_number(int(self.number))}条" if self.number.isdigit() else self.number
        return f"《{self.source.title}》{number}"

    @property
    def in_force(self) -> date:
        return self.source.in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number of a rule: from a day (until a day), for a place, on a ground."""

    name: str
    value: int
    unit: str
    cite: str
    place: str
    since: date
    until: date | None
    confidence: str
    note: Worded
    order: int

    def holds(self, *, on: date, place: str) -> bool:
        begun = self.since <= on and (self.until is None or on <= self.until)
        return begun and place.startswith(self.place)


@dataclass(slots=True)
class Library:
    """All that was read: sources and articles by key and cite, numbers by name, rules, names."""

    sources: dict[str, Source] = field(default_factory=dict)
    articles: dict[str, Article] = field(default_factory=dict)
    numbers: dict[str, tuple[Number, ...]] = field(default_factory=dict)
    disclosures: tuple[DisclosureRule, ...] = ()
    quotas: tuple[QuotaRule, ...] = ()
    procedures: tuple[Procedure, ...] = ()
    ladders: tuple[Ladder, ...] = ()
    circumstances: tuple[Circumstance, ...] = ()
    indicators: tuple[HardIndicator, ...] = ()
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    charts: dict[int, tuple[chart.Category, ...]] = field(default_factory=dict)


def load(folder: Path, *, base: Library | None = None) -> Library:
    """Read a folder, on top of `base` if given; raises Refused with every fault."""
    library, ruling = _read(folder, base)
    ruling.enforce()
    return library


def check_folder(folder: Path, *, base: Library | None = None) -> Ruling:
    """Every fault of a folder, each with the name of its file."""
    return _read(folder, base)[1]


def _read(folder: Path, base: Library | None) -> tuple[Library, Ruling]:
    made = Library()
    if base:
        made = Library(
            dict(base.sources),
            dict(base.articles),
            dict(base.numbers),
            base.disclosures,
            base.quotas,
            base.procedures,
            base.ladders,
            base.circumstances,
            base.indicators,
            dict(base.aliases),
        )
    faults: list[Ruling] = []
    files: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(folder.glob("*.toml")):
        if base is None and path.name in NOT_SOURCES:
            continue
        try:
            data = _parse(path)
        except Refused as refused:
            faults.append(refused.ruling)
            continue
        ruling = check_form(data, local=base is not None)
        if ruling.allowed:
            ruling = _take(made, data)
        faults.append(ruling.at(path.name))
        files.append((path.name, data))
    for name, data in files:
        faults.append(_grounds(made, data).at(name))
    return made, every(faults)


def _parse(path: Path) -> dict[str, Any]:
    if path.stat().st_size > MOST_BYTES:
        raise Refused(refuse(_("文件过大")).at(path.name))
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(
            refuse(_("不是有效的 TOML 文件：%(why)s"), why=str(error)).at(path.name)
        ) from error


def _take(made: Library, data: Mapping[str, Any]) -> Ruling:
    """Put a well-formed file on the shelf."""
    key = data["key"]
    if key in made.sources:
        return refuse(_("简称“%(key)s”已被另一份文件使用"), key=key)
    source = Source(
        key=key,
        name=Worded(key, data.get("key_en", "")),
        title=_worded(data, "title"),
        number=data.get("number", ""),
        issuer=data["issuer"],
        kind=data["kind"],
        place=data.get("place", ""),
        in_force=data["in_force"],
        until=data.get("until"),
        checked_on=data["checked_on"],
        confidence=data["confidence"],
        url=data.get("url", ""),
        note=_worded(data, "note"),
    )
    made.sources[key] = source
    for number, text in data["articles"].items():
        one = Article(
            source=source,
            number=number,
            label=_label(source, number, text),
            text=Worded(text["gist"], text.get("en", "")),
            confidence=text.get("confidence", source.confidence),
        )
        made.articles[one.cite] = one
    for name, number in data.get("numbers", {}).items():
        made.numbers[name] = made.numbers.get(name, ()) + tuple(
            _numbers(name, number, made, source)
        )
    made.disclosures += tuple(
        _rule(rule, source, len(made.disclosures) + n)
        for n, rule in enumerate(data.get("disclosure", []))
    )
    made.quotas += tuple(
        _quota(rule, source, len(made.quotas) + n) for n, rule in enumerate(data.get("quota", []))
    )
    _take_corps(made, data, source)
    ruling = _take_procedures(made, data, source)
    for code, names in data.get("aliases", {}).items():
        made.aliases[code] = made.aliases.get(code, ()) + tuple(names)
    return ruling


def _take_corps(made: Library, data: Mapping[str, Any], source: Source) -> None:
    """Ladders of posts, what a joint vetting asks about, and the indicators of the reserve."""
    made.ladders += tuple(
        make_ladder(
            raw,
            place=source.place,
            source=source.key,
            confidence=source.confidence,
            order=len(made.ladders) + n,
        )
        for n, raw in enumerate(data.get("ladder", []))
    )
    made.circumstances += tuple(
        make_circumstance(
            raw,
            place=source.place,
            source=source.key,
            confidence=source.confidence,
            order=len(made.circumstances) + n,
        )
        for n, raw in enumerate(data.get("vetting", []))
    )
    made.indicators += tuple(
        make_indicator(
            raw,
            place=source.place,
            source=source.key,
            confidence=source.confidence,
            order=len(made.indicators) + n,
        )
        for n, raw in enumerate(data.get("reserve", []))
    )


def _take_procedures(made: Library, data: Mapping[str, Any], source: Source) -> Ruling:
    """Procedures: what a county leaves out is as in the general one."""
    faults = []
    for raw in data.get("procedure", []):
        known = [each for each in made.procedures if not each.place]
        base = next((p for p in known if isinstance(raw, dict) and p.of == raw.get("of")), None)
        ruling = procedure_form(raw, base)
        faults.append(ruling)
        if ruling.allowed:
            order = len(made.procedures)
            told = whole(raw, base)
            one = make(told, place=source.place, source=source.key, order=order)
            made.procedures += (one,)
    return every(faults)


def _worded(data: Mapping[str, Any], name: str) -> Worded:
    return Worded(data.get(name, ""), data.get(f"{name}_en", ""))


def chinese_number(n: int) -> str:
    """A number from 1 to 9999 as laws write it: 10 → 十, 28 → 二十八, 1005 → 一千零五."""
    figures, units = "零一二三四五六七八九", "千百十"
    digits = f"{n:04d}"
    said = "".join(
        f"{figures[int(d)]}{unit}" if d != "0" else "零"
        for d, unit in zip(digits, (*units, ""), strict=True)
    )
    said = re.sub("零+", "零", said).strip("零")
    return said.removeprefix("一") if said.startswith("一十") else said


def _label(source: Source, number: str, text: Mapping[str, Any]) -> Worded:
    """民法典第282条 / Civil Code art. 282; other numbering stands as it is: 等保7.1.4.1."""
    numbered = number.isdigit()
    chinese = source.key + (f"第{number}条" if numbered else number)
    english = f"{source.name.en} {'art. ' if numbered else ''}{number}" if source.name.en else ""
    return Worded(text.get("name", chinese), text.get("name_en", english))


def _numbers(
    name: str, number: Mapping[str, Any], made: Library, source: Source
) -> Iterable[Number]:
    ground = made.articles.get(number["cite"])
    for day, value in number["since"].items():
        yield Number(
            name=name,
            value=value,
            unit=number["unit"],
            cite=number["cite"],
            place=number.get("place", source.place),
            since=date.fromisoformat(day),
            until=number.get("until"),
            confidence=ground.confidence if ground else source.confidence,
            note=_worded(number, "note"),
            order=len(made.sources),
        )


def _rule(rule: Mapping[str, Any], source: Source, order: int) -> DisclosureRule:
    return DisclosureRule(**_rule_words(rule, source), source=source.key, order=order)


def _quota(rule: Mapping[str, Any], source: Source, order: int) -> QuotaRule:
    words = _rule_words(rule, source)
    words["tiers"] = tuple(
        Tier(upto_m2=tier.get("upto_m2"), m2=tier.get("m2"), permille=tier.get("permille"))
        for tier in rule.get("tiers", ())
    )
    return QuotaRule(**words, source=source.key, order=order)


def _rule_words(rule: Mapping[str, Any], source: Source) -> dict[str, Any]:
    """What a rule says, with what it has from its file."""
    words = {"place": source.place, "confidence": source.confidence} | dict(rule)
    for name in ("cites", "places", "publisher"):
        if name in words:
            words[name] = tuple(words[name])
    words["note"] = Worded(words.get("note", ""), words.pop("note_en", ""))
    return words


def _grounds(made: Library, data: Mapping[str, Any]) -> Ruling:
    """Whether every number and rule rests on an article that is written down."""
    cites = [
        n["cite"] for n in data.get("numbers", {}).values() if isinstance(n, dict) and "cite" in n
    ]
    cites += [
        c
        for rule in (
            *data.get("disclosure", []),
            *data.get("quota", []),
            *data.get("ladder", []),
            *data.get("vetting", []),
            *data.get("reserve", []),
        )
        if isinstance(rule, dict)
        for c in rule.get("cites", [])
    ]
    procedures = [p for p in made.procedures if p.source == data.get("key")]
    cites += [cite for one in procedures for cite in cites_of(one)]
    return every(
        require(cite in made.articles, _("依据“%(cite)s”没有写入"), cite=cite) for cite in cites
    ) & every(
        require(name in made.numbers, _("时限“%(name)s”没有写入"), name=name)
        for one in procedures
        for name in numbers_of(one)
    )
