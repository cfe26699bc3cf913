"""What the database itself refuses about plans."""

from linli.trail.guards import Guard, insert_only

PLANS = (
    Guard("plan_stays", "remedy_plan", "DELETE"),
    Guard("plans_stay", "remedy_plan", "TRUNCATE"),
    Guard(
        "plan_keeps_room_and_code",
        "remedy_plan",
        "UPDATE",
        "NEW.code <> OLD.code OR NEW.room_id <> OLD.room_id",
    ),
    Guard(
        "closed_plan_stays_closed",
        "remedy_plan",
        "UPDATE",
        "OLD.state IN ('closed', 'dropped') AND NEW.state <> OLD.state",
    ),
    # A deadline moves by a granted extension only.
    Guard(
        "deadline_moves_by_extension",
        "remedy_task",
        "UPDATE",
        "NEW.due_on <> OLD.due_on AND NOT EXISTS (SELECT 1 FROM remedy_extension e "
        "WHERE e.task_id = NEW.id AND e.state = 'granted' AND e.new_on = NEW.due_on)",
    ),
    Guard("letter_keeps_its_words", "remedy_letter", "UPDATE", "NEW.body <> OLD.body"),
    *insert_only("remedy_work"),
    *insert_only("remedy_visit"),
    *insert_only("remedy_attendance"),
)
WORDINGS = (
    Guard("letter_wording_stays", "remedy_wording", "DELETE"),
    Guard("letter_wordings_stay", "remedy_wording", "TRUNCATE"),
    Guard(
        "letter_wording_keeps_its_words",
        "remedy_wording",
        "UPDATE",
        "NEW.title <> OLD.title OR NEW.number <> OLD.number OR NEW.body <> OLD.body "
        "OR NEW.kind <> OLD.kind OR OLD.ended_at IS NOT NULL",
    ),
)
GUARDS = (*PLANS, *WORDINGS)
