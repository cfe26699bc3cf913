"""The kinds of values that papers are made of, and what every paper carries.

Amounts are whole fen (`_fen`), days are dates or their ISO form, periods are ``2026-10``.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Literal, NotRequired

from pydantic import BeforeValidator, Field
from typing_extensions import TypedDict


def _day(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return date.fromisoformat(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("not a day; give a date or 2026-10-31")


Day = Annotated[date, BeforeValidator(_day)]
Fen = Annotated[int, Field(gt=-(2**53), lt=2**53)]
Positive = Annotated[int, Field(ge=0, lt=2**53)]
Count = Annotated[int, Field(ge=0, lt=10**9)]
Percent = Annotated[int | float, Field(ge=0, le=100)]
Name = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=2000)]
Code = Annotated[str, Field(max_length=80)]
Hex = Annotated[str, Field(min_length=8, max_length=128, pattern=r"^[0-9A-Za-z+/=:_-]+$")]
Url = Annotated[str, Field(max_length=300, pattern=r"^https?://[!-~]+$")]
Month = Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
Span = Annotated[str, Field(pattern=r"^\d{4}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?$")]
Fund = Literal["common", "fiscal", "seed"]


class Seal(TypedDict):
    """The seal of a period. `root`: the root of the tree; its first eight characters are shown."""

    period: Span
    root: Hex
    corrected: NotRequired[bool]


class Key(TypedDict):
    """A key that signs, and its fingerprint as people compare it.

    `former`, `changed_on`: the key on the paper before, and the day it was handed over to this one.
    """

    name: Name
    fingerprint: Hex
    former: NotRequired[Hex]
    changed_on: NotRequired[Day]


class Proof(TypedDict):
    """How a reader proves the paper: the address in the QR code, the log, the keys."""

    url: Url
    origin: NotRequired[Code]
    size: NotRequired[Count]
    root: NotRequired[Hex]
    keys: NotRequired[list[Key]]


class Contact(TypedDict):
    name: Name
    phone: Name


class Hand(TypedDict):
    """A role that signs a paper; an empty name leaves room to sign by hand."""

    role: Name
    name: Name


class Document(TypedDict):
    """What every paper carries.

    `code`: the document's own number, on every page. `unit`: whose paper it is (the estate).
    `place`: where that is, ``登州街道 · 海滨社区``. `draft`: every page says that it is one.
    """

    code: Code
    unit: Name
    place: NotRequired[Name]
    book: NotRequired[Code]
    draft: NotRequired[bool]
    seal: NotRequired[Seal]
    proof: NotRequired[Proof]
    hands: NotRequired[list[Hand]]
    note: NotRequired[Text]
