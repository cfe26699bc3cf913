"""linli prints-samples."""

from __future__ import annotations

from importlib import import_module

from django.core.management import call_command

from linli.prints.samples import SAMPLES
from linli.prints.tests.reading import needs_typefaces

Command = import_module("linli.prints.management.commands.prints-samples").Command


def test_the_command_writes_every_sample(tmp_path, capsys):
    needs_typefaces()
    call_command(Command(), "--out", str(tmp_path / "new"), "--language", "en")
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        f"{name}.pdf" for name in SAMPLES
    }
    assert "receipt-void.pdf" in capsys.readouterr().out
