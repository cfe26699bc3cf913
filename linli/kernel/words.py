"""Marking words for translation without Django: the Chinese sentence is the key."""


class AnyOf(tuple[object, ...]):
    """Words of which one is enough: read out with 或 before the last (甲、乙或丙)."""


def gettext_noop(text: str) -> str:
    """Return the text as it is; the mark is for the collector of messages."""
    return text
