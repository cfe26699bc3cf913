"""Questions that an index answers on both databases.

    Person.objects.filter(name__begins="王")
    indexes = [Index(Given("name"), name=…), Index(Tail("phone"), name=…)]

Django's `startswith` is a LIKE, which SQLite answers by reading every row.
"""

from __future__ import annotations

from itertools import islice
from typing import Any

from django.db.models import CharField, Func, Lookup, QuerySet

LAST = "\U0010ffff"
TAIL = 4
"""Figures of a telephone number that people know each other's by."""


@CharField.register_lookup
class Begins(Lookup):
    """Texts that begin with another, letter by letter; served by an index on the column."""

    lookup_name = "begins"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, values = self.process_lhs(compiler, connection)
        like = connection.ops.prep_for_like_query(self.rhs) + "%"
        return f"{column} LIKE %s", [*values, like]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Few rows begin like that, which SQLite would not know: it might go by the place alone."""
        column, values = self.process_lhs(compiler, connection)
        bounds = [*values, self.rhs, *values, self.rhs + LAST]
        return f"(likelihood({column} >= %s, 0.01) AND likelihood({column} < %s, 0.01))", bounds


class Given(Func):
    """A Chinese name without its first character: 王建国 is found by 建国, too."""

    template = "SUBSTR(%(expressions)s, 2)"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """In the order of code points, in which an index answers LIKE."""
        return self.as_sql(compiler, connection, template=f'{self.template} COLLATE "C"', **more)


class Tail(Func):
    """The last figures of a telephone number."""

    template = f"SUBSTR(%(expressions)s, LENGTH(%(expressions)s) - {TAIL - 1})"
    output_field = CharField()


def closest(limit: int, *rows: QuerySet[Any]) -> list[Any]:
    """The first rows of several choices, the closest choice first, each row once.

    Each choice is a query of its own that one index answers; joined by OR, none would. Rows of one
    choice come in no order, since sorting would read all of them.
    """
    found: dict[Any, Any] = {}
    for some in rows:
        if len(found) < limit:
            found |= {row.pk: row for row in some.order_by()[:limit] if row.pk not in found}
    return list(islice(found.values(), limit))
