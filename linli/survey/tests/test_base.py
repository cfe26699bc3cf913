"""What was frozen stays as it was, whoever asks."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from linli.kernel.rulings import Refused
from linli.survey import freezing, services
from linli.survey.models import Finding, Freeze, FrozenRoom, Target, Waiver
from linli.survey.questions import SITE
from linli.survey.tests.conftest import COUNTY, ESTATE
from tests.books import NOW


@pytest.fixture
def base(survey):
    survey.all(site={"state": "idle", "occupant": None})
    other = Target.objects.get(campaign=survey.campaign, complete_at=None)
    freezing.waive(by=survey.housing, target=other, reason="在建，明年再查", now=NOW)
    return freezing.freeze(
        by=survey.housing, campaign=survey.campaign, place=COUNTY, on=date(2026, 11, 5), now=NOW
    )


@pytest.mark.parametrize("model", [Freeze, FrozenRoom, Waiver, Finding])
def test_rows_of_a_base_are_neither_changed_nor_deleted(base, model):
    field = {Freeze: "root", FrozenRoom: "number", Waiver: "reason", Finding: "topic"}[model]
    for act in (lambda rows: rows.update(**{field: 7}), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            act(model.objects.all())


def test_the_hash_is_that_of_the_rows_in_their_order(base):
    rows = [row.facts for row in base.rows.order_by("number")]
    assert freezing.root_of(rows) == base.root
    assert freezing.root_of(rows[::-1]) != base.root
    assert freezing.root_of([rows[0] | {"state": "let"}, *rows[1:]]) != base.root


def test_the_register_may_change_afterwards_and_the_base_does_not(base, survey):
    room = survey.target.room
    room.name = "改过的名称"
    room.save()
    assert base.rows.get(number=1).facts["name"] == "日间照料中心"


def test_a_day_is_frozen_once_and_never_ahead(base, survey):
    for on in (date(2026, 11, 5), date(2026, 11, 6)):
        with pytest.raises(Refused):
            freezing.freeze(
                by=survey.housing, campaign=survey.campaign, place=COUNTY, on=on, now=NOW
            )


def test_nothing_is_found_any_more_where_the_base_is_frozen(base, survey):
    with pytest.raises(Refused) as refused:
        services.add_found(
            by=survey.users[SITE],
            member=survey.members[SITE],
            place=ESTATE,
            name="岗亭",
            kind="unclear",
            now=NOW,
        )
    assert "冻结" in str(refused.value)
