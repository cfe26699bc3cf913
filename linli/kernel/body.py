"""Leaf bodies: the exact bytes that a book's log hashes, and nothing else.

A body is JSON in one spelling only: UTF-8, keys sorted by code point, no spaces, the escapes
``\\"`` and ``\\\\`` and no others, strings in NFC without control characters, integers with
|x| < 2⁵³, no null, true, false or fraction; what is absent has no key. So equal content has equal
bytes, in every language, and a body that decodes is the one that was hashed.

Personal data and free text enter only as commitments. ``leaves`` builds the content of each kind
of leaf; ``docs/format.md`` tells all this to strangers.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from typing import cast

MAX_BYTES = 65_535
"""A body fits one entry of a C2SP tile bundle, so a log can be served as tiles later."""
LIMIT = 2**53
SALT_SIZE = 32

Json = dict[str, object]


def _refuse(text: str) -> object:
    raise ValueError(f"{text[:40]} is not an integer within ±2⁵³")


def _integer(text: str) -> int:
    value = int(text)
    return value if -LIMIT < value < LIMIT else cast(int, _refuse(text))


_loads = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_integer).decode
_dumps = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_FIELD = re.compile(r"[a-z][a-z0-9_]*")


class BodyError(ValueError):
    """A body, or the values for one, that this format does not allow."""


# --- the encoding -----------------------------------------------------------------------------


def encode(value: Mapping[str, object]) -> bytes:
    """The one spelling of a body; raises BodyError for anything it cannot say."""
    if not isinstance(value, dict):
        raise BodyError("a body is an object")
    _check(value)
    body = _dumps(value).encode()
    if len(body) > MAX_BYTES:
        raise BodyError(f"a body has at most {MAX_BYTES} bytes, not {len(body)}")
    return body


def decode(body: bytes) -> Json:
    """The content of a body; raises BodyError unless ``encode`` would give exactly these bytes."""
    if len(body) > MAX_BYTES:
        raise BodyError(f"a body has at most {MAX_BYTES} bytes, not {len(body)}")
    try:
        text = body.decode()
        value = _loads(text)
        same = isinstance(value, dict) and _dumps(value) == text
    except (UnicodeDecodeError, RecursionError, ValueError) as fault:
        raise BodyError(f"not a body: {fault}") from fault
    if not same:
        raise BodyError("not in the one spelling of a body")
    if "\\" in text and "\\" in text.replace("\\\\", "").replace('\\"', ""):
        raise BodyError("a string has a control character")
    if not text.isascii() or "\x7f" in text or "null" in text or "true" in text or "false" in text:
        _check(value)
    return cast(Json, value)


def _check(value: object) -> None:
    if type(value) is str:
        check_text(value)
    elif type(value) is int:
        if not -LIMIT < value < LIMIT:
            raise BodyError(f"{value} is not within ±2⁵³")
    elif type(value) is list:
        for item in value:
            _check(item)
    elif type(value) is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise BodyError(f"{key!r} is not a key")
            check_text(key)
            _check(item)
    else:
        raise BodyError(f"a body cannot say {value!r}")


def check_text(text: str) -> None:
    """Raises BodyError unless a body may carry this text."""
    if text.isascii() and text.isprintable():
        return
    if _CONTROL.search(text):
        raise BodyError(f"{text!r} has a control character")
    if not unicodedata.is_normalized("NFC", text):
        raise BodyError(f"{text!r} is not in NFC")
    try:
        text.encode()
    except UnicodeEncodeError as fault:
        raise BodyError(f"{text!r} is not Unicode text") from fault


# --- commitments ------------------------------------------------------------------------------


def commitment(salt: bytes, field: str, value: str) -> bytes:
    """``SHA-256(0x02 ‖ salt ‖ field ‖ 0x00 ‖ value)``, text as UTF-8, salt of 32 random bytes.

    Who does not know salt and value learns nothing; who knows both can show that they were meant.
    """
    if len(salt) != SALT_SIZE:
        raise BodyError("a salt has 32 bytes")
    if not _FIELD.fullmatch(field):
        raise BodyError(f"{field!r} is not a field")
    try:
        told = value.encode()
    except UnicodeEncodeError as fault:
        raise BodyError(f"the value of {field} is not Unicode text") from fault
    return hashlib.sha256(b"\x02" + salt + field.encode() + b"\x00" + told).digest()


def commit(fields: Mapping[str, tuple[bytes, str]]) -> dict[str, bytes]:
    """Commitments to several fields, given ``{field: (salt, value)}``."""
    return {field: commitment(salt, field, value) for field, (salt, value) in fields.items()}
