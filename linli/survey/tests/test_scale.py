"""Five thousand rooms to be looked at: a page asks no more of the database than for ten."""

from __future__ import annotations

import pytest
from django.urls import reverse

from linli.kernel.roles import HOUSING, SURVEYOR
from linli.premises.models import Room
from linli.survey import services
from linli.survey.models import Assignment, Campaign, Check, Member, Target, Team
from linli.survey.questions import LOOKS, SITE
from linli.survey.tests.conftest import COUNTY, plan
from tests.books import NOW
from tests.people import make_person
from tests.rooms import MOST, asked, lay


def _targets(campaign: Campaign) -> None:
    """Every room of the register that is not on the list yet, every third one looked at once."""
    known = set(campaign.targets.values_list("room", flat=True))
    made = Target.objects.bulk_create(
        [
            Target(
                campaign=campaign,
                place=room.place,
                room=room,
                code=room.code,
                name=room.name,
                kind=room.kind,
                building=room.building,
                listed_at=NOW,
            )
            for room in Room.objects.exclude(pk__in=known)
        ],
        batch_size=500,
    )
    member = Member.objects.filter(campaign=campaign).first()
    Check.objects.bulk_create(
        [
            Check(
                target=row,
                place=row.place,
                look=SITE,
                member=member,
                at=NOW,
                answers={"exists": "yes"},
            )
            for row in made[::3]
        ],
        batch_size=500,
    )


@pytest.fixture
def campaign(people, clock):
    lay(estates=6, rooms=10)
    found = plan()
    user = make_person("surveyor", "孙海燕", SURVEYOR, COUNTY)
    for number, look in enumerate(LOOKS, 1):
        team = services.form_team(
            by=None, campaign=found, number=number, name=f"{number}组", lead="housing", now=NOW
        )
        Member.objects.create(
            campaign=found,
            place=COUNTY,
            team=team,
            name=f"王{number}",
            department="housing",
            user=user if look == SITE else None,
        )
        Assignment.objects.create(
            campaign=found, team=team, place=f"{COUNTY}001", look=look, given_at=NOW
        )
    found.started_at = NOW
    found.save()
    _targets(found)
    return found


def test_no_page_asks_more_for_five_thousand_rooms_than_for_ten(campaign, people):
    housing = people.client(make_person("housing", "高强", HOUSING, COUNTY))
    surveyor = people.client(Member.objects.get(user__isnull=False).user)
    team = Team.objects.first().pk
    targets = reverse("survey:targets", args=[campaign.pk])
    urls = [
        (housing, reverse("survey:campaigns")),
        (housing, reverse("survey:campaign", args=[campaign.pk])),
        (housing, targets),
        (housing, f"{targets}?progress=unassigned"),
        (housing, f"{targets}?team={team}&missing=site"),
        (housing, f"{targets}?q=用房&progress=open"),
        (housing, reverse("survey:progress", args=[campaign.pk])),
        (housing, reverse("survey:places", args=[campaign.pk])),
        (housing, reverse("survey:places", args=[campaign.pk]) + "?view=map"),
        (housing, reverse("survey:teams", args=[campaign.pk])),
        (housing, reverse("survey:bases", args=[campaign.pk])),
        (surveyor, reverse("survey:mine")),
    ]
    few = [asked(client, url) for client, url in urls]
    lay(estates=294, rooms=4990)
    _targets(campaign)
    many = [asked(client, url) for client, url in urls]
    told = {url: (a, b) for (_client, url), a, b in zip(urls, few, many, strict=True)}
    assert many == few, told
    assert not {url: n for url, (_few, n) in told.items() if n > MOST}
