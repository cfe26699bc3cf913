"""The guards as a whole."""

from collections import Counter

from linli.trail.guards import all_guards


def test_no_two_guards_share_a_name():
    """The second would take the first one's place."""
    names = Counter(guard.name for guard in all_guards())
    assert [name for name, count in names.items() if count > 1] == []
