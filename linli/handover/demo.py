"""Handovers of a told demo county: at every step, one failed, one late, three signed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from linli.handover import accepting, flow, services
from linli.handover.dossier import Dossier
from linli.handover.models import Handover
from linli.handover.walking import MENDED, Walker, page
from linli.kernel.calendar import Calendar
from linli.kernel.place import Scope
from linli.kernel.roles import HOUSING, STREET
from linli.places import queries as places
from linli.premises import queries as premises
from linli.premises import rules as rooms
from linli.sources.procedures import TAX

DEVELOPERS = ("蓬城置业有限公司", "海润房地产有限公司", "登州建设开发有限公司")
PACE = ((2, 4, 1, 3, 3, 5), (3, 6, 2, 4, 2, 7), (1, 3, 2, 6, 4, 4))
"""Working days between one step and the next, of one handover and another."""


@dataclass(slots=True)
class Story:
    """Tells the handovers of a county as of a day."""

    county: str
    today: date
    calendar: Calendar = field(init=False)
    rooms: list[Any] = field(init=False)
    told: int = 0

    def tell(self) -> None:
        """One at each step, one failed, one late, one given up, three signed together."""
        self.calendar = places.calendar()
        self.rooms = [
            room
            for room in premises.rooms(Scope.of(self.county))
            .filter(handovers__isnull=True)
            .order_by("code")
            if room.owner_due == rooms.STATE
            and room.owner != rooms.STATE
            and room.state != rooms.UNBUILT
        ]
        steps = [step.code for step in flow.in_force(self.county, self.today).flow.steps]
        self._signed(steps)
        for at, step in enumerate(steps):
            self._at_step(step, pace=PACE[at % len(PACE)], rest=1 + at % 3)
        self._failed(steps)
        self._late(steps)
        self._sent_back(steps)
        self._given_up(steps)

    def _next(self) -> Any:
        return self.rooms.pop(0)

    def _walker(self, days: int) -> Walker:
        """Begins so many working days before today."""
        on = self.calendar.add_working_days(self.today, -days)
        return Walker(self.calendar, on)

    def _open(self, walker: Walker, room: Any, *, kind: str = "street") -> Handover:
        developer = DEVELOPERS[self.told % len(DEVELOPERS)]
        self.told += 1
        street = places.name(room.place[:9])
        receiver = {
            "street": f"{street}办事处",
            "affairs": "蓬莱区机关事务服务中心",
            "committee": f"{places.name(room.place[:12])}居委会",
        }[kind]
        return walker.open(room, developer=developer, receiver=receiver, kind=kind)

    def _needed(self, steps: Sequence[str], step: str, pace: Sequence[int]) -> int:
        return sum(pace[at % len(pace)] for at in range(steps.index(step)))

    def _at_step(self, step: str, *, pace: Sequence[int], rest: int) -> None:
        """One whose turn has been at this step for some days."""
        if not self.rooms:
            return
        steps = [each.code for each in flow.in_force(self.county, self.today).flow.steps]
        walker = self._walker(self._needed(steps, step, pace) + rest)
        kind = "committee" if step == "tax" else "affairs" if self.told % 4 == 1 else "street"
        handover = self._open(walker, self._next(), kind=kind)
        walker.upto(handover, step, days=pace)
        if Dossier(handover).plan(step).does == TAX:
            walker.reckon(handover, confirm=False)

    def _failed(self, steps: Sequence[str]) -> None:
        """The acceptance failed: one defect waits to be mended, one for its re-check."""
        if not self.rooms:
            return
        walker = self._walker(self._needed(steps, "accept", PACE[0]) + 4)
        handover = self._open(walker, self._next())
        walker.upto(handover, "accept", days=PACE[0])
        walker.ahead(1)
        walker.inspect(handover, failing=("fire", "water"))
        walker.ahead(2)
        first = handover.defects.order_by("number").first()
        accepting.mend(
            by=walker.of((STREET,), handover.place),
            defect=first,
            text=MENDED,
            content=page("整改照片"),
            name="整改照片.pdf",
            now=walker.at(9),
        )

    def _late(self, steps: Sequence[str]) -> None:
        """Nobody did anything for weeks: the developer does not apply."""
        if not self.rooms:
            return
        walker = self._walker(self._needed(steps, "apply", PACE[0]) + 24)
        handover = self._open(walker, self._next())
        walker.upto(handover, "apply", days=PACE[0])

    def _sent_back(self, steps: Sequence[str]) -> None:
        """Papers were missing: sent back with one notice, some of them promised."""
        if not self.rooms:
            return
        walker = self._walker(self._needed(steps, "review", PACE[1]) + 3)
        handover = self._open(walker, self._next())
        walker.upto(handover, "review", days=PACE[1])
        walker.ahead(1)
        by = walker.of((HOUSING,), handover.place)
        services.promise_paper(
            by=by,
            handover=handover,
            step="review",
            kind="archive",
            promised_on=self.calendar.on_or_after(walker.on + timedelta(21)),
            promised_by="海润房地产有限公司 陈立",
            now=walker.at(11),
        )
        services.send_back(
            by=by,
            handover=handover,
            step="review",
            text="竣工图未盖竣工图章，消防备案凭证为复印件且不清晰，请一次补齐",
            now=walker.at(16),
        )

    def _given_up(self, steps: Sequence[str]) -> None:
        if not self.rooms:
            return
        walker = self._walker(40)
        handover = self._open(walker, self._next())
        walker.upto(handover, "apply", days=PACE[0])
        services.drop_handover(
            by=walker.of((STREET,), handover.place),
            handover=handover,
            why="建设单位破产清算，另行协商接收",
            now=walker.at(16),
        )

    def _signed(self, steps: Sequence[str]) -> None:
        """Three rooms of a street, one ceremony, all finished: they are the state's now."""
        by_street: dict[str, list[Any]] = {}
        for room in self.rooms:
            by_street.setdefault(room.place[:9], []).append(room)
        three = next((some[:3] for some in by_street.values() if len(some) >= 3), [])
        if not three:
            return
        self.rooms = [room for room in self.rooms if room not in three]
        begin = self._needed(steps, "agree", PACE[0]) + 45
        walkers, signed = [], []
        for at, room in enumerate(three):
            walker = self._walker(begin)
            street = places.name(room.place[:9])
            walkers.append(walker)
            signed.append(walker.open(room, developer=DEVELOPERS[0], receiver=f"{street}办事处"))
            if at == 1:
                self._mended(walker, signed[-1])
            walker.upto(signed[-1], "agree", days=PACE[0])
        last = max(walkers, key=lambda each: each.on)
        last.ahead(2)
        batch = last.batch(signed, name="社区配套用房产权集中移交签约")
        last.sign_batch(batch)
        for handover in signed:
            walker = Walker(self.calendar, last.on)
            handover.refresh_from_db()
            for code, days in (("transfer", 6), ("enter", 4)):
                walker.ahead(days)
                walker.pass_(handover, code)

    def _mended(self, walker: Walker, handover: Handover) -> None:
        """Its acceptance failed first, was mended and re-checked."""
        walker.upto(handover, "accept", days=PACE[0])
        walker.inspect(handover, failing=("entrance",))
        walker.ahead(4)
        walker.mend(handover)
        walker.ahead(1)
        walker.recheck(handover)


def tell(*, county: str, today: date) -> None:
    """Tell the handovers of a county that has places, people and rooms."""
    Story(county=county, today=today).tell()
