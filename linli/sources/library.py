"""Reading the files of the sources, and saying all that is wrong with them at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from linli.kernel.calendar import DAY_KINDS
from linli.kernel.rulings import ALLOWED, Refused, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources import chart
from linli.sources.disclosure import PERIODS, PUBLISHERS, SPOTS, SUBJECTS, DisclosureRule

OWN = Path(__file__).parent
NOT_SOURCES = {"chart.toml"}
MOST_BYTES = 1_000_000

KINDS = {
    "law": _("法律"),
    "regulation": _("行政法规"),
    "interpretation": _("司法解释"),
    "rule": _("部门规章"),
    "ordinance": _("地方性法规"),
    "local": _("地方规范性文件"),
    "standard": _("标准"),
    "report": _("报道"),
    "practice": _("地方做法"),
    "software": _("本系统规则"),
}
BINDING = {"law", "regulation", "interpretation", "rule", "ordinance", "local", "software"}
CONFIDENCE = {
    "read": _("已核对原文"),
    "news": _("据公开报道"),
    "background": _("待核对"),
    "assumed": _("本系统设定"),
}
UNITS = {
    "work_days": _("个工作日"),
    "days": _("日"),
    "months": _("个月"),
    "years": _("年"),
    "hours": _("小时"),
    "minutes": _("分钟"),
    "percent": _("%"),
    "fen": _("分"),
    "count": _("个"),
    "persons": _("人"),
}

_SOURCE_WORDS = {
    "key": str,
    "key_en": str,
    "title": str,
    "title_en": str,
    "number": str,
    "issuer": str,
    "kind": str,
    "place": str,
    "in_force": date,
    "until": date,
    "checked_on": date,
    "confidence": str,
    "url": str,
    "note": str,
    "articles": dict,
    "numbers": dict,
    "disclosure": list,
    "aliases": dict,
}
_SOURCE_NEEDS = (
    "key",
    "title",
    "issuer",
    "kind",
    "in_force",
    "checked_on",
    "confidence",
    "articles",
)
_NUMBER_WORDS = {"unit": str, "cite": str, "place": str, "until": date, "since": dict, "note": str}
_RULE_WORDS = {
    "subject": str,
    "period": str,
    "place": str,
    "cites": list,
    "since": date,
    "until": date,
    "due_months": int,
    "due_days": int,
    "due_kind": str,
    "min_display_days": int,
    "day_kind": str,
    "places": list,
    "publisher": list,
    "reply_days": int,
    "confidence": str,
    "note": str,
}
_KEY = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]{1,20}")
_PLACE = re.compile(r"(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A law, policy, report or set of rules. `place`: the code it holds for, "" for everywhere."""

    key: str
    key_en: str
    title: str
    title_en: str
    number: str
    issuer: str
    kind: str
    place: str
    in_force: date
    until: date | None
    checked_on: date
    confidence: str
    url: str
    note: str

    @property
    def binding(self) -> bool:
        """Whether it obliges, other than a report or a local practice."""
        return self.kind in BINDING


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article in our own words. `number` as in the source; `name` replaces it where given."""

    source: Source
    number: str
    gist: str
    gist_en: str
    confidence: str
    name: str = ""

    @property
    def cite(self) -> str:
        return f"{self.source.key}:{self.number}"

    @property
    def label(self) -> str:
        """民法典第282条; for other numbering: 等保7.1.4.1."""
        if self.name:
            return self.name
        return self.source.key + (f"第{self.number}条" if self.number.isdigit() else self.number)

    @property
    def label_en(self) -> str:
        """Civil Code, art. 282."""
        art = "art. " if self.number.isdigit() else ""
        return f"{self.source.key_en or self.source.key}, {art}{self.number}"

    @property
    def title(self) -> str:
        return self.source.title

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
    note: str
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
    aliases: dict[str, tuple[str, ...]] = field(default_factory=dict)


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
        ruling = _form(data, local=base is not None)
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


def _words(data: Mapping[str, Any], allowed: Mapping[str, type], where: str) -> Ruling:
    """Unknown words are spelling mistakes; known ones have one type each."""
    return every(
        require(name in allowed, _("%(where)s中有不认识的项目“%(name)s”"), where=where, name=name)
        & require(
            name not in allowed or _is(value, allowed[name]),
            _("%(where)s的“%(name)s”填写有误：%(value)s"),
            where=where,
            name=name,
            value=str(value)[:40],
        )
        for name, value in data.items()
    )


def _is(value: object, wanted: type) -> bool:
    # A bool is an int and a moment is a date in Python; neither is meant here.
    if wanted is int:
        return type(value) is int and value >= 0
    return type(value) is wanted if wanted is date else isinstance(value, wanted)


def _form(data: Mapping[str, Any], *, local: bool) -> Ruling:
    """Whether a file says all it must, in words and types that are known."""
    top = _("文件")
    ruling = _words(data, _SOURCE_WORDS, top)
    missing = tuple(name for name in _SOURCE_NEEDS if name not in data)
    ruling &= require(not missing, _("缺少：%(names)s"), names=missing)
    if not ruling.allowed:
        return ruling
    until = data.get("until")
    ruling &= every(
        [
            require(
                _KEY.fullmatch(data["key"]), _("简称“%(key)s”只能用文字和数字"), key=data["key"]
            ),
            _one_of(data, "kind", KINDS),
            _one_of(data, "confidence", CONFIDENCE),
            _place(data, local=local),
            require(until is None or until >= data["in_force"], _("失效日期早于施行日期")),
            require(data["articles"], _("没有一条条文")),
        ]
    )
    for number, text in data["articles"].items():
        good = (
            isinstance(text, dict)
            and text.get("gist")
            and set(text) <= {"gist", "en", "name", "confidence"}
        )
        ruling &= require(good, _("第“%(number)s”条缺少内容"), number=number)
        ruling &= _one_of(text if isinstance(text, dict) else {}, "confidence", CONFIDENCE)
    for name, number in data.get("numbers", {}).items():
        ruling &= _number_form(name, number, local=local)
    for rule in data.get("disclosure", []):
        ruling &= _rule_form(rule)
    return ruling & _aliases_form(data.get("aliases", {}))


def _one_of(data: Mapping[str, Any], name: str, known: Mapping[str, str]) -> Ruling:
    text = _("“%(name)s”只能是：%(known)s")
    return require(data.get(name, next(iter(known))) in known, text, name=name, known=tuple(known))


def _all_of(data: Mapping[str, Any], name: str, known: Mapping[str, str]) -> Ruling:
    text = _("“%(name)s”只能是：%(known)s")
    return require(set(data.get(name, ())) <= set(known), text, name=name, known=tuple(known))


def _place(data: Mapping[str, Any], *, local: bool = False) -> Ruling:
    place = data.get("place", "")
    return require(_PLACE.fullmatch(place), _("“%(place)s”不是地点代码"), place=place) & require(
        place or not local, _("本地文件须写明适用地点（place）")
    )


def _number_form(name: str, number: object, *, local: bool) -> Ruling:
    if not isinstance(number, dict):
        return refuse(_("数值“%(name)s”填写有误"), name=name)
    ruling = _words(number, _NUMBER_WORDS, name)
    missing = tuple(word for word in ("unit", "cite", "since") if word not in number)
    ruling &= require(not missing, _("数值“%(name)s”缺少：%(words)s"), name=name, words=missing)
    if not ruling.allowed:
        return ruling
    ruling &= _one_of(number, "unit", UNITS)
    if "place" in number:
        ruling &= _place(number, local=local)
    for day, value in number["since"].items():
        ruling &= require(
            _day(day) and _is(value, int),
            _("数值“%(name)s”的“%(day)s”填写有误"),
            name=name,
            day=day,
        )
    return ruling & require(number["since"], _("数值“%(name)s”没有一个值"), name=name)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _rule_form(rule: object) -> Ruling:
    if not isinstance(rule, dict):
        return refuse(_("公示规则填写有误"))
    ruling = _words(rule, _RULE_WORDS, _("公示规则"))
    missing = tuple(word for word in ("subject", "period", "cites", "since") if word not in rule)
    ruling &= require(not missing, _("公示规则缺少：%(words)s"), words=missing)
    if not ruling.allowed:
        return ruling
    both = bool(rule.get("due_months")) and bool(rule.get("due_days"))
    return ruling & every(
        [
            _one_of(rule, "subject", SUBJECTS),
            _one_of(rule, "period", PERIODS),
            _one_of(rule, "due_kind", DAY_KINDS),
            _one_of(rule, "day_kind", DAY_KINDS),
            _one_of(rule, "confidence", CONFIDENCE),
            _all_of(rule, "places", SPOTS),
            _all_of(rule, "publisher", PUBLISHERS),
            _place(rule),
            require(rule["cites"], _("公示规则没有依据")),
            require(not both, _("公示期限只能按日或按月填写一种")),
        ]
    )


def _aliases_form(aliases: Mapping[str, Any]) -> Ruling:
    known = {f"{leaf.fund}.{leaf.code}" for leaf in chart.load_chart(1, more={})}
    return every(
        require(code in known, _("科目表中没有“%(code)s”"), code=code)
        & require(
            isinstance(names, list) and all(isinstance(n, str) and n for n in names),
            _("“%(code)s”的别名填写有误"),
            code=code,
        )
        for code, names in aliases.items()
    )


def _take(made: Library, data: Mapping[str, Any]) -> Ruling:
    """Put a well-formed file on the shelf."""
    key = data["key"]
    if key in made.sources:
        return refuse(_("简称“%(key)s”已被另一份文件使用"), key=key)
    source = Source(
        key=key,
        key_en=data.get("key_en", ""),
        title=data["title"],
        title_en=data.get("title_en", ""),
        number=data.get("number", ""),
        issuer=data["issuer"],
        kind=data["kind"],
        place=data.get("place", ""),
        in_force=data["in_force"],
        until=data.get("until"),
        checked_on=data["checked_on"],
        confidence=data["confidence"],
        url=data.get("url", ""),
        note=data.get("note", ""),
    )
    made.sources[key] = source
    for number, text in data["articles"].items():
        one = Article(
            source=source,
            number=number,
            gist=text["gist"],
            gist_en=text.get("en", ""),
            confidence=text.get("confidence", source.confidence),
            name=text.get("name", ""),
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
    for code, names in data.get("aliases", {}).items():
        made.aliases[code] = made.aliases.get(code, ()) + tuple(names)
    return ALLOWED


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
            note=number.get("note", ""),
            order=len(made.sources),
        )


def _rule(rule: Mapping[str, Any], source: Source, order: int) -> DisclosureRule:
    words = dict(rule)
    for name in ("cites", "places", "publisher"):
        if name in words:
            words[name] = tuple(words[name])
    return DisclosureRule(
        **({"place": source.place, "confidence": source.confidence} | words),
        source=source.key,
        order=order,
    )


def _grounds(made: Library, data: Mapping[str, Any]) -> Ruling:
    """Whether every number and rule rests on an article that is written down."""
    cites = [
        n["cite"] for n in data.get("numbers", {}).values() if isinstance(n, dict) and "cite" in n
    ]
    cites += [
        c
        for rule in data.get("disclosure", [])
        if isinstance(rule, dict)
        for c in rule.get("cites", [])
    ]
    return every(
        require(cite in made.articles, _("依据“%(cite)s”没有写入"), cite=cite) for cite in cites
    )
