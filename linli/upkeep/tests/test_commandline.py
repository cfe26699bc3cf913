"""`linli` explains itself, and tells refusals in full."""

import errno
import os

import pytest
from django.core.management import get_commands, load_command_class
from django.db import DatabaseError, OperationalError
from django.utils import translation

from linli.kernel.rulings import every, refuse
from linli.upkeep.commandline import Program, in_words, of_the_disk, print_reasons
from linli.web.commands import GROUPS, LinliCommand

OURS = sorted(name for name, app in get_commands().items() if app.startswith("linli."))


@pytest.mark.parametrize("name", OURS)
def test_every_command_has_a_line_a_group_and_an_example(name):
    command = load_command_class(get_commands()[name], name)
    assert isinstance(command, LinliCommand), "inherit from linli.web.commands.LinliCommand"
    assert str(command.help).strip() and "\n" not in str(command.help)
    assert command.group in GROUPS
    assert command.examples
    page = command.create_parser("linli", name).format_help()
    for line, meaning in command.examples:
        assert line.split()[0] == name
        assert f"linli {line}" in page and str(meaning) in page
    assert "--settings" not in page.replace("[--settings", "")


def test_the_list_shows_our_commands_and_hides_djangos():
    page = Program(["linli", "--help"]).main_help_text()
    assert all(name in page for name in OURS)
    assert "sqlmigrate" not in page and "runserver" not in page


def test_djangos_commands_still_work(capsys):
    assert Program(["linli", "check"]).run() == 0


def test_a_refusal_tells_every_reason_with_its_row_and_ground(capsys):
    ruling = every(
        [
            refuse("“%(what)s”没有凭证", "会计法:14", what=("停车费", "广告费")).at("amount", 3),
            refuse("月份没有结束"),
        ]
    )
    print_reasons(ruling.reasons)
    said = capsys.readouterr().err.splitlines()
    assert said[1:] == ["1. 第 3 行：“停车费、广告费”没有凭证　依据：会计法:14", "2. 月份没有结束"]


def test_a_refused_command_exits_with_one(monkeypatch, capsys):
    def refused(self):
        refuse("不行").enforce()

    monkeypatch.setattr(Program, "_run", refused)
    assert Program(["linli", "x"]).run() == 1
    assert "不行" in capsys.readouterr().err


def test_being_stopped_is_no_stack_trace(monkeypatch, capsys):
    def stopped(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(Program, "_run", stopped)
    assert Program(["linli", "x"]).run() == 130
    assert "Traceback" not in capsys.readouterr().err


def test_reasons_are_said_in_the_language_of_the_reader():
    (reason,) = refuse("缺少 %(n)s 份", n=2).reasons
    with translation.override("zh-hans"):
        assert in_words(reason) == "缺少 2 份"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "磁盘已满"),
        (OperationalError("database or disk is full"), "磁盘已满"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), "磁盘读写出错"),
        (OperationalError("disk I/O error"), "磁盘读写出错"),
    ],
)
def test_a_disk_that_is_full_or_failing_is_told_as_such(monkeypatch, capsys, error, words):
    def fail(self):
        raise error

    monkeypatch.setattr(Program, "_run", fail)
    assert Program(["linli", "seal"]).run() == 1
    said = capsys.readouterr().err
    assert words in said and "migrate" not in said


def test_other_faults_of_files_and_databases_are_not_taken_for_the_disk():
    assert of_the_disk(FileNotFoundError(errno.ENOENT, "no such file")) is None
    assert of_the_disk(DatabaseError("no such table: ledger_book")) is None
