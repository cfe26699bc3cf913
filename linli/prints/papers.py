"""Papers: plain data in, a PDF out; the same data and moment give the same bytes.

Text of users travels as JSON beside the template and is never part of its source. The files are
PDF/A-2, so that they open in thirty years; papers for everyone are tagged for screen readers, too.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import segno
from django.utils import translation
from django.utils.translation import gettext as _
from pydantic import ConfigDict, TypeAdapter, ValidationError

from linli.prints import figures
from linli.prints.glyphs import MISSING, Cleaner, covered
from linli.prints.press import CHINA, FONTS, HERE, press
from linli.prints.shapes import SHAPES
from linli.prints.words import WORDS

TYPEFACES = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf", "NotoSerifSC-Bold.ttf")
LANGUAGES = {"zh-hans": "zh", "en": "en"}

MANY_ROWS = 400
"""From here on a paper carries no tags, which would weigh ten times what is printed, and is
printed in a process of its own: thousands of rows need hundreds of megabytes while they are set."""

TOLD = 12
"""Faults that the message of an error names; all of them are in `faults`."""

PATIENCE_SECONDS = 300
"""How long such a process may take; 20,000 rows need about half a minute."""


class BadData(ValueError):
    """The data does not fit the template, or does not add up; `faults` names every place."""

    def __init__(self, template: str, faults: list[str]) -> None:
        told = "; ".join(faults[:TOLD]) + (
            f"; and {len(faults) - TOLD} more" if faults[TOLD:] else ""
        )
        super().__init__(f"{template}: {told}")
        self.faults = faults


class TypefacesMissing(RuntimeError):
    """The typefaces were not installed."""


def missing_typefaces() -> list[str]:
    """Names of the font files that are not there; empty means printing can work."""
    return [name for name in TYPEFACES if not (FONTS / name).is_file()]


def render(
    template: str,
    data: Mapping[str, Any],
    *,
    language: str = "zh-hans",
    on: datetime,
) -> bytes:
    """Print a paper as PDF.

    `template`: a key of `shapes.SHAPES`; `data`: of that shape; `language`: ``zh-hans`` or ``en``;
    `on`: the moment of the document (aware), which is also its only date of creation.

    Raises BadData with every fault of the data, TypefacesMissing, and ValueError for an unknown
    template or language or a moment without a time zone.
    """
    if template not in SHAPES:
        raise ValueError(f"no such template: {template!r}")
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}")
    if on.tzinfo is None:
        raise ValueError("the moment of a document needs a time zone")
    if missing_typefaces():
        names = "、".join(missing_typefaces())
        raise TypefacesMissing(
            _("缺少打印用的字体文件：%(names)s。请先运行 make setup。") % {"names": names}
        )
    job, rows = _job(template, data, language, on)
    text = json.dumps(job, ensure_ascii=False, separators=(",", ":"))
    moment = int(on.timestamp())
    if rows <= MANY_ROWS:
        return press(template, text, tagged=True, moment=moment)
    return _press_apart(template, text, moment)


def _press_apart(template: str, text: str, moment: int) -> bytes:
    done = subprocess.run(
        [sys.executable, str(HERE / "press.py"), template, "0", str(moment)],
        input=text.encode(),
        capture_output=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"printing {template} failed: {done.stderr.decode()[-2000:]}")
    return done.stdout


def check(template: str, data: Mapping[str, Any]) -> None:
    """Raise BadData if the paper could not be printed; says nothing if it can."""
    _added(template, _shaped(template, data))


def _shaped(template: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data with every part of its kind, days in ISO form. Raises BadData with all faults."""
    adapter = _adapter(template)
    try:
        plain: dict[str, Any] = adapter.dump_python(adapter.validate_python(data), mode="json")
    except ValidationError as error:
        faults = [f"{_path(fault['loc'])}: {fault['msg']}" for fault in error.errors()]
        raise BadData(template, faults) from error
    return plain


def _added(template: str, plain: dict[str, Any]) -> dict[str, Any]:
    """What follows from the data. Raises BadData with every sum that does not come out."""
    sums, faults = getattr(figures, template)(plain)
    if faults:
        raise BadData(template, faults)
    return dict(sums)


@cache
def _adapter(template: str) -> TypeAdapter[Any]:
    shape = SHAPES[template]
    shape.__pydantic_config__ = ConfigDict(strict=True, extra="forbid")
    return TypeAdapter(shape)


def _path(steps: tuple[int | str, ...]) -> str:
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return text.lstrip(".") or "data"


def _job(
    template: str, data: Mapping[str, Any], language: str, on: datetime
) -> tuple[dict[str, Any], int]:
    desk = _Desk(_cleaner())
    plain = _shaped(template, data)
    laid = desk.lay(plain)
    job = {
        "data": laid,
        "figures": _added(template, laid),
        "words": _words(language),
        "language": LANGUAGES[language],
        "on": on.astimezone(CHINA).date().isoformat(),
        "qr": {url: _qr(url) for url in _addresses(plain)},
        "missing": desk.missing,
    }
    return job, desk.rows


def _addresses(value: Any) -> Iterator[str]:
    """The addresses that the proofs in a paper lead to."""
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "proof":
                yield part["url"]
            else:
                yield from _addresses(part)
    elif isinstance(value, list):
        for part in value:
            yield from _addresses(part)


class _Desk:
    """Goes through the data once: cleans the text, counts the rows, notes what has no type."""

    def __init__(self, cleaner: Cleaner) -> None:
        self.cleaner, self.rows, self.missing = cleaner, 0, False

    def lay(self, value: Any) -> Any:
        if isinstance(value, str):
            text = self.cleaner.clean(value)
            self.missing |= MISSING in text and MISSING not in value
            return text
        if isinstance(value, dict):
            self.rows += 1
            return {key: self.lay(part) for key, part in value.items()}
        return [self.lay(part) for part in value] if isinstance(value, list) else value


@cache
def _cleaner() -> Cleaner:
    return Cleaner(covered(FONTS / TYPEFACES[0]))


@cache
def _words(language: str) -> dict[str, str]:
    with translation.override(language):
        return {text: translation.gettext(text) for text in WORDS}


def _qr(url: str) -> str:
    picture = io.BytesIO()
    code = segno.make(url, error="m", micro=False)
    code.save(picture, kind="svg", border=0, xmldecl=False, svgclass=None, lineclass=None)
    return picture.getvalue().decode()
