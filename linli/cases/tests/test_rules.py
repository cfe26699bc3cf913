"""Folding stamps. No database."""

from datetime import UTC, datetime, timedelta

import pytest

from linli.cases import rules
from linli.kernel.flow import PASSED, RETURNED, Flow, Step
from linli.kernel.roles import APPROVER, BOOKKEEPER, RESIDENT

NINE = datetime(2026, 11, 2, 9, tzinfo=UTC)
FLOW = Flow(
    code="payment",
    name="付款",
    steps=(
        Step(code="draft", name="起草", by=(BOOKKEEPER,)),
        Step(code="first", name="初审", by=(APPROVER,), back="draft", others=("draft",)),
        Step(code="papers", name="核对附件", by=(RESIDENT,), after=("draft",)),
        Step(code="last", name="复审", by=(RESIDENT,), after=("first", "papers"), back="draft"),
    ),
)


def told(*stamps: str) -> list[rules.Stamped]:
    """ "draft" passed, "-first" returned; an hour between stamps; by person 1, 2, 3 …"""
    return [
        rules.Stamped(
            text.lstrip("-"),
            RETURNED if text.startswith("-") else PASSED,
            number,
            NINE + timedelta(hours=number),
        )
        for number, text in enumerate(stamps, 1)
    ]


@pytest.mark.parametrize(
    ("stamps", "done", "open_since"),
    [
        ((), set(), {"draft": 0}),
        (("draft",), {"draft"}, {"first": 1, "papers": 1}),
        (("draft", "papers"), {"draft", "papers"}, {"first": 1}),
        (("draft", "papers", "first"), {"draft", "papers", "first"}, {"last": 3}),
        (("draft", "papers", "-first"), set(), {"draft": 3}),
        (("draft", "-first", "draft"), {"draft"}, {"first": 3, "papers": 3}),
        (
            ("draft", "papers", "first", "last"),
            {"draft", "papers", "first", "last"},
            {},
        ),
    ],
)
def test_stamps_fold_to_what_is_done_and_what_is_open_since_when(stamps, done, open_since):
    fold = rules.fold(FLOW, opened_at=NINE, stamps=told(*stamps))
    assert set(fold.done) == done
    assert fold.open == {step: NINE + timedelta(hours=n) for step, n in open_since.items()}


def test_a_step_done_again_belongs_to_who_did_it_last():
    fold = rules.fold(FLOW, opened_at=NINE, stamps=told("draft", "-first", "draft"))
    assert fold.steps_of(3) == {"draft"}
    assert fold.steps_of(1) == frozenset()
