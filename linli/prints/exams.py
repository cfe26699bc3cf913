"""Papers of exams: admission slips, and the plan of a room with the list to sign."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from linli.prints.kinds import Code, Count, Day, Document, Name


class ExamSlip(TypedDict):
    """Who sits where. `room`: its number and name."""

    ticket: Code
    name: Name
    post: Name
    room: Name
    address: Name
    seat: Count


class Admission(Document):
    """Admission slips (准考证), four to a page, to be cut apart. `hours`: 09:00–11:00."""

    title: Name
    held_on: Day
    hours: Code
    slips: Annotated[list[ExamSlip], Field(min_length=1)]


class ExamSeat(TypedDict):
    seat: Annotated[int, Field(ge=1)]
    ticket: Code
    name: Name
    post: Name


class ExamRoom(Document):
    """The plan of a room (座次表) and the list to sign. Seats wind like a snake, column by column,
    `across` of them side by side; `seed`: from which they were drawn."""

    title: Name
    held_on: Day
    hours: Code
    number: Annotated[int, Field(ge=1)]
    room: Name
    address: Name
    seats: Annotated[int, Field(ge=1)]
    across: Annotated[int, Field(ge=1)]
    seed: Code
    people: list[ExamSeat]
