"""What the database refuses of published papers and of objections."""

from linli.trail.guards import Guard

GUARDS = (
    Guard("release_stays", "disclosure_release", "DELETE"),
    Guard("releases_stay", "disclosure_release", "TRUNCATE"),
    Guard(
        "release_keeps_its_papers",
        "disclosure_release",
        "UPDATE",
        "NEW.book_id <> OLD.book_id OR NEW.period <> OLD.period OR NEW.version <> OLD.version "
        "OR NEW.leaf_id <> OLD.leaf_id OR NEW.statement <> OLD.statement "
        "OR NEW.table_text <> OLD.table_text OR NEW.notice <> OLD.notice "
        "OR (OLD.published_at IS NOT NULL AND (NEW.published_at IS NULL "
        "OR NEW.published_at <> OLD.published_at))",
    ),
    Guard("objection_stays", "disclosure_objection", "DELETE"),
    Guard("objections_stay", "disclosure_objection", "TRUNCATE"),
    Guard(
        "objection_keeps_what_it_says",
        "disclosure_objection",
        "UPDATE",
        "NEW.book_id <> OLD.book_id OR NEW.number <> OLD.number OR NEW.figure <> OLD.figure "
        "OR (OLD.leaf_id IS NOT NULL AND (NEW.leaf_id IS NULL OR NEW.leaf_id <> OLD.leaf_id)) "
        "OR (OLD.answered_at IS NOT NULL AND (NEW.answer <> OLD.answer "
        "OR NEW.outcome <> OLD.outcome))",
    ),
)
