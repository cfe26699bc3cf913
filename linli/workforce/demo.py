"""The corps of a told demo county before its recruitment: a hundred files, as old as such corps are."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from stdnum.iso7064 import mod_11_2

from linli.kernel.place import Scope
from linli.kernel.roles import DEPARTMENTS, REVIEW, SECRETARY, SOCIAL, VETTERS, WORKER
from linli.people import demo as accounts
from linli.people import queries as people
from linli.places import queries as places
from linli.workforce import queries, records, services
from linli.workforce.models import Worker

CHINA = ZoneInfo("Asia/Shanghai")
PEOPLE, COLLEGE, YEARS = 100, 90, 4548
"""So many serve, so many of them with college or above, and so old they are together: with the 118
that are recruited later the corps is as reported (同江:D2)."""
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹"
GIVEN = (
    "海燕 国庆 素梅 红霞 立军 晓东 文静 建波 丽萍 志刚 春梅 永强 玉兰 宝山 淑芬 卫东 爱华 洪涛 "
    "小红 成林 美玲 庆福 彩霞 世杰 秋菊 长江 雅琴 振华 桂珍 新民"
).split()
AREA = "370684"
"""Where most were born: a county that became a district in 2020; its code stays in their numbers."""
MAJORS = ("社会工作", "行政管理", "法学", "会计", "汉语言文学", "公共事业管理")


def id_number(born_on: date, serial: int, *, male: bool, area: str = AREA) -> str:
    """An invented identity number that passes its check; `serial` 0–499 makes those of one day differ."""
    body = f"{area}{born_on:%Y%m%d}{serial * 2 + male:03d}"
    return body + mod_11_2.calc_check_digit(body)


def born(today: date, age: int, days: int) -> date:
    """The birthday of somebody who has been `age` for so many days (under 365)."""
    day = today - timedelta(days)
    return date(day.year - age, day.month, min(day.day, 28))


def ages(chance: random.Random, count: int, years: int, lowest: int, highest: int) -> list[int]:
    """So many ages, scattered, that sum up to so many years."""
    found = [chance.randint(lowest, highest) for _n in range(count)]
    while (off := years - sum(found)) != 0:
        at = chance.randrange(count)
        found[at] = min(highest, max(lowest, found[at] + (1 if off > 0 else -1)))
    return found


@dataclass(slots=True)
class Story:
    """Tells the files of a county as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    by: Any = field(init=False)
    communities: list[Any] = field(init=False)

    def tell(self) -> None:
        """Tell it all."""
        self.chance = random.Random(218)
        self._officers()
        self.by = people.holders(SOCIAL, self.county, self.today)[0]
        self.communities = list(places.of_level("community", Scope.of(self.county)))
        self._residents()
        heads = len(self.communities)
        old = ages(self.chance, PEOPLE, YEARS, 29, 58)
        old = sorted(old[:heads], reverse=True) + old[heads:]
        told = [self._file(n, age) for n, age in enumerate(old)]
        self._left()
        self._years(told)

    def _at(self, day: date, hour: int = 10) -> datetime:
        return datetime.combine(day, time(hour), CHINA)

    def _officers(self) -> None:
        """Accounts of the departments that only the corps knows, and of the review office. Their
        passwords are new: one of half a year ago would have to be changed first."""
        day = self.today - timedelta(200)
        for role in (*VETTERS, REVIEW):
            if role not in DEPARTMENTS:
                accounts.account(
                    username=role.code,
                    name=self._name(),
                    role=role,
                    place=self.county,
                    since_on=day,
                    now=self._at(self.today - timedelta(10), 9),
                )

    def _residents(self) -> None:
        as_of_on = date(self.today.year - 1, 12, 31)
        for community in self.communities:
            count = self.chance.randrange(2600, 5600, 10)
            services.tell_residents(
                by=self.by,
                place=community.code,
                count=count,
                household_count=count * 10 // 27,
                as_of_on=as_of_on,
                source="公安机关户籍与流动人口登记年报",
                now=self._at(self.today - timedelta(200)),
            )

    def _file(self, n: int, age: int) -> Worker:
        """The heads of the communities first, who have accounts; then a deputy each, then the rest."""
        count = len(self.communities)
        community = self.communities[n % count].code
        user = None
        if n < count:
            title = "secretary_director"
            user = people.holders(SECRETARY, community, self.today)[0]
        else:
            title = ("deputy_director", "committee_member", "worker")[min(n // count - 1, 2)]
        if n >= count * 3:
            user = self._account(n - count * 3, community)
        male = self.chance.random() < (0.5 if n < count else 0.3)
        born_on = born(self.today, age, self.chance.randrange(1, 330))
        party = n < count or self.chance.random() < 0.45
        worker = services.open_file(
            by=self.by,
            county=self.county,
            place=community,
            name=user.name if user else self._name(),
            id_number=id_number(born_on, n, male=male),
            phone=f"139{self.chance.randrange(10**8):08d}",
            politics="member" if party else "none",
            joined_party_on=date(born_on.year + self.chance.randint(20, 27), 7, 1)
            if party
            else None,
            user=user,
            now=self._at(self.today - timedelta(190)),
        )
        longest = max(2, min(22, age - 26))
        served = self.chance.randint(1, longest)
        services.appoint(
            by=self.by,
            worker=worker,
            place=community,
            title=title,
            way="inherited",
            since_on=date(self.today.year - served, self.chance.randint(1, 6), 1),
            now=self._at(self.today - timedelta(190), 11),
        )
        self._papers(worker, n, served)
        return worker

    def _account(self, n: int, community: str) -> Any:
        return accounts.account(
            username="worker" + (f"-{n + 1}" if n else ""),
            name=self._name(),
            role=WORKER,
            place=community,
            since_on=self.today - timedelta(190),
            now=self._at(self.today - timedelta(10), 9),
        )

    def _name(self) -> str:
        return self.chance.choice(FAMILY) + self.chance.choice(GIVEN)

    def _papers(self, worker: Worker, n: int, served: int) -> None:
        now = self._at(self.today - timedelta(188), 14)
        higher = n % (PEOPLE // (PEOPLE - COLLEGE)) != PEOPLE // (PEOPLE - COLLEGE) - 1
        level = ("bachelor" if self.chance.random() < 0.35 else "college") if higher else "senior"
        records.add_schooling(
            by=self.by,
            worker=worker,
            level=level,
            degree="bachelor" if level == "bachelor" and self.chance.random() < 0.6 else "",
            school="" if level == "senior" else "鲁东大学",
            major="" if level == "senior" else self.chance.choice(MAJORS),
            full_time=self.chance.random() < 0.4,
            finished_on=date(worker.born_on.year + (23 if higher else 19), 7, 1),
            now=now,
        )
        if self.chance.random() < 0.3:
            records.add_certificate(
                by=self.by,
                worker=worker,
                kind=self.chance.choice(("social_assistant", "social_assistant", "social_worker")),
                number=f"ZS{self.today.year - 3}{n:06d}",
                given_on=date(self.today.year - 3, 11, 20),
                now=now,
            )
        if n >= len(self.communities) * 2:
            from_on = date(self.today.year - min(served, 2), 7, 1)
            records.add_contract(
                by=self.by,
                worker=worker,
                number=f"SQ{from_on.year}-{n:03d}",
                employer="街道社区工作者服务中心",
                from_on=from_on,
                until_on=date(from_on.year + 3, 6, 30),
                now=now,
            )

    def _left(self) -> None:
        """Three who served until some months ago: their files stay."""
        for n, how in enumerate(("retired", "resigned", "contract")):
            place = self.communities[n * 5].code
            born_on = born(self.today, (60, 33, 41)[n], 90)
            worker = services.open_file(
                by=self.by,
                county=self.county,
                place=place,
                name=self._name(),
                id_number=id_number(born_on, n, male=n != 1),
                politics="none",
                now=self._at(self.today - timedelta(190)),
            )
            services.appoint(
                by=self.by,
                worker=worker,
                place=place,
                title="worker",
                way="inherited",
                since_on=date(self.today.year - 6, 3, 1),
                now=self._at(self.today - timedelta(190), 11),
            )
            services.end_post(
                by=self.by,
                worker=worker,
                until_on=self.today - timedelta(100 + n * 9),
                how=how,
                now=self._at(self.today - timedelta(100 + n * 9), 15),
            )

    def _years(self, told: list[Worker]) -> None:
        """The last yearly assessment, grades, and somebody on leave."""
        year, now = self.today.year - 1, self._at(self.today - timedelta(150))
        for n, worker in enumerate(told):
            if queries.served_in(worker, year):
                grade = "excellent" if n % 6 == 0 else "basic" if n == 47 else "good"
                records.assess(by=self.by, worker=worker, year=year, grade=grade, now=now)
            standing = queries.standing_of(worker, now.date())
            if n % 3 and standing and standing.grade:
                services.give_grade(
                    by=self.by,
                    worker=worker,
                    grade=standing.grade,
                    since_on=now.date(),
                    why="首次定级",
                    now=now,
                )
        for n, kind in ((31, "annual"), (58, "sick"), (83, "maternity")):
            records.give_leave(
                by=self.by,
                worker=told[n],
                kind=kind,
                from_on=self.today - timedelta(2),
                until_on=self.today + timedelta(90 if kind == "maternity" else 3),
                now=self._at(self.today - timedelta(3)),
            )


def tell(*, county: str, today: date) -> None:
    """Tell the files of a county as of a day. Deterministic; everything through services."""
    with transaction.atomic():  # some hundreds of acts, one wait for the disk
        Story(county, today).tell()
