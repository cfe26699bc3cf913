"""What each look asks about a room, as data. No database, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from linli.kernel.rulings import Ruling, every, refuse, require
from linli.kernel.words import gettext_noop as _
from linli.premises import rules as rooms

DRAWING, CONTRACT, SITE = "drawing", "contract", "site"
LOOKS = {DRAWING: _("查图纸"), CONTRACT: _("查合同"), SITE: _("查现场")}
"""The three looks at a room, each by another person."""
SEEN_IN = {DRAWING: _("图纸"), CONTRACT: _("合同"), SITE: _("现场")}

YES, NO, TWICE = "yes", "no", "twice"
CHOICE, KIND, AREA, FLOOR, FLAG, TEXT, DAY, MONEY = (
    "choice",
    "kind",
    "area",
    "floor",
    "flag",
    "text",
    "day",
    "money",
)
LONGEST = 64
MOST_FEN = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """Something that looks ask of a room.

    `asked`: look → how that look asks it. `needed`: the looks that must answer it where the room
    is there. `choices`: value → word; `only`: look → the values it may give, where not all.
    """

    code: str
    name: str
    kind: str
    asked: Mapping[str, str]
    needed: tuple[str, ...] = ()
    choices: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def choices_of(self, look: str) -> dict[str, str]:
        """What this look may answer."""
        if self.kind == KIND:
            return {code: kind.name for code, kind in rooms.kinds().items()}
        return {
            code: word
            for code, word in self.choices.items()
            if code in self.only.get(look, tuple(self.choices))
        }


TOPICS: tuple[Topic, ...] = (
    Topic(
        code="exists",
        name=_("有无"),
        kind=CHOICE,
        choices={YES: _("有"), NO: _("没有"), TWICE: _("与另一处重复")},
        only={DRAWING: (YES, NO), CONTRACT: (YES, NO)},
        asked={
            DRAWING: _("图纸上有没有这处用房？"),
            CONTRACT: _("合同、规划条件里有没有这处用房？"),
            SITE: _("现场有没有这处用房？"),
        },
        needed=tuple(LOOKS),
    ),
    Topic(
        code="twin",
        name=_("与哪处重复"),
        kind=TEXT,
        asked={SITE: _("与哪一处重复？写编号")},
    ),
    Topic(
        code="kind",
        name=_("用房类别"),
        kind=KIND,
        asked={
            DRAWING: _("图纸上是哪类用房？"),
            CONTRACT: _("合同约定是哪类用房？"),
            SITE: _("现场作哪类用房？"),
        },
        needed=(DRAWING, SITE),
    ),
    Topic(
        code="area",
        name=_("面积（平方米）"),
        kind=AREA,
        asked={
            DRAWING: _("图纸面积（平方米）"),
            CONTRACT: _("合同面积（平方米）"),
            SITE: _("现场量得面积（平方米）"),
        },
        needed=(DRAWING, SITE),
    ),
    Topic(
        code="floor",
        name=_("楼层"),
        kind=FLOOR,
        asked={DRAWING: _("图纸上在几层？"), SITE: _("现场在几层？")},
    ),
    Topic(
        code="entrance",
        name=_("独立出入口"),
        kind=FLAG,
        asked={DRAWING: _("图纸上有独立出入口吗？"), SITE: _("现场有独立出入口吗？")},
    ),
    Topic(
        code="owner",
        name=_("归谁所有"),
        kind=CHOICE,
        choices=rooms.OWNERS_OF,
        asked={DRAWING: _("规划条件写明归谁所有？"), CONTRACT: _("合同写明归谁所有？")},
        needed=(CONTRACT,),
    ),
    Topic(
        code="state",
        name=_("使用状态"),
        kind=CHOICE,
        choices={code: word for code, word in rooms.STATES.items() if code != rooms.UNBUILT},
        asked={SITE: _("现在怎么用？")},
        needed=(SITE,),
    ),
    Topic(
        code="occupant",
        name=_("使用人"),
        kind=TEXT,
        asked={CONTRACT: _("合同上的使用人或承租人"), SITE: _("现在谁在使用？")},
    ),
    Topic(
        code="lease",
        name=_("租赁合同"),
        kind=FLAG,
        asked={CONTRACT: _("有租赁合同吗？")},
        needed=(CONTRACT,),
    ),
    Topic(
        code="agreed",
        name=_("出租经批准或业主共同决定"),
        kind=FLAG,
        asked={CONTRACT: _("出租经批准或业主共同决定吗？")},
    ),
    Topic(code="from_on", name=_("起租日期"), kind=DAY, asked={CONTRACT: _("合同从哪天起？")}),
    Topic(code="until_on", name=_("到期日期"), kind=DAY, asked={CONTRACT: _("合同到哪天止？")}),
    Topic(code="rent", name=_("租金（元）"), kind=MONEY, asked={CONTRACT: _("每月租金（元）")}),
)
BY_CODE: Mapping[str, Topic] = MappingProxyType({topic.code: topic for topic in TOPICS})

Answers = dict[str, Any]
"""Topic → answer; areas hundredths of a square metre, rents fen, days date; unanswered = absent."""


def asked_by(look: str) -> tuple[Topic, ...]:
    """The questions of a look, in their order."""
    return tuple(topic for topic in TOPICS if look in topic.asked)


def check_answers(look: str, answers: Mapping[str, Any]) -> Ruling:
    """May a look be answered like this? All faults, each at its question.

    Where the room is not there (or is another one's twin) nothing else is asked of it.
    """
    known = {topic.code for topic in asked_by(look)}
    there = answers.get("exists") == YES
    rulings = [
        require(code in known, _("“%(look)s”不问这一项"), look=LOOKS[look]).at(code)
        for code in answers
    ]
    for topic in asked_by(look):
        value = answers.get(topic.code)
        if value is None or value == "":
            needed = look in topic.needed and (there or topic.code == "exists")
            rulings.append(require(not needed, _("请回答这一项")).at(topic.code))
        else:
            rulings.append(_fits(topic, look, value).at(topic.code))
    return every([*rulings, _together(answers, there=there)])


def _fits(topic: Topic, look: str, value: Any) -> Ruling:
    if topic.kind in (CHOICE, KIND):
        return require(value in topic.choices_of(look), _("请从列出的答案里选一个"))
    if topic.kind == AREA:
        if not _is_whole(value):
            return refuse(_("面积请填数字"))
        return rooms.check_area(value, topic.code)
    if topic.kind == FLOOR:
        return rooms.check_floor(value) if _is_whole(value) else refuse(_("楼层请填整数"))
    if topic.kind == FLAG:
        return require(isinstance(value, bool), _("请回答是或否"))
    if topic.kind == DAY:
        return require(isinstance(value, date), _("请填写日期"))
    if topic.kind == MONEY:
        return require(_is_whole(value) and 0 <= value <= MOST_FEN, _("请填写金额"))
    return require(
        isinstance(value, str) and len(value) <= LONGEST, _("不能超过%(n)s个字"), n=LONGEST
    )


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _together(answers: Mapping[str, Any], *, there: bool) -> Ruling:
    """Answers that need each other."""
    begun, over = answers.get("from_on"), answers.get("until_on")
    only = {"exists", "twin"} if answers.get("exists") == TWICE else {"exists"}
    more = [code for code, value in answers.items() if code not in only and value not in (None, "")]
    return every(
        [
            require(
                there or "exists" not in answers or not more,
                _("用房不在，下面的问题不用回答"),
            ).at(more[0] if more else "exists"),
            require(
                answers.get("exists") != TWICE or answers.get("twin"),
                _("请写明与哪一处重复"),
            ).at("twin"),
            require(
                answers.get("state") not in (rooms.LET, rooms.OCCUPIED)
                or str(answers.get("occupant") or "").strip(),
                _("出租或被占的，请写明使用人"),
            ).at("occupant"),
            require(
                not (isinstance(begun, date) and isinstance(over, date)) or over >= begun,
                _("到期日期早于起租日期"),
            ).at("until_on"),
        ]
    )


def tidy(answers: Mapping[str, Any]) -> Answers:
    """The same without what was left empty, and without spaces that nobody meant."""
    trimmed = {
        code: " ".join(value.split()) if isinstance(value, str) else value
        for code, value in answers.items()
    }
    return {code: value for code, value in trimmed.items() if value is not None and value != ""}


def to_json(answers: Mapping[str, Any]) -> dict[str, Any]:
    """As it is kept: days in ISO form."""
    return {
        code: value.isoformat() if isinstance(value, date) else value
        for code, value in answers.items()
    }


def from_json(kept: Mapping[str, Any]) -> Answers:
    """What was kept, with its days; what is not asked any more is passed over."""
    return {
        code: date.fromisoformat(value) if BY_CODE[code].kind == DAY else value
        for code, value in kept.items()
        if code in BY_CODE
    }
