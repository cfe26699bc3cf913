"""What the database itself refuses about leads and consultations."""

from linli.trail.guards import Guard, insert_only

_STAY = ("lead", "consultation", "item", "opinion")


def _stays(table: str) -> tuple[Guard, ...]:
    return tuple(
        Guard(f"leads_{table}_{event.lower()}", f"leads_{table}", event)
        for event in ("DELETE", "TRUNCATE")
    )


GUARDS = (
    *(guard for table in _STAY for guard in _stays(table)),
    *insert_only("leads_report"),
    *insert_only("leads_photo"),
    *insert_only("leads_seat"),
    *insert_only("leads_signature"),
    Guard(
        "lead_keeps_its_number",
        "leads_lead",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.county <> OLD.county OR NEW.source <> OLD.source "
        "OR NEW.kind <> OLD.kind OR NEW.text <> OLD.text OR NEW.subject <> OLD.subject",
    ),
    # A lead is settled by what a consultation found, and by nothing else.
    Guard(
        "lead_is_settled_by_its_item",
        "leads_lead",
        "UPDATE",
        "NEW.state = 'settled' AND (OLD.state <> 'settled' OR NEW.conclusion <> OLD.conclusion) "
        "AND NOT EXISTS (SELECT 1 FROM leads_item i WHERE i.lead_id = NEW.id "
        "AND i.outcome IN ('carried', 'cast') AND i.conclusion = NEW.conclusion)",
    ),
    Guard(
        "consultation_ends_once",
        "leads_consultation",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR NEW.number <> OLD.number OR NEW.convener <> OLD.convener "
        "OR NEW.due_on <> OLD.due_on",
    ),
    # What departments sign is not reworded under their hands, and ends once.
    Guard(
        "item_is_as_it_was_signed",
        "leads_item",
        "UPDATE",
        "OLD.outcome <> '' OR NEW.lead_id <> OLD.lead_id OR NEW.conclusion <> OLD.conclusion "
        "OR NEW.settled_kind <> OLD.settled_kind OR NEW.violator <> OLD.violator "
        "OR NEW.room_kind <> OLD.room_kind OR NEW.owner <> OLD.owner OR NEW.text <> OLD.text",
    ),
    Guard(
        "opinion_is_asked_for",
        "leads_opinion",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM leads_item i "
        "JOIN leads_seat s ON s.consultation_id = i.consultation_id "
        "JOIN leads_signature g ON g.consultation_id = i.consultation_id "
        "WHERE i.id = NEW.item_id AND i.outcome = '' AND s.role = NEW.role "
        "AND g.id = NEW.signature_id AND g.role = NEW.role)",
    ),
    # Only a withdrawal may be added, once, and only before the item has its outcome.
    Guard(
        "opinion_stays_as_signed",
        "leads_opinion",
        "UPDATE",
        "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL OR NEW.item_id <> OLD.item_id "
        "OR NEW.signature_id <> OLD.signature_id OR NEW.role <> OLD.role "
        "OR NEW.stance <> OLD.stance OR NEW.text <> OLD.text "
        "OR EXISTS (SELECT 1 FROM leads_item i WHERE i.id = OLD.item_id AND i.outcome <> '')",
    ),
)
