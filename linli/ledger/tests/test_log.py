"""Rows written the short way."""

import pytest
from django.db import IntegrityError, connection, transaction

from linli.ledger import log


@pytest.mark.parametrize("count", [2, 40])
def test_what_the_database_refuses_of_many_rows_is_djangos_error(estate, count):
    """However they are sent: in one statement or, many on PostgreSQL, by COPY."""
    columns = ("id", "log_id", "index", "kind", "body", "hash")
    rows = [(1, estate.book.log_id, 1, "entry", "{}", "")] * count
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        log.insert(cursor, "ledger_leaf", columns, rows)
