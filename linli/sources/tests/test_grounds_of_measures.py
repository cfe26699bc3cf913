"""What a measure rests on depends on whose the room is."""

from __future__ import annotations

import pytest

from linli.sources import articles, room_kinds
from linli.sources.remedies import measures

LEAVES = [code for code, kind in room_kinds().items() if kind.leaf]


@pytest.mark.parametrize(
    ("measure", "kind", "grounds"),
    [
        ("rectify", "elderly", ("山东养老条例:67", "处置规则:3")),
        ("rectify", "property_committee", ("物业管理条例:62", "处置规则:3")),
        ("rectify", "culture", ("处置规则:3",)),
        ("vacate", "property_business", ("民法典:274", "物业管理条例:37", "处置规则:3")),
    ],
)
def test_a_law_on_other_rooms_is_no_ground(measure, kind, grounds):
    assert measures()[measure].grounds(kind) == grounds


@pytest.mark.parametrize("kind", LEAVES)
def test_every_measure_has_a_ground_for_every_kind_it_fits(kind):
    top = room_kinds()[kind].top
    for measure in measures().values():
        if not measure.rooms or top in measure.rooms:
            assert measure.grounds(kind), (measure.code, kind)
            assert set(measure.grounds(kind)) <= set(articles())
