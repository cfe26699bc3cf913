"""Rooms handed over in twelve steps (移交)."""
