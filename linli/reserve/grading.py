"""Rules of the half-yearly evaluation: when it opens, what scores count, the result, the ranking."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from linli.kernel.calendar import months_later
from linli.kernel.period import Span
from linli.kernel.rulings import Reason, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import HardIndicator

COMMUNITY, COUNTY = "community", "county"
SIDES = {COMMUNITY: _("社区评分"), COUNTY: _("县级评分")}
"""The two sides that score, each by another person."""

EXCELLENT, GOOD, FAIR, LEAVE = "excellent", "good", "fair", "leave"
GRADES = {EXCELLENT: _("优"), GOOD: _("良"), FAIR: _("一般"), LEAVE: _("出库")}
TENTHS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The numbers of an evaluation that hold on a day, in percent of all points."""

    community: int
    excellent: int
    good: int
    enough: int
    fair_times: int
    missing_months: int
    stay_age: int


def may_open(*, half: str, today: date, there: bool, people: int) -> Ruling:
    """May the evaluation of a half-year (2026-H1) be opened? `there`: it has been already;
    `people`: who is to be evaluated."""
    span = span_of(half)
    over = span is not None and span.last_on < today
    return every(
        [
            require(span, _("请选择半年")).at("half"),
            require(
                span is None or over,
                _("%(half)s到%(last)s才结束，结束以后才能评估"),
                "储备规则:6",
                "同江:D3",
                half=span.text if span else "",
                last=span.last_on if span else "",
            ).at("half"),
            require(
                not there, _("%(half)s的评估已开始"), "储备规则:6", half=span.text if span else ""
            ).at("half"),
            require(
                not over or people,
                _("这个半年没有应参评的在库人员"),
                "储备规则:6",
            ).at("half"),
        ]
    )


def span_of(half: str) -> Span | None:
    """The half-year of a code; None for anything else."""
    try:
        span = Span.of_code(half)
    except ValueError:
        return None
    return span if span.kind == "half" else None


def is_evaluated(*, entered_on: date, left_on: date | None, half: Span, after_months: int) -> bool:
    """Whether somebody takes part: in the reserve long enough by the end of the half, and still."""
    long_enough = months_later(entered_on, after_months) <= half.last_on
    return long_enough and (left_on is None or left_on > half.last_on)


def may_score(
    *, signed: bool, side: str, other_side_by: Collection[int], by: int | None, holds: bool
) -> Ruling:
    """May somebody score for a side? `other_side_by`: keys of those who scored for the other one;
    `holds`: whether their office is of this side."""
    return every(
        [
            require(not signed, _("评估已签署，不再改动"), "储备规则:8"),
            require(side in SIDES, _("没有这一方")),
            require(
                holds,
                _("社区评分由社区书记、街道评，县级评分由组织、社会工作部门评"),
                "储备规则:6",
            ),
            require(
                by is None or by not in other_side_by,
                _("两方评分须由不同的人评，您已替另一方评过"),
                "储备规则:6",
            ),
        ]
    )


def may_figure(*, indicator: HardIndicator, figure: int, proved: int, name: str) -> Ruling:
    """May a side take a figure for an indicator? `proved`: what the evidence of the half shows."""
    return every(
        [
            require(figure >= 0, _("%(name)s的“%(of)s”不能小于0"), name=name, of=indicator.name),
            require(
                indicator.most is None or figure <= indicator.most,
                _("%(name)s的“%(of)s”最多%(most)s"),
                "储备规则:4",
                name=name,
                of=indicator.name,
                most=indicator.most,
            ),
            require(
                figure <= proved,
                _("%(name)s的“%(of)s”凭据只有%(proved)s，填了%(figure)s"),
                "储备规则:4",
                name=name,
                of=indicator.name,
                proved=proved,
                figure=figure,
            ),
        ]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What both sides took down of somebody: side → indicator → points in tenths; and what else
    decides. `fair_before`: so many evaluations in a row before this one ended fair."""

    key: int
    scores: Mapping[str, Mapping[str, int]]
    party: bool
    entered_on: date
    number: str
    missing: int = 0
    fair_before: int = 0
    age: int = 0
    barred: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How somebody comes out. `tenths`: the total; `by`: indicator → tenths of both sides;
    `reason`: key of rules.REASONS for whoever leaves, with its values."""

    key: int
    tenths: int
    by: Mapping[str, int]
    grade: str
    rank: int = 0
    reason: str = ""
    values: Mapping[str, object] = field(default_factory=dict)


def incomplete(sheet: Sheet, indicators: Collection[str]) -> tuple[str, ...]:
    """Sides that have not scored every indicator."""
    return tuple(side for side in SIDES if set(indicators) - set(sheet.scores.get(side, {})))


def joined(sheet: Sheet, indicators: Mapping[str, HardIndicator], community: int) -> dict[str, int]:
    """Tenths of each indicator, the two sides by their shares; halves count up."""
    ours, theirs = sheet.scores[COMMUNITY], sheet.scores[COUNTY]
    return {code: of_both(ours[code], theirs[code], community) for code in indicators}


def of_both(ours: int, theirs: int, community: int) -> int:
    """Tenths of both sides by their shares; halves count up."""
    return (ours * community + theirs * (100 - community) + 50) // 100


def shown(tenths: int) -> str:
    """865 → 86.5."""
    return f"{tenths // TENTHS}.{tenths % TENTHS}"


def result(
    sheet: Sheet, indicators: Mapping[str, HardIndicator], bounds: Bounds, half: str
) -> Result:
    """The total of somebody, the grade, and why they leave if they do. Out first by what must not
    be; then by points; then for being fair too often."""
    by = joined(sheet, indicators, bounds.community)
    total, full = sum(by.values()), sum(one.points for one in indicators.values()) * TENTHS

    def made(grade: str, reason: str = "", **values: object) -> Result:
        return Result(key=sheet.key, tenths=total, by=by, grade=grade, reason=reason, values=values)

    if sheet.barred:
        return made(LEAVE, "barred")
    if sheet.age > bounds.stay_age:
        return made(LEAVE, "age", age=sheet.age, most=bounds.stay_age)
    for code, one in indicators.items():
        least = one.points * TENTHS * one.floor_percent // 100
        if by[code] < least:
            return made(
                LEAVE,
                "floor",
                half=half,
                indicator=code,
                points=shown(by[code]),
                least=shown(least),
            )
    if total * 100 < full * bounds.enough:
        enough = shown(full * bounds.enough // 100)
        return made(LEAVE, "score", half=half, points=shown(total), **{"pass": enough})
    grade = FAIR
    if sheet.missing < bounds.missing_months:
        if total * 100 >= full * bounds.excellent:
            grade = EXCELLENT
        elif total * 100 >= full * bounds.good:
            grade = GOOD
    if grade == FAIR and sheet.fair_before + 1 >= bounds.fair_times:
        return made(LEAVE, "fair", half=half, times=sheet.fair_before + 1)
    return made(grade)


def ranked(results: Sequence[Result], sheets: Mapping[int, Sheet]) -> list[Result]:
    """In order, each with a rank: by total, then political quality, Party membership, standing with
    residents, day of entry. Who is equal in all of it shares the rank."""

    def order(one: Result) -> tuple[int, int, int, int, date]:
        sheet = sheets[one.key]
        return (
            -one.tenths,
            -one.by.get("politics", 0),
            -int(sheet.party),
            -one.by.get("standing", 0),
            sheet.entered_on,
        )

    found: list[Result] = []
    last, rank = None, 0
    for at, one in enumerate(sorted(results, key=lambda r: (*order(r), sheets[r.key].number)), 1):
        if order(one) != last:
            last, rank = order(one), at
        found.append(
            Result(
                key=one.key,
                tenths=one.tenths,
                by=one.by,
                grade=one.grade,
                rank=rank,
                reason=one.reason,
                values=one.values,
            )
        )
    return found


def may_sign(*, signed: bool, people: int, lacking: Sequence[tuple[str, str]]) -> Ruling:
    """May an evaluation be signed? `lacking`: (side, names) that are not scored."""
    return every(
        [
            require(not signed, _("评估已签署，不再改动"), "储备规则:8"),
            require(people, _("没有参评人员"), "储备规则:6"),
            *(
                require(
                    False,
                    _("%(side)s还没有评完：%(names)s"),
                    "储备规则:6",
                    side=SIDES[side],
                    names=names,
                )
                for side, names in lacking
            ),
        ]
    )


# --- readiness --------------------------------------------------------------------------------

WORKER, COMMITTEE, DEPUTY, CHIEF = "worker", "committee", "deputy", "chief"
KINDS = {
    WORKER: _("社区专职工作者"),
    COMMITTEE: _("两委委员"),
    DEPUTY: _("副职"),
    CHIEF: _("正职"),
}
"""Kinds of posts, from what asks least to what asks most."""
PARTY_POSTS = ("secretary_director", "secretary", "deputy_secretary")


def kind_of(*, rung: str, committee: bool) -> str:
    """The kind of a title: its rung, and whether it sits on the committees."""
    if rung in (CHIEF, DEPUTY):
        return rung
    return COMMITTEE if committee else WORKER


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a kind of post asks: percent of all points, months in the reserve, months of service in
    a community (0: none)."""

    percent: int
    months: int
    service_months: int = 0


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that is asked, whether it is there, and the words for it."""

    met: bool
    text: str
    values: dict[str, object]

    @property
    def reason(self) -> Reason:
        """For the reader, in their language."""
        return Reason(self.text, self.values)


@dataclass(frozen=True, slots=True)
class Readiness:
    kind: str
    points: tuple[Point, ...]

    @property
    def ready(self) -> bool:
        return all(point.met for point in self.points)


def readiness(
    kind: str,
    asked: Asked,
    *,
    percent_tenths: int | None,
    months: int,
    service_months: int,
    party: bool | None,
) -> Readiness:
    """Whether somebody is ready for a kind of post, point by point. `percent_tenths`: of the latest
    signed evaluation, in tenths of a percent (None: not evaluated yet); `party`: whether they are a
    Party member, None where the post does not ask."""
    points = [
        Point(
            percent_tenths is not None and percent_tenths >= asked.percent * TENTHS,
            _("最近一次评估%(has)s，须达到%(need)s%%"),
            {
                "has": "—" if percent_tenths is None else f"{shown(percent_tenths)}%",
                "need": asked.percent,
            },
        ),
        Point(
            months >= asked.months,
            _("在库%(has)s个月，须满%(need)s个月"),
            {"has": months, "need": asked.months},
        ),
    ]
    if asked.service_months:
        points.append(
            Point(
                service_months >= asked.service_months,
                _("社区任职%(has)s个月，须满%(need)s个月"),
                {"has": service_months, "need": asked.service_months},
            )
        )
    if party is not None:
        points.append(Point(party, _("书记、副书记须是党员"), {}))
    return Readiness(kind, tuple(points))


def months_between(since: date, until: date) -> int:
    """Full months from a day to another, 0 where it is earlier."""
    whole = (until.year - since.year) * 12 + until.month - since.month
    return max(whole - (until.day < since.day), 0)


# --- using the reserve ------------------------------------------------------------------------


def may_propose(
    *,
    state_in: bool,
    open_: str,
    ready: Readiness,
    title: bool,
    known_place: bool,
    passed_over: bool,
    why: str,
) -> Ruling:
    """May somebody be proposed for a free post? `open_`: the post they are proposed for already;
    `passed_over`: somebody who is ready ranks before them, so a reason must be given."""
    return every(
        [
            require(title, _("请选择职务")).at("title"),
            require(known_place, _("请选择社区")).at("place"),
            require(state_in, _("此人不在库，不能提名"), "储备规则:10"),
            require(not open_, _("此人已提名到%(where)s"), "储备规则:10", where=open_),
            require(
                ready.ready,
                _("此人还不适任这个岗位：%(lacking)s"),
                "储备规则:11",
                lacking=tuple(str(point.reason) for point in ready.points if not point.met),
            ),
            require(
                not passed_over or why.strip(),
                _("名次在前的还有适任人选，越过的须写明理由"),
                "储备规则:10",
            ).at("why"),
        ]
    )


def may_appoint(*, open_: bool, state_in: bool) -> Ruling:
    """May a proposal be carried out? Vetting, bars and posts held are asked by the appointment."""
    return every(
        [
            require(open_, _("这次提名已办结"), "储备规则:10"),
            require(state_in, _("此人已不在库"), "储备规则:10"),
        ]
    )
