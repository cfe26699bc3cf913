"""Leads (线索): what is wrong with a room, found or reported, settled in a consultation."""
