"""Running the outsider's verifier over a published folder held in memory, and lying to it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from linli.kernel import folder
from linli.kernel.tests import sample

VERIFY_PY = Path(__file__).parents[2] / "proof" / "tools" / "verify.py"

spec = importlib.util.spec_from_file_location("linli_verify", VERIFY_PY)
verify = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify)


class Memory:
    """What ``verify.Source`` reads from a disk."""

    def __init__(self, files):
        self.files, self.names, self.links = files, set(files), []

    def read(self, name):
        return self.files[name]


def check(files, trust=(), since=()):
    return verify.Checker(Memory(files), trust, since).run()


def faults(files, **anchors):
    return check(files, **anchors).faults


def told(files, **anchors):
    """The faults as {(code, file)}."""
    return {(fault.code, fault.file) for fault in faults(files, **anchors)}


def resign(files, log, *books):
    """What an operator who holds all keys can do: sign the files as they now are."""
    files = dict(files)
    signers = {book.code: book.signer for book in books}
    for path in sorted(files, key=len, reverse=True):
        place = path.removesuffix(folder.SUMS)
        if path.endswith("/" + folder.SUMS):
            inside = {
                name.removeprefix(place): data
                for name, data in files.items()
                if name.startswith(place) and name != path
            }
            inside = {name: data for name, data in inside.items() if not deeper(name)}
            files[path] = folder.sums_note(inside, signers[path.split("/")[0]])
    beside = {
        name: data
        for name, data in files.items()
        if ("/" not in name and name != folder.SUMS) or name.endswith("/" + folder.SUMS)
    }
    files[folder.SUMS] = folder.sums_note(beside, log.signer)
    return files


def deeper(name):
    head, slash, _ = name.partition("/")
    return bool(slash) and head[0] == "v" and head[1:].isdigit()


def write(files, root):
    for name, data in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return root


def month_of(lie, day=None):
    """Publish a September in which ``lie(book)`` happened before the seal."""
    log = sample.county()
    book = sample.open_book(log)
    lie(book)
    files = book.seal("2026-09", day or sample.date(2026, 10, 2))
    return log, book, files
