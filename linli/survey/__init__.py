"""Survey campaigns (拉网式排查): teams, three checks of each room, freezes of the base."""
