"""What the database itself refuses about rooms."""

from linli.trail.guards import Guard, insert_only

GUARDS = (
    Guard("room_stays", "premises_room", "DELETE"),
    Guard("rooms_stay", "premises_room", "TRUNCATE"),
    Guard(
        "room_keeps_its_code",
        "premises_room",
        "UPDATE",
        "NEW.code <> OLD.code OR NEW.county <> OLD.county",
    ),
    # An owner is another only by the act that says so, with its ground.
    Guard(
        "owner_changes_by_its_act",
        "premises_room",
        "UPDATE",
        "NEW.owner <> OLD.owner AND NOT EXISTS (SELECT 1 FROM premises_passage p "
        "WHERE p.room_id = NEW.id AND p.to_owner = NEW.owner AND p.from_owner = OLD.owner "
        "AND p.id = (SELECT MAX(q.id) FROM premises_passage q WHERE q.room_id = NEW.id))",
    ),
    *insert_only("premises_passage"),
)
