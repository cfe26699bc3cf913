"""What the database refuses of vouchers and receipts."""

from linli.trail.guards import Guard

_SAID = (
    "book_id",
    "kind",
    "period",
    "serial",
    "counterparty",
    "person",
    "summary",
    "handler",
    "document",
    "decision",
    "ground",
    "note",
    "prepared_by_id",
    "date",
)

GUARDS = (
    Guard("voucher_stays", "vouchers_voucher", "DELETE"),
    Guard("vouchers_stay", "vouchers_voucher", "TRUNCATE"),
    Guard(
        "posted_voucher_stays_as_it_is",
        "vouchers_voucher",
        "UPDATE",
        "OLD.state IN ('posted', 'void')",
    ),
    Guard(
        "voucher_handed_in_says_the_same",
        "vouchers_voucher",
        "UPDATE",
        "OLD.state = 'waiting' AND ("
        + " OR ".join(f"NEW.{name} <> OLD.{name}" for name in _SAID)
        + " OR COALESCE(NEW.corrects_id, 0) <> COALESCE(OLD.corrects_id, 0))",
    ),
    *(
        Guard(
            f"{what}_of_a_voucher_handed_in_stay_{event.lower()}",
            f"vouchers_voucher{what.removesuffix('s')}",
            event,
            f"EXISTS (SELECT 1 FROM vouchers_voucher v WHERE v.id = {row}.voucher_id "
            "AND v.state NOT IN ('draft', 'returned'))",
        )
        for what in ("lines", "papers")
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
    Guard("receipt_stays", "vouchers_receipt", "DELETE"),
    Guard("receipts_stay", "vouchers_receipt", "TRUNCATE"),
    Guard(
        "receipt_keeps_what_it_says",
        "vouchers_receipt",
        "UPDATE",
        "NEW.book_id <> OLD.book_id OR NEW.number <> OLD.number OR NEW.code <> OLD.code "
        "OR NEW.amount_fen <> OLD.amount_fen OR NEW.body <> OLD.body "
        "OR (OLD.voided_at IS NOT NULL AND NEW.voided_at IS NULL)",
    ),
    Guard(
        "receipt_is_gathered_once",
        "vouchers_receipt",
        "UPDATE",
        "OLD.voucher_id IS NOT NULL AND NEW.voucher_id IS NOT NULL "
        "AND NEW.voucher_id <> OLD.voucher_id "
        "AND EXISTS (SELECT 1 FROM vouchers_voucher v WHERE v.id = OLD.voucher_id "
        "AND v.state = 'posted')",
    ),
)
