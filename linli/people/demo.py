"""People of a told demo county: accounts whose password the log-in page may show."""

from __future__ import annotations

from datetime import date, datetime

from linli.kernel.roles import Role
from linli.people import services
from linli.people.models import User
from linli.people.queries import DEMO_PASSWORD, DEMO_PREFIX


def account(
    *,
    username: str,
    name: str,
    role: Role,
    place: str,
    since_on: date,
    now: datetime,
    phone: str = "",
) -> User:
    """Make a demo account (`username` without the prefix) and appoint it."""
    handed = services.create_account(
        by=None,
        username=f"{DEMO_PREFIX}{username}",
        name=name,
        phone=phone,
        password=DEMO_PASSWORD,
        now=now,
    )
    services.appoint(
        by=None, user=handed.subject, role=role, place=place, since_on=since_on, now=now
    )
    return handed.subject
