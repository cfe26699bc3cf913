"""The bytes of papers on disk: named by their hash, written once, never changed."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps, UnidentifiedImageError

from linli.files import rules
from linli.kernel.rulings import Refused

THUMBNAIL, COPY = 480, 1600
THUMBNAIL_MIME = COPY_MIME = "image/webp"


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def path_of(sha256: str) -> Path:
    return settings.FILES / sha256[:2] / sha256


def thumbnail_of(sha256: str) -> Path:
    return settings.FILES / "small" / sha256[:2] / f"{sha256}.webp"


def write(data: bytes) -> str:
    """Put bytes on disk for good and give their hash; the same bytes are written once."""
    name = sha256_of(data)
    _put(path_of(name), data)
    return name


def _put(path: Path, data: bytes) -> None:
    """A whole file or none: written beside, synced, then given its name."""
    if path.exists() and path.stat().st_size == len(data):
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o400)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(sha256: str) -> bytes:
    """The bytes of a hash; raises ValueError if they are not what they were."""
    data = path_of(sha256).read_bytes()
    if sha256_of(data) != sha256:
        raise ValueError(f"{sha256} was changed on disk")
    return data


def measure(data: bytes, *, name: str) -> tuple[int, int, bytes]:
    """(width, height, thumbnail) of a picture; raises Refused for a bomb or a broken one.

    The size is read from the head before a single pixel is decoded. The thumbnail carries no
    metadata, so no place or device goes along with it.
    """
    try:
        with Image.open(io.BytesIO(data)) as picture:
            width, height = picture.size
            rules.picture_fits(name=name, pixels=width * height).enforce()
            small = _reduced(picture, THUMBNAIL)
    except Image.DecompressionBombError:
        raise Refused(rules.picture_fits(name=name, pixels=10**10)) from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise Refused(rules.picture_is_broken(name=name)) from None
    return width, height, small


def _reduced(picture: Image.Image, longest: int) -> bytes:
    """A picture as WebP, its longer side that long at most, without any metadata."""
    picture.draft("RGB", (longest * 2, longest * 2))
    small = ImageOps.exif_transpose(picture.convert("RGB"))
    small.thumbnail((longest, longest))
    small.info.clear()
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()


def bare_copy(sha256: str) -> bytes:
    """A picture large enough to read, without its metadata; made once and kept."""
    path = settings.FILES / "copy" / sha256[:2] / f"{sha256}.webp"
    if not path.exists():
        with Image.open(io.BytesIO(read(sha256))) as picture:
            _put(path, _reduced(picture, COPY))
    return path.read_bytes()


def write_thumbnail(sha256: str, data: bytes) -> None:
    _put(thumbnail_of(sha256), data)
