"""Two people at once: one lead, one signature, one conclusion."""

from __future__ import annotations

from datetime import date

import pytest

from linli.kernel.roles import HOUSING, POLICE
from linli.leads import consulting, rules, services
from linli.leads.consulting import Proposal
from linli.leads.models import Consultation, Lead, Opinion, Report, Signature
from linli.places import services as places
from linli.premises import services as premises
from linli.premises.rules import Facts
from tests.books import NOW
from tests.people import ESTATE, lay_places, make_person

COUNTY = ESTATE[:6]


@pytest.fixture
def ground(own_database):
    """A room, two people of the police, one of housing."""
    lay_places()
    for year in (2026, 2027):
        days = [(date(year, 1, 1), True, "元旦")]
        places.set_holidays(by=None, year=year, days=days, source="测试", now=NOW)
    people = {
        "housing": make_person("housing", "高强", HOUSING, COUNTY),
        "first": make_person("police", "曹刚", POLICE, COUNTY),
        "second": make_person("police2", "罗勇", POLICE, COUNTY),
    }
    facts = Facts(kind="elderly", name="日间照料中心", place=ESTATE)
    room = premises.register_room(
        by=None, facts=facts, state="idle", since_on=date(2026, 1, 1), now=NOW
    )
    return own_database, people, room


def report(room, text="大门上锁无人使用"):
    return services.raise_lead(
        by=None,
        county=COUNTY,
        room=room,
        place=ESTATE,
        kind="idle",
        text=text,
        source=rules.STAFF,
        now=NOW,
    )


def kinds_of(results):
    return sorted(type(result).__name__ for result in results)


def test_three_who_report_the_same_at_once_make_one_lead(ground):
    database, _people, room = ground
    results = database.together(*(lambda n=n: report(room, f"第{n}次反映闲置") for n in range(3)))
    assert kinds_of(results) == ["Lead"] * 3, results
    assert Lead.objects.count() == 1 and Report.objects.count() == 3


@pytest.fixture
def held(ground):
    _database, people, room = ground
    return consulting.convene(
        by=people["housing"],
        county=COUNTY,
        convener="housing",
        title="会商",
        proposals=[Proposal(lead=report(room), conclusion="violation")],
        departments=["police"],
        now=NOW,
    )


def test_of_two_people_of_a_department_one_signs(ground, held):
    database, people, _room = ground
    item = held.items.get()

    def sign(who, stance, text):
        mine = Consultation.objects.get(pk=held.pk)
        opinions = {item.pk: (stance, text)}
        return lambda: consulting.sign(
            by=people[who], consultation=mine, role="police", opinions=opinions, now=NOW
        )

    results = database.together(
        sign("first", "agree", ""), sign("second", "disagree", "证据还不充分")
    )
    assert kinds_of(results) == ["Refused", "Signature"], results
    assert Opinion.objects.count() == 1 and Signature.objects.count() == 1


def test_a_consultation_is_concluded_once(ground, held):
    database, people, _room = ground
    item = held.items.get()
    consulting.sign(
        by=people["first"],
        consultation=held,
        role="police",
        opinions={item.pk: ("agree", "")},
        now=NOW,
    )
    looks = [Consultation.objects.get(pk=held.pk) for _turn in range(2)]
    results = database.together(
        *(
            lambda look=look: consulting.conclude(
                by=people["housing"], consultation=look, decisions={}, now=NOW
            )
            for look in looks
        )
    )
    assert kinds_of(results) == ["Concluded", "Refused"], results


def test_a_lead_goes_on_one_agenda(ground):
    database, people, room = ground
    lead = report(room)

    def convene(title):
        return lambda: consulting.convene(
            by=people["housing"],
            county=COUNTY,
            convener="housing",
            title=title,
            proposals=[Proposal(lead=Lead.objects.get(pk=lead.pk), conclusion="violation")],
            departments=["police"],
            now=NOW,
        )

    results = database.together(convene("甲"), convene("乙"))
    assert kinds_of(results) == ["Consultation", "Refused"], results
