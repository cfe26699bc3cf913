"""What the database itself refuses about joint vetting."""

from linli.trail.guards import Guard, insert_only

_OF_ROUND = "EXISTS (SELECT 1 FROM vetting_round r WHERE r.id = {id} AND r.sent_at IS NOT NULL)"
_STANDING = (
    "SELECT 1 FROM vetting_answer a JOIN vetting_signed g ON g.answer_id = a.id "
    "LEFT JOIN vetting_askback b ON b.answer_id = a.id "
    "WHERE a.question_id = {question} AND b.id IS NULL"
)
"""The signed answer to a question that was not asked back: of one question there is at most one."""


def _stays(table: str) -> tuple[Guard, ...]:
    return tuple(
        Guard(f"vetting_{table}_{event.lower()}", f"vetting_{table}", event)
        for event in ("DELETE", "TRUNCATE")
    )


GUARDS = (
    *(guard for table in ("round", "task") for guard in _stays(table)),
    *(
        guard
        for table in (
            "question",
            "answer",
            "signature",
            "signed",
            "askback",
            "reopening",
            "result",
        )
        for guard in insert_only(f"vetting_{table}")
    ),
    Guard(
        "round_is_sent_and_closed_once",
        "vetting_round",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR NEW.county <> OLD.county OR NEW.number <> OLD.number "
        "OR (OLD.sent_at IS NOT NULL AND (NEW.sent_at IS NULL OR NEW.sent_at <> OLD.sent_at "
        "OR NEW.purpose <> OLD.purpose OR NEW.title <> OLD.title OR NEW.due_on <> OLD.due_on))",
    ),
    Guard(
        "task_keeps_its_department",
        "vetting_task",
        "UPDATE",
        "NEW.round_id <> OLD.round_id OR NEW.role <> OLD.role",
    ),
    Guard(
        "list_is_closed_once_it_is_sent",
        "vetting_subject",
        "INSERT",
        _OF_ROUND.format(id="NEW.round_id"),
    ),
    Guard(
        "subject_stays_once_it_is_sent",
        "vetting_subject",
        "DELETE",
        _OF_ROUND.format(id="OLD.round_id"),
    ),
    Guard("vetting_subject_truncate", "vetting_subject", "TRUNCATE"),
    Guard(
        "subject_is_as_it_was_sent",
        "vetting_subject",
        "UPDATE",
        _OF_ROUND.format(id="OLD.round_id"),
    ),
    # Whom a department is asked of is settled before the list goes out, and within one round.
    Guard(
        "question_is_put_before_it_is_sent",
        "vetting_question",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM vetting_task t JOIN vetting_subject s "
        "ON s.round_id = t.round_id JOIN vetting_round r ON r.id = t.round_id "
        "WHERE t.id = NEW.task_id AND s.id = NEW.subject_id AND r.sent_at IS NULL)",
    ),
    Guard(
        "answer_comes_in_its_time",
        "vetting_answer",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM vetting_question q JOIN vetting_task t ON t.id = q.task_id "
        "JOIN vetting_round r ON r.id = t.round_id "
        "WHERE q.id = NEW.question_id AND r.sent_at IS NOT NULL) "
        "OR EXISTS (SELECT 1 FROM vetting_question q JOIN vetting_result x "
        "ON x.subject_id = q.subject_id WHERE q.id = NEW.question_id) "
        f"OR EXISTS ({_STANDING.format(question='NEW.question_id')})",
    ),
    # A signature covers answers of its own list, and one of a question at a time.
    Guard(
        "signature_is_of_its_own_list",
        "vetting_signed",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM vetting_answer n JOIN vetting_question q "
        "ON q.id = n.question_id JOIN vetting_signature z ON z.task_id = q.task_id "
        "WHERE n.id = NEW.answer_id AND z.id = NEW.signature_id) "
        "OR EXISTS (SELECT 1 FROM vetting_answer n JOIN vetting_answer a "
        "ON a.question_id = n.question_id JOIN vetting_signed g ON g.answer_id = a.id "
        "LEFT JOIN vetting_askback b ON b.answer_id = a.id "
        "WHERE n.id = NEW.answer_id AND a.id <> n.id AND b.id IS NULL)",
    ),
    Guard(
        "only_a_signed_answer_is_asked_back",
        "vetting_askback",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM vetting_signed g WHERE g.answer_id = NEW.answer_id) "
        "OR EXISTS (SELECT 1 FROM vetting_answer a JOIN vetting_question q "
        "ON q.id = a.question_id JOIN vetting_result x ON x.subject_id = q.subject_id "
        "WHERE a.id = NEW.answer_id)",
    ),
    # Silence is not consent.
    Guard(
        "result_comes_after_every_signature",
        "vetting_result",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM vetting_question q WHERE q.subject_id = NEW.subject_id) "
        "OR EXISTS (SELECT 1 FROM vetting_question q WHERE q.subject_id = NEW.subject_id "
        f"AND NOT EXISTS ({_STANDING.format(question='q.id')}))",
    ),
    # Nobody passes against what a department signed.
    Guard(
        "result_follows_from_the_answers",
        "vetting_result",
        "INSERT",
        "NEW.outcome = 'passed' AND EXISTS (SELECT 1 FROM vetting_question q "
        "JOIN vetting_answer a ON a.question_id = q.id JOIN vetting_signed g ON g.answer_id = a.id "
        "LEFT JOIN vetting_askback b ON b.answer_id = a.id "
        "WHERE q.subject_id = NEW.subject_id AND b.id IS NULL AND a.conclusion <> 'clear')",
    ),
)
