"""What the database itself refuses about handovers."""

from linli.trail.guards import Guard, insert_only

_CHANGED = " OR ".join(
    f"COALESCE(NEW.{n}, '') <> COALESCE(OLD.{n}, '')" for n in ("exempt_text", "exempt_cite")
)
_NUMBERS = " OR ".join(
    f"COALESCE(NEW.{n}, -1) <> COALESCE(OLD.{n}, -1)" for n in ("basis_fen", "ppm", "amount_fen")
)
_KEPT = (
    "handover_handover",
    "handover_paper",
    "handover_signature",
    "handover_finding",
    "handover_defect",
    "handover_batch",
    "handover_batchroom",
)

GUARDS = (
    *(Guard(f"{table}_delete", table, "DELETE") for table in _KEPT),
    *(Guard(f"{table}_truncate", table, "TRUNCATE") for table in _KEPT),
    *insert_only("handover_notice"),
    # What is done or given up stays so; the room of a handover is never another.
    Guard(
        "an_ended_handover_stays",
        "handover_handover",
        "UPDATE",
        "OLD.ended_at IS NOT NULL OR NEW.room_id <> OLD.room_id OR NEW.number <> OLD.number",
    ),
    # A line that was confirmed and then changed is to be confirmed again.
    Guard(
        "a_changed_tax_is_unconfirmed",
        "handover_taxline",
        "UPDATE",
        f"OLD.confirmed_at IS NOT NULL AND NEW.confirmed_at IS NOT NULL "
        f"AND ({_NUMBERS} OR {_CHANGED})",
    ),
    Guard("a_signed_batch_is_kept", "handover_batch", "UPDATE", "OLD.signed_at IS NOT NULL"),
    # Who found or signed what is never rewritten; it may only be made void, once.
    *(
        Guard(
            f"{table}_is_kept",
            table,
            "UPDATE",
            "OLD.void_at IS NOT NULL OR NEW.void_at IS NULL OR NEW.by_id <> OLD.by_id "
            "OR NEW.at <> OLD.at OR NEW.handover_id <> OLD.handover_id",
        )
        for table in ("handover_signature", "handover_finding")
    ),
    Guard(
        "a_closed_defect_stays",
        "handover_defect",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR NEW.number <> OLD.number",
    ),
)
