"""What is paired, what is only suggested, and that neither depends on the order of the rows."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from linli.bank import matching
from linli.bank.matching import BANK, BOOK, Item, Limits, Pair, pair, same_party

LIMITS = Limits(near_days=3, reach_days=35, fee_permille=10)
FIRST = date(2026, 10, 1)


def bank(ref, day, yuan, summary="", party="", **more):
    return _item(BANK, ref, day, yuan, summary, party, **more)


def book(ref, day, yuan, summary="", party="", **more):
    return _item(BOOK, ref, day, yuan, summary, party, **more)


def _item(side, ref, day, yuan, summary, party, **more):
    return Item(
        ref=ref,
        side=side,
        on=FIRST + timedelta(days=day - 1),
        amount_fen=round(yuan * 100),
        summary=summary,
        counterparty=party,
        **more,
    )


def run(*items, **limits):
    return pair(items, limits=Limits(**{**_as_dict(LIMITS), **limits}))


def _as_dict(limits):
    return {name: getattr(limits, name) for name in limits.__slots__}


def test_amount_direction_and_a_day_within_three_are_a_match():
    found = run(bank("b1", 4, 5400), book("e1", 1, 5400))
    assert found.pairs == (Pair(("b1",), ("e1",), "exact"),)
    assert found.suggestions == ()


def test_the_other_direction_is_no_match():
    assert run(bank("b1", 4, 5400), book("e1", 4, -5400)).pairs == ()


def test_the_counterparty_breaks_a_tie():
    found = run(
        bank("b1", 5, 300, party="工商银行"),
        book("e1", 5, 300, party="康宁药房"),
        book("e2", 6, 300, party="中国工商银行股份有限公司"),
    )
    assert found.pairs == (Pair(("b1",), ("e2",), "exact"),)


def test_what_is_ambiguous_is_suggested_and_not_matched():
    found = run(bank("b1", 5, 300), book("e1", 5, 300), book("e2", 6, 300))
    assert found.pairs == ()
    assert [(s.bank, s.book, s.why) for s in found.suggestions] == [
        (("b1",), ("e1",), matching.AMBIGUOUS)
    ]


def test_the_first_bank_line_takes_the_only_entry():
    found = run(bank("b2", 6, -2400), bank("b1", 5, -2400), book("e1", 6, -2400))
    assert found.pairs == (Pair(("b1",), ("e1",), "exact"),)


def test_an_entry_waits_for_the_bank_line_that_names_its_counterparty():
    found = run(
        bank("b1", 5, 600, party="张三"),
        bank("b2", 6, 600, party="新邻里生鲜店"),
        book("e1", 6, 600, party="新邻里生鲜店"),
    )
    assert found.pairs == (Pair(("b2",), ("e1",), "exact"),)


def test_equal_amounts_equally_many_go_in_the_order_of_their_days():
    found = run(bank("b1", 5, 35), bank("b2", 6, 35), book("e1", 5, 35), book("e2", 6, 35))
    assert set(found.pairs) == {Pair(("b1",), ("e1",), "same"), Pair(("b2",), ("e2",), "same")}


def test_a_settlement_takes_the_entries_of_the_days_its_summary_names():
    parking = [(3, 88), (5, 120.5), (11, 47), (18, 39.5), (25, 52)]
    items = [book(f"e{day}", day, yuan, "临时停车费（扫码）") for day, yuan in parking]
    found = run(bank("b1", 31, 347, "财付通商户结算 1001-1031"), *items)
    assert found.pairs == (Pair(("b1",), ("e3", "e5", "e11", "e18", "e25"), "sum"),)


def test_entries_outside_the_named_days_are_not_taken():
    found = run(
        bank("b1", 31, 100, "结算 1001-1031"),
        book("e1", 0, 40),
        book("e2", 3, 60),
    )
    assert found.pairs == ()


def test_without_named_days_the_last_35_days_count_and_nothing_later():
    inside = run(bank("b1", 36, 100), book("e1", 1, 40), book("e2", 20, 60))
    assert inside.pairs == (Pair(("b1",), ("e1", "e2"), "sum"),)
    assert run(bank("b1", 37, 100), book("e1", 1, 40), book("e2", 20, 60)).pairs == ()
    assert run(bank("b1", 19, 100), book("e1", 1, 40), book("e2", 20, 60)).pairs == ()


def test_two_choices_that_fit_are_a_suggestion():
    found = run(
        bank("b1", 20, 100),
        book("e1", 2, 40),
        book("e2", 3, 60),
        book("e3", 9, 30),
        book("e4", 9, 70),
    )
    assert found.pairs == ()
    assert [s.why for s in found.suggestions] == [matching.SEVERAL]
    assert len(found.suggestions[0].book) == 2


def test_many_bank_lines_may_be_one_entry():
    found = run(
        bank("b1", 2, 40), bank("b2", 9, 60), bank("b3", 12, 25), book("e1", 10, 100, "上旬停车费")
    )
    assert found.pairs == (Pair(("b1", "b2"), ("e1",), "parts"),)


def test_a_shortfall_is_offered_as_a_charge():
    found = run(bank("b1", 31, 99.4, "结算 1001-1031"), book("e1", 3, 40), book("e2", 20, 60))
    assert found.pairs == ()
    assert found.suggestions[0].book == ("e1", "e2")
    assert found.suggestions[0].fee_fen == 60
    paid = run(bank("b1", 4, -1005), book("e1", 3, -1000))
    assert paid.suggestions[0].fee_fen == 500
    assert run(bank("b1", 4, -1500), book("e1", 3, -1000)).suggestions == ()


def test_one_entry_far_away_is_taken_only_if_it_may_be_the_same_party():
    assert run(bank("b1", 20, 700), book("e1", 5, 700, party="甲公司")).pairs
    found = run(bank("b1", 20, 700, party="乙公司"), book("e1", 5, 700, party="甲公司"))
    assert found.pairs == ()
    assert found.suggestions[0].why == matching.FAR


def test_a_search_that_is_too_long_is_given_up_and_says_so():
    items = [book(f"e{n:02d}", 1 + n % 28, 1.01 * 3**n) for n in range(24)]
    found = run(bank("b1", 30, 500_000), *items, steps=50)
    assert found.pairs == ()
    told = next(s for s in found.suggestions if s.bank == ("b1",))
    assert (told.book, told.why) == ((), matching.TIRED)


def test_a_reversal_cancels_its_original_if_nothing_replaced_it():
    found = run(
        book("e1", 3, 100, number=1),
        book("e2", 20, -100, number=2, reverses=1, original_on=FIRST),
        bank("b1", 3, 100),
    )
    assert found.pairs == (Pair((), ("e1", "e2"), "net"),)


def test_a_replaced_entry_keeps_its_bank_line_and_the_correction_cancels_itself():
    found = run(
        bank("b1", 3, 100),
        book("e1", 3, 100, number=1),
        book("e2", 20, -100, number=2, reverses=1, original_on=FIRST),
        book("e3", 20, 100, number=3, original_on=FIRST),
    )
    assert found.pairs == (Pair(("b1",), ("e1",), "exact"), Pair((), ("e2", "e3"), "net"))


def test_what_was_booked_before_the_statements_begin_only_fits_exactly():
    early = book("e1", 1, 100, early=True)
    assert run(bank("b1", 3, 100), early).pairs == (Pair(("b1",), ("e1",), "exact"),)
    assert run(bank("b1", 3, 150), early, book("e2", 2, 50)).pairs == ()


def test_names_of_one_party_are_recognised():
    assert same_party("工商银行", "中国工商银行（蓬莱支行）")
    assert same_party("Ａ 公司", "a公司")
    assert not same_party("业主", "业主委员会")
    assert not same_party("", "")


ITEMS = st.lists(
    st.tuples(
        st.sampled_from((BANK, BOOK)),
        st.integers(0, 40),
        st.sampled_from((1, -1)),
        st.integers(1, 12),
        st.sampled_from(("", "甲公司", "乙公司")),
        st.sampled_from(("", "1001-1031")),
    ),
    max_size=24,
)


def items_of(drawn):
    return [
        Item(
            ref=f"{side[0]}{place}",
            side=side,
            on=FIRST + timedelta(days=day),
            amount_fen=sign * fen * 50,
            order=place,
            summary=summary,
            counterparty=party,
            number=place if side == BOOK else 0,
        )
        for place, (side, day, sign, fen, party, summary) in enumerate(drawn)
    ]


@given(ITEMS)
def test_matched_sums_are_always_equal_and_nothing_is_taken_twice(drawn):
    items = items_of(drawn)
    amounts = {item.ref: item.amount_fen for item in items}
    found = pair(items, limits=LIMITS)
    taken = [ref for one in found.pairs for ref in (*one.bank, *one.book)]
    assert len(taken) == len(set(taken))
    for one in found.pairs:
        assert sum(amounts[r] for r in one.bank) == sum(amounts[r] for r in one.book)
        assert {r[0] for r in one.bank} <= {"b"} and len(one.bank) + len(one.book) >= 2


@given(ITEMS)
def test_suggestions_are_of_free_items_and_differ_only_by_the_charge(drawn):
    items = items_of(drawn)
    amounts = {item.ref: item.amount_fen for item in items}
    found = pair(items, limits=LIMITS)
    taken = {ref for one in found.pairs for ref in (*one.bank, *one.book)}
    offered = [r for s in found.suggestions if s.bank and s.book for r in (*s.bank, *s.book)]
    assert not taken.intersection(offered)
    assert len(offered) == len(set(offered))
    for told in found.suggestions:
        if told.bank and told.book:
            gap = sum(amounts[r] for r in told.book) - sum(amounts[r] for r in told.bank)
            assert gap == told.fee_fen


@given(ITEMS.flatmap(lambda drawn: st.tuples(st.just(drawn), st.permutations(range(len(drawn))))))
def test_the_order_of_the_rows_changes_nothing(drawn_and_order):
    drawn, order = drawn_and_order
    items = items_of(drawn)
    assert pair(items, limits=LIMITS) == pair([items[n] for n in order], limits=LIMITS)
