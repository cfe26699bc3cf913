"""Rules of people. No database, no clock, no request."""

from __future__ import annotations


def kinds_of_characters(password: str) -> int:
    """How many of the four kinds a password uses: capital, small, figure, anything else."""
    return sum(
        (
            any(c.isupper() for c in password),
            any(c.islower() for c in password),
            any(c.isdigit() for c in password),
            any(not c.isalnum() for c in password),
        )
    )
