"""Putting files into a folder that others read: written beside it, then moved in, in one go."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def put(out: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Put files (path below `out` → bytes) there, in that order; returns those that are new.

    What is there with the same bytes is left alone; a folder that is new appears whole. Ended in
    the middle, it leaves nothing that the next call does not clear away. One caller at a time.
    Raises OSError, and then nothing was put.
    """
    out.mkdir(parents=True, exist_ok=True)
    fresh = {path: data for path, data in files.items() if not _is(out / path, data)}
    beside = _beside(out)
    _clear(out, beside, fresh)
    if not fresh:
        return []
    staging = Path(tempfile.mkdtemp(dir=beside, prefix=_prefix(out)))
    try:
        for path, data in fresh.items():
            _write(staging / path, data)
        for folder in [staging, *(found for found in staging.rglob("*") if found.is_dir())]:
            _sync(folder)
        touched = {_move(staging, out, path) for path in fresh}
        for folder in touched:
            _sync(folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return [out / path for path in fresh]


def _is(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _prefix(out: Path) -> str:
    return f".{out.name}-new-"


def _beside(out: Path) -> Path:
    """Where files can be made ready that a rename brings into `out`: beside it, if that is the
    same disk, because whatever lies inside is published."""
    near = out.resolve().parent
    same = near.stat().st_dev == out.stat().st_dev
    return near if same and os.access(near, os.W_OK) else out


def _clear(out: Path, beside: Path, files: Mapping[str, bytes]) -> None:
    """Take away what a run left that was ended in the middle, of this version or an older one."""
    for old in beside.glob(f"{_prefix(out)}*"):
        shutil.rmtree(old, ignore_errors=True)
    for folder in {out, *((out / path).parent for path in files)}:
        for half in folder.glob(".new-*"):
            half.unlink()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    path.chmod(0o644)


def _move(staging: Path, out: Path, path: str) -> Path:
    """Move a file in, or the topmost new folder above it with all that is in it; returns the
    folder it went into."""
    steps = Path(path).parts
    for depth in range(1, len(steps) + 1):
        place = Path(*steps[:depth])
        if depth == len(steps) or not (out / place).exists():
            break
    if (staging / place).exists():
        (staging / place).replace(out / place)
    return (out / place).parent


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
