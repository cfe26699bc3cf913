"""What the database itself refuses about recruitment."""

from linli.trail.guards import Guard, insert_only

_STAY = ("announcement", "application", "objection", "publication")

GUARDS = (
    *(
        Guard(f"recruitment_{table}_{event.lower()}", f"recruitment_{table}", event)
        for table in _STAY
        for event in ("DELETE", "TRUNCATE")
    ),
    *insert_only("recruitment_check"),
    *insert_only("recruitment_outcome"),
    *insert_only("recruitment_paper"),
    # What was published is what people applied to.
    Guard(
        "announcement_stays_as_published",
        "recruitment_announcement",
        "UPDATE",
        "OLD.published_at IS NOT NULL AND (NEW.published_at IS NULL OR NEW.title <> OLD.title "
        "OR NEW.text <> OLD.text OR NEW.reference_on <> OLD.reference_on "
        "OR NEW.opens_on <> OLD.opens_on OR NEW.closes_on <> OLD.closes_on "
        "OR NEW.number <> OLD.number OR NEW.county <> OLD.county)",
    ),
    *(
        Guard(
            f"recruitment_post_{event.lower()}",
            "recruitment_post",
            event,
            f"EXISTS (SELECT 1 FROM recruitment_announcement a WHERE a.id = {row}.announcement_id "
            "AND a.published_at IS NOT NULL)",
        )
        for event, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD"))
    ),
    Guard("recruitment_post_truncate", "recruitment_post", "TRUNCATE"),
    # An application is somebody's, for one post, for good; an end stays an end.
    Guard(
        "application_stays_whose_it_is",
        "recruitment_application",
        "UPDATE",
        "NEW.announcement_id <> OLD.announcement_id OR NEW.post_id <> OLD.post_id "
        "OR NEW.number <> OLD.number OR NEW.query <> OLD.query OR NEW.id_mark <> OLD.id_mark "
        "OR NEW.born_on <> OLD.born_on OR NEW.at <> OLD.at "
        "OR (OLD.state = 'appointed' AND NEW.state <> 'appointed') "
        "OR (OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn')",
    ),
    # Scores are written down once.
    Guard(
        "scores_stay_as_they_came",
        "recruitment_application",
        "UPDATE",
        "(OLD.written_score IS NOT NULL AND (NEW.written_score IS NULL "
        "OR NEW.written_score <> OLD.written_score)) "
        "OR (OLD.interview_score IS NOT NULL AND (NEW.interview_score IS NULL "
        "OR NEW.interview_score <> OLD.interview_score))",
    ),
    Guard(
        "objection_is_settled_once",
        "recruitment_objection",
        "UPDATE",
        "OLD.settled_at IS NOT NULL OR NEW.publication_id <> OLD.publication_id "
        "OR NEW.application_id <> OLD.application_id OR NEW.at <> OLD.at",
    ),
    Guard(
        "names_are_shown_as_long_as_said",
        "recruitment_publication",
        "UPDATE",
        "OLD.ended_at IS NOT NULL OR NEW.from_on <> OLD.from_on OR NEW.until_on <> OLD.until_on",
    ),
)
