"""What fits, until when, whose turn: told as tables, and as what always holds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.calendar import Calendar
from linli.kernel.flow import PASSED, RETURNED
from linli.kernel.roles import ROLES
from linli.remedy import dealings, letters, rules
from linli.remedy.flow import PLAN
from linli.remedy.letters import Template
from linli.sources import articles, number, room_kinds
from linli.sources.remedies import clauses, measures, violations, violators

ON = date(2026, 11, 5)
CALENDAR = Calendar({date(2026, 1, 1): True, date(2027, 1, 1): True}, frozenset({2026, 2027}))


@pytest.mark.parametrize("code", list(measures()))
def test_a_measure_is_data_that_holds_together(code):
    measure = measures()[code]
    assert measure.violations <= set(violations())
    assert measure.violators <= set(violators())
    assert measure.rooms <= {kind.top for kind in room_kinds().values()}
    assert set(measure.roles) <= set(ROLES) and measure.roles
    assert set(measure.cites) <= set(articles()) and measure.cites
    assert number(measure.days, on=ON) > 0
    assert not measure.letter or measure.letter in letters.KINDS
    assert measure.name.en and all(
        word.en for part, word in measure.why.items() if getattr(measure, _SETS[part])
    )


_SETS = {"violation": "violations", "violator": "violators", "room": "rooms"}


@pytest.mark.parametrize("violator", list(violators()))
@pytest.mark.parametrize("violation", list(violations()))
def test_something_can_always_be_done(violation, violator):
    for kind in ("elderly", "property_office", "unclear"):
        assert rules.offered(violation=violation, violator=violator, kind=kind)


@pytest.mark.parametrize(
    ("code", "violation", "violator", "kind", "fits"),
    [
        ("handover", "undelivered", "developer", "elderly", True),
        ("handover", "undelivered", "developer", "property_office", False),
        ("handover", "area_short", "developer", "elderly", False),
        ("recontract", "unbuilt", "developer", "elderly", True),
        ("recontract", "unbuilt", "property", "elderly", False),
        ("recontract", "let_unlawfully", "developer", "elderly", False),
        ("vacate", "let_unlawfully", "tenant", "property_business", True),
        ("vacate", "idle", "property", "elderly", False),
        ("penalty", "use_changed", "property", "property_office", True),
        ("penalty", "use_changed", "community", "community_office", False),
        ("joint", "let_unlawfully", "community", "community_office", False),
        ("lawsuit", "occupied", "tenant", "property_office", True),
        ("prosecutor", "sold", "developer", "elderly", True),
        ("prosecutor", "sold", "developer", "property_office", False),
        ("first_title", "untitled", "developer", "property_office", True),
        ("put_to_use", "idle", "community", "elderly", True),
        ("return_rent", "let_unlawfully", "tenant", "elderly", False),
        ("talk", "other", "other", "unclear", True),
    ],
)
def test_a_measure_fits_or_says_why_not(code, violation, violator, kind, fits):
    ruling = rules.fits(measures()[code], violation=violation, violator=violator, kind=kind)
    assert ruling.allowed == fits
    for reason in ruling.reasons:
        assert reason.values["why"] and reason.cites and reason.field == "code"


def test_a_room_of_the_owners_is_not_handed_over_and_the_law_says_so():
    ruling = rules.fits(
        measures()["handover"],
        violation="undelivered",
        violator="developer",
        kind="property_office",
    )
    (reason,) = ruling.reasons
    assert "业主共有" in str(reason) and reason.cites == ("民法典:274",)


def test_illegal_letting_and_idle_rooms_come_first():
    first = {code for code in violations() if rules.urgency_of(code) == 1}
    assert first == {"let_unlawfully", "idle"}


def test_a_deadline_beyond_the_calendar_is_refused_and_one_within_it_is_not():
    due, ruling = rules.deadline(CALENDAR, date(2026, 12, 31), 1)
    assert ruling.allowed and due == date(2027, 1, 4)
    _due, ruling = rules.deadline(CALENDAR, date(2027, 12, 20), 20)
    (reason,) = ruling.reasons
    assert "2028" in str(reason) and reason.field == "work_days"


@pytest.mark.parametrize(
    ("left", "kind"), [(None, "in_time"), (9, "in_time"), (3, "near"), (0, "near"), (-1, "late")]
)
def test_the_clock_is_yellow_before_and_red_after(left, kind):
    assert rules.clock(left, near=3) == kind


def test_rounds_go_from_the_street_to_the_district_and_never_overlap():
    rounds: list[dealings.Round] = []
    issued = []
    day = ON
    for _turn in range(60):
        told = dealings.next_round(rounds, late=True, today=day, street_rounds=2)
        if told:
            issued.append((day, *told))
            due = CALENDAR.add_working_days(day, 5)
            rounds.append(dealings.Round(number=told[0], level=told[1], due_on=due, ended=False))
        day += timedelta(1)
    assert [level for _day, _n, level in issued[:4]] == ["street", "street", "district", "district"]
    assert [n for _day, n, _level in issued] == list(range(1, len(issued) + 1))


def test_a_plan_in_time_again_begins_anew_with_the_street():
    rounds = [
        dealings.Round(number=n, level=level, due_on=ON, ended=True)
        for n, level in ((1, "street"), (2, "street"), (3, "district"))
    ]
    later = ON + timedelta(9)
    assert dealings.next_round(rounds, late=False, today=later, street_rounds=2) is None
    assert dealings.next_round(rounds, late=True, today=later, street_rounds=2) == (4, "street")


STAMPS = st.lists(
    st.tuples(
        st.sampled_from([step.code for step in PLAN.steps]),
        st.sampled_from([PASSED, RETURNED]),
        st.integers(1, 4),
    ),
    max_size=24,
)


@given(STAMPS)
def test_whoever_did_the_work_never_closes_it_out(tries):
    """Whatever is tried, in whatever order: only what is allowed is stamped."""
    stamps: list[tuple[str, str]] = []
    last: dict[str, int] = {}
    for code, outcome, who in tries:
        done = PLAN.done(stamps)
        own = {step for step in done if last.get(step) == who}
        allowed = PLAN.may_stamp(
            code, done=done, roles=ROLES.values(), own_steps=own, outcome=outcome
        ).allowed
        if not allowed:
            continue
        stamps.append((code, outcome))
        if outcome == PASSED:
            last[code] = who
    done = PLAN.done(stamps)
    if "approve" in done:
        assert last["approve"] != last["draft"]
    if "close" in done:
        assert last["close"] not in (last["carry"], last["recheck"])
        assert last["recheck"] != last["carry"]
        assert done == {step.code for step in PLAN.steps}


@pytest.mark.parametrize(
    "body",
    [
        "请{措施}<script>alert(1)</script>",
        "请{{措施}}",
        "{% include 'x' %}",
        "请{密码}",
        "请{措施",
        "",
        "字" * 4001,
        "请{措施.__class__}",
        "请`ls`",
        "$(reboot)",
    ],
)
def test_a_template_that_could_run_or_names_what_it_may_not_is_refused(body):
    made = Template(
        kind="order", title="通知", number="{机关}〔{年}〕{序号}号", body=body, own=True
    )
    ruling = letters.check(made)
    assert not ruling.allowed and all(reason.field == "body" for reason in ruling.reasons)


@pytest.mark.parametrize("kind", list(letters.KINDS))
def test_every_letter_comes_with_a_template_that_holds(kind):
    found = letters.as_it_comes(kind)
    assert letters.check(found).allowed and not found.own


def test_what_is_put_into_a_letter_is_not_looked_through_for_more():
    assert letters.fill("致{收件人}", {"收件人": "{措施}<b>"}) == "致{措施}<b>"


def test_clauses_have_names_in_both_languages():
    assert len(clauses()) == 10 and all(name.en for name in clauses().values())
