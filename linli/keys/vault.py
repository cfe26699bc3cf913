"""The key files: one Ed25519 key for each log, one secret that marks protected rows.

They lie in `<data>/keys`, mode 600. Whoever has only the database can alter rows but can neither
sign a checkpoint nor forge the mark of a row.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db import models

from linli.kernel import keys


def _path(name: str) -> Path:
    return Path(settings.KEYS) / name.replace("/", "_")


def _write(path: Path, text: str) -> None:
    """Write a new file that only its owner reads; never over an old one."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def new_key(origin: str, *, seed: bytes | None = None, generation: int = 1) -> str:
    """Make the key of a log and return its public half as a C2SP verifier key.

    A key that is there already is kept: the public half of the kept one is returned.
    `seed`: 32 bytes, for tests.
    """
    path = _path(f"{origin}.{generation}.key")
    if not path.exists():
        _write(path, keys.Signer(origin, seed or os.urandom(32)).text)
    return str(signer(origin, generation=generation).verifier)


def signer(origin: str, *, generation: int = 1) -> keys.Signer:
    """The signer of a log. FileNotFoundError when its key file is missing."""
    return _signer(str(_path(f"{origin}.{generation}.key")))


def fingerprint(origin: str, *, generation: int = 1) -> str:
    """The short form of a log's key, as notices print it."""
    return keys.fingerprint(signer(origin, generation=generation).verifier)


@lru_cache(maxsize=4096)
def _signer(path: str) -> keys.Signer:
    return keys.parse_skey(Path(path).read_text().strip())


def _row_key() -> bytes:
    return _read_row_key(str(_path("rows.key")))


@lru_cache(maxsize=8)
def _read_row_key(path: str) -> bytes:
    if not Path(path).exists():
        try:
            _write(Path(path), os.urandom(32).hex())
        except FileExistsError:
            pass
    return bytes.fromhex(Path(path).read_text())


def keyed_hash(text: str) -> str:
    """HMAC-SHA-256 of a text under the row key, as hex."""
    return hmac.new(_row_key(), text.encode(), hashlib.sha256).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    if isinstance(value, models.Model):
        return str(value.pk)
    return "" if value is None else str(value)


class Kept(models.Model):
    """A protected row: `mark` is the keyed hash of all its other columns, made on saving.

    A row changed by other means than the program no longer fits its mark, and `verify` says so.
    """

    mark = models.CharField(max_length=64, editable=False)

    UNMARKED: frozenset[str] = frozenset()

    class Meta:
        abstract = True

    def expected_mark(self) -> str:
        """The mark the row's columns call for."""
        parts = [self._meta.label_lower]
        for field in self._meta.concrete_fields:
            if field.name not in {"id", "mark"} | self.UNMARKED:
                parts.append(f"{field.column}={_plain(getattr(self, field.attname))}")
        return keyed_hash("\n".join(parts))

    def save(self, *args: object, **kwargs: object) -> None:
        self.mark = self.expected_mark()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "mark"}  # type: ignore[misc]
        super().save(*args, **kwargs)  # type: ignore[arg-type]


def marked(rows: list) -> list:
    """Mark rows that are about to be created in bulk."""
    for row in rows:
        row.mark = row.expected_mark()
    return rows
