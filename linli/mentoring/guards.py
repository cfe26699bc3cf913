"""What the database itself refuses about mentoring."""

from linli.trail.guards import Guard, insert_only

GUARDS = (
    *(
        Guard(f"mentoring_{table}_{event.lower()}", f"mentoring_{table}", event)
        for table in ("station", "mentor", "mentee", "proposal", "line", "pair", "log")
        for event in ("DELETE", "TRUNCATE")
    ),
    *insert_only("mentoring_rating"),
    # What both sides have written stays.
    Guard(
        "logs_of_both_sides_are_sealed",
        "mentoring_log",
        "UPDATE",
        "EXISTS (SELECT 1 FROM mentoring_log o WHERE o.pair_id = OLD.pair_id "
        "AND o.period = OLD.period AND o.side <> OLD.side) OR NEW.pair_id <> OLD.pair_id "
        "OR NEW.period <> OLD.period OR NEW.side <> OLD.side",
    ),
    Guard(
        "a_pair_ends_once_and_stays_who_it_was",
        "mentoring_pair",
        "UPDATE",
        "OLD.ended_on IS NOT NULL OR NEW.mentor_id <> OLD.mentor_id "
        "OR NEW.mentee_id <> OLD.mentee_id OR NEW.begun_on <> OLD.begun_on",
    ),
    Guard(
        "a_proposal_is_decided_once",
        "mentoring_proposal",
        "UPDATE",
        "OLD.decided_at IS NOT NULL OR NEW.points <> OLD.points",
    ),
)
