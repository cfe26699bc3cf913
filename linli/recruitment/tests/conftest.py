"""A county that recruits."""

from tests.recruits import keeper, open_one

__all__ = ["keeper", "open_one"]
