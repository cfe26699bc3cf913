"""Training of a told demo county: a year of sessions, signed in and tested, one still to come."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from linli.kernel.calendar import Calendar
from linli.kernel.period import Period
from linli.kernel.place import Scope
from linli.kernel.roles import SOCIAL, STREET
from linli.people import queries as people
from linli.places import queries as places
from linli.training import owed, queries, rules, services, testing
from linli.training.demo_bank import BANK
from linli.training.models import Session
from linli.training.services import Came
from linli.training.testing import Asked, OnPaper

CHINA = ZoneInfo("Asia/Shanghai")
MONTHS = 11
"""So many months before this one each street held a session."""
TOPICS = ("emergency", "mediation", "policy", "masses", "grid")
TITLES = {
    "emergency": ("楼道火情怎么处置", "汛期转移演练"),
    "mediation": ("邻里漏水纠纷调处", "调解笔录怎么写"),
    "policy": ("公共收益那些事", "个人信息怎么用才合规"),
    "masses": ("敲开门、说上话", "特殊群体关爱"),
    "grid": ("网格巡查看什么", "上报与回访"),
    "party": ("支部怎么领着干", "在职党员报到"),
}
CLASSES = (
    ("party", "县级集中培训：基层党建"),
    ("policy", "县级集中培训：物业管理与公共收益"),
    ("mediation", "县级集中培训：矛盾纠纷多元化解"),
    ("emergency", "县级集中培训：应急指挥"),
    ("masses", "县级集中培训：群众工作方法"),
    ("party", "县级集中培训：党组织书记能力"),
    ("policy", "县级集中培训：基层治理法规"),
)
KNOWS = {"mediation": 0.48, "policy": 0.7, "emergency": 0.82}
"""How often a question of a topic is answered rightly; else four in five."""
TRAINERS = (
    "区委党校 隋老师",
    "区司法局 曲科长",
    "消防救援大队 迟参谋",
    "老书记 慕长海",
    "区委社会工作部 姜主任",
)
EARLIER = 185
"""Before so many days ago nobody had a file: those sessions were written down later."""
CERTIFIED = 5


@dataclass(slots=True)
class Story:
    """Tells the training of a county as of a day."""

    county: str
    today: date
    chance: random.Random = field(init=False)
    by: Any = field(init=False)
    calendar: Calendar = field(init=False)
    streets: list[Any] = field(init=False)
    venues: dict[str, Any] = field(init=False, default_factory=dict)
    keys: dict[str, dict[int, int]] = field(init=False, default_factory=dict)
    serving: dict[int, Any] = field(init=False, default_factory=dict)

    def tell(self) -> None:
        """Tell it all."""
        self.chance = random.Random(30)
        self.calendar = places.calendar()
        self.by = people.holders(SOCIAL, self.county, self.today)[0]
        self.streets = list(places.of_level("street", Scope.of(self.county)).order_by("place"))
        self._venues()
        self._bank()
        this = Period.of(self.today)
        for back in range(MONTHS, 0, -1):
            for n, street in enumerate(self.streets):
                self._micro(this.plus(-back).first_on + timedelta(4 + 6 * n), back, street, n)
        for n, (topic, title) in enumerate(CLASSES):
            on = self.today - timedelta(250 if n < 3 else 80) + timedelta(n)
            self._class(topic, title, on)
        self._yesterday()
        self._coming()
        self._certificates()

    def _at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), CHINA)

    def _venues(self) -> None:
        now = self._at(self.today - timedelta(400))
        told = [(self.county, "边境党建学院", "party_school", "学院路1号", 120)]
        for street in self.streets:
            told.append(
                (street.place, f"{street.name}网格学校", "grid_school", "街道办事处二楼", 60)
            )
            told.append((street.place, f"{street.name}党群服务中心", "centre", "", 40))
        for place, name, kind, address, seats in told:
            made = services.add_venue(
                by=self.by, place=place, name=name, kind=kind, address=address, seats=seats, now=now
            )
            self.venues.setdefault(place, made)

    def _bank(self) -> None:
        now = self._at(self.today - timedelta(399))
        some = [
            Asked(topic=topic, text=text, options=options, right=right, why=why)
            for topic, rows in BANK.items()
            for text, options, right, why in rows
        ]
        testing.write_questions(by=self.by, county=self.county, some=some, now=now)
        for topic in BANK:
            rows = queries.bank(self.county, topic=topic)
            self.keys[topic] = dict(rows.values_list("pk", "right"))
        for row in queries.serving(Scope.of(self.county), self.today):
            self.serving[row.pk] = row

    # --- held ---------------------------------------------------------------------------------

    def _micro(self, on: date, back: int, street: Any, n: int) -> None:
        at = MONTHS - back
        topic = "party" if at == 2 * len(TOPICS) else TOPICS[(at + n) % len(TOPICS)]
        session = self._plan(
            street.place, rules.MICRO, TITLES[topic][at // len(TOPICS) % 2], topic, on, 60, ()
        )
        self._held(session)

    def _class(self, topic: str, title: str, on: date) -> None:
        session = self._plan(self.county, rules.CLASS, title, topic, on, 360, (rules.CHIEF,))
        self._held(session)

    def _plan(
        self, place: str, kind: str, title: str, topic: str, on: date, minutes: int, layers: Any
    ) -> Session:
        on = self.calendar.on_or_after(on)
        early = (self.today - on).days > EARLIER
        planned = self.today - timedelta(EARLIER - 5) if early else on - timedelta(6)
        return services.plan(
            by=self.by,
            place=place,
            kind=kind,
            title=title,
            topic=topic,
            venue=self.venues[place],
            trainer=self.chance.choice(TRAINERS),
            starts_at=self._at(on, 9 if kind == rules.CLASS else 15),
            minutes=minutes,
            layers=layers,
            told_later=early,
            now=self._at(planned, 8),
        )

    def _held(self, session: Session) -> None:
        """Most of those asked come; whoever came takes the test; the list is closed."""
        asked = [self.serving[pk] for pk in self._asked(session) if pk in self.serving]
        came = [one for one in asked if self._comes(one)]
        start = session.starts_at
        over = max(queries.ends_at(session), session.at)
        services.take_list(
            by=self.by,
            session=session,
            some=[Came(one, start + timedelta(minutes=self._minute())) for one in came],
            reason="现场纸质签到表",
            now=over,
        )
        papers = [self._paper(session, one) for one in came]
        testing.take_papers(
            by=self.by,
            session=session,
            some=papers,
            done_at=queries.ends_at(session),
            now=over,
        )
        services.close(by=self.by, session=session, now=over + timedelta(hours=1))

    def _asked(self, session: Session) -> list[int]:
        return list(session.invites.order_by("pk").values_list("worker", flat=True))

    def _keen(self, worker: Any) -> bool:
        """Every sixth never misses a session nor a question."""
        return int(worker.number[1:]) % 6 == 2

    def _comes(self, worker: Any) -> bool:
        return self._keen(worker) or self.chance.random() < 0.84

    def _minute(self) -> int:
        return self.chance.choice((-20, -14, -9, -8, -6, -5, -3, -2, -1, 1, 2, 19))

    def _paper(self, session: Session, worker: Any) -> OnPaper:
        keys = self.keys[session.topic]
        drawn = rules.draw(f"{session.seed}-{worker.number}-1", keys, 5)
        knows = 1.0 if self._keen(worker) else KNOWS.get(session.topic, 0.8)
        chosen = [keys[pk] if self.chance.random() < knows else (keys[pk] + 1) % 3 for pk in drawn]
        return OnPaper(worker, worker.place_now, chosen)

    # --- now ----------------------------------------------------------------------------------

    def _yesterday(self) -> None:
        """Held on the last working day in the first street: scanned by who has an account, its test still open."""
        on = self._workday_before()
        street = self.streets[0]
        session = services.plan(
            by=self.by,
            place=street.place,
            kind=rules.MICRO,
            title="信访苗头怎么接",
            topic="mediation",
            venue=self.venues[street.place],
            trainer=TRAINERS[1],
            starts_at=self._at(on, 15),
            minutes=60,
            now=self._at(on - timedelta(5), 9),
        )
        asked = [self.serving[pk] for pk in self._asked(session) if pk in self.serving]
        for n, worker in enumerate(one for one in asked if one.user_id):
            now = session.starts_at + timedelta(minutes=-12 + n)
            services.sign_in(
                by=worker.user, session=session, code=queries.code_of(session, now), now=now
            )
        there = set(session.sign_ins.values_list("worker", flat=True))
        someone = next(one for one in asked if one.pk not in there)
        services.sign_in_for(
            by=self.by,
            session=session,
            worker=someone,
            reason="手机没电，现场核对身份",
            now=session.starts_at + timedelta(minutes=4),
        )

    def _workday_before(self) -> date:
        on = self.today - timedelta(1)
        while not self.calendar.is_working_day(on):
            on -= timedelta(1)
        return on

    def _coming(self) -> None:
        """One to come in each street, and one that was called off."""
        for n, street in enumerate(self.streets):
            on = self.calendar.on_or_after(self.today + timedelta(3 + n))
            services.plan(
                by=people.holders(STREET, street.place, self.today)[0],
                place=street.place,
                kind=rules.MICRO,
                title="冬季用火用电用气排查",
                topic="emergency",
                venue=self.venues[street.place],
                trainer=TRAINERS[2],
                starts_at=self._at(on, 15),
                minutes=45,
                now=self._at(self.today - timedelta(2), 9),
            )
        off = services.plan(
            by=self.by,
            place=self.county,
            kind=rules.CLASS,
            title="县级集中培训：重点项目观摩",
            topic="policy",
            venue=self.venues[self.county],
            trainer=TRAINERS[4],
            starts_at=self._at(self.today - timedelta(20), 9),
            minutes=360,
            layers=(rules.CHIEF,),
            now=self._at(self.today - timedelta(40)),
        )
        services.cancel(
            by=self.by,
            session=off,
            why="授课人临时有会，改期另行通知",
            now=self._at(self.today - timedelta(22)),
        )

    def _certificates(self) -> None:
        """Who has done everything gets the certificate; one was given by mistake."""
        now = self._at(self.today - timedelta(1), 17)
        told = owed.owing(self.serving.values(), now.date())
        done = [one.worker for one in told if one.coverage.complete][:CERTIFIED]
        made = [services.certify(by=self.by, worker=worker, now=now) for worker in done]
        if made:
            services.void(
                by=self.by,
                certificate=made[-1],
                why="所附单位名称有误，另发",
                now=now + timedelta(hours=1),
            )


def tell(*, county: str, today: date) -> None:
    """Tell the training of a county as of a day. Deterministic; everything through services."""
    with transaction.atomic():  # one wait for the disk
        Story(county, today).tell()
