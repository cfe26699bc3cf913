"""What may be kept as a paper. No database, no clock, no request."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass

from linli.kernel.rulings import Ruling, refuse, require
from linli.kernel.words import gettext_noop as _

LARGEST_MB = 20
LARGEST = LARGEST_MB * 1024 * 1024
LONGEST_NAME = 120
MOST_PIXELS = 60_000_000
"""A picture with more is refused before it is decoded; phones make up to 50 million."""

_UNSEEN = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file that is kept: what it is served as, and what its name may end in."""

    code: str
    mime: str
    suffixes: tuple[str, ...]
    picture: bool = False


PDF = Kind("pdf", "application/pdf", ("pdf",))
PNG = Kind("png", "image/png", ("png",), picture=True)
JPEG = Kind("jpeg", "image/jpeg", ("jpg", "jpeg", "jfif"), picture=True)
WEBP = Kind("webp", "image/webp", ("webp",), picture=True)
GIF = Kind("gif", "image/gif", ("gif",), picture=True)
_OOXML = "application/vnd.openxmlformats-officedocument."
XLSX = Kind("xlsx", f"{_OOXML}spreadsheetml.sheet", ("xlsx",))
DOCX = Kind("docx", f"{_OOXML}wordprocessingml.document", ("docx",))
OFD = Kind("ofd", "application/ofd", ("ofd",))
OLE = Kind("ole", "application/octet-stream", ("xls", "doc", "et", "wps"))
TEXT = Kind("text", "text/plain", ("txt", "csv"))

KINDS = {kind.code: kind for kind in (PDF, PNG, JPEG, WEBP, GIF, XLSX, DOCX, OFD, OLE, TEXT)}
ACCEPT = ",".join(f".{suffix}" for kind in KINDS.values() for suffix in kind.suffixes)
"""For the `accept` of a file input."""


def recognise(data: bytes) -> Kind | None:
    """What a file is by its own bytes, whatever it is called; None for what is not kept."""
    if data.startswith(b"%PDF-"):
        return PDF
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    if data.startswith(_OLE):
        return OLE
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data)
    return TEXT if _reads_as_text(data) else None


def _zipped(data: bytes) -> Kind | None:
    """Which office format a zip is, by its directory alone; none with macros in it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = {info.filename for info in archive.infolist()[:5000]}
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" not in names:
        return None
    if any(name.startswith("xl/") for name in names):
        return XLSX
    return DOCX if any(name.startswith("word/") for name in names) else None


def _reads_as_text(data: bytes) -> bool:
    """Plain text in UTF-8 or GB18030; nothing that a browser could take for a page."""
    if _CONTROL.search(data):
        return False
    head = data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"<"):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def clean_name(name: str, kind: Kind) -> str:
    """A file's name without paths and unseen characters, ending as its kind does."""
    plain = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    plain = _UNSEEN.sub("", plain).strip(" .")
    stem, dot, suffix = plain.rpartition(".")
    if not dot:
        stem, suffix = plain, kind.suffixes[0]
    return f"{stem[: LONGEST_NAME - 10] or 'file'}.{suffix}"


def may_keep(*, name: str, size: int, kind: Kind | None) -> Ruling:
    """May a file be kept? All that is wrong with it at once."""
    if not size:
        return refuse(_("“%(name)s”是空文件"), name=_shown(name)).at("file")
    ruling = require(
        size <= LARGEST,
        _("“%(name)s”超过%(most)s MB"),
        name=_shown(name),
        most=LARGEST_MB,
    )
    if kind is None:
        return (
            ruling
            & refuse(
                _("“%(name)s”不是可以保存的格式；可用PDF、图片、Excel、Word、OFD或文本"),
                name=_shown(name),
            )
        ).at("file")
    suffix = name.rpartition(".")[2].lower() if "." in name else kind.suffixes[0]
    return (
        ruling
        & require(
            suffix in kind.suffixes,
            _("“%(name)s”的后缀与内容不符：内容是%(kind)s"),
            name=_shown(name),
            kind=kind.code.upper(),
        )
    ).at("file")


def picture_fits(*, name: str, pixels: int) -> Ruling:
    return require(
        pixels <= MOST_PIXELS,
        _("图片“%(name)s”的尺寸过大，最多%(most)s万像素"),
        name=_shown(name),
        most=MOST_PIXELS // 10_000,
    ).at("file")


def picture_is_broken(*, name: str) -> Ruling:
    return refuse(_("图片“%(name)s”已损坏，打不开"), name=_shown(name)).at("file")


def is_clean(*, name: str, found: str) -> Ruling:
    """`found`: what the scanner calls it, "" for nothing."""
    return require(
        not found, _("“%(name)s”被查出病毒：%(found)s"), name=_shown(name), found=found[:60]
    ).at("file")


def scanner_answers(*, answers: bool) -> Ruling:
    return require(answers, _("病毒查杀没有应答，暂时不能上传，请稍后再试")).at("file")


def _shown(name: str) -> str:
    return _UNSEEN.sub("", name)[-60:]
