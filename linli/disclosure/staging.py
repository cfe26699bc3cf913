"""Putting files into a folder that others read: whenever it ends, they read the folder as it was
before or as it is after.

What changes is made ready beside the folder. Before the first rename a folder `publishing` is
renamed in: `was/` holds every file that will be replaced, `new` names what will be added. While
it is there, readers take those files for the present ones and pass over what is added (format.md
§4.1); renaming it away is the moment in which everything is published.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

UNFINISHED = "publishing"
WAS, NEW, HALF = "was", "new", "half"


def put(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Put files (path below `out` → bytes) there; returns those that are new.

    What is there with the same bytes is left alone. Ended in the middle, it leaves nothing that
    the next call does not take back or clear away. One caller at a time.
    Raises OSError, and then nothing was put.
    """
    out.mkdir(parents=True, exist_ok=True)
    beside = _beside(out)
    _clear(out, beside)
    take_back(out)
    fresh = {path: data for path, data in files.items() if not _is(out / path, data)}
    if not fresh:
        return []
    staging = Path(tempfile.mkdtemp(dir=beside, prefix=_prefix(out, beside)))
    try:
        for path, data in fresh.items():
            _write(staging / path, data)
        places = list(dict.fromkeys(_topmost(out, path) for path in fresh))
        if len(places) > 1:
            _begin(out, staging, places)
        _sync_all(staging)
        _move(out, staging, places)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [out / path for path in fresh]


def take_back(out: Path) -> None:
    """Make the folder what it was before a publication that did not come to its end."""
    unfinished = out / UNFINISHED
    if not unfinished.is_dir():
        return
    for added in (unfinished / NEW).read_text("utf-8").splitlines():
        if out.resolve() in (out / added).resolve().parents:
            _remove(out / added)
    touched = {out}
    for was in sorted((unfinished / WAS).rglob("*")):
        if was.is_file():
            place = out / was.relative_to(unfinished / WAS)
            _write(unfinished / HALF, was.read_bytes())
            (unfinished / HALF).replace(place)
            touched.add(place.parent)
    for folder in touched:
        _sync(folder)
    beside = _beside(out)
    away = Path(tempfile.mkdtemp(dir=beside, prefix=_prefix(out, beside)))
    _end(out, away)
    shutil.rmtree(away, ignore_errors=True)


def standing(out: Path, path: str) -> Path:
    """The file that readers take for the one at this path; it need not be there."""
    unfinished = out / UNFINISHED
    was, new = unfinished / WAS / path, unfinished / NEW
    if was.is_file():
        return was
    if new.is_file():
        added = new.read_text("utf-8").splitlines()
        if any(path == place or path.startswith(f"{place}/") for place in added):
            return unfinished / WAS / path
    return out / path


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _prefix(out: Path, beside: Path) -> str:
    """Readers pass over whatever in the folder begins like `publishing-`."""
    return f"{UNFINISHED}-" if beside == out else f".{out.name}-new-"


def _beside(out: Path) -> Path:
    """Where files can be made ready that a rename brings into `out`: beside it, if that is the
    same disk, because whatever lies inside is published."""
    near = out.resolve().parent
    same = near.stat().st_dev == out.stat().st_dev
    return near if same and os.access(near, os.W_OK) else out


def _clear(out: Path, beside: Path) -> None:
    """Take away what a run left that was ended in the middle."""
    for old in beside.glob(f"{_prefix(out, beside)}*"):
        shutil.rmtree(old, ignore_errors=True)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _topmost(out: Path, path: str) -> str:
    """The file, or the topmost folder above it that is new: what one rename brings in."""
    steps = Path(path).parts
    for depth in range(1, len(steps)):
        place = Path(*steps[:depth])
        if not (out / place).exists():
            return place.as_posix()
    return path


def _begin(out: Path, staging: Path, places: Iterable[str]) -> None:
    """Make ready what says how the folder was."""
    added = [place for place in places if not (out / place).exists()]
    for place in places:
        if place not in added:
            _write(staging / UNFINISHED / WAS / place, (out / place).read_bytes())
    _write(staging / UNFINISHED / NEW, "".join(f"{place}\n" for place in added).encode())


def _move(out: Path, staging: Path, places: Iterable[str]) -> None:
    """Bring it in; an error on the way takes back what was brought in."""
    begun = (staging / UNFINISHED).exists()
    if begun:
        (staging / UNFINISHED).replace(out / UNFINISHED)
        _sync(out)
    try:
        for place in places:
            (staging / place).replace(out / place)
        for folder in {(out / place).parent for place in places}:
            _sync(folder)
    except OSError:
        take_back(out)
        raise
    if begun:
        _end(out, staging)


def _end(out: Path, away: Path) -> None:
    """The moment from which readers see the folder as it lies there."""
    (out / UNFINISHED).replace(away / UNFINISHED)
    _sync(out)


def _remove(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _sync_all(folder: Path) -> None:
    for each in [folder, *(found for found in folder.rglob("*") if found.is_dir())]:
        _sync(each)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
