"""Everything about one handover, read once: what the acts and the page both go by."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone

from linli.cases import queries as cases
from linli.cases.rules import Folded
from linli.handover import flow, rules, site_rules, tax_rules
from linli.handover.models import (
    BatchRoom,
    Defect,
    Finding,
    Handover,
    Notice,
    Paper,
    Signature,
    TaxLine,
)
from linli.kernel.flow import PASSED, RETURNED
from linli.kernel.roles import Role
from linli.kernel.rulings import ALLOWED, Ruling, every, require
from linli.kernel.words import gettext_noop as _
from linli.people import queries as people
from linli.remedy import queries as remedy
from linli.sources import Procedure
from linli.sources.procedures import ACCEPT, AGREE, COMPLETE, TAX, StepPlan
from linli.sources.remedies import measures


class Dossier:
    """One handover with its steps, papers, signatures, findings, defects and taxes.

    Each part is read when it is first asked for, and once.
    """

    def __init__(self, handover: Handover) -> None:
        self.handover = handover

    # --- where it stands ----------------------------------------------------------------------

    @cached_property
    def procedure(self) -> Procedure:
        return cases.procedure(self.handover.case.flow)

    @cached_property
    def fold(self) -> Folded:
        return cases.folded(self.handover.case)

    @property
    def open_steps(self) -> tuple[str, ...]:
        """Codes of the steps whose turn it is; none once it is over."""
        return () if self.handover.ended_at else tuple(self.fold.open)

    @property
    def reached(self) -> frozenset[str]:
        return frozenset(self.fold.done) | frozenset(self.fold.open)

    def plan(self, step: str) -> StepPlan:
        return self.procedure.plans[step]

    def name(self, step: str) -> str:
        return self.procedure.flow.step(step).name

    def step_that(self, does: str) -> str:
        return self.procedure.step_that(does).code

    @property
    def signed(self) -> bool:
        """Whether the agreement is signed."""
        return self.step_that(AGREE) in self.fold.done

    def begun_on(self, step: str) -> date:
        """Since when a step's turn it is, or was."""
        at = self.fold.open.get(step) or self.fold.done[step].at
        return timezone.localdate(at)

    # --- what was brought -----------------------------------------------------------------------

    @cached_property
    def papers(self) -> list[Paper]:
        found = self.handover.papers.filter(removed_at=None)
        return list(found.select_related("file", "added_by"))

    @property
    def there(self) -> frozenset[str]:
        """Kinds of papers of which there is a file."""
        return frozenset(paper.kind for paper in self.papers if paper.file_id)

    @property
    def promised(self) -> frozenset[str]:
        """Kinds that were promised and are not there yet."""
        return frozenset(p.kind for p in self.papers if not p.file_id) - self.there

    def missing(self, step: str) -> tuple[str, ...]:
        """Codes of the papers a step lacks."""
        return rules.missing_of(self.plan(step), there=self.there, promised=self.promised)

    @cached_property
    def signatures(self) -> list[Signature]:
        return list(self.handover.signatures.filter(void_at=None).select_related("by"))

    def signed_by(self, step: str) -> frozenset[str]:
        return frozenset(each.role for each in self.signatures if each.step == step)

    @cached_property
    def findings(self) -> dict[str, Finding]:
        """Item → the finding that counts."""
        found = self.handover.findings.filter(void_at=None).select_related("by")
        return {finding.item: finding for finding in found}

    @cached_property
    def defects(self) -> list[Defect]:
        found = self.handover.defects.select_related(
            "raised_by", "mended_by", "checked_by", "evidence"
        )
        return list(found)

    @property
    def open_defects(self) -> list[int]:
        return [each.number for each in self.defects if each.closed_at is None]

    @cached_property
    def taxes(self) -> dict[str, TaxLine]:
        found = self.handover.tax_lines.select_related("told_by", "confirmed_by")
        return {line.tax: line for line in found}

    @cached_property
    def notices(self) -> list[Notice]:
        return list(self.handover.notices.select_related("by"))

    @cached_property
    def entry(self) -> BatchRoom | None:
        """The place in the batch it is in."""
        return self.handover.batch_entries.filter(left_at=None).select_related("batch").first()

    # --- what may be done -------------------------------------------------------------------------

    def roles(self, by: AbstractBaseUser, today: date) -> frozenset[Role]:
        return frozenset(people.roles_at(by, self.handover.place, today))

    def may_touch(self, step: str, roles: frozenset[Role]) -> Ruling:
        """May papers, findings or lines of a step be written by who holds these roles?"""
        return every(
            [
                rules.not_ended(outcome=self.handover.outcome),
                rules.is_reached(step=step, name=self.name(step), reached=self.reached),
                rules.may_work(roles=roles, hands=flow.hands(self.procedure, step)),
            ]
        )

    def is_turn(self, step: str) -> Ruling:
        """What a step rests on is changed only while it is its turn."""
        return require(
            step in self.open_steps,
            _("现在不是办理“%(step)s”的时候：%(turn)s"),
            step=self.name(step),
            turn=self.procedure.flow.turn(self.fold.done.keys()),
        )

    def is_ready(self, step: str) -> Ruling:
        """Is everything there that a step asks for, whoever does it?"""
        plan, done = self.plan(step), self.procedure.before(step)
        accept = self.step_that(ACCEPT)
        ruling = every(
            [
                rules.papers_are_there(
                    self.procedure, plan, there=self.there, promised=self.promised
                ),
                rules.all_signed(
                    wanted=flow.signers(self.procedure, step), signed=self.signed_by(step)
                ),
                site_rules.no_open_defects(self.open_defects)
                if step == accept or accept in done
                else ALLOWED,
            ]
        )
        if plan.does == ACCEPT:
            outcomes = {code: each.outcome for code, each in self.findings.items()}
            ruling &= site_rules.may_accept(self.procedure, outcomes=outcomes)
            left = remedy.not_cleared(self.handover.room)
            ruling &= site_rules.is_cleared([(plan, measures()[code].name) for plan, code in left])
        if plan.does == TAX or self.step_that(TAX) in done:
            ruling &= tax_rules.taxes_are_confirmed(
                self.procedure,
                told=self.taxes,
                open_=[code for code, line in self.taxes.items() if not line.confirmed_at],
            )
        if plan.does == COMPLETE:
            ruling &= rules.promises_are_kept(
                self.procedure, promised=[k for k in self.procedure.papers if k in self.promised]
            )
        return ruling

    def may_stamp(
        self, step: str, *, by: AbstractBaseUser, roles: frozenset[Role], outcome: str = PASSED
    ) -> Ruling:
        """Is it the step's turn, and this person's?"""
        if ruling := rules.not_ended(outcome=self.handover.outcome).reasons:
            return Ruling(ruling)
        return self.procedure.flow.may_stamp(
            step,
            done=self.fold.done.keys(),
            roles=roles,
            own_steps=cases.own_steps(self.fold, by),
            outcome=outcome,
        )

    def may_pass(self, step: str, *, by: AbstractBaseUser, roles: frozenset[Role]) -> Ruling:
        """May this person pass the step now? All reasons."""
        ruling = self.may_stamp(step, by=by, roles=roles)
        return ruling & self.is_ready(step) if step in self.open_steps else ruling

    def may_return(self, step: str, *, by: AbstractBaseUser, roles: frozenset[Role]) -> Ruling:
        return self.may_stamp(step, by=by, roles=roles, outcome=RETURNED)
