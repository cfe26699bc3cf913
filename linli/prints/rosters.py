"""Shapes of papers about people of the corps."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from linli.prints.kinds import Code, Count, Day, Document, Hex, Name, Text


class DecisionPerson(TypedDict):
    """Somebody who was vetted. `said`: what each department concluded, in the order of the
    departments; "silent": not signed, "back": asked back and open, "unasked".
    `id_number`: masked."""

    name: Name
    id_number: Code
    where: Name
    said: list[Literal["clear", "cannot", "unfit", "verify", "silent", "back", "unasked"]]
    outcome: Name
    note: NotRequired[Text]


class DecisionHand(TypedDict):
    """One act of signing. `holds`: what was signed is still what is kept."""

    role: Name
    name: Name
    at: Name
    count: Count
    digest: Hex
    holds: bool


class Decision(Document):
    """The decision sheet of a joint vetting: people against departments, results, signatures.

    `departments`: short names, for narrow columns. `closed` is missing in a draft. `events`: lists
    opened again, people asked about once more.
    """

    number: Code
    title: Name
    purpose: Name
    sent: Day
    due: Day
    closed: NotRequired[Day]
    departments: Annotated[list[Name], Field(min_length=1)]
    people: Annotated[list[DecisionPerson], Field(min_length=1)]
    signatures: list[DecisionHand]
    events: list[Text]
