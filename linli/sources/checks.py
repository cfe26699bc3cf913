"""Whether a file of the sources says what it must, in words and types that are known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from linli.kernel.calendar import DAY_KINDS
from linli.kernel.rulings import ALLOWED, Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources import chart, quota, rooms
from linli.sources.disclosure import PERIODS, PUBLISHERS, SPOTS, SUBJECTS
from linli.sources.ladders import ladder_form
from linli.sources.reserve import indicator_form
from linli.sources.vetting import circumstance_form

KINDS = {
    "law": _("法律"),
    "regulation": _("行政法规"),
    "interpretation": _("司法解释"),
    "rule": _("部门规章"),
    "party": _("党内法规"),
    "policy": _("政策文件"),
    "ordinance": _("地方性法规"),
    "local": _("地方规范性文件"),
    "standard": _("标准"),
    "report": _("报道"),
    "practice": _("地方做法"),
    "software": _("本系统规则"),
}
BINDING = {
    "law",
    "regulation",
    "interpretation",
    "rule",
    "party",
    "policy",
    "ordinance",
    "local",
    "software",
}
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
    "tenth_years": _("十分之一年"),
    "hours": _("小时"),
    "minutes": _("分钟"),
    "percent": _("%"),
    "permille": _("‰"),
    "fen": _("分"),
    "points": _("分"),
    "count": _("个"),
    "persons": _("人"),
    "level": _("级"),
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
    "note_en": str,
    "articles": dict,
    "numbers": dict,
    "disclosure": list,
    "quota": list,
    "procedure": list,
    "ladder": list,
    "vetting": list,
    "reserve": list,
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
_NUMBER_WORDS = {
    "unit": str,
    "cite": str,
    "place": str,
    "until": date,
    "since": dict,
    "note": str,
    "note_en": str,
}
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
    "note_en": str,
}
_QUOTA_WORDS = {
    "room": str,
    "place": str,
    "cites": list,
    "since": date,
    "until": date,
    "level": str,
    "base": str,
    "per_hundred": int,
    "permille": int,
    "most_permille": int,
    "min_m2": int,
    "tiers": list,
    "built": str,
    "built_since": date,
    "confidence": str,
    "note": str,
    "note_en": str,
}
_TIER_WORDS = {"upto_m2": int, "m2": int, "permille": int}
_ARTICLE_WORDS = {"gist", "en", "name", "name_en", "confidence"}
_KEY = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]{1,20}")
_PLACE = re.compile(r"(?:[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})?")


def _words(data: Mapping[str, Any], allowed: Mapping[str, type], where: str) -> Ruling:
    """Unknown words are spelling mistakes; known ones have one type each."""
    return every(
        require(name in allowed, _("%(where)s中有不认识的内容“%(name)s”"), where=where, name=name)
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


def check_form(data: Mapping[str, Any], *, local: bool) -> Ruling:
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
        good = isinstance(text, dict) and text.get("gist") and set(text) <= _ARTICLE_WORDS
        ruling &= require(good, _("第“%(number)s”条缺少内容"), number=number)
        ruling &= _one_of(text if isinstance(text, dict) else {}, "confidence", CONFIDENCE)
    for name, number in data.get("numbers", {}).items():
        ruling &= _number_form(name, number, local=local)
    for rule in data.get("disclosure", []):
        ruling &= _rule_form(rule)
    for rule in data.get("quota", []):
        ruling &= _quota_form(rule)
    ruling &= every(ladder_form(raw) for raw in data.get("ladder", []))
    ruling &= every(circumstance_form(raw) for raw in data.get("vetting", []))
    ruling &= every(indicator_form(raw) for raw in data.get("reserve", []))
    return ruling & _aliases_form(data.get("aliases", {}))


def _one_of(data: Mapping[str, Any], name: str, known: Mapping[str, object]) -> Ruling:
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


def _quota_form(rule: object) -> Ruling:
    if not isinstance(rule, dict):
        return refuse(_("用房标准填写有误"))
    ruling = _words(rule, _QUOTA_WORDS, _("用房标准"))
    missing = tuple(word for word in ("room", "cites", "since") if word not in rule)
    ruling &= require(not missing, _("用房标准缺少：%(words)s"), words=missing)
    if not ruling.allowed:
        return ruling
    ways = [word for word in ("per_hundred", "permille", "tiers") if rule.get(word)]
    of_households = bool(rule.get("per_hundred"))
    base = rule.get("base", "")
    return ruling & every(
        [
            _one_of(rule, "room", rooms.room_kinds()),
            _one_of(rule, "level", quota.QUOTA_LEVELS),
            _one_of(rule, "built", quota.BUILT),
            _one_of(rule, "confidence", CONFIDENCE),
            _place(rule),
            require(rule["cites"], _("用房标准没有依据")),
            require(len(ways) <= 1, _("用房标准只能按一种办法计算")),
            require(ways or rule.get("min_m2"), _("用房标准没有写面积")),
            require(
                base in quota.BASES
                and (base == quota.HOUSEHOLDS) == of_households
                and (base == quota.HOUSEHOLDS or ways)
                if ways
                else not base,
                _("用房标准的计算基数（base）填写有误"),
            ),
            require(
                (rule.get("built", quota.ALL) == quota.ALL) == ("built_since" not in rule),
                _("区分新建和已建成的，须写明竣工日期的界线（built_since）"),
            ),
            _tiers_form(rule.get("tiers", [])),
        ]
    )


def _tiers_form(tiers: list[object]) -> Ruling:
    """Steps rise, only the last has no end, and each says either an area or a share."""
    ends = [tier.get("upto_m2") for tier in tiers if isinstance(tier, dict)]
    inner = [end for end in ends[:-1] if type(end) is int]
    good = all(
        isinstance(tier, dict)
        and _words(tier, _TIER_WORDS, "tiers").allowed
        and ("m2" in tier) != ("permille" in tier)
        for tier in tiers
    )
    rising = len(inner) == max(len(tiers) - 1, 0) and inner == sorted(set(inner))
    last = not ends or ends[-1] is None
    return require(good and rising and last, _("用房标准的分档填写有误"))


def _aliases_form(aliases: Mapping[str, Any]) -> Ruling:
    """Further names of categories: known leaves, and no name that already means another."""
    leaves = chart.load_chart(1, more={})
    known = {f"{leaf.fund}.{leaf.code}": leaf for leaf in leaves}
    ruling = ALLOWED
    for code, names in aliases.items():
        good = isinstance(names, list) and all(isinstance(name, str) and name for name in names)
        ruling &= require(code in known, _("科目表中没有“%(code)s”"), code=code)
        ruling &= require(good, _("“%(code)s”的别名填写有误"), code=code)
        for name in names if good and code in known else ():
            others = [
                leaf
                for leaf in chart.named(name, leaves, fund=known[code].fund)
                if leaf != known[code] and leaf.direction == known[code].direction
            ]
            text = _("“%(name)s”已是“%(other)s”的名称")
            ruling &= require(
                not others, text, name=name, other=tuple(leaf.name for leaf in others)
            )
    return ruling
