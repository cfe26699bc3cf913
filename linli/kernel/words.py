"""Marking words for translation without Django: the Chinese sentence is the key."""


def gettext_noop(text: str) -> str:
    """Return the text as it is; the mark is for the collector of messages."""
    return text
