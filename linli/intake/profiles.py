"""Bank profiles: what the statements of a bank or wallet look like, as data (profiles/*.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from linli.intake.mapping import FileMapping
from linli.sheets.headings import heading_key
from linli.sources.chart import folded

COLUMNS, SIGNED, REVERSED, DIRECTION = "columns", "signed", "reversed", "direction"
GENERIC, MAPPED = "generic", "mapping"
FIELDS = (
    "date",
    "time",
    "time_date",
    "income",
    "expense",
    "amount",
    "direction",
    "balance",
    "summary",
    "counterparty",
    "serial",
    "status",
    "nature",
    "account",
)


@dataclass(frozen=True, slots=True)
class Profile:
    """One layout of statements.

    `headings`: folded headings that must all stand in one row; `preamble`: texts that stand above
    them, which tell two such profiles apart. `columns`: field → headings, in order of preference;
    a summary gathers all of them; the generic profile has none and goes by the usual names. `sign`: see linli.intake.mapping.SIGNS, empty for whatever the
    columns say. `date_form` is tried first, then every form without ambiguity. `neutral` and
    `closed` are folded words of the columns direction and status. Patterns are searched in the
    texts above the headings.
    """

    key: str
    name: str
    kind: str = "bank"
    encoding: tuple[str, ...] = ()
    sign: str = ""
    date_form: str = ""
    headings: tuple[str, ...] = ()
    preamble: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    neutral: frozenset[str] = frozenset()
    account_number: re.Pattern[str] | None = None
    account_name: re.Pattern[str] | None = None
    totals: re.Pattern[str] | None = None
    totals_columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: re.Pattern[str] | None = None
    until: re.Pattern[str] | None = None


@cache
def profiles() -> tuple[Profile, ...]:
    """The shipped profiles; the generic one last."""
    folder = Path(__file__).parent / "profiles"
    found = [_profile(path) for path in sorted(folder.glob("*.toml"))]
    return tuple(sorted(found, key=lambda profile: profile.key == GENERIC))


def profile(key: str) -> Profile:
    """A shipped profile by its key. Raises LookupError for an unknown one."""
    for found in profiles():
        if found.key == key:
            return found
    raise LookupError(key)


def generic() -> Profile:
    return profile(GENERIC)


def mapped(mapping: FileMapping) -> Profile:
    """The generic profile with the encoding and sign of a mapping file."""
    encoding = (mapping.encoding,) if mapping.encoding else ()
    return replace(generic(), key=MAPPED, encoding=encoding, sign=mapping.sign)


def _profile(path: Path) -> Profile:
    data = tomllib.loads(path.read_text("utf-8"))
    recognise, account = data.get("recognise", {}), data.get("account", {})
    totals, covers = data.get("totals", {}), data.get("covers", {})
    columns = {
        name: tuple(map(heading_key, given)) for name, given in data.get("columns", {}).items()
    }
    unknown = set(columns) - set(FIELDS)
    if unknown:
        raise ValueError(f"{path.name}: unknown columns {sorted(unknown)}")
    return Profile(
        key=data["key"],
        name=data["name"],
        kind=data.get("kind", "bank"),
        encoding=tuple(data.get("encoding", ())),
        sign=data.get("sign", ""),
        date_form=data.get("date_form", ""),
        headings=tuple(map(heading_key, recognise.get("headings", ()))),
        preamble=tuple(recognise.get("preamble", ())),
        columns=columns,
        neutral=frozenset(map(value_key, data.get("values", {}).get("neutral", ()))),
        account_number=_pattern(account.get("number")),
        account_name=_pattern(account.get("name")),
        totals=_pattern(totals.get("row")),
        totals_columns={
            name: tuple(map(heading_key, totals[name]))
            for name in ("income", "expense")
            if name in totals
        },
        since=_pattern(covers.get("since")),
        until=_pattern(covers.get("until")),
    )


def value_key(text: str) -> str:
    """A direction or status as it is compared; a sign such as / stands for itself."""
    return folded(text) or text.strip()


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None
