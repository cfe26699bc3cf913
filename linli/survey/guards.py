"""What the database itself refuses about surveys."""

from linli.trail.guards import Guard, insert_only

GUARDS = (
    Guard("target_stays", "survey_target", "DELETE"),
    Guard("targets_stay", "survey_target", "TRUNCATE"),
    # What was looked at three times stays as it was found.
    Guard("target_is_complete", "survey_target", "UPDATE", "OLD.complete_at IS NOT NULL"),
    Guard(
        "target_is_complete_with_three",
        "survey_target",
        "UPDATE",
        "NEW.complete_at IS NOT NULL AND (SELECT COUNT(DISTINCT c.look) FROM survey_check c "
        "WHERE c.target_id = NEW.id) < 3",
    ),
    *insert_only("survey_check"),
    Guard(
        "check_of_complete_target",
        "survey_check",
        "INSERT",
        "EXISTS (SELECT 1 FROM survey_target t WHERE t.id = NEW.target_id "
        "AND t.complete_at IS NOT NULL)",
    ),
    # Three looks, three people: nobody does or types in two looks of a room.
    Guard(
        "check_by_one_member",
        "survey_check",
        "INSERT",
        "EXISTS (SELECT 1 FROM survey_check c WHERE c.target_id = NEW.target_id "
        "AND c.look <> NEW.look AND c.member_id = NEW.member_id)",
    ),
    Guard(
        "check_by_one_hand",
        "survey_check",
        "INSERT",
        "EXISTS (SELECT 1 FROM survey_check c WHERE c.target_id = NEW.target_id "
        "AND c.look <> NEW.look AND c.told_by_id = NEW.told_by_id)",
    ),
    Guard(
        "check_mends_its_own_look",
        "survey_check",
        "INSERT",
        "NEW.mends_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM survey_check c "
        "WHERE c.id = NEW.mends_id AND c.target_id = NEW.target_id AND c.look = NEW.look)",
    ),
    *insert_only("survey_photo"),
    *insert_only("survey_finding"),
    *insert_only("survey_waiver"),
    *insert_only("survey_freeze"),
    *insert_only("survey_frozenroom"),
)
