"""What the database itself refuses about training."""

from linli.trail.guards import Guard, insert_only


def _stays(table: str) -> tuple[Guard, ...]:
    return tuple(
        Guard(f"training_{table}_{event.lower()}", f"training_{table}", event)
        for event in ("DELETE", "TRUNCATE")
    )


GUARDS = (
    *(
        guard
        for table in ("session", "paper", "paperitem", "certificate")
        for guard in _stays(table)
    ),
    *insert_only("training_question"),
    *insert_only("training_invite"),
    *insert_only("training_signin"),
    Guard(
        "training_is_as_it_ended",
        "training_session",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR OLD.cancelled_at IS NOT NULL OR NEW.seed <> OLD.seed "
        "OR NEW.number <> OLD.number OR NEW.county <> OLD.county OR NEW.place <> OLD.place",
    ),
    # Nobody was there after the list was closed.
    Guard(
        "nobody_signs_in_when_it_is_over",
        "training_signin",
        "INSERT",
        "EXISTS (SELECT 1 FROM training_session s WHERE s.id = NEW.session_id "
        "AND (s.closed_at IS NOT NULL OR s.cancelled_at IS NOT NULL))",
    ),
    # Whoever takes a test was there.
    Guard(
        "a_test_is_for_who_was_there",
        "training_paper",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM training_signin i WHERE i.session_id = NEW.session_id "
        "AND i.worker_id = NEW.worker_id)",
    ),
    Guard(
        "a_test_is_handed_in_once",
        "training_paper",
        "UPDATE",
        "OLD.done_at IS NOT NULL OR NEW.seed <> OLD.seed OR NEW.worker_id <> OLD.worker_id "
        "OR NEW.session_id <> OLD.session_id OR NEW.pass_percent <> OLD.pass_percent",
    ),
    Guard(
        "an_answer_is_given_once",
        "training_paperitem",
        "UPDATE",
        "OLD.chosen IS NOT NULL OR NEW.question_id <> OLD.question_id "
        "OR NEW.paper_id <> OLD.paper_id",
    ),
    Guard(
        "a_certificate_is_as_it_was_given",
        "training_certificate",
        "UPDATE",
        "OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR NEW.code <> OLD.code "
        "OR NEW.number <> OLD.number OR NEW.worker_id <> OLD.worker_id "
        "OR NEW.minutes <> OLD.minutes OR NEW.until_on <> OLD.until_on",
    ),
)
