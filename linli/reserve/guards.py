"""What the database itself refuses about the reserve."""

from linli.trail.guards import Guard, insert_only

_SIGNED = (
    "EXISTS (SELECT 1 FROM reserve_evaluation e WHERE e.id = {id} AND e.signed_at IS NOT NULL)"
)
_SIGNED_OF_SHEET = (
    "EXISTS (SELECT 1 FROM reserve_sheet s JOIN reserve_evaluation e ON e.id = s.evaluation_id "
    "WHERE s.id = {id} AND e.signed_at IS NOT NULL)"
)


def _stays(table: str) -> tuple[Guard, ...]:
    return tuple(
        Guard(f"reserve_{table}_{event.lower()}", f"reserve_{table}", event)
        for event in ("DELETE", "TRUNCATE")
    )


GUARDS = (
    *(
        guard
        for table in ("talent", "nomination", "evidence", "evaluation", "proposal")
        for guard in _stays(table)
    ),
    *insert_only("reserve_move"),
    *insert_only("reserve_entry"),
    Guard("reserve_score_truncate", "reserve_score", "TRUNCATE"),
    Guard("reserve_sheet_truncate", "reserve_sheet", "TRUNCATE"),
    Guard(
        "reserve_file_keeps_its_number",
        "reserve_talent",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.county <> OLD.county OR NEW.id_mark <> OLD.id_mark",
    ),
    Guard(
        "nomination_is_settled_once",
        "reserve_nomination",
        "UPDATE",
        "OLD.settled_at IS NOT NULL OR NEW.talent_id <> OLD.talent_id OR NEW.source <> OLD.source",
    ),
    # Of evidence only its withdrawal is written later, and once.
    Guard(
        "evidence_stays_as_it_was_brought",
        "reserve_evidence",
        "UPDATE",
        "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.figure <> OLD.figure "
        "OR NEW.indicator <> OLD.indicator OR NEW.on_day <> OLD.on_day "
        "OR NEW.talent_id <> OLD.talent_id",
    ),
    # What is signed is signed: the evaluation, who took part, what each side gave, the result.
    Guard(
        "signed_evaluation_stays",
        "reserve_evaluation",
        "UPDATE",
        "OLD.signed_at IS NOT NULL OR NEW.county <> OLD.county OR NEW.half <> OLD.half",
    ),
    *(
        Guard(
            f"sheet_of_a_signed_evaluation_{event.lower()}",
            "reserve_sheet",
            event,
            _SIGNED.format(id=f"{row}.evaluation_id"),
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
    *(
        Guard(
            f"score_of_a_signed_evaluation_{event.lower()}",
            "reserve_score",
            event,
            _SIGNED_OF_SHEET.format(id=f"{row}.sheet_id"),
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
    Guard(
        "signing_waits_for_both_sides",
        "reserve_evaluation",
        "UPDATE",
        "OLD.signed_at IS NULL AND NEW.signed_at IS NOT NULL AND EXISTS (SELECT 1 "
        "FROM reserve_sheet s WHERE s.evaluation_id = NEW.id AND s.grade <> '' AND "
        "(SELECT COUNT(DISTINCT c.side) FROM reserve_score c WHERE c.sheet_id = s.id) < 2)",
    ),
)
