"""The verbs of the tax worksheet: write a line, confirm it. Nothing here is reckoned by itself."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.handover import flow, queries, rules, tax_rules
from linli.handover.dossier import Dossier
from linli.handover.models import Handover, TaxLine
from linli.kernel.rulings import every, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.sources.procedures import RATE, TAX, TRANSFER
from linli.trail.acts import act

User = AbstractBaseUser


@act("handover.tell_tax")
def tell_tax(
    *,
    by: User,
    handover: Handover,
    tax: str,
    basis_fen: int | None = None,
    ppm: int | None = None,
    amount_fen: int | None = None,
    exempt: int | None = None,
    note: str = "",
    now: datetime,
) -> TaxLine:
    """Write a line of the worksheet; a change takes the confirmation back.

    `exempt`: which of the grounds the procedure offers, None for none. Until the title is
    transferred lines may change; once a step rests on them they are to be confirmed again before
    the next one passes.
    """
    handover, dossier = _open(by, handover, now)
    require(tax in dossier.procedure.taxes, _("测算表里没有这种税费")).at("tax").enforce()
    plan = dossier.procedure.taxes[tax]
    tax_rules.may_tell_tax(
        plan, basis_fen=basis_fen, ppm=ppm, amount_fen=amount_fen, exempt=exempt, note=note
    ).enforce()
    rate = next((each for each in plan.rates if plan.how == RATE and each.ppm == ppm), None)
    words, cite = plan.exempt[exempt] if exempt is not None else ("", "")
    line, _made = TaxLine.objects.update_or_create(
        handover=handover,
        tax=tax,
        defaults={
            "basis_fen": basis_fen if plan.how == RATE else None,
            "ppm": rate.ppm if rate else None,
            "rate_since": rate.since if rate else None,
            "rate_cite": rate.cite if rate else "",
            "amount_fen": tax_rules.tax_amount(
                plan, basis_fen=basis_fen, ppm=ppm, told_fen=amount_fen
            ),
            "exempt_text": str(words),
            "exempt_cite": cite,
            "note": note.strip()[:200],
            "told_by": by,
            "told_at": now,
            "confirmed_by": None,
            "confirmed_role": "",
            "confirmed_at": None,
        },
    )
    handover.signatures.filter(step=dossier.step_that(TAX), void_at=None).update(void_at=now)
    return line


@act("handover.confirm_tax")
def confirm_tax(*, by: User, line: TaxLine, now: datetime) -> TaxLine:
    """Confirm a line, by name, as the tax or the finance department."""
    handover, dossier = _open(by, line.handover, now)
    line = TaxLine.objects.select_for_update().get(pk=line.pk)
    roles = dossier.roles(by, timezone.localdate(now))
    tax_rules.may_confirm_tax(
        confirmed=line.confirmed_at is not None,
        told_it=line.told_by_id in people.one_person(by),
        roles=roles,
        checkers=flow.TAX_CHECKERS,
    ).enforce()
    line.confirmed_by, line.confirmed_at = by, now
    line.confirmed_role = next(role.code for role in flow.TAX_CHECKERS if role in roles)
    line.save(update_fields=["confirmed_by", "confirmed_at", "confirmed_role"])
    return line


def _open(by: User, handover: Handover, now: datetime) -> tuple[Handover, Dossier]:
    handover = queries.locked(handover)
    dossier = Dossier(handover)
    every(
        [
            dossier.may_touch(dossier.step_that(TAX), dossier.roles(by, timezone.localdate(now))),
            rules.not_over(
                done=dossier.step_that(TRANSFER) in dossier.fold.done,
                name=dossier.name(dossier.step_that(TRANSFER)),
            ),
        ]
    ).enforce()
    return handover, dossier
