"""What the database itself refuses, on SQLite and on PostgreSQL (docs/ledger.md lists it)."""

from linli.trail.guards import Guard, insert_only

_SUM = (
    "EXISTS (SELECT 1 FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id "
    "WHERE l.entry_id = NEW.id GROUP BY a.fund HAVING SUM(l.amount_fen) <> 0)"
)
_INVERSE = (
    "NEW.reverses_id IS NOT NULL AND (NEW.original_on IS NULL "
    "OR EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.reverses_id "
    "AND (e.kind IN ('reversal', 'opening') OR e.book_id <> NEW.book_id)) "
    "OR (SELECT COUNT(*) FROM ledger_line WHERE entry_id = NEW.id) "
    "<> (SELECT COUNT(*) FROM ledger_line WHERE entry_id = NEW.reverses_id) "
    "OR EXISTS (SELECT 1 FROM ledger_line n LEFT JOIN ledger_line o "
    "ON o.entry_id = NEW.reverses_id AND o.position = n.position "
    "AND o.account_id = n.account_id AND o.amount_fen = -n.amount_fen "
    "AND COALESCE(o.project_id, 0) = COALESCE(n.project_id, 0) "
    "AND o.restriction = n.restriction "
    "WHERE n.entry_id = NEW.id AND o.id IS NULL))"
)

_WORDS = (
    "voucher",
    "counterparty",
    "summary",
    "handler",
    "document",
    "decision",
    "ground",
    "note",
)

GUARDS = (
    *insert_only("ledger_leaf"),
    *insert_only("ledger_entry"),
    *insert_only("ledger_line"),
    *insert_only("ledger_seal"),
    *insert_only("ledger_checkpoint"),
    *insert_only("ledger_paper"),
    Guard("wording_stays", "ledger_wording", "DELETE"),
    Guard("wordings_stay", "ledger_wording", "TRUNCATE"),
    Guard(
        "wording_is_only_erased",
        "ledger_wording",
        "UPDATE",
        "NEW.person <> OLD.person OR NEW.entry_id <> OLD.entry_id OR "
        + " OR ".join(f"(NEW.{name} <> OLD.{name} AND NEW.{name} <> '')" for name in _WORDS),
    ),
    Guard("project_stays", "ledger_project", "DELETE"),
    Guard("projects_stay", "ledger_project", "TRUNCATE"),
    Guard("budget_stays", "ledger_budget", "DELETE"),
    Guard("budgets_stay", "ledger_budget", "TRUNCATE"),
    Guard("balance_stays", "ledger_balance", "DELETE"),
    Guard("balances_stay", "ledger_balance", "TRUNCATE"),
    Guard("account_stays", "ledger_account", "DELETE"),
    Guard("accounts_stay", "ledger_account", "TRUNCATE"),
    Guard(
        "account_keeps_its_meaning",
        "ledger_account",
        "UPDATE",
        "NEW.book_id <> OLD.book_id OR NEW.fund <> OLD.fund OR NEW.code <> OLD.code "
        "OR NEW.kind <> OLD.kind",
    ),
    Guard(
        "log_only_grows",
        "ledger_log",
        "UPDATE",
        "NEW.size < OLD.size OR NEW.entry_count < OLD.entry_count OR NEW.origin <> OLD.origin",
    ),
    Guard("log_stays", "ledger_log", "DELETE"),
    Guard(
        "book_keeps_its_code",
        "ledger_book",
        "UPDATE",
        "NEW.code <> OLD.code OR NEW.log_id <> OLD.log_id",
    ),
    Guard("book_stays", "ledger_book", "DELETE"),
    Guard(
        "leaf_comes_next",
        "ledger_leaf",
        "INSERT",
        'NEW."index" > 0 AND NOT EXISTS (SELECT 1 FROM ledger_leaf '
        'WHERE log_id = NEW.log_id AND "index" = NEW."index" - 1)',
    ),
    Guard(
        "line_of_a_posted_entry",
        "ledger_line",
        "INSERT",
        "EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)",
    ),
    # SQLite keeps in a column of whole numbers whatever number it is given.
    Guard(
        "line_is_whole_fen",
        "ledger_line",
        "INSERT",
        "NEW.amount_fen <> CAST(NEW.amount_fen AS BIGINT)",
    ),
    Guard(
        "line_uses_its_own_project",
        "ledger_line",
        "INSERT",
        "NEW.project_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM ledger_project p "
        "JOIN ledger_account a ON a.book_id = p.book_id "
        "WHERE p.id = NEW.project_id AND a.id = NEW.account_id)",
    ),
    Guard(
        "entry_comes_next",
        "ledger_entry",
        "INSERT",
        "NEW.number < 1 OR NEW.number > 1 AND NOT EXISTS (SELECT 1 FROM ledger_entry "
        "WHERE book_id = NEW.book_id AND number = NEW.number - 1)",
    ),
    Guard("entry_balances", "ledger_entry", "INSERT", _SUM),
    Guard(
        "entry_has_two_lines",
        "ledger_entry",
        "INSERT",
        "(SELECT COUNT(*) FROM ledger_line WHERE entry_id = NEW.id) < 2",
    ),
    Guard(
        "entry_uses_its_own_accounts",
        "ledger_entry",
        "INSERT",
        "EXISTS (SELECT 1 FROM ledger_line l JOIN ledger_account a ON a.id = l.account_id "
        "WHERE l.entry_id = NEW.id AND a.book_id <> NEW.book_id)",
    ),
    Guard(
        "entry_is_dated_in_its_month", "ledger_entry", "INSERT", "NEW.period <> {month:NEW.date}"
    ),
    Guard(
        "entry_in_an_open_month",
        "ledger_entry",
        "INSERT",
        "EXISTS (SELECT 1 FROM ledger_seal WHERE book_id = NEW.book_id AND period >= NEW.period)",
    ),
    Guard(
        "history_before_the_book_went_live",
        "ledger_entry",
        "INSERT",
        "NEW.kind IN ('import', 'opening') AND EXISTS (SELECT 1 FROM ledger_book b "
        "WHERE b.id = NEW.book_id AND b.live_from <> '' AND NEW.period >= b.live_from)",
    ),
    Guard("reversal_is_the_inverse", "ledger_entry", "INSERT", _INVERSE),
    Guard(
        "seal_comes_after",
        "ledger_seal",
        "INSERT",
        "EXISTS (SELECT 1 FROM ledger_seal WHERE book_id = NEW.book_id AND period > NEW.period)",
    ),
)
