"""Runs of receipt numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.vouchers import runs


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("128", [(128, 128)]),
        ("000128—000140", [(128, 140)]),
        ("128 - 140", [(128, 140)]),
        ("1-3,7；9 至 12", [(1, 3), (7, 7), (9, 12)]),
        (" ", []),
    ],
)
def test_runs_are_read_as_a_clerk_writes_them(written, meant):
    assert runs.read(written) == meant


@pytest.mark.parametrize("written", ["x", "3-1", "1-", "-", "1234567890", "1-2-3", "1," * 201])
def test_what_is_no_run_is_refused(written):
    with pytest.raises(ValueError, match=r"[-x0-9]"):
        runs.read(written)


@given(st.sets(st.integers(1, 10**9 - 1), max_size=50))
def test_runs_say_the_numbers_they_were_written_for(numbers):
    meant = {n for first, last in runs.read(runs.write(numbers)) for n in range(first, last + 1)}
    assert meant == numbers
