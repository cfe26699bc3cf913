"""The story of the demo county, chapter by chapter; every act goes through a service."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from linli.bank import services as bank
from linli.demo import names, plan, telling, voices
from linli.demo.telling import Told, moment
from linli.disclosure import folder
from linli.disclosure import queries as disclosure
from linli.exams import demo as exams
from linli.handover import demo as handover
from linli.intake import demo as intake
from linli.kernel.period import Period
from linli.kernel.roles import (
    APPROVER,
    AUDIT_ADMIN,
    AUDITOR,
    BOOKKEEPER,
    CASHIER,
    DEPARTMENTS,
    DISTRICT,
    RESIDENT,
    SECRETARY,
    SECURITY_ADMIN,
    STREET,
    SYSTEM_ADMIN,
    Role,
)
from linli.leads import demo as leads
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.mentoring import demo as mentoring
from linli.months import services as month_services
from linli.people import queries as people_queries
from linli.people import services as people
from linli.people.services import Person
from linli.places import queries as place_queries
from linli.places import services as places
from linli.premises import demo as premises
from linli.recruitment import demo as recruitment
from linli.remedy import demo as remedy
from linli.reserve import demo as reserve
from linli.survey import demo as survey
from linli.training import demo as training
from linli.vetting import demo as vetting
from linli.vouchers import services as vouchers
from linli.vouchers.rules import Item
from linli.workforce import demo as workforce

MAIN_MONTHS, OTHER_MONTHS, LIVE_MONTHS = 24, 6, 6
BY_VOUCHERS = frozenset({2, 7, 12, 18, 23})
"""Estates whose last month was kept by vouchers and published; most others import their sheets."""
STOPPED = {1: "closing", 3: "waiting", 4: "empty", 13: "posted", 16: "closing", 21: "empty"}
"""Estates whose last month is not published yet, and how far each has come."""
LATE = (6, 17)
"""Estates that published the month before the last some days late."""
ROOMS = (premises, survey, leads, remedy, handover)
CORPS = (workforce, recruitment, exams, training, reserve, mentoring, vetting)
"""What follows the books: each domain tells its own, in this order."""
Step = Callable[[int, int, str], None]


@dataclass(slots=True)
class Story:
    """Tells the county as of a day: the month before it is the latest that is over."""

    today: date
    step: Step = lambda done, total, text: None
    last: Period = field(init=False)
    begun: date = field(init=False)
    chance: random.Random = field(init=False)
    communities: list[tuple[str, str]] = field(init=False, default_factory=list)
    street: object = field(init=False, default=None)
    beside: list[plan.Deed] = field(init=False, default_factory=list)

    def tell(self) -> None:
        """Tell it all."""
        self.last = Period.of(self.today).previous
        self.begun = self.last.plus(1 - MAIN_MONTHS).first_on
        self.chance = random.Random(42)
        self._places()
        self._holidays()
        self._officers()
        total = len(names.ESTATES)
        for n, name in enumerate(names.ESTATES):
            self.step(n, total, name)
            told = self._estate(n, name)
            if n == 0:
                self._main(told)
            else:
                self._other(told, n)
        for chapter in (*ROOMS, *CORPS):
            chapter.tell(county=names.COUNTY[0], today=self.today)
        folder.write(disclosure.all_published(), Path(settings.PUBLIC))
        self.step(total, total, "")

    # --- places and people ----------------------------------------------------------------------

    def _places(self) -> None:
        now = moment(self.begun - timedelta(10), 9)
        code, county = names.COUNTY
        places.add_place(by=None, code=code, name=county, now=now)
        for street, name, communities in names.STREETS:
            places.add_place(by=None, code=street, name=name, now=now)
            for number, community in enumerate(communities, 1):
                told = f"{street}{number:03d}"
                places.add_place(by=None, code=told, name=f"{community}社区", now=now)
                self.communities.append((told, f"{community}社区"))

    def _holidays(self) -> None:
        """Tables of holidays up to next year's; of one not published yet, the days that are fixed."""
        now = moment(self.begun - timedelta(10), 9)
        for year in range(self.begun.year, self.today.year + 2):
            fixed = [(date(year, month, day), True, name) for month, day, name in names.HOLIDAYS]
            days = place_queries.published_holidays(year)
            source = "国务院办公厅通知" if days else "演示数据：只含日期固定的法定节假日"
            places.set_holidays(by=None, year=year, days=days or fixed, source=source, now=now)

    def _officers(self) -> None:
        now = moment(self.today - timedelta(10), 9)
        admins = (SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN)
        people.set_up_administrators(
            by=None,
            county=names.COUNTY[0],
            people={
                role: Person(
                    f"demo-{role.code.replace('_', '-')}",
                    self._name(),
                    "",
                    people_queries.DEMO_PASSWORD,
                )
                for role in admins
            },
            now=now,
        )
        self._person("demo-district", DISTRICT, names.COUNTY[0])
        self._person("demo-auditor", AUDITOR, names.COUNTY[0])
        for role in DEPARTMENTS:
            self._person(f"demo-{role.code}", role, names.COUNTY[0])
        for n, (street, _name, _communities) in enumerate(names.STREETS, 1):
            person = self._person("demo-street" + (f"-{n}" if n > 1 else ""), STREET, street)
            self.street = person if n == 1 else self.street
        for n, (community, _name) in enumerate(self.communities, 1):
            self._person("demo-secretary" + (f"-{n}" if n > 1 else ""), SECRETARY, community)

    def _name(self) -> str:
        return self.chance.choice(names.FAMILY) + self.chance.choice(names.GIVEN)

    def _person(self, username: str, role: Role, *posts: str) -> object:
        """An account with a password that is still new, for posts held since the beginning."""
        now = moment(self.today - timedelta(10), 9)
        handed = people.create_account(
            by=None,
            username=username,
            name=self._name(),
            phone=f"138{self.chance.randrange(10**8):08d}",
            password=people_queries.DEMO_PASSWORD,
            now=now,
        )
        for place in posts:
            people.appoint(
                by=None,
                user=handed.subject,
                role=role,
                place=place,
                since_on=self.begun - timedelta(8),
                now=now,
            )
        return handed.subject

    def _estate(self, n: int, name: str) -> Told:
        community, community_name = self.communities[n % len(self.communities)]
        place = places.add_place(
            by=None,
            parent=community,
            level="estate",
            name=name,
            address=f"{community_name}滨海路 {n * 7 + 1} 号",
            now=moment(self.begun - timedelta(8), 9),
        )
        tail = "" if n == 0 else f"-{n + 1}"
        group = {
            role.code: self._person(f"demo-{role.code}{tail}", role, place.place)
            for role in (BOOKKEEPER, CASHIER, APPROVER, RESIDENT)
        }
        months = MAIN_MONTHS if n == 0 else OTHER_MONTHS
        return telling.begin(
            plan.estate(name, n),
            place=place.place,
            people=group,
            first=self.last.plus(1 - months),
            community=community_name,
        )

    # --- the estate with two years --------------------------------------------------------------

    def _main(self, told: Told) -> None:
        first = self.last.plus(1 - MAIN_MONTHS)
        live = self.last.plus(1 - LIVE_MONTHS)
        for period in first.to(self.last):
            telling.tell_projects(told, period)
            if period < live:
                deeds = plan.month(told.plan, period)
                telling.import_month(told, period, deeds, on=self._published_on(0, period))
                continue
            if period == live:
                ledger_services.go_live(
                    by=None, book=told.book, live_from=live.code, now=moment(live.first_on, 8)
                )
                told.book.refresh_from_db()
            self._live_month(told, period)
        self._this_month(told)

    def _published_on(self, n: int, period: Period) -> date:
        """Between the third and the twelfth of the next month; a late estate some days too late."""
        late = 14 if n in LATE and period == self.last.previous else 0
        on = period.last_on + timedelta(3 + (n * 7 + period.month * 3) % 10 + late)
        return max(period.next.first_on, min(on, self.today - timedelta(1)))

    def _live_month(self, told: Told, period: Period) -> None:
        """A month kept by vouchers. The last but two pays late, the last but one corrects the
        month before it, and the last is stopped at its seal."""
        age = period.since(self.last)
        deeds = plan.month(told.plan, period)
        if age == -2:
            deeds = [*self._paid_late(deeds, period), _misplaced(period)]
        for deed in deeds:
            telling.record(told, deed)
        self._receipts(told, period)
        now = moment(period.last_on + timedelta(3), 9)
        if age == -1:
            self._correct(told, period)
        more = [(period.last_on, -2000, "账户管理费")] if age == 0 else []
        telling.keep_statement(
            told, period, self.extra(told, deeds), by=told.people["bookkeeper"], now=now, more=more
        )
        telling.confirm(told, period, by=told.people["bookkeeper"], now=now)
        if age == 0:
            self._blocked(told, period, now)
            return
        telling.close(told, period, now=now)
        if age == -1:
            self._corrected(told, period.previous, now)
        if age == -3:
            voices.answered(told, period)

    def _paid_late(self, deeds: list[plan.Deed], period: Period) -> list[plan.Deed]:
        """The management fee goes out on the last day; the bank books it in the next month."""
        return [
            replace(deed, on=period.last_on, late=True) if deed.category == "management" else deed
            for deed in deeds
        ]

    def extra(self, told: Told, deeds: list) -> list:
        """The month's deeds with what was booked besides (receipts, corrections)."""
        found = [*deeds, *self.beside]
        self.beside = []
        return found

    def _receipts(self, told: Told, period: Period) -> None:
        """Three receipts of the cashier, gathered into one voucher."""
        site = ledger.account_of(told.book, "common", "site")
        day = period.first_on + timedelta(17)
        kept = [
            vouchers.issue_receipt(
                by=told.people["cashier"],
                book=told.book,
                key=f"demo-{period.code}-{n}",
                account=site,
                received_on=day,
                amount_fen=fen,
                payer=payer,
                summary="周末便民集市摊位费",
                method="转账",
                now=moment(day, 11, n),
            )
            for n, (fen, payer) in enumerate(
                ((20000, "新邻里生鲜店"), (15000, "邻里优选商行"), (10000, "王桂芳"))
            )
        ]
        voucher = vouchers.gather(
            by=told.people["bookkeeper"],
            book=told.book,
            key=f"demo-gather-{period.code}",
            receipts=[receipt.pk for receipt in kept],
            money=told.accounts["common"].pk,
            on=day,
            summary="便民集市摊位费（收据汇总）",
            now=moment(day, 16),
        )
        vouchers.submit(by=told.people["bookkeeper"], voucher=voucher, now=moment(day, 16, 5))
        telling.approve(told, voucher, moment(day, 17))
        self.beside = [
            *self.beside,
            plan.Deed(
                on=day,
                fund="common",
                category="site",
                fen=45000,
                summary="便民集市摊位费",
                counterparty="",
            ),
        ]

    def _correct(self, told: Told, period: Period) -> None:
        """The month before, a bill was booked as energy that was maintenance; it is put right."""
        wrong = ledger.entries(told.book, period=period.previous.code).get(
            wording__summary=_misplaced(period.previous).summary
        )
        fen = max(line.amount_fen for line in wrong.lines.all())
        on = period.first_on + timedelta(12)
        voucher = vouchers.draft(
            by=told.people["bookkeeper"],
            book=told.book,
            key=f"demo-correct-{period.code}",
            on=on,
            direction="out",
            money=told.accounts["common"].pk,
            items=[
                Item(
                    account=ledger.account_of(told.book, "common", "maintenance_cost").pk,
                    amount_fen=fen,
                )
            ],
            corrects=wrong,
            reason="道闸电机维修费误记为能耗，应为设备维护",
            summary=f"{wrong.wording.summary}（更正科目）",
            counterparty=wrong.wording.counterparty,
            document=wrong.wording.document,
            now=moment(on, 10),
        )
        vouchers.submit(by=told.people["bookkeeper"], voucher=voucher, now=moment(on, 10, 30))
        telling.approve(told, voucher, moment(on, 14))

    def _corrected(self, told: Told, period: Period, now: datetime) -> None:
        month_services.correct(
            by=told.people["approver"],
            book=told.book,
            period=period.code,
            reason="道闸电机维修费误记为能耗，已在次月冲销并更正",
            now=now + timedelta(days=1),
        )

    def _blocked(self, told: Told, period: Period, now: datetime) -> None:
        """The bank took a fee that nobody booked: the month may not be sealed."""
        bank.auto_match(
            by=told.people["bookkeeper"],
            account=told.accounts["common"],
            through=period.code,
            now=now,
        )

    def _this_month(self, told: Told) -> None:
        """Vouchers of the month that runs: some posted, one waiting, one a draft."""
        period = Period.of(self.today)
        telling.tell_projects(told, period, begun_only=True)
        deeds = [d for d in plan.month(told.plan, period) if d.on < self.today]
        states = ["posted"] * max(0, len(deeds) - 2) + ["waiting", "draft"]
        for deed, state in zip(deeds, states[-len(deeds) :], strict=True):
            telling.record(told, deed, state=state)
        voices.in_the_clock(told, self.last.previous, self.today - timedelta(2))
        self._late(told)

    def _late(self, told: Told) -> None:
        """A sheet half way through the import pages, and the street asking about the month."""
        day = self.today - timedelta(1)
        intake.tell(
            book=told.book,
            by=told.people["bookkeeper"],
            period=Period.of(self.today).code,
            now=moment(day, 16),
        )
        voices.asked(told, self.last, by=self.street, day=day)

    # --- the others -----------------------------------------------------------------------------

    def _other(self, told: Told, n: int) -> None:
        """Six months: five from old sheets; the last imported, too, or kept by vouchers."""
        kept = n in BY_VOUCHERS or n in STOPPED
        if n == 4:
            telling.in_transit(told, told.plan.first)
        for period in told.plan.first.to(self.last):
            telling.tell_projects(told, period, begun_only=kept and period == self.last)
            if period < self.last or not kept:
                deeds = plan.month(told.plan, period)
                telling.import_month(told, period, deeds, on=self._published_on(n, period))
        if kept:
            ledger_services.go_live(
                by=None,
                book=told.book,
                live_from=self.last.code,
                now=moment(self.last.first_on, 8),
            )
            told.book.refresh_from_db()
            self._last_month(told, n)
        self._said(told, n)

    def _last_month(self, told: Told, n: int) -> None:
        """The last month by vouchers, as far as this estate has come."""
        far, period = STOPPED.get(n, "published"), self.last
        if n == 3:
            telling.count_cash(told, period)
            self._late(told)
        if far == "empty":
            return
        deeds = plan.month(told.plan, period, projects=False)
        if far in ("waiting", "posted"):
            deeds = deeds[: 3 if far == "waiting" else 9]
        for deed in deeds:
            telling.record(told, deed, state="waiting" if far == "waiting" else "posted")
        if far in ("waiting", "posted"):
            return
        by, now = told.people["bookkeeper"], moment(self._published_on(n, period), 9)
        telling.keep_statement(told, period, deeds, by=by, now=now)
        telling.confirm(told, period, by=by, now=now)
        telling.close(told, period, upto=far, now=now)

    def _said(self, told: Told, n: int) -> None:
        """What residents and the street said of it: in the clock, over it, asked and settled."""
        if n == 12:
            voices.unread(told, self.last, self.today - timedelta(1))
        if n == 7:
            voices.over_time(told, self.last.previous, self.today - timedelta(11))
        if n == LATE[0]:
            month = self.last.previous
            voices.settled(told, month, by=self.street, published_on=self._published_on(n, month))


def _misplaced(period: Period) -> plan.Deed:
    """A bill for a repair that the bookkeeper takes for one of electricity."""
    return plan.Deed(
        on=period.last_on - timedelta(3),
        fund="common",
        category="energy",
        fen=-86000,
        summary="道闸电机维修",
        counterparty="捷安门控维修部",
        document=f"FP{period.code.replace('-', '')}28",
    )
