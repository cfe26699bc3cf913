"""What the database refuses of statements, matches and counts (docs/ledger.md lists it)."""

from linli.trail.guards import Guard, insert_only

_SEALED = (
    "EXISTS (SELECT 1 FROM ledger_seal s JOIN ledger_account a ON a.book_id = s.book_id "
    "WHERE a.id = {row}.account_id AND s.period >= {row}.period)"
)
_BANK_SUM = (
    "(SELECT COALESCE(SUM(b.amount_fen), 0) FROM bank_matchitem i "
    "JOIN bank_bankline b ON b.id = i.line_id WHERE i.match_id = NEW.id) "
    "+ (SELECT COALESCE(SUM(o.amount_fen), 0) FROM bank_matchitem i "
    "JOIN bank_openingitem o ON o.id = i.opening_id AND o.side = 'bank' "
    "WHERE i.match_id = NEW.id)"
)
_BOOK_SUM = (
    "(SELECT COALESCE(SUM(l.amount_fen), 0) FROM bank_matchitem i "
    "JOIN ledger_line l ON l.id = i.entry_line_id WHERE i.match_id = NEW.id) "
    "+ (SELECT COALESCE(SUM(o.amount_fen), 0) FROM bank_matchitem i "
    "JOIN bank_openingitem o ON o.id = i.opening_id AND o.side = 'book' "
    "WHERE i.match_id = NEW.id)"
)
_STRANGE = (
    "EXISTS (SELECT 1 FROM bank_matchitem i JOIN bank_bankline b ON b.id = i.line_id "
    "WHERE i.match_id = NEW.id AND (b.account_id <> NEW.account_id OR b.period > NEW.period)) "
    "OR EXISTS (SELECT 1 FROM bank_matchitem i JOIN bank_openingitem o ON o.id = i.opening_id "
    "WHERE i.match_id = NEW.id AND (o.account_id <> NEW.account_id OR o.period > NEW.period)) "
    "OR EXISTS (SELECT 1 FROM bank_matchitem i JOIN ledger_line l ON l.id = i.entry_line_id "
    "JOIN ledger_entry e ON e.id = l.entry_id WHERE i.match_id = NEW.id "
    "AND (l.account_id <> NEW.account_id OR e.period > NEW.period OR e.kind = 'opening'))"
)


def _open_month(table: str, *events: str) -> tuple[Guard, ...]:
    """Rows that count in a sealed month neither come nor go."""
    return tuple(
        Guard(
            f"{table}_{event.lower()}_in_an_open_month",
            table,
            event,
            _SEALED.format(row="OLD" if event == "DELETE" else "NEW"),
        )
        for event in events
    )


GUARDS = (
    *insert_only("bank_statement"),
    *insert_only("bank_bankline"),
    *insert_only("bank_confirmation"),
    *_open_month("bank_statement", "INSERT"),
    *_open_month("bank_bankline", "INSERT"),
    *_open_month("bank_confirmation", "INSERT"),
    Guard(
        "statement_comes_next",
        "bank_statement",
        "INSERT",
        "NEW.number < 1 OR NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM bank_statement "
        "WHERE account_id = NEW.account_id AND number = NEW.number - 1)",
    ),
    Guard(
        "bank_line_lies_in_its_statement",
        "bank_bankline",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM bank_statement s WHERE s.id = NEW.statement_id "
        'AND s.account_id = NEW.account_id AND NEW."on" BETWEEN s.from_on AND s.to_on)',
    ),
    # A match is closed by its own row, which comes after its items and goes before them.
    Guard("match_sums_are_equal", "bank_match", "INSERT", f"{_BANK_SUM} <> {_BOOK_SUM}"),
    Guard(
        "match_has_two_items",
        "bank_match",
        "INSERT",
        "(SELECT COUNT(*) FROM bank_matchitem WHERE match_id = NEW.id) < 2",
    ),
    Guard("match_is_of_its_own_account_and_time", "bank_match", "INSERT", _STRANGE),
    *_open_month("bank_match", "INSERT", "DELETE"),
    Guard("match_stays_as_it_is", "bank_match", "UPDATE"),
    Guard("matches_stay", "bank_match", "TRUNCATE"),
    *(
        Guard(
            f"item_of_a_standing_match_{event.lower()}",
            "bank_matchitem",
            event,
            f"EXISTS (SELECT 1 FROM bank_match WHERE id = {row}.match_id)",
        )
        for event, row in (("INSERT", "NEW"), ("DELETE", "OLD"))
    ),
    Guard("match_item_stays_as_it_is", "bank_matchitem", "UPDATE"),
    Guard("match_items_stay", "bank_matchitem", "TRUNCATE"),
    *_open_month("bank_openingitem", "INSERT", "DELETE"),
    Guard("opening_item_stays_as_it_is", "bank_openingitem", "UPDATE"),
    Guard("opening_items_stay", "bank_openingitem", "TRUNCATE"),
    Guard("explanation_stays", "bank_explanation", "DELETE"),
    Guard("explanations_stay", "bank_explanation", "TRUNCATE"),
    *_open_month("bank_explanation", "INSERT", "UPDATE"),
    Guard(
        "explanation_is_only_accepted",
        "bank_explanation",
        "UPDATE",
        "OLD.accepted_by_id IS NOT NULL OR NEW.note <> OLD.note OR NEW.period <> OLD.period "
        "OR NEW.account_id <> OLD.account_id OR COALESCE(NEW.line_id, 0) <> COALESCE(OLD.line_id, 0) "
        "OR COALESCE(NEW.entry_line_id, 0) <> COALESCE(OLD.entry_line_id, 0) "
        "OR COALESCE(NEW.opening_id, 0) <> COALESCE(OLD.opening_id, 0) "
        "OR COALESCE(NEW.explained_by_id, 0) <> COALESCE(OLD.explained_by_id, 0)",
    ),
    Guard("cash_count_stays", "bank_cashcount", "DELETE"),
    Guard("cash_counts_stay", "bank_cashcount", "TRUNCATE"),
    *_open_month("bank_cashcount", "INSERT", "UPDATE"),
    Guard(
        "cash_count_is_only_confirmed",
        "bank_cashcount",
        "UPDATE",
        "OLD.confirmed_by_id IS NOT NULL OR NEW.counted_fen <> OLD.counted_fen "
        'OR NEW."on" <> OLD."on" OR NEW.period <> OLD.period '
        "OR NEW.account_id <> OLD.account_id OR NEW.counted_by_id <> OLD.counted_by_id",
    ),
)
