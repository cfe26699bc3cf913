"""What the database itself refuses about the files of the corps."""

from linli.trail.guards import Guard, insert_only

_STAY = ("worker", "tenure", "bar", "leave")

GUARDS = (
    *(
        Guard(f"workforce_{table}_{event.lower()}", f"workforce_{table}", event)
        for table in _STAY
        for event in ("DELETE", "TRUNCATE")
    ),
    *insert_only("workforce_grading"),
    *insert_only("workforce_assessment"),
    Guard(
        "file_keeps_its_number",
        "workforce_worker",
        "UPDATE",
        "NEW.number <> OLD.number OR NEW.county <> OLD.county",
    ),
    # Of a post only its end is written later, and once.
    Guard(
        "post_stays_as_it_was_taken",
        "workforce_tenure",
        "UPDATE",
        "OLD.until_on IS NOT NULL OR NEW.worker_id <> OLD.worker_id OR NEW.place <> OLD.place "
        "OR NEW.title <> OLD.title OR NEW.rung <> OLD.rung OR NEW.since_on <> OLD.since_on",
    ),
    # Nobody holds two posts on one day.
    Guard(
        "posts_of_a_person_do_not_overlap",
        "workforce_tenure",
        "INSERT",
        "EXISTS (SELECT 1 FROM workforce_tenure t WHERE t.worker_id = NEW.worker_id "
        "AND t.id <> NEW.id AND (t.until_on IS NULL OR t.until_on >= NEW.since_on) "
        "AND (NEW.until_on IS NULL OR t.since_on <= NEW.until_on))",
    ),
    Guard(
        "bar_stays_until_it_is_lifted",
        "workforce_bar",
        "UPDATE",
        "OLD.lifted_at IS NOT NULL OR NEW.lifted_at IS NULL OR NEW.id_mark <> OLD.id_mark "
        "OR NEW.cite <> OLD.cite OR NEW.from_on <> OLD.from_on",
    ),
)
