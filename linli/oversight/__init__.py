"""Oversight (督导): the estates of a street or county, month by month."""
