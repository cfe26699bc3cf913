"""Whether a procedure told as data can be gone through, and says all it must."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from linli.kernel.flow import Step
from linli.kernel.roles import ROLES
from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.sources import procedures
from linli.sources.procedures import DOES, HOWS, LEAST_STEPS, ORDER, UNITS_OF_ITEMS, Procedure

TEXT, WORDS, WHOLE, DAY, TRUTH, ROWS, TABLE = str, list, int, date, bool, list, dict
_PROCEDURE = {
    "of": TEXT,
    "name": TEXT,
    "name_en": TEXT,
    "place": TEXT,
    "since": DAY,
    "until": DAY,
    "cites": WORDS,
    "steps": ROWS,
    "papers": TABLE,
    "items": ROWS,
    "taxes": ROWS,
}
_STEP = {
    "code": TEXT,
    "name": TEXT,
    "en": TEXT,
    "by": WORDS,
    "sign": WORDS,
    "after": WORDS,
    "back": TEXT,
    "days": TEXT,
    "others": WORDS,
    "does": TEXT,
    "papers": WORDS,
    "must": WORDS,
    "more": WORDS,
    "cites": WORDS,
}
_ITEM = {
    "code": TEXT,
    "name": TEXT,
    "en": TEXT,
    "by": WORDS,
    "unit": TEXT,
    "least": WHOLE,
    "most": WHOLE,
    "wanted": WHOLE,
    "may_lack": TRUTH,
    "cites": WORDS,
}
_TAX = {
    "code": TEXT,
    "name": TEXT,
    "en": TEXT,
    "how": TEXT,
    "basis": TEXT,
    "basis_en": TEXT,
    "rates": ROWS,
    "exempt": ROWS,
    "fixed_fen": WHOLE,
    "cites": WORDS,
}
_RATE = {"ppm": WHOLE, "since": DAY, "cite": TEXT}
_EXEMPT = {"text": TEXT, "en": TEXT, "cite": TEXT}
LONGEST_CODE = 16


def procedure_form(raw: object, base: Procedure | None) -> Ruling:
    """All that is wrong with a definition; what it leaves out must stand in `base`."""
    needs = ["of", "name", "since", "cites", "steps"]
    if base is None:
        needs += ["papers", "items", "taxes"]
    ruling = _row(raw, _PROCEDURE, tuple(needs), _("流程"))
    if not ruling.allowed or not isinstance(raw, Mapping):
        return ruling
    ruling = require(raw["of"] in DOES, _("没有“%(of)s”这种流程"), of=raw["of"]) & require(
        raw["cites"], _("流程没有依据")
    )
    steps, items, taxes = raw["steps"], raw.get("items", ()), raw.get("taxes", ())
    ruling &= _rows(steps, _STEP, ("code", "name", "by"), _("环节"))
    ruling &= _rows(items, _ITEM, ("code", "name", "by"), _("验收项目"))
    ruling &= _rows(taxes, _TAX, ("code", "name", "how", "basis", "cites"), _("税费"))
    if not ruling.allowed:
        return ruling
    papers = set(raw.get("papers") or (base.papers if base else ()))
    ruling &= every(_step_form(step, steps[:at], papers) for at, step in enumerate(steps))
    ruling &= every(_item_form(item) for item in items)
    ruling &= every(_tax_form(tax) for tax in taxes)
    for code, paper in raw.get("papers", {}).items():
        good = isinstance(paper, Mapping) and paper.get("name") and set(paper) <= {"name", "en"}
        ruling &= require(good, _("资料“%(code)s”填写有误"), code=code)
    return ruling & _order(raw["of"], steps) if ruling.allowed else ruling


def _row(row: object, known: Mapping[str, type], needs: Sequence[str], where: str) -> Ruling:
    """Known words, each of its type, and none of those that must be there left out."""
    if not isinstance(row, Mapping):
        return refuse(_("%(where)s填写有误"), where=where)
    missing = tuple(name for name in needs if name not in row)
    return every(
        require(name in known, _("%(where)s中有不认识的内容“%(name)s”"), where=where, name=name)
        & require(
            name not in known or _is(value, known[name]),
            _("%(where)s的“%(name)s”填写有误：%(value)s"),
            where=where,
            name=name,
            value=str(value)[:40],
        )
        for name, value in row.items()
    ) & require(not missing, _("%(where)s缺少：%(words)s"), where=where, words=missing)


def _is(value: object, wanted: type) -> bool:
    if wanted is int:
        return type(value) is int and value >= 0
    if wanted is list:
        return isinstance(value, list) and all(isinstance(v, str | dict) for v in value)
    return type(value) is wanted if wanted is date else isinstance(value, wanted)


def _rows(
    rows: Sequence[Any], known: Mapping[str, type], needs: Sequence[str], where: str
) -> Ruling:
    """Rows of a kind, no code twice."""
    ruling = every(_row(row, known, needs, where) for row in rows)
    if not ruling.allowed:
        return ruling
    codes = [row["code"] for row in rows]
    twice = tuple(sorted({code for code in codes if codes.count(code) > 1}))
    long = tuple(code for code in codes if not 0 < len(code) <= LONGEST_CODE)
    return require(
        not twice, _("%(where)s“%(codes)s”写了两次"), where=where, codes=twice
    ) & require(not long, _("%(where)s“%(codes)s”的代码过长或为空"), where=where, codes=long)


def _step_form(step: Mapping[str, Any], before: Sequence[Any], papers: set[str]) -> Ruling:
    """Roles, papers and earlier steps that there are."""
    earlier = {row["code"] for row in before}
    back = [step["back"]] if step.get("back") else []
    wanted = [*step.get("after", ()), *step.get("others", ()), *back]
    ahead = tuple(code for code in wanted if code not in earlier)
    asked = [*step.get("papers", ()), *step.get("must", ()), *step.get("more", ())]
    unknown = tuple(code for code in asked if code not in papers)
    return every(
        [
            require(step["by"], _("环节“%(name)s”没有写由谁办理"), name=step["name"]),
            _roles([*step["by"], *step.get("sign", ())], step["name"]),
            require(
                not ahead,
                _("环节“%(name)s”所依的“%(codes)s”不在它之前"),
                name=step["name"],
                codes=ahead,
            ),
            require(
                not unknown,
                _("环节“%(name)s”要求的资料“%(codes)s”没有写入"),
                name=step["name"],
                codes=unknown,
            ),
        ]
    )


def _roles(codes: Sequence[str], name: str) -> Ruling:
    unknown = tuple(code for code in codes if code not in ROLES)
    return require(
        not unknown, _("“%(name)s”写了不认识的职务：%(codes)s"), name=name, codes=unknown
    )


def _item_form(item: Mapping[str, Any]) -> Ruling:
    unit = item.get("unit", "")
    bounds = item.get("least", 0), item.get("most", 0)
    measured = 0 < bounds[0] < bounds[1] and (item.get("wanted") or bounds[0]) <= bounds[1]
    return (
        require(item["by"], _("验收项目“%(name)s”没有写由谁负责"), name=item["name"])
        & _roles(item["by"], item["name"])
        & require(
            unit in UNITS_OF_ITEMS and (measured if unit else bounds == (0, 0)),
            _("验收项目“%(name)s”的单位或上下限填写有误"),
            name=item["name"],
        )
    )


def _tax_form(tax: Mapping[str, Any]) -> Ruling:
    rates, exempt = tax.get("rates", []), tax.get("exempt", [])
    ruling = every(_row(rate, _RATE, tuple(_RATE), _("税率")) for rate in rates)
    ruling &= every(_row(one, _EXEMPT, ("text", "cite"), _("减免依据")) for one in exempt)
    fits = {
        procedures.RATE: bool(rates),
        procedures.TOLD: not rates,
        procedures.FIXED: tax.get("fixed_fen", 0) > 0 and not rates,
    }.get(tax["how"], False)
    return ruling & require(
        tax["how"] in HOWS and fits and tax["cites"],
        _("税费“%(name)s”的计算办法填写有误"),
        name=tax["name"],
    )


def _order(of: str, steps: Sequence[Mapping[str, Any]]) -> Ruling:
    """Enough steps; what the program does once each, in its order, the last of it last of all."""
    least = LEAST_STEPS[of]
    ruling = require(
        len(steps) >= least,
        _("流程只有%(n)s个环节，至少须有%(least)s个"),
        "移交规则:1",
        n=len(steps),
        least=least,
    )
    does = [step["does"] for step in steps if step.get("does")]
    for wanted in DOES[of]:
        ruling &= require(
            does.count(wanted) == 1,
            _("流程须有且只有一个环节注明“does = %(does)s”"),
            "移交规则:1",
            does=wanted,
        )
    unknown = tuple(one for one in does if one not in DOES[of])
    ruling &= require(not unknown, _("不认识的“does = %(does)s”"), does=unknown)
    if not ruling.allowed:
        return ruling
    made = [
        Step(
            code=row["code"],
            name="",
            by=(),
            after=tuple(row["after"]) if "after" in row else None,
        )
        for row in steps
    ]
    names = {row["code"]: row["name"] for row in steps}
    place = {row["does"]: row["code"] for row in steps if row.get("does")}
    for first, then in ORDER[of]:
        ruling &= require(
            place[first] in procedures.ancestors(made, place[then]),
            _("“%(first)s”须在“%(then)s”之前办完"),
            "移交规则:1",
            "蓬莱:A3",
            first=names[place[first]],
            then=names[place[then]],
        )
    last = place[DOES[of][-1]]
    loose = tuple(
        names[code] for code in names if code not in {last, *procedures.ancestors(made, last)}
    )
    return ruling & require(
        not loose,
        _("“%(last)s”是最后一个环节，%(loose)s须在它之前办完"),
        "移交规则:9",
        last=names[last],
        loose=loose,
    )


def cites_of(one: Procedure) -> Iterator[str]:
    """Every ground a procedure names."""
    yield from one.cites
    for step in one.flow.steps:
        yield from step.cites
    for item in one.items.values():
        yield from item.cites
    for tax in one.taxes.values():
        yield from tax.cites
        yield from (rate.cite for rate in tax.rates)
        yield from (cite for _words, cite in tax.exempt)


def numbers_of(one: Procedure) -> Iterator[str]:
    """Every dated limit a procedure names."""
    return (step.days for step in one.flow.steps if step.days)
