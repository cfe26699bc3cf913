"""Whatever order a book's life takes: every promise holds after each step.

And with clock, salts and keys given, the same steps give the same roots after each of them, on
SQLite and on PostgreSQL: the roots below were made once, and both must make them again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from linli.keys import vault
from linli.ledger import services as ledger
from linli.ledger.tests.test_reversal_and_seal import make_seal
from linli.months import services as months
from linli.proof import queries as proof
from tests.steps import KINDS, NOW, Steps, signers

DAYS = st.dates(date(2026, 9, 1), date(2026, 11, 30))
ROOTS = Path(__file__).with_name("roots.json")
SEEDS = (1, 2, 3)
SERIAL = count(1)


class Life(RuleBasedStateMachine):
    """One book from its opening on."""

    people: dict[str, object]

    @initialize()
    def begin(self) -> None:
        number = next(SERIAL)
        self.steps = Steps(
            self.people, code=f"B{number:06d}", place=f"370614001001{number % 1000:03d}"
        )

    @rule(kind=st.sampled_from(sorted(KINDS)), fen=st.integers(1, 150_000), on=DAYS)
    def post(self, kind: str, fen: int, on: date) -> None:
        self.steps.post(kind, fen, on)

    @precondition(lambda self: any(one.ours for one in self.steps.posted))
    @rule(which=st.integers(0, 99), changed=st.booleans())
    def replay(self, which: int, changed: bool) -> None:
        self.steps.replay(which, changed=changed)

    @precondition(lambda self: self.steps.posted)
    @rule(which=st.integers(0, 99), on=DAYS)
    def reverse(self, which: int, on: date) -> None:
        self.steps.reverse(which, on)

    @rule(amounts=st.lists(st.integers(1, 9_999), min_size=1, max_size=3, unique=True), on=DAYS)
    def bring_in(self, amounts: list[int], on: date) -> None:
        self.steps.bring_in(amounts, on)

    @rule()
    def bank(self) -> None:
        self.steps.bank()

    @rule()
    def match(self) -> None:
        self.steps.match()

    @rule()
    def seal(self) -> None:
        self.steps.seal(_seal)

    @rule()
    def restart(self) -> None:
        self.steps.restart()

    @invariant()
    def all_promises_hold(self) -> None:
        if not hasattr(self, "steps"):
            return
        self.steps.check()
        report = proof.verify(book=self.steps.code)
        assert not report.faults, report.faults[:5]


def _seal(book: object, period: str) -> object:
    return months.seal_imported(by=None, book=book, period=period, now=NOW)


def live(*, most: int) -> None:
    machine = type("Life", (Life,), {"people": signers()})
    looking = settings(
        max_examples=most,
        stateful_step_count=15,
        report_multiple_bugs=False,
        phases=list(Phase) if most > 100 else [Phase.generate],
    )
    run_state_machine_as_test(machine, settings=looking)


def test_every_promise_holds_after_each_step_in_whatever_order(own_database):
    live(most=max(6, settings().max_examples // 5))


def test_three_months_are_posted_imported_matched_corrected_and_sealed(own_database):
    """One life in full, so that no step above is only ever refused."""
    told = Steps(signers())
    for month in (9, 10, 11):
        assert told.post("income", 20_000, date(2026, month, 3))
        assert told.post("gift", 5_000, date(2026, month, 4))
        assert told.post("project", 3_000, date(2026, month, 5))
        assert not told.post("project", 99_000, date(2026, month, 5))
        told.bring_in([700 + month, 800], date(2026, month, 9))
        told.reverse(0, date(2026, month, 20))
        told.replay(1, changed=False)
        told.replay(1, changed=True)
        told.bank()
        told.match()
        assert told.seal(_seal), told.why
        assert not told.post("income", 1, date(2026, month, 30))
        told.restart()
        told.check()
    assert proof.verify().holds and len(told.posted) == 16 and len(told.sealed) == 3


def test_a_book_that_forgets_its_money_is_found_out(own_database, monkeypatch):
    """The control: where nobody looks at the money, some order of steps overdraws."""
    from linli.kernel.rulings import ALLOWED
    from linli.ledger import rules

    monkeypatch.setattr(rules, "_limits", lambda draft, facts: ALLOWED)
    with pytest.raises(AssertionError):
        live(most=20)


# --- the same roots on both databases ---------------------------------------------------------


def walk(seed: int, *, steps: int = 40) -> list[str]:
    """Some fifty steps that a seed chooses; the digest of every root and signed head after each."""
    for origin in ("linli/370614", "linli/370614/B000001"):
        vault.first_key(origin, seed=hashlib.sha256(origin.encode()).digest())
    chosen, told = Random(seed), Steps(signers())
    heads = [_digest(told)]
    for _ in range(steps):
        _step(chosen, told)
        told.check()
        heads.append(_digest(told))
    return heads


def _step(chosen: Random, told: Steps) -> None:
    """One act; the clock goes on by half a day with each."""
    told.now += timedelta(hours=12)
    on = date(2026, 9, 1) + timedelta(days=chosen.randrange(91))
    acts: list[Callable[[], object]] = [
        lambda: told.post(chosen.choice(sorted(KINDS)), chosen.randrange(1, 60_000), on),
        lambda: told.bring_in([chosen.randrange(1, 9_999)], on),
        lambda: told.posted and told.reverse(chosen.randrange(99), on),
        lambda: any(one.ours for one in told.posted) and told.replay(chosen.randrange(99), changed=chosen.random() < 0.5),
        told.bank,
        told.match,
        lambda: ledger.checkpoint(by=None, book=told.estate.book, now=told.now),
        lambda: len(told.sealed) < 2 and told.seal(lambda _b, period: make_seal(told.estate, period)),
    ]  # fmt: skip
    chosen.choices(acts, weights=[8, 2, 3, 2, 1, 1, 2, 0.5])[0]()


def _digest(told: Steps) -> str:
    return hashlib.sha256("\n".join(told.heads()).encode()).hexdigest()[:16]


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_steps_give_the_same_roots_one_by_one(seed, db):
    assert walk(seed) == json.loads(ROOTS.read_text("utf-8"))[str(seed)]


def test_another_moment_gives_other_roots(db, monkeypatch):
    """The control: the roots do depend on what is given."""
    monkeypatch.setattr("tests.steps.NOW", NOW + timedelta(seconds=1))
    known = json.loads(ROOTS.read_text("utf-8"))["1"]
    vault.first_key("linli/370614", seed=bytes(32))
    assert walk(1, steps=3) != known[:4]
