"""Papers of surveys: the sheets a team takes along, and a base (底数) as it was frozen."""

from __future__ import annotations

from typing import Annotated, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

from linli.prints.kinds import Code, Count, Day, Document, Hex, Name, Proof, Text


class SurveyRoom(TypedDict):
    """A room to be looked at. `proof`: where its page is; `done`: the look is in already."""

    number: Code
    name: Name
    kind: Name
    spot: Name
    done: NotRequired[bool]
    proof: Proof


class SurveyEstate(TypedDict):
    name: Name
    rooms: Annotated[list[SurveyRoom], Field(min_length=1)]


class SurveySheet(Document):
    """What a team takes along for one look: each estate from a page of its own, each room with the
    questions and room for the answers."""

    team: Name
    look: Name
    questions: Annotated[list[Name], Field(min_length=1)]
    estates: Annotated[list[SurveyEstate], Field(min_length=1)]


class BasePile(TypedDict):
    name: Name
    count: Count


class BaseRow(TypedDict):
    """A room of a base; areas as they are written, "" where unknown."""

    number: Code
    name: Name
    kind: Name
    spot: Text
    planned: Code
    measured: Code
    state: Name
    owner: Name
    pile: Name


class SurveyBase(Document):
    """A base of public rooms. `root`: hash over all its `total` rows, of which these may be some."""

    frozen_on: Day
    by: Name
    root: Hex
    total: Count
    piles: list[BasePile]
    rows: list[BaseRow]
