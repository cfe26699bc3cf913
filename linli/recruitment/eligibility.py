"""What a post asks for, and whether somebody meets it. No database, no clock, no request."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from linli.kernel.calendar import months_later
from linli.kernel.rulings import ALLOWED, Reason, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.recruitment.rules import (
    DIPLOMA,
    GRADUATE,
    GROUPS,
    ID_CARD,
    MOST_WANTED,
    PAPER_OF,
    PAPERS,
    PARTY,
)
from linli.sources import with_trait, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a post asks for, counted on the reference date of the announcement.

    Ages in full years, both included; `age_max_experienced` holds for whoever has worked
    `experience_years` in communities. `schooling`: the lowest. `residence`: code of the place one
    must live in, "" for any. `group`: the only group it is for, "" for all.
    """

    age_min: int
    age_max: int
    age_max_experienced: int
    experience_years: int
    schooling: str
    party_only: bool = False
    residence: str = ""
    group: str = ""

    def born(self, reference_on: date) -> tuple[date, date]:
        """The first and the last birthday with which somebody without experience may apply."""
        first = months_later(reference_on, -12 * (self.age_max + 1)) + timedelta(1)
        return first, months_later(reference_on, -12 * self.age_min)

    def told(self, reference_on: date) -> tuple[Reason, ...]:
        """What is asked, a sentence each, for who reads the announcement."""
        first, last = self.born(reference_on)
        said = [
            Reason(
                _("%(low)s至%(high)s周岁（%(first)s至%(last)s出生）"),
                {"low": self.age_min, "high": self.age_max, "first": first, "last": last},
            )
        ]
        if self.experience_years and self.age_max_experienced > self.age_max:
            said.append(
                Reason(
                    _("有%(n)s年以上社区工作经历的，放宽到%(high)s周岁"),
                    {"n": self.experience_years, "high": self.age_max_experienced},
                )
            )
        lowest = _named("schooling", self.schooling)
        said.append(Reason(_("%(schooling)s及以上学历"), {"schooling": lowest}))
        if self.party_only:
            said.append(Reason(_("中共党员（含预备党员）")))
        if self.residence:
            said.append(Reason(_("在招聘地居住")))
        if self.group:
            said.append(Reason(_("只面向%(group)s"), {"group": GROUPS[self.group]}))
        return tuple(said)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """What somebody says of themselves. `residence`: code of the place they live in, "" for
    elsewhere; `papers`: kinds of the papers that are there, None where the office has seen them."""

    born_on: date
    schooling: str
    finished_on: date | None
    politics: str
    residence: str
    experience_years: int
    groups: Collection[str]
    papers: Collection[str] | None


def age(born_on: date, on: date) -> int:
    """Full years on a day; 1 March for those born on 29 February."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def is_eligible(
    one: Applicant, asked: Conditions, *, reference_on: date, graduate_years: int
) -> Ruling:
    """Whether somebody meets the conditions of a post: every reason with its ground."""
    ranks = {code: word.rank for code, word in words("schooling").items()}
    return every(
        [
            _of_age(one, asked, reference_on),
            require(
                ranks.get(one.schooling, -1) >= ranks.get(asked.schooling, 0),
                _("学历未达到岗位要求：须为%(wanted)s及以上，您填的是%(given)s"),
                "选聘规则:4",
                wanted=_named("schooling", asked.schooling),
                given=_named("schooling", one.schooling),
            ).at("schooling"),
            require(
                not asked.party_only or one.politics in with_trait("politics", "party"),
                _("这个岗位只招中共党员（含预备党员）"),
                "选聘规则:5",
            ).at("politics"),
            require(
                not asked.residence or one.residence.startswith(asked.residence),
                _("这个岗位要求在招聘地居住"),
                "选聘规则:5",
            ).at("residence"),
            require(
                not asked.group or asked.group in one.groups,
                _("这个岗位只面向%(group)s"),
                "选聘规则:5",
                group=GROUPS.get(asked.group, asked.group),
            ).at("groups"),
            *(_in_group(one, group, reference_on, graduate_years) for group in one.groups),
            _papers(one),
        ]
    )


def _named(of: str, code: str) -> object:
    found = words(of).get(code)
    return found.name if found else code


def _of_age(one: Applicant, asked: Conditions, reference_on: date) -> Ruling:
    years = age(one.born_on, reference_on)
    experienced = one.experience_years >= asked.experience_years > 0
    most = max(asked.age_max, asked.age_max_experienced) if experienced else asked.age_max
    return every(
        [
            require(
                years >= asked.age_min,
                _("到基准日%(day)s年满%(years)s周岁，不满%(least)s周岁"),
                "选聘规则:3",
                day=reference_on,
                years=years,
                least=asked.age_min,
            ).at("id_number"),
            require(
                years <= most,
                _("到基准日%(day)s已满%(years)s周岁，超过%(most)s周岁的上限"),
                "选聘规则:3",
                day=reference_on,
                years=years,
                most=most,
            ).at("id_number"),
        ]
    )


def _in_group(one: Applicant, group: str, reference_on: date, graduate_years: int) -> Ruling:
    """Whether what is claimed agrees with what else is said."""
    if group == PARTY:
        return require(
            one.politics in with_trait("politics", "party") and one.residence,
            _("居民党员须为中共党员（含预备党员）并在招聘地居住"),
            "选聘规则:6",
        ).at("groups")
    if group == GRADUATE:
        recent = one.finished_on is not None and one.finished_on > months_later(
            reference_on, -12 * graduate_years
        )
        college = one.schooling in with_trait("schooling", "college")
        return require(
            recent and college,
            _("高校毕业生须为大专及以上学历，到基准日毕业不满%(n)s年"),
            "选聘规则:6",
            n=graduate_years,
        ).at("groups")
    return require(group in GROUPS, _("没有这个身份")).at("groups")


def _papers(one: Applicant) -> Ruling:
    if one.papers is None:
        return ALLOWED
    wanted = dict.fromkeys(
        [ID_CARD, DIPLOMA, *(PAPER_OF[group] for group in one.groups if group in PAPER_OF)]
    )
    missing = tuple(PAPERS[kind] for kind in wanted if kind not in one.papers)
    return require(not missing, _("还缺材料：%(papers)s"), "选聘规则:6", papers=missing).at(
        "papers"
    )


def check_post(
    *, asked: Conditions, wanted: int, title: str, known_place: bool, limits: Conditions
) -> Ruling:
    """Whether a post may stand in an announcement. `limits`: the widest the rules allow."""
    return every(
        [
            require(known_place, _("请选择街道或者社区")).at("place"),
            require(title in words("titles"), _("请选择职务")).at("title"),
            require(0 < wanted <= MOST_WANTED, _("人数应为1至%(n)s"), n=MOST_WANTED).at("wanted"),
            require(
                limits.age_min <= asked.age_min <= asked.age_max <= limits.age_max,
                _("年龄应在%(low)s至%(high)s周岁之间"),
                "选聘规则:3",
                low=limits.age_min,
                high=limits.age_max,
            ).at("age_max"),
            require(
                asked.age_max <= asked.age_max_experienced <= limits.age_max_experienced,
                _("有经历的年龄上限不低于一般上限，不超过%(n)s周岁"),
                "选聘规则:3",
                n=limits.age_max_experienced,
            ).at("age_max_experienced"),
            require(asked.schooling in words("schooling"), _("请选择学历")).at("schooling"),
            require(not asked.group or asked.group in GROUPS, _("没有这个身份")).at("group"),
        ]
    )
