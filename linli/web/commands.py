"""What all commands of `linli` share: examples in their help, tables, JSON, progress."""

from __future__ import annotations

import json
import sys
from argparse import SUPPRESS, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

BEGIN = gettext_lazy("开始使用")
BOOKS = gettext_lazy("记账与对账")
PROOF = gettext_lazy("公示与验证")
UPKEEP = gettext_lazy("安装与维护")
DEVELOPMENT = gettext_lazy("开发")
GROUPS = (BEGIN, BOOKS, PROOF, UPKEEP, DEVELOPMENT)

Step = Callable[..., None]


class _Formatter(RawDescriptionHelpFormatter, DjangoHelpFormatter):
    """Keeps the line breaks of the examples."""


class LinliCommand(BaseCommand):
    """A command of `linli`.

    `help`: one sentence. `group`: one of GROUPS, where `linli --help` lists it. `examples`: pairs
    (what to type after `linli`, what it does). `offers_json`: adds `--json`.
    """

    group = DEVELOPMENT
    examples: Sequence[tuple[str, Any]] = ()
    offers_json = False
    suppressed_base_arguments = {
        "--version",
        "--verbosity",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
        "--skip-checks",
    }

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        self.help = str(self.help)
        kwargs["formatter_class"] = _Formatter
        lines = [f"  linli {line}\n      {meaning}" for line, meaning in self.examples]
        if lines:
            kwargs["epilog"] = "\n".join([_("例："), *lines]).replace("%", "%%")
        parser = super().create_parser("linli", subcommand, **kwargs)
        if self.offers_json:
            parser.add_argument("--json", action="store_true", help=_("以 JSON 输出"))
        for action in parser._actions:
            if "--skip-checks" in action.option_strings:
                action.help = SUPPRESS
            elif "--help" in action.option_strings:
                action.help = _("显示这段说明")
        parser._positionals.title, parser._optionals.title = _("参数"), _("选项")
        return parser

    @property
    def console(self) -> Console:
        """Where answers go: the terminal, or whoever called the command."""
        ours = getattr(self.stdout, "_out", self.stdout)
        return Console(file=ours, highlight=False, soft_wrap=True)

    def table(
        self, columns: Sequence[Any], rows: Sequence[Sequence[Any]], *, title: Any = ""
    ) -> None:
        """Print a table; a column name that begins with ">" is set to the right."""
        table = Table(title=str(title) or None, title_justify="left", pad_edge=False, box=SIMPLE)
        for column in map(str, columns):
            right = column.startswith(">")
            side = "right" if right else "left"
            table.add_column(column.lstrip(">"), justify=side, overflow="fold")
        for row in rows:
            table.add_row(*(str(cell) for cell in row))
        file = self.console.file
        wide = None if file.isatty() else 120
        Console(file=file, highlight=False, width=wide).print(table)

    def json(self, value: object) -> None:
        self.stdout.write(
            json.dumps(value, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder), ending="\n"
        )

    @contextmanager
    def progress(self, text: Any) -> Iterator[Step]:
        """A bar on the terminal; yields `step(done, total, text)`. Silent where nobody watches."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
        ) as progress:
            task = progress.add_task(str(text), total=None)

            def step(done: int, total: int | None = None, text: Any = None) -> None:
                words = {} if text is None else {"description": str(text)}
                progress.update(task, completed=done, total=total, **words)  # type: ignore[arg-type]

            yield step
