"""One plan per room: what is done about a room that is not as it should be (一房一策)."""
