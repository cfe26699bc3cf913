"""Which month somebody means who types it into the search."""

import pytest

from linli.kernel.period import Period
from linli.months.rules import month_meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2026-10", ("", "2026-10")),
        ("2026年9月", ("", "2026-09")),
        ("202609", ("", "2026-09")),
        ("10月", ("", "2026-10")),
        ("12月份", ("", "2025-12")),
        ("碧海 10月", ("碧海", "2026-10")),
        ("碧海家园2026年1月", ("碧海家园", "2026-01")),
        ("碧海家园", ("碧海家园", None)),
        ("13月", ("", None)),
        ("2026-13", ("", None)),
        ("800", ("800", None)),
        ("记-202610-003", ("记-202610-003", None)),
    ],
)
def test_a_month_is_read_as_people_write_it(text, meant):
    name, month = month_meant(text, this=Period("2026-11"))
    assert (name, month and month.code) == meant
