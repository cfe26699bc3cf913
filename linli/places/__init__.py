"""Places (地域): county, street, community, estate, building, door, grid; codes are dated."""
