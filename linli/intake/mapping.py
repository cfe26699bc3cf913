"""The mapping file: how a layout that no alias covers is to be read.

TOML with ``[ledger]`` voucher_scope, ``[ledger.columns]``, ``[ledger.values.fund]``,
``[ledger.values.category]``, ``[bank]`` encoding and sign, ``[bank.columns]``. The wizard in the
browser writes the same file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from linli.intake.rules import SCOPES
from linli.kernel.rulings import ALLOWED, Ruling, refuse, require
from linli.kernel.words import gettext_noop as _

LEDGER_COLUMNS = (
    "date",
    "voucher",
    "fund",
    "account",
    "category",
    "counterparty",
    "summary",
    "income",
    "expense",
    "balance",
    "project",
    "decision",
    "document",
    "note",
)
BANK_COLUMNS = (
    "date",
    "time",
    "amount",
    "income",
    "expense",
    "balance",
    "summary",
    "counterparty",
    "serial",
)
MORE_LEDGER_COLUMNS = ("handler", "amount", "direction")
MORE_BANK_COLUMNS = ("direction", "status")
"""Understood where they are given, and found by their usual names where they are not."""

SIGNS = ("columns", "signed", "reversed", "direction")
"""Two columns; one where + came in; one where + went out; one beside a column that says which."""


@dataclass(frozen=True, slots=True)
class FileMapping:
    """A mapping file. Columns: field → heading; ``income`` and ``expense`` under the same heading
    mean one column in which + came in and − went out. Values: word in the sheet → code; a word
    may be ``资金/类别`` where it holds for one fund only. An empty heading or code means that
    nothing is chosen.
    """

    voucher_scope: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    funds: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    sign: str = ""
    bank_columns: Mapping[str, str] = field(default_factory=dict)


def read_mapping(data: bytes | str) -> tuple[FileMapping | None, Ruling]:
    """Read a mapping file; all that is wrong with it comes at once."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        found = tomllib.loads(text)
    except UnicodeDecodeError:
        return None, refuse(_("映射文件应为 UTF-8 编码"))
    except tomllib.TOMLDecodeError as error:
        return None, refuse(_("映射文件不是有效的 TOML：%(error)s"), error=str(error))
    ledger, bank = found.get("ledger", {}), found.get("bank", {})
    tables = isinstance(ledger, dict) and isinstance(bank, dict)
    ruling = _only("", found, ("ledger", "bank")) & require(
        tables, _("映射文件的 [ledger]、[bank] 应为表")
    )
    if not tables:
        return None, ruling
    values, wrong = _table("ledger.values", ledger.get("values", {}))
    ruling &= wrong & _only("ledger", ledger, ("voucher_scope", "columns", "values"))
    ruling &= _only("ledger.values", values, ("fund", "category"))
    ruling &= _only("bank", bank, ("encoding", "sign", "columns"))
    columns, first = _texts("ledger.columns", ledger.get("columns", {}))
    funds, second = _texts("ledger.values.fund", values.get("fund", {}))
    categories, third = _texts("ledger.values.category", values.get("category", {}))
    bank_columns, fourth = _texts("bank.columns", bank.get("columns", {}))
    ruling &= first & second & third & fourth
    ruling &= _only("ledger.columns", columns, (*LEDGER_COLUMNS, *MORE_LEDGER_COLUMNS))
    ruling &= _only("bank.columns", bank_columns, (*BANK_COLUMNS, *MORE_BANK_COLUMNS))
    scope, encoding, sign = (
        ledger.get("voucher_scope", ""),
        bank.get("encoding", ""),
        bank.get("sign", ""),
    )
    ruling &= _one_of("ledger.voucher_scope", scope, ("", *SCOPES))
    ruling &= _one_of("bank.sign", sign, ("", *SIGNS))
    ruling &= require(isinstance(encoding, str), _("%(name)s 应为文字"), name="bank.encoding")
    if not ruling.allowed:
        return None, ruling
    return FileMapping(scope, columns, funds, categories, encoding, sign, bank_columns), ALLOWED


def write_mapping(mapping: FileMapping) -> str:
    """The mapping as TOML, in the order of the documentation; reads back as it was."""
    parts = []
    if mapping.voucher_scope:
        parts.append(_section("ledger", {"voucher_scope": mapping.voucher_scope}))
    parts += [
        _section("ledger.columns", mapping.columns, (*LEDGER_COLUMNS, *MORE_LEDGER_COLUMNS)),
        _section("ledger.values.fund", mapping.funds),
        _section("ledger.values.category", mapping.categories),
        _section("bank", {"encoding": mapping.encoding, "sign": mapping.sign}, skip_empty=True),
        _section("bank.columns", mapping.bank_columns, (*BANK_COLUMNS, *MORE_BANK_COLUMNS)),
    ]
    return "\n".join(part for part in parts if part)


def _section(
    name: str, values: Mapping[str, str], order: Collection[str] = (), *, skip_empty: bool = False
) -> str:
    ranked = [key for key in order if key in values] + [key for key in values if key not in order]
    lines = [
        f"{_key(key)} = {_quoted(values[key])}\n" for key in ranked if values[key] or not skip_empty
    ]
    return f"[{name}]\n{''.join(lines)}" if lines else ""


def _key(key: str) -> str:
    bare = key and all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in key)
    return key if bare else _quoted(key)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"' + "".join(s if s >= " " and s != "\x7f" else f"\\u{ord(s):04x}" for s in escaped) + '"'
    )


def _table(name: str, value: Any) -> tuple[dict[str, Any], Ruling]:
    if isinstance(value, dict):
        return value, ALLOWED
    return {}, refuse(_("%(name)s 应为表"), name=name)


def _texts(name: str, value: Any) -> tuple[dict[str, str], Ruling]:
    table, ruling = _table(name, value)
    for key, text in table.items():
        ruling &= require(isinstance(text, str), _("%(name)s 应为文字"), name=f"{name}.{key}")
    return table, ruling


def _only(name: str, table: Mapping[str, Any], known: Collection[str]) -> Ruling:
    unknown = [f"{name}.{key}".lstrip(".") for key in table if key not in known]
    return require(not unknown, _("映射文件中有不认识的名称：%(names)s"), names=unknown)


def _one_of(name: str, value: Any, allowed: Collection[str]) -> Ruling:
    return require(
        isinstance(value, str) and value in allowed,
        _("%(name)s 应为 %(allowed)s 之一"),
        name=name,
        allowed=[one for one in allowed if one],
    )
