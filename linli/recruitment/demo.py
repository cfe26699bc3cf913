"""Recruitment in a told demo county: one that takes applications now, and one being drawn up."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from stdnum.iso7064 import mod_11_2

from linli.kernel.place import Scope
from linli.kernel.roles import SOCIAL
from linli.people import queries as people
from linli.places import queries as places
from linli.recruitment import announcing, demo_procedure, eligibility, queries, rules, services
from linli.recruitment.models import Announcement, Post

CHINA = ZoneInfo("Asia/Shanghai")
AREA = "370684"
"""A county that became a district in 2020; its code stays in people's numbers."""
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    "雨桐 子涵 浩宇 欣怡 文轩 思琪 俊杰 雅婷 嘉豪 诗雨 明哲 佳琪 晨曦 泽宇 梦瑶 天宇 若曦 志远 静雯 博文"
).split()
SCHOOLS = ("鲁东大学", "烟台大学", "山东工商学院", "青岛农业大学", "烟台职业学院", "滨州医学院")
MAJORS = ("社会工作", "行政管理", "法学", "汉语言文学", "会计", "计算机应用")
ONLINE, COUNTER = 24, 96
"""So many applied on their phones, so many at the counter."""
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
TEXT = (
    "为加强社区工作者队伍建设，面向社会公开选聘社区专职工作者。聘用人员实行合同管理，"
    "薪酬按三岗十八级执行，试用期按劳动合同法办理。\n报名材料弄虚作假的，随时取消资格。"
)


def id_number(born_on: date, serial: int, *, male: bool) -> str:
    """An invented number that passes its check; `serial` (0–499) makes those of one day differ."""
    body = f"{AREA}{born_on:%Y%m%d}{serial * 2 + male:03d}"
    return body + mod_11_2.calc_check_digit(body)


@dataclass(slots=True)
class Story:
    """Tells what runs as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    by: Any = field(init=False)
    serial: int = 0

    def tell(self) -> Announcement:
        """Tell it all; gives the announcement that takes applications."""
        self.chance = random.Random(36)
        self.by = people.holders(SOCIAL, self.county, self.today)[0]
        made = self._announcement()
        posts = list(queries.posts(made))
        self._online(made, posts)
        self._counter(made, posts)
        self._looked_at(made)
        self._draft()
        return made

    def _at(self, days: int, hour: int = 10, minute: int = 0) -> datetime:
        return datetime.combine(self.today - timedelta(days), time(hour, minute), CHINA)

    def _asked(self, **changes: Any) -> eligibility.Conditions:
        widest = queries.limits(self.county, self.today)
        told = {name: getattr(widest, name) for name in eligibility.Conditions.__slots__}
        return eligibility.Conditions(**told | changes)

    def _announcement(self) -> Announcement:
        held = announcing.draft(
            by=self.by,
            county=self.county,
            title=f"{self.today.year}年下半年公开选聘社区工作者公告",
            text=TEXT,
            contact="区委社会工作部 0535-5640036",
            reference_on=self.today - timedelta(10),
            opens_on=self.today - timedelta(9),
            closes_on=self.today + timedelta(12),
            written_on=self.today + timedelta(26),
            interview_on=self.today + timedelta(47),
            now=self._at(14),
        )
        streets = [one.place for one in places.of_level("street", Scope.of(self.county))]
        more: tuple[tuple[str, dict[str, Any]], ...] = (
            (streets[0], {}),
            (streets[1 % len(streets)], {"schooling": "bachelor"}),
            (streets[2 % len(streets)], {"party_only": True}),
            (streets[0], {"group": rules.VETERAN, "residence": self.county}),
        )
        for place, asked in more:
            announcing.add_post(
                by=self.by,
                announcement=held,
                place=place,
                wanted=3,
                conditions=self._asked(**asked),
                note="",
                now=self._at(13),
            )
        return announcing.publish(by=self.by, announcement=held, now=self._at(10, 9))

    def entry(self, post: Post, *, years: int | None = None) -> services.Entry:
        """Somebody who mostly meets what the post asks."""
        chance = self.chance
        self.serial += 1
        age = chance.randint(22, 37) if years is None else years
        born_on = self.today - timedelta(round(age * 365.25) + chance.randrange(20, 340))
        level = chance.choice(("college", "bachelor", "bachelor", "postgraduate"))
        groups = [code for code in (rules.VETERAN, rules.SOCIAL) if chance.random() < 0.2]
        party = post.party_only or chance.random() < 0.3
        if post.group and post.group not in groups:
            groups.append(post.group)
        if party:
            groups.append(rules.PARTY)
        return services.Entry(
            post=post,
            name=chance.choice(FAMILY) + chance.choice(GIVEN),
            id_number=id_number(born_on, self.serial % 500, male=chance.random() < 0.4),
            phone=f"139{chance.randrange(10**8):08d}",
            schooling=level,
            politics="member" if party else chance.choice(("league", "none")),
            school=chance.choice(SCHOOLS),
            major=chance.choice(MAJORS),
            finished_on=born_on + timedelta(round(22.2 * 365.25)),
            residence=post.place[:9],
            experience_years=chance.choice((0, 0, 0, 1, 4)),
            groups=tuple(groups),
        )

    def _online(self, held: Announcement, posts: list[Post]) -> None:
        for n in range(ONLINE):
            entry = self.entry(posts[n % len(posts)], years=36 if n == 5 else None)
            kinds = [rules.ID_CARD, rules.DIPLOMA, *(rules.PAPER_OF[g] for g in entry.groups)]
            row = services.apply(
                by=None,
                announcement=held,
                entry=entry,
                papers=[
                    services.Sent(kind=kind, content=PAPER, name=f"{kind}.pdf")
                    for kind in dict.fromkeys(kinds)
                ],
                now=self._at(8 - n % 8, 19, n),
            )
            if n == 5 and row.ruling == rules.INELIGIBLE:
                services.ask_again(
                    by=None,
                    application=row,
                    text="在社区帮忙满四年，报名时漏填了工作年限",
                    now=self._at(2, 20),
                )

    def _counter(self, held: Announcement, posts: list[Post]) -> None:
        entries = [self.entry(posts[n % len(posts)]) for n in range(COUNTER)]
        services.register(by=self.by, announcement=held, entries=entries, now=self._at(3, 16))

    def _looked_at(self, held: Announcement) -> None:
        """The office has looked at what came first; one paper did not hold."""
        rows = queries.register(held, ruling=rules.ELIGIBLE).order_by("at", "number")
        keys = list(rows.values_list("pk", flat=True)[:40])
        told = {"by": self.by, "announcement": held, "now": self._at(1, 15)}
        services.decide(applications=keys[1:], admit=True, **told)
        why = "学历证书与学信网查询结果不一致，请持原件到报名点核对"
        services.decide(applications=keys[:1], admit=False, why=why, **told)

    def _draft(self) -> None:
        year = self.today.year + 1
        held = announcing.draft(
            by=self.by,
            county=self.county,
            title=f"{year}年春季定向选聘退役军人公告",
            reference_on=self.today + timedelta(100),
            opens_on=self.today + timedelta(100),
            closes_on=self.today + timedelta(110),
            now=self._at(0, 8),
        )
        street = next(iter(places.of_level("street", Scope.of(self.county)))).place
        announcing.add_post(
            by=self.by,
            announcement=held,
            place=street,
            wanted=5,
            conditions=self._asked(group=rules.VETERAN),
            now=self._at(0, 8),
        )


def tell(*, county: str, today: date) -> Announcement:
    """Tell the recruitment of a county that is over, and the one that runs as of a day."""
    demo_procedure.tell(county=county, today=today)
    return Story(county, today).tell()
