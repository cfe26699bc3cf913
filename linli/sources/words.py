"""Words that carry their English with them, for texts that are data and not messages."""

from __future__ import annotations


class Worded(str):
    """A Chinese text; `en` is the same in English ("" where nobody has written it).

    >>> Worded("公共收益", "common-area proceeds").en
    'common-area proceeds'
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, text: str, en: str = "") -> Worded:
        made = super().__new__(cls, text)
        made.en = en
        return made

    def __reduce__(self) -> tuple[type[Worded], tuple[str, str]]:
        return Worded, (str(self), self.en)

    def in_language(self, language: str) -> str:
        """The English for ``en``, where there is one; otherwise the Chinese."""
        return self.en if language.startswith("en") and self.en else str(self)
