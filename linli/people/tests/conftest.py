"""People of a small county: three administrators, a street, a community, two estates."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client

from linli.kernel.roles import AUDIT_ADMIN, ROLES, SECURITY_ADMIN, SYSTEM_ADMIN
from linli.people.models import Appointment, User
from linli.places.models import Place

NOW = datetime(2026, 11, 5, 2, tzinfo=UTC)  # 10:00 in Shanghai
TODAY = date(2026, 11, 5)
COUNTY, STREET, COMMUNITY = "370614", "370614001", "370614001001"
ESTATE, OTHER = "370614001001001", "370614002001001"
PLACES = {
    COUNTY: ("county", "蓬莱区"),
    STREET: ("street", "登州街道"),
    COMMUNITY: ("community", "海滨社区"),
    ESTATE: ("estate", "碧海家园"),
    "370614002": ("street", "紫荆山街道"),
    "370614002001": ("community", "钟楼社区"),
    OTHER: ("estate", "钟楼小区"),
}
PASSWORD = "Harbour-Light-7"


@pytest.fixture
def county(db):
    Place.objects.bulk_create(
        Place(place=code, level=level, name=name) for code, (level, name) in PLACES.items()
    )


@pytest.fixture
def person(county):
    """person("chen", BOOKKEEPER, place=ESTATE): an account holding roles since the new year."""

    def make(username, *roles, place=COUNTY, **more):
        user = User(username=username, name=more.pop("name", username.title()), created_at=NOW)
        for field, value in more.items():
            setattr(user, field, value)
        user.set_password(PASSWORD)
        user.save()
        for role in roles:
            Appointment.objects.create(
                user=user,
                role=role.code if role.code in ROLES else "",
                place=place,
                since_on=date(2026, 1, 1),
            )
        return user

    return make


@pytest.fixture
def system(person):
    return person("system", SYSTEM_ADMIN)


@pytest.fixture
def security(person):
    return person("security", SECURITY_ADMIN)


@pytest.fixture
def audit(person):
    return person("audit", AUDIT_ADMIN)


@pytest.fixture
def client_factory():
    """A second browser."""
    return Client
