"""Posting: what goes in, what is refused, and what the database itself refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from linli.kernel import merkle
from linli.kernel.rulings import Refused
from linli.ledger import posting, queries, rules, services
from linli.ledger.models import Account, Balance, Entry, Leaf, Line, Log, Wording
from linli.ledger.rules import Draft, DraftLine
from linli.trail.models import Line as TrailLine
from tests.books import NOW, open_estate

pytestmark = pytest.mark.django_db


def test_an_entry_is_leaf_lines_words_and_sums(estate):
    estate.post(estate.draft())
    entry = Entry.objects.get(book=estate.book, number=2)
    assert [line.amount_fen for line in entry.lines.all()] == [10000, -10000]
    assert entry.wording.summary == "停车费"
    assert set(entry.wording.salts) == {"summary", "counterparty"}
    assert "停车费" not in entry.leaf.body
    parking = Balance.objects.get(account__code="parking", period="2026-09")
    assert (parking.debit_fen, parking.credit_fen, parking.entry_count) == (0, 10000, 1)


def test_the_root_is_that_of_all_leaves(estate):
    estate.post(estate.draft(), estate.draft(fen=200))
    leaves = Leaf.objects.filter(log=estate.book.log).order_by("index")
    hashes = [merkle.leaf_hash(leaf.body.encode()) for leaf in leaves]
    log = Log.objects.get(pk=estate.book.log_id)
    assert (log.size, log.root) == (len(hashes), merkle.root(hashes).hex())


def test_the_same_key_and_content_is_the_first_entry_again(estate):
    first = estate.post(estate.draft())
    again = estate.post(estate.draft())
    assert first.numbers == again.numbers
    assert again.fresh_count == 0


def test_the_same_key_with_other_content_is_refused_and_leaves_nothing(estate):
    estate.post(estate.draft())
    other = replace(estate.draft(), words={"summary": "别的"})
    before = Log.objects.get(pk=estate.book.log_id).size
    with pytest.raises(Refused) as refused:
        estate.post(estate.draft(fen=300), other)
    assert [reason.field for reason in refused.value.ruling.reasons] == ["voucher"]
    assert Log.objects.get(pk=estate.book.log_id).size == before


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"date": date(2026, 11, 20)}, "date"),
        ({"date": date(2026, 8, 31)}, "date"),
        ({"category": "nothing"}, "category"),
        ({"project": "P-9"}, "project"),
        ({"restriction": "R-1"}, "restriction"),
        ({"fen": -200_000}, "document"),
    ],
)
def test_a_refusal_names_the_field(estate, change, field):
    with pytest.raises(Refused) as refused:
        estate.post(estate.draft(**change))
    assert field in {reason.field for reason in refused.value.ruling.reasons}


def test_all_reasons_are_given_at_once(estate):
    draft = estate.draft(category="common_repair", fen=-200_000, date=date(2026, 11, 20))
    with pytest.raises(Refused) as refused:
        estate.post(draft)
    fields = [reason.field for reason in refused.value.ruling.reasons]
    assert fields == ["date", "decision", "amount"]


def test_common_money_is_used_only_on_a_decision(estate):
    draft = estate.draft(category="common_repair", fen=-5000)
    with pytest.raises(Refused) as refused:
        estate.post(draft)
    (reason,) = refused.value.ruling.reasons
    assert reason.field == "decision" and "民法典:278" in reason.cites
    estate.post(replace(draft, words={"decision": "业主大会决议〔2026〕3号"}))


def test_a_project_is_not_paid_beyond_its_agreement(estate):
    services.add_project(
        by=None, book=estate.book, code="P-1", name="照明", budgets={"seed": 5000}, now=NOW
    )
    spend = {"fund": "seed", "category": "seed_project", "project": "P-1"}
    estate.post(estate.draft(**spend, fen=-5000))
    with pytest.raises(Refused) as refused:
        estate.post(estate.draft(**spend, fen=-1))
    assert [reason.field for reason in refused.value.ruling.reasons] == ["project"]


def test_a_restriction_never_falls_below_zero(estate):
    gift = {"fund": "seed", "restriction": "JZ-1"}
    estate.post(estate.draft(**gift, category="donation", fen=3000))
    with pytest.raises(Refused) as refused:
        estate.post(estate.draft(**gift, category="seed_project", fen=-3001))
    assert [reason.field for reason in refused.value.ruling.reasons] == ["restriction"]


def test_money_passes_between_funds_only_as_a_match(estate):
    fiscal, seed = (estate.accounts[fund].code for fund in ("fiscal", "seed"))
    halves = (
        DraftLine(fund="fiscal", account="match_out", amount_fen=500),
        DraftLine(fund="fiscal", account=fiscal, amount_fen=-500),
        DraftLine(fund="seed", account=seed, amount_fen=500),
        DraftLine(fund="seed", account="match_in", amount_fen=-500),
    )
    estate.post(estate.draft(key="match", lines=halves))
    assert queries.month(estate.book, "2026-09")["seed"].transfer_fen == 500
    with pytest.raises(Refused):
        estate.post(estate.draft(key="half", lines=halves[:2]))


def test_each_act_is_one_line_of_the_trail(estate):
    before = TrailLine.objects.filter(act="ledger.post").count()
    estate.post(estate.draft(), estate.draft(fen=7))
    assert TrailLine.objects.filter(act="ledger.post").count() == before + 1


def test_the_opening_counts_nowhere(estate):
    flow = queries.month(estate.book, "2026-09")["common"]
    assert (flow.opening_fen, flow.lines) == (100_000, {})


def test_a_deposit_is_held_apart_from_the_fund(estate):
    estate.post(estate.draft(category="deposit", fen=60000))
    flow = queries.month(estate.book, "2026-09")["common"]
    assert flow.closing_fen == 100_000
    assert queries.money_accounts(estate.book)[0].balance_fen == 160_000


def voucher(estate, fund, category, fen, restriction="", **words):
    """A payment that two people approved; `fen` negative: money that comes in."""
    code = estate.accounts[fund].code
    return Draft(
        key=f"v:{category}:{fen}:{restriction}:{len(words)}",
        kind="voucher",
        date=date(2026, 9, 12),
        lines=(
            DraftLine(fund=fund, account=category, amount_fen=fen, restriction=restriction),
            DraftLine(fund=fund, account=code, amount_fen=-fen),
        ),
        words={"summary": "付款"} | words,
        prepared_by=1,
        prepared_role="bookkeeper",
        approved_by=2,
        approved_role="approver",
        seconded_by=3,
        seconded_role="resident",
    )


def may(estate, draft):
    return rules.may_post(draft, posting.facts(estate.book, [draft], now=NOW))


def test_money_given_for_a_purpose_is_not_used_for_another(estate):
    """1000.00 without a purpose, 500.00 for G-1."""
    given = {"fund": "seed", "category": "donation", "restriction": "G-1", "fen": 50_000}
    estate.post(estate.draft(**given))
    assert may(estate, voucher(estate, "seed", "seed_fee", 100_000)).allowed
    assert may(estate, voucher(estate, "seed", "seed_fee", 50_000, "G-1")).allowed
    over = may(estate, voucher(estate, "seed", "seed_fee", 100_001))
    assert "限定用途 500.00 元" in str(over)
    assert not may(estate, voucher(estate, "seed", "seed_fee", 50_001, "G-1")).allowed


def test_a_deposit_is_given_back_for_its_receipt_and_no_more_than_was_held(estate):
    estate.post(estate.draft(category="deposit", fen=60_000))
    back = voucher(estate, "common", "deposit", 60_000)
    assert "document" in {r.field for r in may(estate, back).reasons}
    assert may(estate, voucher(estate, "common", "deposit", 60_000, document="No. 7")).allowed
    more = may(estate, voucher(estate, "common", "deposit", 60_001, document="No. 7"))
    assert [r.field for r in more.reasons] == ["decision"]


def test_half_a_transfer_is_no_voucher(estate):
    """Money would leave and be called neither a cost nor a use."""
    gone = may(estate, voucher(estate, "common", "between_accounts", 100))
    assert [r.field for r in gone.reasons] == ["account"]


def test_going_live_is_not_put_off_once_it_came(estate):
    """Else one person could import what nobody approves into months of vouchers."""
    services.go_live(by=None, book=estate.book, live_from="2026-12", now=NOW)
    services.go_live(by=None, book=estate.book, live_from="2027-01", now=NOW)
    services.go_live(by=None, book=estate.book, live_from="2026-11", now=NOW)
    with pytest.raises(Refused, match="不能再推后"):
        services.go_live(by=None, book=estate.book, live_from="2026-12", now=NOW)
    services.go_live(by=None, book=estate.book, live_from="2026-10", now=NOW)


def test_after_going_live_history_is_refused(estate):
    services.go_live(by=None, book=estate.book, live_from="2026-09", now=NOW)
    estate.book.refresh_from_db()
    with pytest.raises(Refused) as refused:
        estate.post(estate.draft())
    assert [reason.field for reason in refused.value.ruling.reasons] == ["date"]


def test_a_word_is_erased_and_the_leaf_stays(estate):
    estate.post(estate.draft())
    entry = Entry.objects.get(number=2)
    services.erase(by=None, entry=entry, field="counterparty", ground="本人申请", now=NOW)
    wording = Wording.objects.get(pk=entry.pk)
    assert wording.counterparty == "" and set(wording.salts) == {"summary"}
    assert "counterparty" in Leaf.objects.get(pk=entry.leaf_id).body


def test_the_same_steps_give_the_same_root():
    roots = []
    for _round in range(2):
        with transaction.atomic():
            estate = open_estate()
            estate.post(estate.draft(), estate.draft(fen=333))
            roots.append(Leaf.objects.filter(log=estate.book.log, kind="entry").values_list("hash"))
            roots[-1] = list(roots[-1])
            transaction.set_rollback(True)
    assert roots[0] == roots[1] and len(roots[0]) == 3


REFUSED_SQL = {
    "an amount is changed": "UPDATE ledger_line SET amount_fen = amount_fen + 1",
    "a line is deleted": "DELETE FROM ledger_line",
    "an entry is changed": "UPDATE ledger_entry SET period = '2026-10'",
    "an entry is deleted": "DELETE FROM ledger_entry",
    "a leaf is changed": "UPDATE ledger_leaf SET body = body",
    "a leaf is deleted": "DELETE FROM ledger_leaf",
    "words are deleted": "DELETE FROM ledger_wording",
    "a balance is deleted": "DELETE FROM ledger_balance",
    "a log shrinks": "UPDATE ledger_log SET size = size - 1",
    "an account changes its fund": "UPDATE ledger_account SET fund = 'seed' WHERE fund = 'common'",
    "a line joins a posted entry": (
        "INSERT INTO ledger_line (id, entry_id, position, account_id, restriction, amount_fen) "
        "SELECT id + 100, entry_id, 9, account_id, '', 1 FROM ledger_line WHERE position = 0"
    ),
}


@pytest.mark.parametrize("statement", REFUSED_SQL.values(), ids=REFUSED_SQL.keys())
def test_the_database_itself_refuses(estate, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_replacing_insert_does_not_slip_past(estate):
    if connection.vendor != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    line = Line.objects.first()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT OR REPLACE INTO ledger_line "
            "(id, entry_id, position, account_id, restriction, amount_fen) "
            "VALUES (%s, %s, 0, %s, '', 5)",
            [line.pk, line.entry_id, line.account_id],
        )


def _raw_entry(estate, number: int, lines: list[tuple[int, int]], **more: object) -> None:
    """Write an entry past the posting function, as somebody with the database might."""
    book = estate.book
    id_ = book.pk * (1 << 24) + number
    log = Log.objects.get(pk=book.log_id)
    leaf = Leaf.objects.create(
        id=log.pk * (1 << 28) + log.size, log=log, index=log.size, kind="entry", body="{}", hash=""
    )
    Line.objects.bulk_create(
        Line(id=id_ * (1 << 12) + n, entry_id=id_, position=n, account_id=a, amount_fen=fen)
        for n, (a, fen) in enumerate(lines)
    )
    told = {
        "kind": "import",
        "date": date(2026, 9, 1),
        "period": "2026-09",
        "key": f"raw{number}",
        "recorded_at": NOW,
    }
    Entry.objects.create(id=id_, book=book, number=number, leaf=leaf, **(told | more))


def _pair(estate, fen: int = 5, other: int = -5) -> list[tuple[int, int]]:
    parking = Account.objects.get(book=estate.book, code="parking")
    return [(estate.accounts["common"].pk, fen), (parking.pk, other)]


def test_the_control_a_sound_raw_entry_is_let_in(estate):
    _raw_entry(estate, 2, _pair(estate))
    assert Entry.objects.filter(number=2).exists()


@pytest.mark.parametrize(
    ("number", "pair", "more"),
    [
        (3, (5, -5), {}),
        (2, (5, -4), {}),
        (2, (5, -5), {"period": "2026-10"}),
        (2, (5, -5), {"kind": "voucher"}),
        (2, (5, -5), {"kind": "reversal"}),
    ],
    ids=["a gap in the numbers", "out of balance", "wrong month", "unapproved", "reverses nothing"],
)
def test_the_database_refuses_an_unsound_raw_entry(estate, number, pair, more):
    with pytest.raises(DatabaseError), transaction.atomic():
        _raw_entry(estate, number, _pair(estate, *pair), **more)


def test_the_database_refuses_lines_across_funds_that_do_not_balance_each(estate):
    donation = Account.objects.get(book=estate.book, fund="seed", code="donation")
    lines = [(estate.accounts["common"].pk, 5), (donation.pk, -5)]
    with pytest.raises(DatabaseError), transaction.atomic():
        _raw_entry(estate, 2, lines)


def test_posting_asks_no_more_when_there_is_more(estate, django_assert_max_num_queries):
    estate.post(*[estate.draft(fen=n + 1) for n in range(50)])
    with django_assert_max_num_queries(16):
        estate.post(estate.draft(fen=999))
