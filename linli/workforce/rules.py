"""Rules of the corps. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel import place as codes
from linli.kernel.identity import IdNumber, parse_id_number, parse_phone
from linli.kernel.rulings import ALLOWED, Reason, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.sources import Ladder, with_trait, words

LONGEST_NAME = 32
MOST_LEAVE_DAYS = 366
COLLEGE = with_trait("schooling", "college")
"""Schooling that counts as college or above (大专及以上)."""
PARTY = with_trait("politics", "party")
"""Who is counted as a Party member."""
DESK = _("队伍：本月要做")
"""The part of a desk where what the corps owes stands, whichever domain asks for it."""
SEXES = {"male": _("男"), "female": _("女")}


@dataclass(frozen=True, slots=True)
class Person:
    """Who a file is about, as checked: identity, telephone ("" for none)."""

    identity: IdNumber
    phone: str


def check_person(
    *,
    name: str,
    id_number: str,
    phone: str,
    politics: str,
    joined_party_on: date | None,
    party_age: int,
    today: date,
) -> tuple[Person | None, Ruling]:
    """Whether a file may be about somebody with these facts. `party_age`: years to join at least."""
    identity, known = parse_id_number(id_number, today=today)
    number, reached = parse_phone(phone) if phone.strip() else ("", ALLOWED)
    party = politics in PARTY
    ruling = every(
        [
            require(name.strip(), _("请填写姓名")).at("name"),
            require(len(name.strip()) <= LONGEST_NAME, _("姓名太长")).at("name"),
            known.at("id_number"),
            reached.at("phone"),
            require(politics in words("politics"), _("请选择政治面貌")).at("politics"),
            require(party or joined_party_on is None, _("不是党员的不填入党时间")).at(
                "joined_party_on"
            ),
            require(
                joined_party_on is None
                or identity is None
                or identity.age(joined_party_on) >= party_age
                and joined_party_on <= today,
                _("入党时间应在年满%(n)s周岁以后、今天以前"),
                "党章:1",
                n=party_age,
            ).at("joined_party_on"),
        ]
    )
    return (Person(identity, number or "") if ruling.allowed and identity else None), ruling


def may_open(*, taken: str, place: str, known_place: bool) -> Ruling:
    """May a file be opened? `taken`: the number of the file the person has already ("" for none)."""
    return every(
        [
            require(
                not taken, _("此人已有档案%(number)s，请在原档案上继续"), "队伍规则:1", number=taken
            ).at("id_number"),
            codes.check(place, "community", "street").at("place"),
            require(known_place, _("这个地方还没有录入或已撤销")).at("place"),
        ]
    )


@dataclass(frozen=True, slots=True)
class Barred:
    """A time in which somebody must not be appointed, and its ground."""

    from_on: date
    until_on: date | None
    cite: str

    def holds(self, on: date) -> bool:
        return self.from_on <= on and (self.until_on is None or on <= self.until_on)


def may_appoint(
    *,
    title: str,
    way: str,
    since_on: date,
    age: int,
    least_age: int,
    overlapping: str,
    barred: Sequence[Barred],
    cleared: Ruling,
    place: str,
    known_place: bool,
    today: date,
) -> Ruling:
    """May somebody take a post? `overlapping`: the post they hold in that time ("" for none);
    `cleared`: what the vetting says."""
    held = next((bar for bar in barred if bar.holds(since_on)), None)
    return every(
        [
            require(title in words("titles"), _("请选择职务")).at("title"),
            require(way in words("ways"), _("请选择任职方式")).at("way"),
            codes.check(place, "community").at("place"),
            require(known_place, _("这个地方还没有录入或已撤销")).at("place"),
            require(
                since_on <= today,
                _("任职日期在今天之后；到那一天再登记"),
            ).at("since_on"),
            require(
                age >= least_age,
                _("任职时不满%(n)s周岁"),
                "队伍规则:6",
                n=least_age,
            ).at("since_on"),
            require(
                not overlapping,
                _("此人这段时间已任%(post)s，一人同一时间只任一个岗位"),
                "队伍规则:3",
                post=overlapping,
            ),
            require(
                held is None or held.until_on is not None,
                _("此人联审结论为不得任职，不能任用"),
                *((held.cite,) if held else ()),
                "队伍规则:5",
            ),
            require(
                held is None or held.until_on is None,
                _("此人在%(until)s以前不得任职"),
                *((held.cite,) if held else ()),
                "队伍规则:5",
                until=held.until_on if held and held.until_on else "",
            ),
            cleared,
        ]
    )


def may_end(
    *, open_: bool, since_on: date, until_on: date, how: str, why: str, today: date
) -> Ruling:
    """May a post be ended on a day?"""
    return every(
        [
            require(open_, _("此人现在没有任职")),
            require(how in words("endings"), _("请选择离任原因")).at("how"),
            require(until_on >= since_on, _("离任日期早于任职日期")).at("until_on"),
            require(until_on <= today, _("离任日期在今天之后；到那一天再登记")).at("until_on"),
            require(len(why) <= 200, _("说明请不超过%(n)s个字"), n=200).at("why"),
        ]
    )


def may_grade(
    *, ladder: Ladder, rung: str, grade: int, since_on: date, why: str, serving: bool, today: date
) -> Ruling:
    """May somebody be given a grade from a day on?"""
    found = ladder.rung(rung)
    inside = found is not None and found.lowest <= grade <= found.highest
    return every(
        [
            require(serving, _("此人现在没有任职，不定等级")),
            require(found, _("岗位等级表里没有这个岗位"), *ladder.cites).at("rung"),
            require(
                found is None or inside,
                _("%(rung)s为%(low)s至%(high)s级"),
                *ladder.cites,
                rung=found.name if found else "",
                low=found.lowest if found else "",
                high=found.highest if found else "",
            ).at("grade"),
            require(since_on <= today, _("起算日在今天之后")).at("since_on"),
            require(why.strip(), _("请写明定级或晋级的缘由")).at("why"),
            require(len(why) <= 200, _("说明请不超过%(n)s个字"), n=200).at("why"),
        ]
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """Where somebody stands on the ladder by its table, and why.

    `grade`: what the table gives today (None: no post). `given`: what they have on record.
    `next_on`: when the next grade is due, None at the top of the post. `steps`: how it is counted, as sentences.
    """

    rung: str
    grade: int | None
    given: int | None
    next_grade: int | None
    next_on: date | None
    steps: tuple[Reason, ...]


def standing(
    *,
    ladder: Ladder,
    rung: str,
    service: Sequence[tuple[date, date | None]],
    degrees: Collection[str],
    certificates: Collection[str],
    setback_years: Collection[int],
    given: int | None,
    on: date,
) -> Standing:
    """Count a grade by the ladder's table.

    `service`: the times in office; `setback_years`: years assessed so that they do not count.
    Years of service and of the highest degree give one grade for each `step_years`, the highest
    certificate adds its own; the sum begins at the lowest grade of the post and ends at its highest.
    """
    post = ladder.rung(rung)
    if post is None:
        return Standing(rung, None, given, None, None, ())
    days = sum(max(((min(end or on, on)) - begun).days + 1, 0) for begun, end in service)
    degree = max(degrees, key=lambda one: ladder.degree_years.get(one, 0), default="")
    bonus = ladder.degree_years.get(degree, 0)
    paper = max(certificates, key=lambda one: ladder.certificate_grades.get(one, 0), default="")
    extra = ladder.certificate_grades.get(paper, 0)
    lost = len(set(setback_years))
    counted = max(days - lost * 365.25, 0) / 365.25 + bonus
    reached = post.lowest + int(counted // ladder.step_years) + extra
    grade = min(reached, post.highest)
    due = None
    if reached < post.highest and service and (service[-1][1] is None or service[-1][1] >= on):
        missing = (int(counted // ladder.step_years) + 1) * ladder.step_years - counted
        due = date.fromordinal(on.toordinal() + max(round(missing * 365.25), 1))
    return Standing(
        rung,
        grade,
        given,
        grade + 1 if due else None,
        due,
        _steps(ladder, post.lowest, days, degree, bonus, paper, extra, lost),
    )


def _steps(
    ladder: Ladder,
    lowest: int,
    days: int,
    degree: str,
    bonus: int,
    paper: str,
    extra: int,
    lost: int,
) -> tuple[Reason, ...]:
    told = [
        Reason(_("岗位起点为%(n)s级"), {"n": lowest}),
        Reason(
            _("任职%(years)s年，每%(step)s年晋一级"),
            {"years": f"{days / 365.25:.1f}", "step": ladder.step_years},
        ),
    ]
    if bonus:
        name = words("degrees")[degree].name
        told.append(Reason(_("%(degree)s学位折算%(n)s年"), {"degree": name, "n": bonus}))
    if extra:
        name = words("certificates")[paper].name
        told.append(Reason(_("%(paper)s加%(n)s级"), {"paper": name, "n": extra}))
    if lost:
        told.append(Reason(_("年度考核不合格%(n)s年，不计"), {"n": lost}))
    return tuple(told)


def headcount(
    *,
    residents: int | None,
    households: int | None,
    per_ten_thousand: int,
    households_each: int,
    least: int,
) -> int | None:
    """How many workers a community should have: by residents, else by households; None where
    neither is known. Part of a worker counts as one."""
    if residents is not None:
        wanted = -(-residents * per_ten_thousand // 10_000)
    elif households is not None:
        wanted = -(-households // households_each)
    else:
        return None
    return max(wanted, least)


def may_assess(
    *, year: int, grade: str, note: str, served: bool, again: bool, today: date
) -> Ruling:
    """May somebody be assessed for a year? `again`: there is one already; then it says why."""
    return every(
        [
            require(grade in words("grades"), _("请选择考核等次")).at("grade"),
            require(year <= today.year, _("这一年还没有到")).at("year"),
            require(served, _("此人当年没有任职")).at("year"),
            require(
                not again or note.strip(),
                _("这一年已有考核，更正须写明原因"),
                "队伍规则:8",
            ).at("note"),
        ]
    )


def may_leave(
    *, kind: str, from_on: date, until_on: date, serving: bool, overlapping: bool
) -> Ruling:
    """May leave be written down?"""
    return every(
        [
            require(kind in words("leaves"), _("请选择假别")).at("kind"),
            require(until_on >= from_on, _("结束日期早于开始日期")).at("until_on"),
            require(
                (until_on - from_on).days < MOST_LEAVE_DAYS,
                _("一次请假不超过%(n)s日"),
                n=MOST_LEAVE_DAYS,
            ).at("until_on"),
            require(serving, _("此人在这段时间没有任职")),
            require(not overlapping, _("这段时间已有请假")).at("from_on"),
        ]
    )
