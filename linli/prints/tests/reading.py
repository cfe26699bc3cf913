"""Reading printed papers back, and saying why it cannot be done here."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import Any

import pytest

from linli.prints import missing_typefaces, render
from linli.prints.samples import ON, SAMPLES


def cannot_run(reason: str) -> None:
    """Skip with a reason; under CI a test that cannot run fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def needs_typefaces() -> None:
    if missing_typefaces():
        cannot_run("typefaces are not installed: make setup")


def poppler(program: str, *arguments: str, pdf: bytes) -> str:
    """What a program of poppler-utils says about a paper."""
    if not shutil.which(program):
        cannot_run(f"{program} is not installed: apt install poppler-utils")
    ran = subprocess.run([program, *arguments], input=pdf, capture_output=True, check=True)
    return ran.stdout.decode()


def text_of(pdf: bytes) -> str:
    """The words of a paper, line by line as they stand on it."""
    return poppler("pdftotext", "-layout", "-", "-", pdf=pdf)


def running_text(pdf: bytes) -> str:
    """The words as they are read, without any space: line breaks and spaced figures do not matter."""
    return "".join(poppler("pdftotext", "-raw", "-", "-", pdf=pdf).split()).replace("\u200b", "")


@cache
def printed(name: str, language: str = "zh-hans") -> bytes:
    """A sample, printed once for all tests."""
    template, data = SAMPLES[name]
    return render(template, data, language=language, on=ON)


def changed(value: Any, change: Any) -> Any:
    """The same data with every text passed through a function."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: changed(part, change) for key, part in value.items()}
    return [changed(part, change) for part in value] if isinstance(value, list) else value
