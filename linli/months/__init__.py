"""Months (月结): what must hold before a month is sealed, the seal, publication, correction."""
