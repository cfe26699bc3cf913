"""Walking a handover along, as the people of its place would: for the demo county and for tests."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from linli.handover import accepting, batches, flow, rules, services, taxing
from linli.handover.dossier import Dossier
from linli.handover.models import Batch, Handover
from linli.handover.site_rules import Seen
from linli.kernel.calendar import Calendar
from linli.kernel.roles import FINANCE, HOUSING, ROLES, STREET, Role
from linli.kernel.roles import TAX as TAX_OFFICE
from linli.people import queries as people
from linli.premises import rules as rooms
from linli.sources import room_kinds
from linli.sources.procedures import ACCEPT, AGREE, COMPLETE, FIXED, RATE, TAX, TRANSFER, TaxPlan

CHINA = ZoneInfo("Asia/Shanghai")
FAULTS = {
    "fire": "消火栓缺水带、水枪，应急灯不亮",
    "water": "卫生间下水不通",
    "entrance": "独立出入口被广告牌遮挡",
}
MENDED = "已按整改清单整改，照片附后"


def page(title: str) -> bytes:
    """A sheet of paper with nothing on it but its name: small, and a real PDF."""
    text = zlib.compress(b"BT ET")
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Title <FEFF%s> >>" % title.encode("utf-16-be").hex().upper().encode(),
    ]
    made, offsets = b"%PDF-1.4\n", []
    for at, part in enumerate(parts, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (at, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return (
        made
        + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R /Info 5 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            table,
            len(made),
        )
    )


@dataclass(slots=True)
class Walker:
    """Goes with a handover through its steps, as the people of its place would."""

    calendar: Calendar
    on: date
    found: dict[tuple[str, str], Any] = field(default_factory=dict)

    def at(self, hour: int = 10) -> datetime:
        return datetime.combine(self.on, time(hour), CHINA).astimezone(UTC)

    def ahead(self, days: int) -> None:
        """So many working days later."""
        self.on = self.calendar.add_working_days(self.on, days)

    def person(self, role: Role, place: str, *, but: Any = None) -> Any:
        """Somebody who holds a role at a place."""
        key = role.code, place
        if key not in self.found:
            self.found[key] = people.holders(role, place, self.on)
        return next((each for each in self.found[key] if each != but), None)

    def of(self, roles: Sequence[Role], place: str, *, but: Any = None) -> Any:
        """The first somebody who holds one of these roles."""
        held = (self.person(role, place, but=but) for role in roles)
        return next(each for each in held if each is not None)

    # --- a step ---------------------------------------------------------------------------------

    def open(self, room: Any, *, developer: str, receiver: str, kind: str = "street") -> Handover:
        return services.open_handover(
            by=self.of(flow.OPENERS, room.place),
            room=room,
            developer=developer,
            receiver=receiver,
            receiver_kind=kind,
            now=self.at(9),
        )

    def prepare(self, handover: Handover, step: str) -> None:
        """Papers, signatures and what else the step asks for."""
        dossier = Dossier(handover)
        plan, place = dossier.plan(step), handover.place
        lead = self._doer(dossier, step)
        names = {
            kind: str(dossier.procedure.papers[kind])
            for kind in (*plan.papers, *plan.must)
            if kind not in dossier.there
        }
        if names:
            services.add_papers(
                by=lead,
                handover=handover,
                step=step,
                papers=[
                    (kind, page(name), f"{name.replace('/', '、')}.pdf")
                    for kind, name in names.items()
                ],
                now=self.at(10),
            )
        if plan.does == ACCEPT:
            self.inspect(handover)
        if plan.does == TAX:
            self.reckon(handover)
        for role in flow.signers(dossier.procedure, step):
            if role.code not in dossier.signed_by(step):
                services.sign(
                    by=self.person(role, place), handover=handover, step=step, now=self.at(15)
                )

    def pass_(self, handover: Handover, step: str, **more: Any) -> None:
        """Everything the step asks for, and the step."""
        self.prepare(handover, step)
        dossier = Dossier(handover)
        does, by = dossier.plan(step).does, self._doer(dossier, step)
        if does == AGREE:
            batch = self.batch([handover], name=f"{handover.room.name}移交签约")
            self.sign_batch(batch)
        elif does == COMPLETE:
            services.complete(
                by=by,
                handover=handover,
                card_no=f"GD{handover.number[1:]}",
                value_fen=(handover.room.area_dm2 or 10000) * 32 * 100,
                use=rooms.SELF_USED,
                purpose=str(room_kinds()[handover.room.kind].name),
                now=self.at(16),
            )
        else:
            if does == TRANSFER:
                more |= {"title_no": self._title(handover), "title_on": self.on}
            services.pass_step(by=by, handover=handover, step=step, now=self.at(16), **more)
        handover.refresh_from_db()

    def _title(self, handover: Handover) -> str:
        return f"鲁（{self.on.year}）蓬莱区不动产权第{int(handover.number[1:]) * 131 % 10**7:07d}号"

    def _doer(self, dossier: Dossier, step: str) -> Any:
        """Who does a step: not who did one that excludes it."""
        told, done = dossier.procedure.flow.step(step), dossier.fold.done
        others = {done[code].by for code in told.others if code in done}
        for role in told.by:
            for each in (self.person(role, dossier.handover.place),):
                if each is not None and each.pk not in others:
                    return each
        raise LookupError(f"nobody at {dossier.handover.place} does {step}")

    def upto(self, handover: Handover, step: str, *, days: Sequence[int] = (3,)) -> None:
        """All steps before one, so many working days apart."""
        dossier = Dossier(handover)
        order = [each.code for each in dossier.procedure.flow.steps]
        for at, code in enumerate(order[: order.index(step)]):
            if code in dossier.fold.done:
                continue
            self.ahead(days[at % len(days)])
            self.pass_(handover, code)

    # --- acceptance, taxes, signing -----------------------------------------------------------------

    def inspect(self, handover: Handover, *, failing: Sequence[str] = ()) -> None:
        """Every item looked at that was not yet; some of them fail."""
        dossier = Dossier(handover)
        seen: dict[tuple[str, ...], list[Seen]] = {}
        for code, item in dossier.procedure.items.items():
            before = dossier.findings.get(code)
            if before is not None and before.outcome != rules.FAIL:
                continue
            value = None
            if item.unit:
                area = handover.room.area_dm2 or 12000
                value = area if item.unit == "m2" else max(item.wanted, 320)
            one = Seen(
                item=code,
                outcome=rules.FAIL if code in failing else rules.PASS,
                value=value,
                note=FAULTS.get(code, "不符合要求") if code in failing else "",
            )
            hands = tuple(item.by)
            seen.setdefault(hands, []).append(one)
        for hands, told in seen.items():
            accepting.find(
                by=self.of([ROLES[role] for role in hands], handover.place),
                handover=handover,
                seen=told,
                seen_on=self.on,
                now=self.at(11),
            )

    def mend(self, handover: Handover) -> None:
        """The developer mended what was found; the street writes it down."""
        for defect in handover.defects.filter(closed_at=None, mended_at=None):
            accepting.mend(
                by=self.of((STREET,), handover.place),
                defect=defect,
                text=MENDED,
                content=page(f"整改{defect.number}"),
                name=f"整改{defect.number}.pdf",
                now=self.at(9),
            )

    def recheck(self, handover: Handover) -> None:
        for defect in handover.defects.filter(closed_at=None, mended_at__isnull=False):
            accepting.recheck(
                by=self.of((HOUSING,), handover.place, but=defect.mended_by),
                defect=defect,
                good=True,
                text="现场复验合格",
                now=self.at(14),
            )

    def reckon(self, handover: Handover, *, confirm: bool = True) -> None:
        """The worksheet, line by line; the finance department confirms what the tax office wrote."""
        dossier = Dossier(handover)
        price = (handover.room.area_dm2 or 10000) * 32 * 100
        writer = self.of((TAX_OFFICE,), handover.place)
        checker = self.of((FINANCE,), handover.place, but=writer)
        vat = 0
        for code, plan in dossier.procedure.taxes.items():
            line = dossier.taxes.get(code)
            if line is None:
                line = taxing.tell_tax(
                    by=writer,
                    handover=handover,
                    tax=code,
                    **self._line(plan, price, vat, handover.receiver_kind),
                    now=self.at(10),
                )
            if code == "vat":
                vat = line.due_fen
            if confirm and line.confirmed_at is None:
                taxing.confirm_tax(by=checker, line=line, now=self.at(14))

    def _line(self, plan: TaxPlan, price: int, vat: int, receiver: str) -> dict[str, Any]:
        owed = {"vat"} if receiver in rules.EXEMPT_RECEIVERS else {"vat", "deed", "stamp"}
        exempt = 0 if plan.exempt and plan.code not in owed else None
        if plan.how == RATE:
            basis = vat if "增值税" in plan.basis else price
            return {"basis_fen": basis, "ppm": plan.rates[0].ppm, "exempt": exempt}
        if plan.how == FIXED:
            return {}
        return {"amount_fen": 0, "exempt": exempt, "note": "无偿移交，不计收入"}

    def batch(self, handovers: Sequence[Handover], *, name: str) -> Batch:
        first = handovers[0]
        by = self.of(flow.OPENERS, first.place)
        place = first.place[:9] if self.person(STREET, first.place) == by else first.county
        return batches.prepare(
            by=by,
            handovers=handovers,
            place=place,
            name=name,
            held_on=self.on,
            venue="街道会议室",
            developer=first.developer,
            receiver=first.receiver,
            now=self.at(9),
        )

    def sign_batch(self, batch: Batch) -> None:
        batches.sign_batch(
            by=batch.made_by,
            batch=batch,
            agreement_no=f"移协〔{self.on.year}〕{int(batch.number[1:])}号",
            giver="孙志刚",
            taker="王海燕",
            signed_on=self.on,
            now=self.at(15),
        )
