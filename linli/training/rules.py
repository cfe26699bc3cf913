"""Rules of training. No database, no clock, no request."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from linli.kernel import place as codes
from linli.kernel.rulings import Reason, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import words

MICRO, CLASS = "micro", "class"
KINDS = {MICRO: _("微培训"), CLASS: _("集中培训")}
QR, CLERK, SHEET = "qr", "clerk", "sheet"
WAYS = {QR: _("扫码"), CLERK: _("补签"), SHEET: _("纸质签到表")}
CHIEF, WORKER, NEW = "chief", "worker", "new"
FEWEST_OPTIONS, MOST_OPTIONS = 2, 6
LONGEST_DAY = 480
YEAR_DAYS = 365
COUNTY_DAYS = "county_days"
"""What is owed in days and not in hours: classes at county level."""
CODE_SIGNS = 10


# --- planning -----------------------------------------------------------------------------------


def may_plan(
    *,
    kind: str,
    title: str,
    topic: str,
    layers: Collection[str],
    place: str,
    known_place: bool,
    minutes: int,
    micro_most: int,
    trainer: str,
    starts_at: datetime,
    now: datetime,
    venue_open: bool,
    told_later: bool,
) -> Ruling:
    """May a session be planned? `told_later`: it was held already and is written down now."""
    return every(
        [
            require(kind in KINDS, _("请选择培训形式")).at("kind"),
            require(title.strip(), _("请填写培训名称")).at("title"),
            require(topic in words("topics"), _("请选择专题")).at("topic"),
            require(set(layers) <= set(words("layers")), _("请选择培训对象")).at("layers"),
            codes.check(place, "county", "street", "community").at("place"),
            require(known_place, _("这个地方还没有录入或已撤销")).at("place"),
            require(
                kind != CLASS or len(place) == codes.LEVELS["county"],
                _("集中培训由县级举办，片区请选县（区、市）"),
                "培训规则:6",
            ).at("place"),
            require(minutes > 0, _("请填写时长")).at("minutes"),
            require(
                kind != MICRO or minutes <= micro_most,
                _("微培训每期不超过%(n)s分钟"),
                "培训规则:3",
                n=micro_most,
            ).at("minutes"),
            require(minutes <= LONGEST_DAY, _("一天不超过%(n)s分钟"), n=LONGEST_DAY).at("minutes"),
            require(trainer.strip(), _("请填写授课人")).at("trainer"),
            require(told_later or starts_at > now, _("开始时间已过")).at("starts_at"),
            require(venue_open, _("这个场所已停用")).at("venue"),
        ]
    )


def for_whom(rung: str, served_days: int) -> tuple[str, ...]:
    """The layers somebody belongs to: by the post they hold, and whether they are new."""
    found = [
        code for code, layer in words("layers").items() if rung in layer.traits.get("rungs", ())
    ]
    return (*found, NEW) if served_days < YEAR_DAYS else tuple(found)


def is_asked(layers: Collection[str], rung: str, served_days: int) -> bool:
    """Whether a session for these layers is for somebody."""
    return not layers or bool(set(layers) & set(for_whom(rung, served_days)))


def is_running(*, closed: bool, cancelled: bool) -> Ruling:
    return every(
        [
            require(not closed, _("这次培训的签到已截止"), "培训规则:4"),
            require(not cancelled, _("这次培训已取消")),
        ]
    )


# --- signing in ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Somebody signs in to a session at a moment. `early`, `late`: minutes before and after it
    begins from which one may, and is late."""

    starts_at: datetime
    minutes: int
    at: datetime
    early: int
    late: int

    @property
    def is_late(self) -> bool:
        return self.at > self.starts_at + timedelta(minutes=self.late)

    @property
    def opens_at(self) -> datetime:
        return self.starts_at - timedelta(minutes=self.early)

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def may_sign_in(
    arrival: Arrival, *, way: str, code_holds: bool, serving: bool, already: bool, reason: str
) -> Ruling:
    """May somebody sign in? By code while it lasts; by the organiser later, too, with the reason."""
    scanned = way == QR
    return every(
        [
            require(way in WAYS, _("没有这种签到方式")),
            require(
                not scanned or code_holds,
                _("签到码已过期或不是这次培训的；请重新扫现场屏幕上的码"),
                "培训规则:4",
            ),
            require(
                arrival.at >= arrival.opens_at,
                _("还没有到签到时间，开始前%(n)s分钟起可以签到"),
                "培训规则:4",
                n=arrival.early,
            ),
            require(
                not scanned or arrival.at <= arrival.ends_at,
                _("这次培训已经结束，请由组织者补签"),
                "培训规则:4",
            ),
            require(serving, _("此人在这一天没有任职，不能签到")),
            require(not already, _("已经签到过了")),
            require(scanned or reason.strip(), _("补签须写明原因"), "培训规则:4").at("reason"),
            require(len(reason) <= 200, _("说明请不超过%(n)s个字"), n=200).at("reason"),
        ]
    )


# --- tests --------------------------------------------------------------------------------------


def check_question(
    *, topic: str, text: str, options: Sequence[str], right: int | None, why: str
) -> Ruling:
    """Whether a question can be asked."""
    told = [option.strip() for option in options]
    return every(
        [
            require(topic in words("topics"), _("请选择专题")).at("topic"),
            require(text.strip(), _("请填写题目")).at("text"),
            require(len(text) <= 300 and len(why) <= 300, _("题目和解析请不超过300个字")).at(
                "text"
            ),
            require(
                FEWEST_OPTIONS <= len(told) <= MOST_OPTIONS and all(told),
                _("选项为%(low)s至%(high)s个，每行一个"),
                low=FEWEST_OPTIONS,
                high=MOST_OPTIONS,
            ).at("options"),
            require(len(set(told)) == len(told), _("有两个选项一样")).at("options"),
            require(right is not None and 0 <= right < len(told), _("正确选项不在选项之中")).at(
                "right"
            ),
        ]
    )


def draw(seed: str, pool: Collection[int], count: int) -> list[int]:
    """So many of the pool, in the order they are asked: the same seed and pool give the same.

    >>> draw("a1-D000001-1", [1, 2, 3, 4], 2) == draw("a1-D000001-1", [4, 3, 2, 1], 2)
    True
    """
    return random.Random(seed).sample(sorted(pool), min(count, len(pool)))


def may_start(
    *,
    signed_in: bool,
    pool: int,
    attempts: int,
    most: int,
    passed: bool,
    open_paper: bool,
    starts_at: datetime,
    ends_at: datetime,
    days: int,
    now: datetime,
) -> Ruling:
    """May somebody take the test of a session? `attempts`: papers they handed in already."""
    return every(
        [
            require(signed_in, _("签到后才能测验"), "培训规则:5"),
            require(pool, _("题库里还没有这个专题的题目")),
            require(not passed, _("这次测验已合格")),
            require(
                passed or attempts < most,
                _("这次测验已考%(n)s次，不能再考"),
                "培训规则:5",
                n=attempts,
            ),
            require(not open_paper, _("上一份试卷还没有交")),
            require(now >= starts_at, _("培训开始后才能测验")),
            require(
                now <= ends_at + timedelta(days=days),
                _("测验已截止：培训结束后%(n)s日内作答"),
                "培训规则:5",
                n=days,
            ),
        ]
    )


@dataclass(frozen=True, slots=True)
class Marked:
    """A paper that was marked: which answers are right, how many, whether that is enough."""

    right: tuple[bool, ...]
    passed: bool

    @property
    def count(self) -> int:
        return sum(self.right)


def mark(chosen: Sequence[int], keys: Sequence[int], pass_percent: int) -> Marked:
    """Mark answers against the right ones."""
    right = tuple(one == key for one, key in zip(chosen, keys, strict=True))
    return Marked(right, 100 * sum(right) >= pass_percent * len(keys))


# --- what is owed -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that somebody owes: a topic in minutes, or days of county classes.

    `passed`: whether a test of the topic was passed (None where none is asked for).
    """

    code: str
    owed: int
    done: int
    passed: bool | None

    @property
    def left(self) -> int:
        return max(self.owed - self.done, 0)

    @property
    def in_days(self) -> bool:
        return self.code == COUNTY_DAYS

    @property
    def is_done(self) -> bool:
        return not self.left and self.passed is not False


@dataclass(frozen=True, slots=True)
class Coverage:
    """What somebody owes and has done over twelve months, and how it is counted."""

    items: tuple[Item, ...]
    layers: tuple[str, ...]
    served_days: int
    steps: tuple[Reason, ...]

    @property
    def owed(self) -> int:
        """Minutes."""
        return sum(item.owed for item in self.items if not item.in_days)

    @property
    def done(self) -> int:
        """Minutes that count, of each topic no more than is owed."""
        return sum(min(item.done, item.owed) for item in self.items if not item.in_days)

    @property
    def percent(self) -> int:
        return 100 * self.done // self.owed if self.owed else 100

    @property
    def complete(self) -> bool:
        return all(item.is_done for item in self.items)

    @property
    def missing(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not item.is_done)


def coverage(
    *,
    rung: str,
    served_days: int,
    curriculum: Mapping[str, Mapping[str, int]],
    chief_days: int,
    minutes: Mapping[str, int],
    class_days: int,
    passed: Collection[str],
) -> Coverage:
    """Count what somebody owes. `curriculum`: layer → topic → hours in twelve months; `minutes`:
    topic → minutes signed in for; `passed`: topics of which a test was passed."""
    layers = for_whom(rung, served_days)
    share = min(served_days, YEAR_DAYS)
    owed: dict[str, int] = {}
    for layer in layers:
        for topic, hours in curriculum.get(layer, {}).items():
            whole = hours * 60
            owed[topic] = owed.get(topic, 0) + (
                whole if layer == NEW else whole * share // YEAR_DAYS
            )
    items = [
        Item(topic, owed[topic], minutes.get(topic, 0), topic in passed)
        for topic in words("topics")
        if owed.get(topic)
    ]
    steps = [
        Reason(
            _("对象：%(layers)s"), {"layers": tuple(words("layers")[one].name for one in layers)}
        ),
        Reason(_("看截至当日的连续十二个月，签到的计全部时长"), {}, ("培训规则:2",)),
    ]
    if share < YEAR_DAYS:
        text = _("任职%(days)s日，学时按%(days)s/365折算；岗位基础不折算")
        steps.append(Reason(text, {"days": share}, ("培训规则:2",)))
    if CHIEF in layers:
        items.append(Item(COUNTY_DAYS, chief_days * share // YEAR_DAYS, class_days, None))
        steps.append(Reason(_("正职每年县级集中培训%(n)s天"), {"n": chief_days}, ("培训规则:6",)))
    return Coverage(tuple(items), layers, served_days, tuple(steps))


def may_certify(found: Coverage | None, *, standing: bool) -> Ruling:
    """May a certificate be given? `standing`: there is one for this time already."""
    if found is None:
        return require(False, _("此人现在没有任职，不发证"))
    missing = found.missing
    return every(
        [
            require(
                not missing,
                _("还没有完成：%(what)s"),
                "培训规则:8",
                what=tuple(name_of(item.code) for item in missing),
            ),
            require(not standing, _("这十二个月内已发过证书")),
        ]
    )


def name_of(code: str) -> str:
    """What an item is called."""
    return _("县级集中培训") if code == COUNTY_DAYS else words("topics")[code].name


@dataclass(frozen=True, slots=True)
class Weak:
    """How often questions of a topic were answered wrongly."""

    topic: str
    wrong: int
    asked: int

    @property
    def percent(self) -> int:
        return round(100 * self.wrong / self.asked)


def weakest(told: Collection[Weak], *, least: int = 10) -> Weak | None:
    """The topic to be taught next: the largest share of mistakes among those asked often enough."""
    known = [one for one in told if one.asked >= least and one.wrong]
    return max(known, key=lambda one: (one.wrong / one.asked, one.wrong, one.topic), default=None)


def may_end(*, running: Ruling, started: bool, people: int) -> Ruling:
    """May the list be closed?"""
    return running & every(
        [
            require(started, _("培训还没有开始；不办了请取消")),
            require(people, _("没有一个人签到；没有办成请取消"), "培训规则:4"),
        ]
    )


def needs_reason(why: str) -> Ruling:
    return every(
        [
            require(why.strip(), _("请写明原因")).at("why"),
            require(len(why) <= 200, _("说明请不超过%(n)s个字"), n=200).at("why"),
        ]
    )
