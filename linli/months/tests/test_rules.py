from datetime import date

from linli.months import rules
from linli.months.rules import AccountFact, MonthFacts


def account(name="专户", holder="bank", banked=True, counted=False):
    return AccountFact(
        name=name,
        holder=holder,
        banked=banked,
        covered=True,
        follows=True,
        difference_fen=0,
        counted=counted,
    )


def gates(*accounts):
    facts = MonthFacts(
        period="2026-10",
        next_period="2026-10",
        today=date(2026, 11, 3),
        draft_numbers=(),
        fold_faults=(),
        accounts=accounts,
        items=(),
    )
    return {gate.code: gate.passed for gate in rules.gates(facts)}


def test_cash_is_asked_for_only_where_there_is_a_cash_box():
    assert "cash" not in gates(account())
    assert gates(account(), account("现金", "cash", banked=False))["cash"] is False
    assert gates(account("现金", "cash", banked=False, counted=True))["cash"] is True


def test_statements_are_asked_for_only_of_accounts_that_have_them():
    custody = account("街道代管", "custody", banked=False)
    assert "statements" not in gates(custody)
    assert gates(custody, account())["statements"] is True
