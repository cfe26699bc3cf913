"""Columns that whoever has only the database cannot read: numbers that name a person.

    class Worker(Model):
        id_number = Sealed(max_length=32)
        id_mark = CharField(max_length=64)      # = blind("id_number", number)

The attribute is the plain text, the column ``a1.<key>.<base64>``: AES-256-GCM over the text, bound
to the table and column it was written for. A sealed column cannot be searched; `blind` gives the
keyed hash that stands beside it where a number must be found or be there once.
"""

from __future__ import annotations

import base64
import hmac
import os
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import models

from linli.keys import vault

ALGORITHM = "a1"
NONCE_BYTES = 12


class NotOpened(Exception):  # noqa: N818 - it says what happened
    """A sealed text does not open: its key file is not here, or somebody changed the column."""


def seal(text: str, *, column: str) -> str:
    """Seal a text for a column ("table.column"); "" stays ""."""
    if not text:
        return ""
    number, key = max(vault.personal_keys().items())
    nonce = os.urandom(NONCE_BYTES)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), column.encode())
    return f"{ALGORITHM}.{number}.{base64.urlsafe_b64encode(sealed).decode()}"


def opened(sealed: str, *, column: str) -> str:
    """The text again; raises NotOpened."""
    if not sealed:
        return ""
    try:
        algorithm, number, body = sealed.split(".")
        data = base64.urlsafe_b64decode(body)
        key = vault.personal_key(int(number))
        if algorithm != ALGORITHM:
            raise ValueError(algorithm)
        text = AESGCM(key).decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], column.encode())
    except (ValueError, KeyError, InvalidTag) as error:
        raise NotOpened(column) from error
    return text.decode()


def blind(kind: str, text: str) -> str:
    """A keyed hash (HMAC-SHA-256, hex) by which a text is found without being stored; "" for "".

    `kind` keeps hashes of different things apart; of one kind, equal texts have equal hashes,
    whatever the table.
    """
    if not text:
        return ""
    return hmac.digest(vault.personal_index_key(), f"{kind}|{text}".encode(), "sha256").hex()


class Sealed(models.TextField):
    """A text that is sealed in the database and plain in the program.

    `max_length` bounds the plain text. Only `isnull` and equality with "" can be asked.
    """

    def _column(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else seal(str(value), column=self._column())

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return None if value is None else opened(value, column=self._column())

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name in {"isnull", "exact"} else None
