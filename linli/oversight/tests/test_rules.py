"""How a month stands to its day, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from linli.oversight import rules
from linli.oversight.rules import Cell, MonthFacts, Row

DUE = date(2026, 11, 16)
FACTS = MonthFacts(
    period="2026-10",
    first_period="2026-01",
    sealed_through="2026-09",
    handed_in=False,
    published_on=None,
    shown_until_on=None,
    version=0,
    objections=0,
    due_on=DUE,
)
SHOWN = {
    "sealed_through": "2026-10",
    "published_on": date(2026, 11, 10),
    "shown_until_on": date(2026, 12, 10),
    "version": 1,
}


@pytest.mark.parametrize(
    ("more", "today", "state", "time", "days"),
    [
        ({}, date(2026, 11, 16), "open", "not_due", 0),
        ({}, date(2026, 11, 17), "open", "overdue", 1),
        ({"handed_in": True}, date(2026, 11, 20), "closing", "overdue", 4),
        ({"sealed_through": "2026-10"}, date(2026, 11, 10), "sealed", "not_due", 0),
        (SHOWN, date(2026, 11, 30), "published", "on_time", 0),
        (SHOWN | {"published_on": date(2026, 11, 20)}, date(2026, 11, 30), "published", "late", 4),
        (SHOWN, date(2026, 12, 11), "closed", "on_time", 0),
        (SHOWN | {"objections": 1}, date(2026, 12, 11), "published", "on_time", 0),
        ({"period": "2025-12"}, date(2026, 11, 30), "", "none", 0),
        ({}, date(2026, 10, 20), "open", "none", 0),
    ],
)
def test_a_month_stands_by_what_was_done_and_when_it_was_due(more, today, state, time, days):
    cell = rules.cell(replace(FACTS, **more), today=today)
    assert (cell.state, cell.time, cell.days) == (state, time, days)


def test_a_followup_presses_once_its_step_is_overdue():
    facts = replace(FACTS, followup=7, followup_due_on=date(2026, 11, 20))
    assert not rules.cell(facts, today=date(2026, 11, 20)).pressing
    assert rules.cell(facts, today=date(2026, 11, 21)).pressing


def row(code: str, *times: str, **more) -> Row:
    cells = tuple(
        Cell(period=f"2026-{n:02d}", state="open", time=time, **more)
        for n, time in enumerate(times, 1)
    )
    return Row(code=code, name=code, place=code, path="", cells=cells)


def test_a_ratio_counts_only_who_owed_the_month_and_says_who_was_left_out():
    rows = [row("a", "on_time"), row("b", "late"), row("c", "overdue"), row("d", "none")]
    told = rules.tally(rows, 0)
    assert (told.on_time, told.owed, told.left_out, told.percent) == (1, 3, 1, 33)
    assert rules.tally([row("d", "none")], 0).percent is None


def test_rows_are_narrowed_by_what_is_wrong_and_in_which_month():
    rows = {
        "fine": row("fine", "on_time", "on_time"),
        "late": row("late", "late", "on_time"),
        "over": row("over", "on_time", "overdue"),
        "asked": row("asked", "on_time", objections=2),
        "followed": row("followed", "on_time", followup=3),
    }

    def fitting(wanted: str, month: str = "") -> set[str]:
        return {name for name, one in rows.items() if one.fits(wanted, month)}

    assert fitting("clear") == {"fine"}
    assert fitting("overdue") == {"over"} == fitting("overdue", "2026-02")
    assert fitting("overdue", "2026-01") == set()
    assert fitting("late") == {"late"}
    assert fitting("objected") == {"asked"} and fitting("followed") == {"followed"}
    assert fitting("") == set(rows)


def test_the_most_overdue_stand_first_unless_place_is_asked_for():
    rows = [row("a", "on_time"), row("b", "overdue"), row("c", "late")]
    assert [one.code for one in rules.ordered(rows, "")] == ["b", "c", "a"]
    assert [one.code for one in rules.ordered(rows, "place")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({}, []),
        ({"text": "快办"}, ["text"]),
        ({"period": "2025-12"}, ["period"]),
        ({"period": "2026-12"}, ["period"]),
        ({"open_": True}, ["period"]),
        ({"held": False, "text": ""}, ["", "text"]),
    ],
)
def test_a_followup_needs_a_reason_a_month_and_somebody_who_may(wrong, fields):
    right = {
        "text": "十月逾期未公示，请说明",
        "period": "2026-10",
        "first": "2026-01",
        "last": "2026-11",
        "open_": False,
        "held": True,
        "who": ("街道办事处",),
    }
    ruling = rules.may_raise(**(right | wrong))
    assert [reason.field for reason in ruling.reasons] == fields
    assert all(cite.startswith("督办规则:") for reason in ruling.reasons for cite in reason.cites)
