"""Rules of the reserve: entry, the growth file, leaving. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel import place as codes
from linli.kernel.calendar import months_later
from linli.kernel.identity import FOUND, personal_data_in
from linli.kernel.period import Period
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import HardIndicator, with_trait, words

NOMINATED, IN, OUT, USED, DECLINED = "nominated", "in", "out", "used", "declined"
STATES = {
    NOMINATED: _("待审核"),
    IN: _("在库"),
    OUT: _("已出库"),
    USED: _("已启用"),
    DECLINED: _("未入库"),
}
"""Where somebody stands. Whoever is not `IN` or `NOMINATED` may be nominated again."""
STANDING = (NOMINATED, IN)
COLLEGE = with_trait("schooling", "college")
PARTY = with_trait("politics", "party")

ENTERED, LEFT, APPOINTED = "in", "out", "used"
MOVES = {ENTERED: _("入库"), LEFT: _("出库"), APPOINTED: _("启用")}


@dataclass(frozen=True, slots=True)
class Why:
    """Why somebody moved: a short name, the sentence that explains it, its grounds. `by_hand`:
    whether the county chooses it (the others follow from a rule)."""

    name: str
    sentence: str
    cites: tuple[str, ...]
    by_hand: bool = False


REASONS: Mapping[str, Why] = {
    "taken_over": Why(_("原在库"), _("系统启用前已在储备库"), ("储备规则:3",)),
    "admitted": Why(_("审核入库"), _("推荐后审核通过"), ("储备规则:2",)),
    "evaluation_in": Why(_("评估入库"), _("随%(half)s评估调整入库"), ("储备规则:8",)),
    "score": Why(
        _("评估不合格"),
        _("%(half)s评估得分%(points)s，合格线%(pass)s"),
        ("储备规则:7",),
    ),
    "floor": Why(
        _("硬指标不达标"),
        _("%(half)s评估“%(indicator)s”得分%(points)s，下限%(least)s"),
        ("储备规则:7",),
    ),
    "fair": Why(_("连续评为一般"), _("截至%(half)s连续%(times)s次评为一般"), ("储备规则:7",)),
    "age": Why(_("超过留库年龄"), _("满%(age)s周岁，留库不超过%(most)s周岁"), ("储备规则:12",)),
    "barred": Why(_("任职限制"), _("有任职限制，不得任职"), ("储备规则:12", "队伍规则:5")),
    "appointed": Why(_("任用"), _("任用为%(where)s%(title)s"), ("储备规则:10",)),
    "resigned": Why(_("本人退出"), _("本人申请退出储备"), ("储备规则:12",), by_hand=True),
    "away": Why(_("调离"), _("工作或者居住地调离，不再适合储备"), ("储备规则:12",), by_hand=True),
    "unfit": Why(_("不再符合条件"), _("查实不符合储备条件"), ("储备规则:12",), by_hand=True),
    "served": Why(_("另行任职"), _("已通过其他途径任职"), ("储备规则:10",), by_hand=True),
}
BY_HAND = {code: why.name for code, why in REASONS.items() if why.by_hand}
LONGEST_TEXT, LONGEST_REASON, LONGEST_NAME = 500, 200, 32
"""Letters of what is written into a file, of a reason, of a name."""


def impersonal(text: str, field: str) -> Ruling:
    """No number that names a person."""
    found = dict.fromkeys(FOUND[hit.kind] for hit in personal_data_in(text))
    return require(
        not found,
        _("文字里有%(found)s，请删去"),
        "个人信息保护法:6",
        found=tuple(found),
    ).at(field)


def said(text: str, field: str, missing: str, longest: int = LONGEST_TEXT) -> Ruling:
    """A text that is there, not too long, without numbers that name people."""
    return (
        require(text.strip(), missing).at(field)
        & require(len(text) <= longest, _("请不超过%(n)s个字"), n=longest).at(field)
        & impersonal(text[:longest], field)
    )


# --- entry ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The numbers of entry that hold on a day, and the ground of the age."""

    age_min: int
    age_max: int
    age_cite: str
    return_months: int
    vetting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Barred:
    """A time in which somebody must not be appointed, and its ground."""

    from_on: date
    until_on: date | None
    cite: str

    def holds(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def may_enter(
    *,
    age: int | None,
    schooling: str,
    politics: str,
    bars: Sequence[Barred],
    cleared: Ruling,
    limits: Limits,
    on: date,
) -> Ruling:
    """May somebody enter the reserve on a day? `age`: full years on that day; `cleared`: what the
    vetting says, asked only where the county's rule does. Who is no Party member may, too."""
    bar = next((one for one in bars if one.holds(on)), None)
    return every(
        [
            require(
                age is None or age <= limits.age_max,
                _("入库时年满%(age)s周岁，储备不超过%(most)s周岁"),
                limits.age_cite,
                "储备规则:2",
                age=age,
                most=limits.age_max,
            ).at("id_number"),
            require(
                age is None or age >= limits.age_min,
                _("入库时不满%(n)s周岁"),
                "队伍规则:6",
                n=limits.age_min,
            ).at("id_number"),
            require(
                schooling in COLLEGE,
                _("学历须为大专及以上"),
                limits.age_cite,
                "储备规则:2",
            ).at("schooling"),
            require(politics in words("politics"), _("请选择政治面貌")).at("politics"),
            require(
                bar is None or bar.until_on is not None,
                _("此人有任职限制，不得任职，不能入库"),
                *((bar.cite,) if bar else ()),
                "储备规则:2",
            ),
            require(
                bar is None or bar.until_on is None,
                _("此人在%(until)s以前不得任职，不能入库"),
                *((bar.cite,) if bar else ()),
                "储备规则:2",
                until=bar.until_on if bar and bar.until_on else "",
            ),
            cleared if limits.vetting else ALLOWED,
        ]
    )


def may_nominate(
    *,
    name: str,
    known: Ruling,
    reached: Ruling,
    source: str,
    why: str,
    place: str,
    known_place: bool,
    file_name: str,
    state: str,
    number: str,
    left_on: date | None,
    limits: Limits,
    today: date,
) -> Ruling:
    """May somebody be nominated? `known`, `reached`: what is said of their numbers; `file_name`:
    of their personnel file ("" without one); `state`, `number`, `left_on`: of the file in reserve
    they have already ("" for none)."""
    again_on = months_later(left_on, limits.return_months) if left_on else today
    return every(
        [
            require(name.strip(), _("请填写姓名")).at("name"),
            require(len(name.strip()) <= LONGEST_NAME, _("姓名太长")).at("name"),
            known.at("id_number"),
            reached.at("phone"),
            require(source in words("reserve_sources"), _("请选择来源")).at("source"),
            said(why, "why", _("请写明推荐理由"), LONGEST_REASON),
            codes.check(place, "community").at("place"),
            require(known_place, _("这个地方还没有录入或已撤销")).at("place"),
            require(
                not file_name or not name.strip() or file_name == " ".join(name.split()),
                _("这个身份证号的人事档案姓名是%(name)s，请核对"),
                "队伍规则:1",
                name=file_name,
            ).at("name"),
            require(
                state not in STANDING,
                _("此人已有储备档案%(number)s，%(state)s，不能重复推荐"),
                "储备规则:1",
                number=number,
                state=STATES.get(state, ""),
            ).at("id_number"),
            require(
                again_on <= today,
                _("此人%(left)s出库，满%(n)s个月（%(again)s）后可再推荐"),
                "储备规则:1",
                left=left_on or "",
                n=limits.return_months,
                again=again_on,
            ).at("id_number"),
        ]
    )


def may_settle(*, open_: bool) -> Ruling:
    """A nomination is settled once."""
    return require(open_, _("这次推荐已办结，不能再办"), "储备规则:2")


def may_decline(*, open_: bool, reason: str) -> Ruling:
    """May a nomination be turned down? Never without a reason."""
    return may_settle(open_=open_) & said(
        reason, "reason", _("请写明不予入库的原因"), LONGEST_REASON
    )


def may_take_over(*, since_on: date, today: date, serial: Ruling) -> Ruling:
    """May somebody be written down who was in reserve before the system?"""
    return serial & require(since_on <= today, _("入库日期在今天之后")).at("since_on")


# --- the growth file --------------------------------------------------------------------------


def owed_months(
    *, entered_on: date, left_on: date | None, today: date, most: int = 24
) -> tuple[Period, ...]:
    """Months whose entry somebody owes until today: from the month after entry, to this month; a
    month begun in the reserve and left in it is not owed."""
    first = Period.of(entered_on).next
    last = Period.of(left_on).previous if left_on else Period.of(today)
    if last < first:
        return ()
    return tuple(first.to(last))[-most:]


def entry_due_on(period: Period, due_days: int) -> date:
    """The last day to write a month's entry: so many days into the next month."""
    first = period.next.first_on
    return first.replace(day=max(due_days, 1))


def missing_months(
    *,
    entered_on: date,
    left_on: date | None,
    written: Collection[str],
    today: date,
    due_days: int,
) -> tuple[Period, ...]:
    """Months that are over, due and not written, the oldest first."""
    return tuple(
        month
        for month in owed_months(entered_on=entered_on, left_on=left_on, today=today)
        if month.code not in written and entry_due_on(month, due_days) < today
    )


def may_write(
    *, state: str, period: Period, entered_on: date | None, told: str, today: date
) -> Ruling:
    """May a month's entry be written?"""
    return every(
        [
            is_in(state=state),
            require(
                period <= Period.of(today),
                _("%(month)s还没有到，不能提前记"),
                "储备规则:5",
                month=period.text,
            ).at("period"),
            require(
                entered_on is None or period >= Period.of(entered_on),
                _("%(month)s时还没有入库"),
                "储备规则:5",
                month=period.text,
            ).at("period"),
            said(told, "told", _("请写本月做了什么、有什么进步")),
        ]
    )


def is_in(*, state: str) -> Ruling:
    """Something that is done with people in the reserve only."""
    return require(state == IN, _("此人不在库（%(state)s）"), "储备规则:1", state=STATES[state])


def may_prove(
    *,
    state: str,
    indicator: HardIndicator | None,
    figure: int,
    on: date,
    entered_on: date | None,
    proof: bool,
    told: str,
    signed: str,
    today: date,
) -> Ruling:
    """May evidence be kept? `proof`: a paper or the number of one is there; `signed`: the half-year
    of a signed evaluation that the day falls into ("" for none)."""
    most = indicator.most if indicator else None
    return every(
        [
            is_in(state=state),
            require(indicator, _("请选择硬指标")).at("indicator"),
            require(figure > 0, _("数应大于0")).at("figure"),
            require(most is None or figure <= most, _("最多%(most)s"), "储备规则:4", most=most).at(
                "figure"
            ),
            require(figure <= 100_000, _("数太大，请核对")).at("figure"),
            require(on <= today, _("日期在今天之后")).at("on"),
            require(
                entered_on is None or on >= Period.of(entered_on).first_on,
                _("这一天还没有入库，不计入"),
                "储备规则:4",
            ).at("on"),
            require(
                not signed,
                _("%(half)s评估已签署，不再补登凭据"),
                "储备规则:8",
                half=signed,
            ).at("on"),
            require(proof, _("没有凭据的不计：请附材料，或者写明编号"), "储备规则:4").at("papers"),
            said(told, "told", _("请写明是什么事"), LONGEST_REASON),
        ]
    )


def may_withdraw(*, withdrawn: bool, signed: str, why: str) -> Ruling:
    """May evidence be taken back?"""
    return every(
        [
            require(not withdrawn, _("这份凭据已撤回")),
            require(not signed, _("%(half)s评估已签署，凭据不再改动"), "储备规则:8", half=signed),
            said(why, "why", _("请写明撤回的原因"), LONGEST_REASON),
        ]
    )


def may_leave(
    *, state: str, code: str, why: str, on: date, since_on: date | None, today: date
) -> Ruling:
    """May somebody leave the reserve by the county's hand?"""
    return every(
        [
            is_in(state=state),
            require(code in BY_HAND, _("请选择出库原因")).at("code"),
            said(why, "why", _("请写明出库的具体情况"), LONGEST_REASON),
            require(on <= today, _("出库日期在今天之后")).at("on"),
            require(since_on is None or on >= since_on, _("出库日期早于入库日期")).at("on"),
        ]
    )
