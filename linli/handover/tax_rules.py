"""Rules of the tax worksheet. No database, no clock."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from linli.handover.rules import MOST_FEN
from linli.kernel.roles import Role
from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import AnyOf
from linli.kernel.words import gettext_noop as _
from linli.sources.procedures import FIXED, RATE, Procedure, TaxPlan


def may_tell_tax(
    tax: TaxPlan,
    *,
    basis_fen: int | None,
    ppm: int | None,
    amount_fen: int | None,
    exempt: int | None,
    note: str,
) -> Ruling:
    """May a line of the worksheet say this? `exempt`: which of the plan's grounds, None for none."""
    by_rate, by_hand = tax.how == RATE, tax.how not in (RATE, FIXED)
    return every(
        [
            require(
                not by_rate or basis_fen is not None, _("请填写“%(tax)s”的计税依据"), tax=tax.name
            ).at("basis_fen"),
            require(basis_fen is None or 0 <= basis_fen <= MOST_FEN, _("计税依据填写有误")).at(
                "basis_fen"
            ),
            require(
                not by_rate or ppm in {rate.ppm for rate in tax.rates},
                _("请选择“%(tax)s”的税率"),
                tax=tax.name,
            ).at("ppm"),
            require(
                not by_hand or amount_fen is not None,
                _("“%(tax)s”没有单一税率，请填写主管机关核算的税额"),
                *tax.cites[:1],
                tax=tax.name,
            ).at("amount_fen"),
            require(amount_fen is None or 0 <= amount_fen <= MOST_FEN, _("税额填写有误")).at(
                "amount_fen"
            ),
            require(
                not by_hand or not amount_fen or note.strip(),
                _("请写明税额是怎样核算的"),
            ).at("note"),
            require(exempt is None or 0 <= exempt < len(tax.exempt), _("请选择减免依据")).at(
                "exempt"
            ),
        ]
    )


def tax_amount(
    tax: TaxPlan, *, basis_fen: int | None, ppm: int | None, told_fen: int | None
) -> int:
    """The amount of a line, to the nearest fen (half up)."""
    if tax.how == RATE:
        return ((basis_fen or 0) * (ppm or 0) + 500_000) // 1_000_000
    return tax.fixed_fen if tax.how == FIXED else told_fen or 0


def may_confirm_tax(
    *, confirmed: bool, told_it: bool, roles: Collection[Role], checkers: Sequence[Role]
) -> Ruling:
    """`told_it`: the same person wrote the line."""
    return every(
        [
            require(not confirmed, _("这一行已经确认")),
            require(
                any(role in roles for role in checkers),
                _("税费由%(who)s确认，您没有这个职务"),
                "移交规则:7",
                who=AnyOf(role.name for role in checkers),
            ),
            require(not told_it, _("这一行由您填写，须由另一人确认"), "移交规则:7"),
        ]
    )


def taxes_are_confirmed(
    procedure: Procedure, *, told: Collection[str], open_: Collection[str]
) -> Ruling:
    """`told`: taxes that have a line; `open_`: those among them nobody confirmed."""
    left = tuple(tax.name for code, tax in procedure.taxes.items() if code not in told)
    waiting = tuple(procedure.taxes[code].name for code in open_ if code in procedure.taxes)
    return require(
        not left, _("税费测算表还没有填：%(taxes)s"), "移交规则:7", taxes=left
    ) & require(not waiting, _("税费还没有确认：%(taxes)s"), "移交规则:7", taxes=waiting)
