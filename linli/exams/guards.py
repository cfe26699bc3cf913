"""What the database itself refuses about exams."""

from linli.trail.guards import Guard, insert_only

_EXAM_OF = "EXISTS (SELECT 1 FROM exams_exam x WHERE x.id = {id} AND x.{when} IS NOT NULL)"
_OF_CANDIDATE = (
    "EXISTS (SELECT 1 FROM exams_candidate c JOIN exams_exam x ON x.id = c.exam_id "
    "WHERE c.id = {id} AND x.locked_at IS NOT NULL)"
)
_OF_TURN = (
    "EXISTS (SELECT 1 FROM exams_turn t JOIN exams_interview i ON i.id = t.interview_id "
    "WHERE t.id = {id} AND i.locked_at IS NOT NULL)"
)
_SCORED = (
    "(SELECT COUNT(*) FROM exams_entry e JOIN exams_clerk k ON k.id = e.clerk_id "
    "WHERE e.candidate_id = c.id AND k.done_at IS NOT NULL) = 2 "
    "AND (SELECT COUNT(DISTINCT e.hundredths) FROM exams_entry e WHERE e.candidate_id = c.id) = 1"
)


def _stays(*tables: str) -> tuple[Guard, ...]:
    return tuple(
        Guard(f"exams_{table}_{event.lower()}", f"exams_{table}", event)
        for table in tables
        for event in ("DELETE", "TRUNCATE")
    )


def _until(table: str, name: str, when: str, events: str = "INSERT UPDATE DELETE") -> list[Guard]:
    """A table whose rows stay as they are once `when` holds; {row} is NEW or OLD."""
    return [
        Guard(
            f"{name}_{event.lower()}",
            f"exams_{table}",
            event,
            when.format(row="NEW" if event == "INSERT" else "OLD"),
        )
        for event in events.split()
    ]


def _drawn(row: str) -> str:
    return _EXAM_OF.format(id=row, when="drawn_at")


GUARDS = (
    *_stays("exam", "interview", "turn", "signin"),
    *(
        guard
        for table in ("settlement", "recusal", "mark", "extra")
        for guard in insert_only(f"exams_{table}")
    ),
    Guard(
        "exam_stays_what_it_is",
        "exams_exam",
        "UPDATE",
        "OLD.locked_at IS NOT NULL OR NEW.county <> OLD.county OR NEW.number <> OLD.number "
        "OR NEW.about <> OLD.about OR NEW.terms_on <> OLD.terms_on "
        "OR (OLD.drawn_at IS NOT NULL AND (NEW.drawn_at IS NULL OR NEW.seed <> OLD.seed "
        "OR NEW.drawn_at <> OLD.drawn_at))",
    ),
    *_until("post", "exam_post_stays_once_drawn", _drawn("{row}.exam_id")),
    *_until("room", "exam_room_stays_once_drawn", _drawn("{row}.exam_id")),
    *_until("candidate", "nobody_joins_once_drawn", _drawn("{row}.exam_id"), "INSERT DELETE"),
    Guard("a_seat_is_drawn_once", "exams_candidate", "UPDATE", "OLD.room_id IS NOT NULL"),
    *_until(
        "signin",
        "sign_in_stays_once_locked",
        _OF_CANDIDATE.format(id="{row}.candidate_id"),
        "INSERT UPDATE",
    ),
    *_until(
        "entry",
        "entry_is_of_a_typist_who_has_not_handed_in",
        "NOT EXISTS (SELECT 1 FROM exams_clerk k JOIN exams_candidate c ON c.exam_id = k.exam_id "
        "WHERE k.id = {row}.clerk_id AND c.id = {row}.candidate_id "
        "AND k.duty IN ('first', 'second') AND k.done_at IS NULL)",
    ),
    Guard(
        "entry_keeps_whose_it_is",
        "exams_entry",
        "UPDATE",
        "NEW.clerk_id <> OLD.clerk_id OR NEW.candidate_id <> OLD.candidate_id",
    ),
    Guard(
        "typist_hands_in_once",
        "exams_clerk",
        "UPDATE",
        "OLD.done_at IS NOT NULL OR NEW.exam_id <> OLD.exam_id OR NEW.duty <> OLD.duty "
        "OR (NEW.user_id <> OLD.user_id "
        "AND EXISTS (SELECT 1 FROM exams_entry e WHERE e.clerk_id = OLD.id))",
    ),
    Guard("clerk_of_an_exam_stays", "exams_clerk", "DELETE"),
    Guard(
        "difference_is_settled_by_a_third",
        "exams_settlement",
        "INSERT",
        _OF_CANDIDATE.format(id="NEW.candidate_id")
        + " OR EXISTS (SELECT 1 FROM exams_clerk k JOIN exams_candidate c ON c.exam_id = k.exam_id "
        "WHERE c.id = NEW.candidate_id AND k.duty IN ('first', 'second') "
        "AND (k.done_at IS NULL OR k.user_id = NEW.by_id))",
    ),
    # Scores are locked only when each is known twice, or was settled.
    Guard(
        "scores_are_locked_once_they_agree",
        "exams_exam",
        "UPDATE",
        "NEW.locked_at IS NOT NULL AND OLD.locked_at IS NULL AND (NEW.drawn_at IS NULL OR EXISTS ("
        "SELECT 1 FROM exams_candidate c WHERE c.exam_id = NEW.id "
        "AND NOT EXISTS (SELECT 1 FROM exams_signin s WHERE s.candidate_id = c.id "
        "AND s.state <> 'present') "
        "AND NOT EXISTS (SELECT 1 FROM exams_settlement z WHERE z.candidate_id = c.id) "
        f"AND NOT ({_SCORED})))",
    ),
    Guard(
        "interview_stays_what_it_is",
        "exams_interview",
        "UPDATE",
        "OLD.locked_at IS NOT NULL OR NEW.exam_id <> OLD.exam_id "
        "OR (OLD.drawn_at IS NOT NULL AND (NEW.drawn_at IS NULL OR NEW.seed <> OLD.seed))",
    ),
    *_until(
        "judge",
        "panel_stays_once_drawn",
        "EXISTS (SELECT 1 FROM exams_interview i WHERE i.id = {row}.interview_id "
        "AND i.drawn_at IS NOT NULL)",
    ),
    *_until(
        "guest",
        "who_comes_stays_once_drawn",
        "EXISTS (SELECT 1 FROM exams_interview i WHERE i.id = {row}.interview_id "
        "AND i.drawn_at IS NOT NULL)",
    ),
    Guard(
        "order_of_an_interview_is_drawn_once",
        "exams_turn",
        "INSERT",
        "EXISTS (SELECT 1 FROM exams_interview i WHERE i.id = NEW.interview_id "
        "AND i.drawn_at IS NOT NULL)",
    ),
    Guard(
        "turn_stays_as_it_was_drawn",
        "exams_turn",
        "UPDATE",
        "NEW.interview_id <> OLD.interview_id OR NEW.candidate_id <> OLD.candidate_id "
        "OR NEW.position <> OLD.position "
        "OR EXISTS (SELECT 1 FROM exams_interview i WHERE i.id = OLD.interview_id "
        "AND i.locked_at IS NOT NULL)",
    ),
    Guard(
        "who_stands_back_gives_no_score",
        "exams_mark",
        "INSERT",
        "EXISTS (SELECT 1 FROM exams_recusal r WHERE r.judge_id = NEW.judge_id "
        "AND r.turn_id = NEW.turn_id)",
    ),
    Guard(
        "who_gave_a_score_does_not_stand_back",
        "exams_recusal",
        "INSERT",
        "EXISTS (SELECT 1 FROM exams_mark m WHERE m.judge_id = NEW.judge_id "
        "AND m.turn_id = NEW.turn_id)",
    ),
    Guard(
        "mark_is_given_before_the_lock",
        "exams_mark",
        "INSERT",
        _OF_TURN.format(id="NEW.turn_id")
        + " OR NOT EXISTS (SELECT 1 FROM exams_turn t JOIN exams_judge j "
        "ON j.interview_id = t.interview_id WHERE t.id = NEW.turn_id AND j.id = NEW.judge_id)",
    ),
    Guard(
        "interview_is_locked_once_all_scored",
        "exams_interview",
        "UPDATE",
        "NEW.locked_at IS NOT NULL AND OLD.locked_at IS NULL AND (NEW.drawn_at IS NULL OR EXISTS ("
        "SELECT 1 FROM exams_turn t JOIN exams_judge j ON j.interview_id = t.interview_id "
        "WHERE t.interview_id = NEW.id AND NOT t.absent "
        "AND NOT EXISTS (SELECT 1 FROM exams_recusal r WHERE r.turn_id = t.id "
        "AND r.judge_id = j.id) "
        "AND NOT EXISTS (SELECT 1 FROM exams_mark m WHERE m.turn_id = t.id "
        "AND m.judge_id = j.id)))",
    ),
)
