"""Mentoring of a told demo county: a station a community, some sixty pairs, two that stand still."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.roles import MENTOR, SOCIAL
from linli.mentoring import queries, rules, services
from linli.mentoring.models import Pair
from linli.mentoring.services import Wrote
from linli.people import demo as accounts
from linli.people import queries as people
from linli.places import queries as places
from linli.sources import words
from linli.workforce import queries as workforce

CHINA = ZoneInfo("Asia/Shanghai")
PAIRS, EXTRA, MONTHS = 60, 6, 7
OLD = ("慕长海", "曲桂芝", "隋玉田", "迟秀英", "姜德厚", "于锡山", "邹翠兰", "牟守信", "栾凤琴")
FROM_MENTOR = (
    "带着走了三户，先听老人把话讲完，再说政策；回来一起把台账补齐。",
    "把我当年调楼上漏水的法子讲了一遍：先看现场，再分责任，最后写协议。",
    "一起开了楼长会，让他先主持，我在旁边补；开场急了点，收尾不错。",
    "教他用一张纸把诉求、依据、答复列清楚，下次接访照着办。",
)
FROM_MENTEE = (
    "学到先共情再讲政策；独居老人的情况还记不全，下月重点走访。",
    "跟着调了一起漏水纠纷，协议是我写的，责任划分还要再学。",
    "第一次主持楼长会，紧张，时间没控制好；导师帮着圆了场。",
    "用一张纸把诉求列清楚确实有用，居民当场就认可了答复。",
)
SPOTS = ("党群服务中心", "网格里", "居民家中", "议事亭")


@dataclass(slots=True)
class Story:
    """Tells the mentoring of a county as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    by: Any = field(init=False)
    begun: date = field(init=False)

    def tell(self) -> None:
        """Tell it all."""
        self.chance = random.Random(27)
        self.by = people.holders(SOCIAL, self.county, self.today)[0]
        self.begun = Period.of(self.today).plus(-MONTHS).first_on + timedelta(4)
        self._mentors()
        self._matched()
        self._written()
        self._waiting()

    def _at(self, day: date, hour: int = 10) -> datetime:
        return datetime.combine(day, time(hour), CHINA)

    def _mentors(self) -> None:
        """The oldest of each community is a mentor; in the first ones a retired hand, too."""
        day = self.begun - timedelta(10)
        oldest: dict[str, Any] = {}
        for row in queries.serving(Scope.of(self.county), self.today).order_by("born_on", "pk"):
            oldest.setdefault(row.place_now, row)
        for n, community in enumerate(
            places.of_level("community", Scope.of(self.county)).order_by("place")
        ):
            station = services.open_station(
                by=self.by,
                place=community.place,
                name=f"{community.name.removesuffix('社区')}老社工驿站",
                address="党群服务中心一楼",
                opened_on=day,
                now=self._at(day),
            )
            told = oldest.get(community.place)
            if told is not None:
                self._mentor(station, told.name, day, worker=told)
            if n < len(OLD):
                user = accounts.account(
                    username="mentor" + (f"-{n + 1}" if n else ""),
                    name=OLD[n],
                    role=MENTOR,
                    place=community.place,
                    since_on=day,
                    now=self._at(day, 9),
                )
                self._mentor(station, OLD[n], day, user=user, about="任社区主任二十年，已退休")

    def _mentor(self, station: Any, name: str, day: date, **more: Any) -> None:
        services.add_mentor(
            by=self.by,
            station=station,
            name=name,
            skills=self.chance.sample(list(words("topics")), 3),
            most=3,
            **more,
            now=self._at(day, 11),
        )

    def _newest(self) -> list[Any]:
        """Who began last, first; mentors are none of them."""
        rows = list(queries.serving(Scope.of(self.county), self.today))
        mentors = set(queries.mentors(Scope.of(self.county)).values_list("worker", flat=True))
        firsts = workforce.first_posts([row.pk for row in rows])
        rows = [row for row in rows if row.pk not in mentors and firsts[row.pk] < self.begun]
        # Whoever has an account comes first, so that somebody can log in on either side.
        return sorted(
            rows, key=lambda row: (row.user_id is None, -firsts[row.pk].toordinal(), row.pk)
        )

    def _need(self, worker: Any, day: date) -> None:
        needs = {
            topic: self.chance.randint(1, 3)
            for topic in self.chance.sample(list(words("topics")), 3)
        }
        services.tell_needs(by=self.by, worker=worker, needs=needs, now=self._at(day))

    def _matched(self) -> None:
        for worker in self._newest()[:PAIRS]:
            self._need(worker, self.begun - timedelta(3))
        made = services.propose(by=self.by, place=self.county, now=self._at(self.begun, 9))
        taken = made.lines.filter(mentor__isnull=False).values_list("pk", flat=True)
        services.decide(by=self.by, proposal=made, taken=set(taken), now=self._at(self.begun, 15))

    def _written(self) -> None:
        """Both sides of nearly every month and quarter; two pairs stopped writing in spring."""
        last = Period.of(self.today).previous
        pairs = list(
            Pair.objects.filter(ended_on__isnull=True)
            .select_related("mentor", "mentee__worker")
            .order_by("pk")
        )
        for n, pair in enumerate(pairs):
            until = last.plus(-4) if n in (7, 31) else last
            pages: list[Wrote] = []
            for period in Period.of(self.begun).to(until):
                pages += self._month(pair, period, both=not (period == last and n % 4 == 0))
                quarter = period.quarter
                if quarter.last == period:
                    pages += self._quarter(pair, quarter.code, period)
            if pages:
                services.take_handbook(
                    by=self.by, pair=pair, pages=pages, now=self._at(self.today - timedelta(1))
                )

    def _month(self, pair: Any, period: Period, *, both: bool) -> list[Wrote]:
        on = max(period.first_on + timedelta(self.chance.randint(8, 24)), pair.begun_on)
        spot, which = self.chance.choice(SPOTS), self.chance.randrange(4)
        told = [self._page(period.code, rules.MENTOR, on, FROM_MENTOR[which], spot)]
        if both:
            told.append(self._page(period.code, rules.MENTEE, on, FROM_MENTEE[which], spot))
        return told

    def _quarter(self, pair: Any, code: str, period: Period) -> list[Wrote]:
        on = period.first_on + timedelta(20)
        turn = (period.year * 12 + period.month) // 3
        first = (self.begun.year * 12 + self.begun.month) // 3
        ratings = {
            topic: min(5, 2 + (turn - first) + self.chance.randint(0, 1))
            for topic in pair.mentee.needs
        }
        text = "在网格里看了半天：入户、记录、上报都自己来，能独当一面了。"
        return [
            self._page(code, rules.MENTOR, on, text, SPOTS[1], ratings),
            self._page(
                code, rules.MENTEE, on, "导师跟着看了半天，指出记录太简，当晚补齐。", SPOTS[1]
            ),
        ]

    def _page(
        self, period: str, side: str, on: date, text: str, spot: str, ratings: Any = None
    ) -> Wrote:
        return Wrote(period=period, side=side, on=on, text=text, spot=spot, ratings=ratings or {})

    def _waiting(self) -> None:
        """Some wait for a mentor, with a proposal that nobody has confirmed yet."""
        street = places.of_level("street", Scope.of(self.county)).order_by("place")[0]
        paired = set(Pair.objects.values_list("mentee__worker", flat=True))
        rest = [
            row
            for row in self._newest()
            if row.pk not in paired and row.place_now.startswith(street.place)
        ]
        for worker in rest[:EXTRA]:
            self._need(worker, self.today - timedelta(4))
        free = any(one.load < one.most for one in queries.mentors(Scope.of(street.place)))
        if rest and free:
            services.propose(
                by=self.by, place=street.place, now=self._at(self.today - timedelta(2))
            )


def tell(*, county: str, today: date) -> None:
    """Tell the mentoring of a county as of a day. Deterministic; everything through services."""
    with transaction.atomic():  # one wait for the disk
        Story(county, today).tell()
