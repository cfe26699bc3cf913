"""Messages: gather every Chinese sentence of the program, keep its English beside it.

The sentence itself is the key, so there is one catalogue, English, and it must be complete.
Laws, numbers and the chart of accounts carry their English in `linli/sources`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib

MARKS = frozenset(
    {"_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"}
    | {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}
)
PLACE = re.compile(r"%\((\w+)\)[#0\- +]*[\d.]*([sdrf])")
UNNAMED = re.compile(r"(?<!%)%(?:%%)*[#0\- +]*[\d.]*[sdrf](?![a-z])")
CALL = re.compile(r"(?<!\w)(n?p?gettext|_)\(")

Key = tuple[str, str]
"""(context, sentence)."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence, where it stands, and its plural where it has one."""

    text: str
    where: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> Key:
        return (self.context, self.text)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a message or with its translation."""

    where: str
    text: str


def gather(root: Path) -> tuple[list[Message], list[Fault]]:
    """All messages of the package below `root`, first occurrence first, and faulty calls."""
    found: dict[Key, Message] = {}
    faults: list[Fault] = []
    for path in sorted(_files(root)):
        where = path.relative_to(root.parent).as_posix()
        for message in _reader(path)(path, where, faults):
            known = found.setdefault(message.key, message)
            if message.plural and not known.plural:
                found[message.key] = message
    return list(found.values()), faults


def _files(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        parts = path.relative_to(root).parts
        if {"tests", "migrations", "static"} & set(parts) or not path.is_file():
            continue
        if path.suffix == ".py" or "templates" in parts:
            yield path


def _reader(path: Path) -> Callable[[Path, str, list[Fault]], Iterable[Message]]:
    return _python if path.suffix == ".py" else _template


def _python(path: Path, where: str, faults: list[Fault]) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and (name := _mark(node.func)):
            words = _words(node.args, name)
            if words is None:
                if not _forwards(node):
                    faults.append(Fault(f"{where}:{node.lineno}", "the message is not a literal"))
                continue
            yield _message(words, name, where)


def _mark(func: ast.expr) -> str:
    name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
    return name if name in MARKS else ""


def _forwards(node: ast.Call) -> bool:
    """`gettext(reason.text)` says words that were marked where they were written."""
    return len(node.args) == 1 and not isinstance(node.args[0], ast.JoinedStr | ast.BinOp)


def _words(args: list[ast.expr], name: str) -> list[str] | None:
    count = 1 + ("np" in name or name.startswith("p")) + name.startswith("n")
    words = [arg.value for arg in args[:count] if isinstance(arg, ast.Constant)]
    return words if len(words) == count and all(isinstance(w, str) for w in words) else None


def _message(words: list[str], name: str, where: str) -> Message:
    context = words.pop(0) if name.lstrip("n").startswith("p") else ""
    return Message(words[0], where, words[1] if name.startswith("n") else "", context)


def _template(path: Path, where: str, faults: list[Fault]) -> Iterator[Message]:
    from django.utils.translation.template import templatize

    try:
        page = templatize(path.read_text("utf-8"), origin=where)
    except SyntaxError as error:
        faults.append(Fault(where, str(error)))
        return
    for call in CALL.finditer(page):
        if node := _call_at(page, call.start()):
            name = call.group(1)
            if words := _words(node.args, name):
                yield _message(words, name, where)


def _call_at(page: str, start: int) -> ast.Call | None:
    """The call that begins here: up to the first bracket with which it is whole."""
    for end in re.finditer(r"\)", page[start : start + 20_000]):
        try:
            node = ast.parse(page[start : start + end.end()], mode="eval").body
        except SyntaxError:
            continue
        return node if isinstance(node, ast.Call) else None
    return None


def translations(paths: Iterable[Path]) -> dict[Key, str | list[str]]:
    """{"中文": "English"} files, later ones win; a context is written "context\\u0004中文"."""
    merged: dict[Key, str | list[str]] = {}
    for path in paths:
        for text, english in json.loads(path.read_text("utf-8")).items():
            context, _, text = text.rpartition("\x04")
            merged[(context, text)] = english
    return merged


def update(
    catalogue: polib.POFile,
    messages: Iterable[Message],
    english: Mapping[Key, str | list[str]],
) -> polib.POFile:
    """The catalogue of exactly these messages; known translations stay, given ones win."""
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue}
    new = polib.POFile(wrapwidth=98)
    new.metadata = {
        "Project-Id-Version": "linli",
        "Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for message in messages:
        entry = polib.POEntry(
            msgid=message.text,
            msgctxt=message.context or None,
            msgid_plural=message.plural,
            occurrences=[(message.where, "")],
            flags=["python-format"] if PLACE.search(message.text) else [],
        )
        old = known.get(message.key)
        said = english.get(message.key)
        if said is None and old is not None and not old.obsolete:
            said = list(old.msgstr_plural.values()) if old.msgid_plural else old.msgstr
            if "fuzzy" in old.flags:
                entry.flags.append("fuzzy")
        _say(entry, said)
        new.append(entry)
    return new


def _say(entry: polib.POEntry, said: str | list[str] | None) -> None:
    if entry.msgid_plural:
        forms = [said, said] if isinstance(said, str) else (said or ["", ""])
        entry.msgstr_plural = dict(enumerate(forms))
    elif isinstance(said, str):
        entry.msgstr = said
    elif said:
        entry.msgstr = said[0]


def check(catalogue: polib.POFile, messages: Iterable[Message]) -> list[Fault]:
    """What is missing, unsure, no longer used, or says its places otherwise than the Chinese."""
    faults = []
    known = {(entry.msgctxt or "", entry.msgid): entry for entry in catalogue if not entry.obsolete}
    wanted = {message.key: message for message in messages}
    for key, message in wanted.items():
        if UNNAMED.search(PLACE.sub("", message.text)):
            faults.append(Fault(message.where, f"a place without a name: {message.text}"))
        if key not in known or not known[key].translated():
            unsure = key in known and "fuzzy" in known[key].flags
            what = "unsure (fuzzy)" if unsure else "not translated"
            faults.append(Fault(message.where, f"{what}: {message.text}"))
        else:
            faults += _places(message, known[key])
    for (_context, text), entry in known.items():
        if entry.msgid and (_context, text) not in wanted:
            faults.append(Fault(_where(entry), f"no longer used: {text}"))
    faults += [
        Fault(_where(entry), f"no longer used: {entry.msgid}")
        for entry in catalogue
        if entry.obsolete
    ]
    return faults


def _places(message: Message, entry: polib.POEntry) -> Iterator[Fault]:
    wanted = set(PLACE.findall(message.text)) | set(PLACE.findall(message.plural))
    for form in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
        if set(PLACE.findall(form)) - wanted or UNNAMED.search(PLACE.sub("", form)):
            yield Fault(message.where, f"the places differ: {message.text} → {form}")
        elif not entry.msgid_plural and set(PLACE.findall(form)) != wanted:
            yield Fault(message.where, f"a place is lost: {message.text} → {form}")


def _where(entry: polib.POEntry) -> str:
    return str(entry.occurrences[0][0]) if entry.occurrences else ""
