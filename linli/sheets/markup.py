"""The XML inside an .xlsx: UTF-8 only, no document types, no entities."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.parsers import expat

from linli.kernel.rulings import Refused
from linli.sheets import refusals

_DECLARED = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")

Start = Callable[[str, dict[str, str]], None]


def parse(chunks: Iterator[bytes], start: Start, end: Callable[[str], None] | None = None) -> None:
    """Feed a part to expat; names come without prefix; entities and document types are refused."""
    parser = expat.ParserCreate()

    def forbid(*_names: object) -> None:
        raise Refused(refusals.suspicious())

    parser.StartDoctypeDeclHandler = forbid
    parser.EntityDeclHandler = forbid
    parser.StartElementHandler = lambda name, given: start(name.rpartition(":")[2], given)
    if end is not None:
        parser.EndElementHandler = lambda name: end(name.rpartition(":")[2])
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        raise Refused(refusals.damaged()) from None


def judge_prologue(chunk: bytes, *, first: bool) -> None:
    """Only UTF-8 without document type or entities: what follows is searched as bytes."""
    if first:
        head = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
        declared = _DECLARED.match(head)
        if not head.startswith(b"<") or b"\x00" in head[:64]:
            raise Refused(refusals.damaged())
        if declared and declared[1].lower() not in (b"utf-8", b"us-ascii", b"ascii"):
            raise Refused(refusals.suspicious())
    if b"<!" in chunk and (b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk):
        raise Refused(refusals.suspicious())
