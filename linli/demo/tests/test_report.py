"""The told county is as large as the counties that were reported: every figure counted from rows."""

from __future__ import annotations

import pytest
from django.utils import timezone

from linli import indicators
from linli.kernel.place import Scope

AT_LEAST = {"micro_trainings"}
"""Of which the report says “more than”."""


@pytest.mark.own_database(told=True)
def test_every_figure_of_a_report_is_reached_by_counting_rows():
    rows = indicators.shown(Scope.of("370614"), timezone.localdate(), place="370614")
    told = {row.indicator.code: row for row in rows if row.reported is not None}
    assert {
        "survey_departments",
        "leads_found",
        "handover_steps",
        "vetting_departments",
        "recruited",
        "worker_mean_age",
        "worker_college_percent",
        "reserve_size",
        "reserve_indicators",
        "micro_trainings",
        "mentor_stations",
    } <= told.keys()
    short = {
        code: (row.found.value, row.reported)
        for code, row in told.items()
        if not (
            row.found.value >= row.reported if code in AT_LEAST else row.found.value == row.reported
        )
    }
    assert not short
