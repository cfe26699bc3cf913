"""Measured figures: `make bench`. Sides of one question run interleaved on one machine."""
