"""The verbs of month-end."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.contrib.auth.models import AbstractBaseUser

from linli.bank import queries as bank
from linli.cases import queries as case_queries
from linli.cases import services as cases
from linli.disclosure import queries as disclosure
from linli.disclosure import services as disclosure_services
from linli.kernel import body as bodies
from linli.kernel import leaves
from linli.kernel.flow import RETURNED
from linli.kernel.rulings import require
from linli.kernel.words import gettext_noop as _
from linli.ledger import queries as ledger
from linli.ledger import services as ledger_services
from linli.months import queries, rules
from linli.months.flow import MONTH, SEAL_DUTY
from linli.months.models import GateAnswer, Month
from linli.people import queries as people
from linli.trail.acts import act

User = AbstractBaseUser


@act("months.answer_gate")
def answer_gate(
    *, by: User, book: object, period: str, point: str, text: str, now: datetime
) -> GateAnswer:
    """Explain one soft gate of an open month."""
    found = {gate.point for gate in queries.gates(book, period, now=now) if not gate.hard}
    (
        require(text.strip(), _("请写明情况"), "linli:ledger.soft").at("text")
        & require(point in found, _("没有这个待说明事项，可能已经解决"), "linli:ledger.soft")
        & require(
            period > ledger.sealed_through(book),
            _("%(period)s 已封存"),
            "linli:ledger.9",
            period=period,
        )
    ).enforce()
    row, _new = GateAnswer.objects.update_or_create(
        book=book,
        period=period,
        point=point,
        defaults={"text": text.strip(), "by": by, "at": now, "place": book.place},  # type: ignore[attr-defined]
    )
    return row


@act("months.close")
def close(*, by: User, book: object, period: str, now: datetime) -> Month:
    """Hand a month in for sealing: every hard gate holds, every soft one is answered."""
    ledger.lock(book)
    read = queries.reading(book, period)
    found = queries.gates(book, period, now=now, read=read)
    rules.may_close(found).enforce()
    month, _new = Month.objects.get_or_create(
        book=book,
        period=period,
        defaults={"place": book.place},  # type: ignore[attr-defined]
    )
    month.content = queries.content(queries.preview(book, period, found, read))
    month.handed_in_at = now
    month.save()
    case = case_queries.find(flow=MONTH, subject=month) or cases.open_case(
        by=by,
        flow=MONTH,
        subject=month,
        title=f"{book} {period}",
        place=month.place,
        now=now,
    )
    cases.stamp(by=by, case=case, step="close", now=now)
    return month


@act("months.send_back")
def send_back(*, by: User, month: Month, reason: str, now: datetime) -> Month:
    """A signer does not sign: the month is open again, with the reason."""
    require(reason.strip(), _("请写明不签字的原因"), "linli:ledger.month").at("reason").enforce()
    case = case_queries.find(flow=MONTH, subject=month)
    step = _own_step(by, case, now)
    cases.stamp(by=by, case=case, step=step, outcome=RETURNED, note=reason, now=now)
    return month


def _own_step(by: User, case: object, now: datetime) -> str:
    """The signing step that is this person's: by role, and open if possible."""
    roles = people.roles_at(by, case.place, disclosure.today(now))  # type: ignore[attr-defined]
    waiting = [s for s in case_queries.open_steps(case) if s.code in {"approver", "resident"}]
    for step in waiting:
        if any(role in roles for role in step.by):
            return step.code
    return waiting[0].code if waiting else "approver"


@act("months.sign")
def sign(*, by: User, month: Month, now: datetime) -> Month:
    """Sign what was handed in; the second signature seals the month in the same transaction."""
    ledger.lock(month.book)
    month = Month.objects.select_for_update().get(pk=month.pk)
    read = queries.reading(month.book, month.period)
    found = queries.gates(month.book, month.period, now=now, read=read)
    told = queries.preview(month.book, month.period, found, read)
    same = month.content == queries.content(told)
    standing = queries.standing(month.book, month.period, now=now)
    (rules.may_sign(state=standing.state, same=same) & rules.may_close(found)).enforce()
    case = case_queries.find(flow=MONTH, subject=month)
    cases.stamp(by=by, case=case, step=_own_step(by, case, now), now=now)
    done = case_queries.done(case)
    if {"approver", "resident"} <= done:
        points = queries.open_points(found)
        signers = ("approver", "resident")
        _seal(month.book, month.period, points, signers, read, by=by, now=now)
    return month


@act("months.seal_imported")
def seal_imported(*, by: User | None, book: object, period: str, now: datetime) -> object:
    """Seal a month of imported history: hard gates hold, soft ones stay open and are listed."""
    ledger.lock(book)
    read = queries.reading(book, period)
    found = queries.gates(book, period, now=now, read=read)
    rules.may_seal_imported(found).enforce()
    points = queries.open_points(found, imported=True)
    return _seal(book, period, points, (), read, by=by, now=now)


def _seal(
    book: object,
    period: str,
    points: Sequence[dict],
    signers: Sequence[str],
    read: queries.Reading,
    *,
    by: User | None,
    now: datetime,
) -> object:
    """Render the three files, bind them in the seal leaf, keep them. Returns the release."""
    kept: dict = {}

    def make(index: int, size: int, root: str, previous: tuple[int, str] | None) -> bytes:
        told = disclosure.statement(
            book,
            period,
            size=size,
            root=root,
            previous=previous and {"index": previous[0], "leaf": previous[1]},
            signers=signers,
            open_points=points,
            read=read,
        )
        kept["papers"] = papers = disclosure.papers(book, told, now=now)
        trial = ledger.trial_balance(book, period)
        return bodies.encode(
            leaves.seal(
                book=book.code,  # type: ignore[attr-defined]
                index=index,
                period=period,
                at=now,
                root=bytes.fromhex(root),
                files=papers.hashes,
                chart=ledger.chart_rows(book),
                trial=[
                    (r["account__fund"], r["account__code"], int(r["debit"]), int(r["credit"]))
                    for r in trial
                ],
                bank=bank.seal_accounts(book, period),
                previous=previous and (previous[0], bytes.fromhex(previous[1])),
                signers=signers,
                open_points=[point["code"] for point in points],
            )
        )

    sealed = ledger_services.seal(by=by, book=book, period=period, make=make, now=now)
    return disclosure_services.keep_release(
        by=by,
        book=book,
        period=period,
        version=1,
        leaf=sealed.leaf,
        papers=kept["papers"],
        now=now,
    )


@act("months.publish")
def publish(
    *,
    by: User | None,
    book: object,
    period: str,
    now: datetime,
    out: Path | None = None,
    write: bool = True,
) -> object:
    """Publish a sealed month: pages, folder (`write`) and the days it has to hang."""
    standing = queries.standing(book, period, now=now)
    rules.may_publish(state=standing.state).enforce()
    if standing.month is not None and by is not None:
        case = case_queries.find(flow=MONTH, subject=standing.month)
        cases.stamp(by=by, case=case, step="publish", now=now)
    release = standing.release
    cases.do_duty(
        by=by, duty=SEAL_DUTY, place=release.place, period=period, subject=release, now=now
    )
    return disclosure_services.publish(
        by=by, release=release, now=now, out=out, write=write
    ).subject


@act("months.correct")
def correct(
    *,
    by: User,
    book: object,
    period: str,
    reason: str,
    now: datetime,
    out: Path | None = None,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> object:
    """Publish a corrected version of a month whose figures later months have put right."""
    standing = queries.standing(book, period, now=now)
    rules.may_correct(
        state=standing.state,
        reason=reason,
        changed=bool(ledger.later_corrections(book, period)),
    ).enforce()
    release = disclosure_services.correct(
        by=by,
        release=standing.release,
        reason=reason.strip(),
        signers=queries.signer_roles(by, book, now),
        now=now,
        entropy=entropy,
    )
    return disclosure_services.publish(by=by, release=release, now=now, out=out).subject
