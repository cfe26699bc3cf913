"""Numbers that somebody sent."""

import pytest

from linli.web.fields import whole_number


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("12", 12),
        ("", None),
        (None, None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("9" * 30, None),
        (str(2**63), None),
        ("２０", 20),
    ],
)
def test_what_no_row_can_have_is_no_number(sent, meant):
    assert whole_number(sent) == meant


def test_a_number_may_be_bounded():
    assert (whole_number("2999", most=2999), whole_number("3000", most=2999)) == (2999, None)
