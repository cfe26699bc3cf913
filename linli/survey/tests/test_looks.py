"""Three looks by three people, blind to each other; what differs becomes leads."""

from __future__ import annotations

from itertools import permutations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.roles import SURVEYOR
from linli.kernel.rulings import Refused
from linli.leads.models import Lead
from linli.survey import comparing, queries, services
from linli.survey.models import Check, Finding, Target
from linli.survey.questions import CONTRACT, DRAWING, LOOKS, SITE
from linli.survey.tests.conftest import ESTATE, GOOD, member
from tests.books import NOW
from tests.people import make_person


def why(refused) -> str:
    return str(refused.value)


def test_three_looks_that_agree_confirm_a_room(survey):
    target = survey.all()
    assert (target.pile, target.complete_at) == (comparing.CONFIRMED, NOW)
    assert not Lead.objects.exists()


def test_before_the_third_look_nothing_is_complete_and_nothing_raised(survey):
    survey.look(SITE, answers={"state": "idle", "occupant": None})
    survey.look(DRAWING)
    survey.target.refresh_from_db()
    assert survey.target.complete_at is None
    assert not Lead.objects.exists()


def test_what_differs_and_what_is_wrong_become_leads_of_their_kinds(survey):
    target = survey.all(
        site={"state": "idle", "occupant": None, "area": 15000},
        contract={"owner": "developer"},
    )
    assert target.pile == comparing.DIFFERING
    assert survey.kinds() == ["area_short", "idle", "title_elsewhere"]
    assert Lead.objects.count() == 3
    area = Lead.objects.get(kind="area_short")
    assert "图纸200，现场150" in area.text
    assert area.source == "check"
    assert area.room_id == target.room_id
    assert queries.leads_count(survey.campaign) == 3


def test_a_leads_words_name_no_person(survey):
    survey.all(
        contract={"occupant": "王建国", "lease": True},
        site={"occupant": "赵志强", "state": "occupied"},
    )
    told = Lead.objects.get(kind="occupied").text
    assert "王建国" not in told and "赵志强" not in told


def test_a_room_that_is_not_there_lies_with_the_missing(survey):
    gone = {name: None for name in GOOD[SITE]} | {"exists": "no"}
    target = survey.all(site=gone)
    assert target.pile == comparing.MISSING
    assert survey.kinds() == ["unbuilt"]
    assert Lead.objects.get().violator == "developer"


def test_what_was_found_on_site_is_looked_at_three_times_and_is_unknown(survey):
    survey.target = services.add_found(
        by=survey.users[SITE],
        member=survey.members[SITE],
        place=ESTATE,
        name="架空层围合用房",
        kind="unclear",
        now=NOW,
    )
    assert survey.target.code == "N001"
    paper = {name: None for look in (DRAWING, CONTRACT) for name in GOOD[look]} | {"exists": "no"}
    target = survey.all(drawing=paper, contract=paper, site={"kind": "unclear"})
    assert target.pile == comparing.UNKNOWN
    assert "not_on_register" in survey.kinds()


def test_a_room_seen_twice_names_the_other(survey):
    other = services.add_found(
        by=None,
        member=survey.members[SITE],
        place=ESTATE,
        name="老人活动室",
        kind="elderly",
        now=NOW,
    )
    twice = {name: None for name in GOOD[SITE]} | {"exists": "twice", "twin": "N009"}
    with pytest.raises(Refused) as refused:
        survey.look(SITE, answers=twice)
    assert "N009" in why(refused)
    target = survey.all(site=twice | {"twin": other.code.lower()})
    assert target.pile == comparing.DOUBLE
    assert survey.kinds() == ["seen_twice"]


# --- three people -------------------------------------------------------------------------------


def test_nobody_looks_twice_at_a_room(survey):
    team = survey.members[SITE].team
    services.assign(by=None, team=team, looks=[DRAWING], at=[ESTATE], now=NOW)
    survey.look(SITE)
    with pytest.raises(Refused) as refused:
        survey.look(DRAWING, by=survey.users[SITE], member=survey.members[SITE])
    assert "查现场" in why(refused) and "不同的人" in why(refused)
    assert "排查规则:1" in refused.value.ruling.reasons[0].cites


def test_two_accounts_of_one_person_are_one(survey):
    first = survey.users[SITE]
    second = make_person("other-account", "王伍一", SURVEYOR, "370614")
    twin = member(survey.members[DRAWING].team, second)
    for user in (first, second):
        user.phone = "13805350001"
        user.save()
    survey.look(SITE)
    with pytest.raises(Refused) as refused:
        survey.look(DRAWING, by=second, member=twin)
    assert "不同的人" in why(refused)


def test_a_member_on_paper_with_the_telephone_of_an_account_is_that_person(survey):
    paper = member(survey.members[DRAWING].team, None, phone="13805350001")
    first = survey.users[SITE]
    first.phone = "13805350001"
    first.save()
    survey.look(SITE)
    with pytest.raises(Refused):
        survey.look(DRAWING, by=None, member=paper)


def test_who_types_a_look_in_has_seen_it(survey):
    paper = member(survey.members[DRAWING].team, None)
    survey.look(DRAWING, by=survey.users[SITE], member=paper)
    with pytest.raises(Refused) as refused:
        survey.look(SITE)
    assert "查图纸" in why(refused)


def test_a_look_is_the_teams_that_has_it(survey):
    with pytest.raises(Refused) as refused:
        survey.look(SITE, by=survey.users[DRAWING], member=survey.members[DRAWING])
    assert "另一个组" in why(refused)


def test_a_look_that_is_nobodys_waits_for_its_team(survey):
    survey.target = Target.objects.get(campaign=survey.campaign, place__startswith="370614002")
    with pytest.raises(Refused) as refused:
        survey.look(SITE)
    assert "还没有分给" in why(refused)


# --- nothing is changed -------------------------------------------------------------------------


def test_a_mistake_is_mended_by_another_look_that_says_why(survey):
    survey.look(SITE, answers={"area": 1985})
    with pytest.raises(Refused) as refused:
        survey.look(SITE)
    assert "写明原因" in why(refused)
    survey.look(SITE, why="小数点写错")
    survey.look(DRAWING)
    survey.look(CONTRACT)
    survey.target.refresh_from_db()
    assert Check.objects.filter(look=SITE).count() == 2
    assert survey.target.pile == comparing.CONFIRMED
    with pytest.raises(Refused) as refused:
        survey.look(SITE, why="再改")
    assert "已齐" in why(refused)


@pytest.mark.parametrize("area", [0, -1, 10**9, 10**12, "大"])
def test_an_area_that_cannot_be_is_refused(survey, area):
    with pytest.raises(Refused) as refused:
        survey.look(SITE, answers={"area": area})
    assert refused.value.ruling.reasons[0].field == "area"
    assert not Check.objects.exists()


def test_the_database_keeps_looks_as_they_are(survey):
    survey.look(SITE)
    for act in (lambda rows: rows.update(note="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(Check.objects.all())


def test_the_database_refuses_a_second_look_of_the_same_hand(survey):
    survey.look(SITE)
    first = Check.objects.get()
    for changes in (
        {"member": survey.members[SITE]},
        {"member": survey.members[DRAWING], "told_by": survey.users[SITE]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row = {"target": first.target, "place": first.place, "at": NOW, "answers": {}}
            Check.objects.create(look=DRAWING, **(row | changes))


def test_the_database_refuses_an_area_that_cannot_be(survey):
    with pytest.raises(IntegrityError), transaction.atomic():
        Check.objects.create(
            target=survey.target,
            place=survey.target.place,
            member=survey.members[SITE],
            look=SITE,
            at=NOW,
            answers={},
            area_dm2=0,
        )


def test_the_database_keeps_a_complete_room_and_takes_no_fourth_look(survey):
    survey.all()
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.update(pile=comparing.MISSING)
    with pytest.raises(IntegrityError), transaction.atomic():
        last = Check.objects.last()
        Check.objects.create(
            target=survey.target,
            place=survey.target.place,
            member=last.member,
            look=last.look,
            mends=last,
            why="x",
            at=NOW,
            answers={},
        )


def test_the_database_knows_no_complete_room_without_three_looks(survey):
    survey.look(SITE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.filter(pk=survey.target.pk).update(complete_at=NOW, pile=comparing.CONFIRMED)


# --- any order ----------------------------------------------------------------------------------

SITES = st.fixed_dictionaries(
    {
        "area": st.sampled_from([20000, 19850, 12000, 26000]),
        "state": st.sampled_from(
            ["idle", "let", "occupied", "changed", "undelivered", "self_used"]
        ),
        "kind": st.sampled_from(["elderly", "culture"]),
        "floor": st.sampled_from([1, 2, None]),
        "occupant": st.sampled_from(["康宁药房", "春晖文化用品店"]),
    }
)
PAPERS = st.fixed_dictionaries(
    {
        "area": st.sampled_from([20000, 25000, None]),
        "owner": st.sampled_from(["state", "owners", "developer", "unknown"]),
        "lease": st.booleans(),
        "agreed": st.sampled_from([True, False, None]),
        "occupant": st.sampled_from(["康宁药房", None]),
    }
)


class _Rolled(Exception):  # noqa: N818 - it only carries out of the block
    pass


@given(site=SITES, paper=PAPERS)
def test_any_order_of_the_looks_gives_the_same_leads(survey, site, paper):
    told = {SITE: site, CONTRACT: paper}
    seen = set()
    for order in permutations(LOOKS):
        with pytest.raises(_Rolled), transaction.atomic():
            for look in order:
                survey.look(look, answers=told.get(look, {}))
            rows = Finding.objects.values_list("kind", "topic", "looks", "lead__text")
            pile = Target.objects.get(pk=survey.target.pk).pile
            seen.add((pile, tuple(sorted(rows))))
            raise _Rolled
    assert len(seen) == 1
