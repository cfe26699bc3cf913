"""Draw every flow and list every duty as pages of docs/flows."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.translation import gettext_lazy as _

import linli
from linli.cases.queries import duties, flows
from linli.kernel.duty import Duty
from linli.kernel.flow import Flow
from linli.sources import number, procedures
from linli.web.commands import DEVELOPMENT, LinliCommand

PAGES = Path(linli.__file__).parent.parent / "docs" / "flows"
LATEST = date(2099, 12, 31)
"""Numbers are shown as they will stand when all that is known has come into force."""

MADE = "<!-- made by: linli flowdocs -->"


def draw(flow: Flow) -> str:
    """A flow as a page: its diagram, then its steps as a table."""
    lines = [MADE, f"# {flow.name}（{_code(flow)}）", "", "```mermaid", "flowchart TD"]
    lines += [f'  {step.code}["{step.name}<br>{_who(step.by)}"]' for step in flow.steps]
    lines += [f"  {early} --> {step.code}" for step in flow.steps for early in flow.follows(step)]
    lines += [f"  {step.code} -. 退回 .-> {step.back}" for step in flow.steps if step.back]
    lines += [
        "```",
        "",
        "| 步骤 | 由谁 | 时限（工作日） | 须由另一人 | 依据 |",
        "|---|---|---|---|---|",
    ]
    for step in flow.steps:
        others = "、".join(flow.step(code).name for code in step.others)
        days = f"{number(step.days, on=LATEST)}（{step.days}）" if step.days else ""
        lines.append(
            f"| {step.name} | {_who(step.by)} | {days} | {others} | {'、'.join(step.cites)} |"
        )
    return "\n".join([*lines, ""])


def draw_duties(found: list[Duty]) -> str:
    """All duties as one table."""
    every = {1: "每月", 3: "每季度", 6: "每半年", 12: "每年"}
    lines = [
        MADE,
        "# 定期职责",
        "",
        "| 职责 | 由谁 | 周期 | 期满后几日内 | 依据 |",
        "|---|---|---|---|---|",
    ]
    for duty in found:
        due = "按当地公示规则" if duty.due_rule else str(duty.due_day or "期内")
        lines.append(
            f"| {duty.name} | {_who(duty.by)} | {every[duty.months]} | {due} "
            f"| {'、'.join(duty.cites)} |"
        )
    return "\n".join([*lines, ""])


def _code(flow: Flow) -> str:
    """Of a flow told as data its kind: the rest of its code is its content."""
    return flow.code.partition(".")[0]


def _who(roles: tuple) -> str:
    return "、".join(role.name for role in roles)


class Command(LinliCommand):
    help = _("把每个流程画成 docs/flows 里的一页")
    group = DEVELOPMENT
    examples = (
        ("flowdocs", _("重画全部流程图")),
        ("flowdocs --check", _("检查流程图是否与程序一致")),
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help=_("只检查，不写文件"))

    def handle(self, *, check: bool, **options: object) -> None:
        here = {told.code for told in procedures() if told.place}
        pages = {f"{_code(f)}.md": draw(f) for f in flows().values() if f.code not in here}
        pages["duties.md"] = draw_duties(list(duties().values()))
        stale = [name for name, text in pages.items() if _read(PAGES / name) != text]
        kept = {path.name for path in PAGES.glob("*.md")}
        orphans = sorted(
            name for name in kept - pages.keys() if _read(PAGES / name).startswith(MADE)
        )
        if check:
            if stale or orphans:
                raise CommandError(
                    _("流程图与程序不一致，请运行 linli flowdocs：%(names)s")
                    % {"names": "、".join([*stale, *orphans])}
                )
            return
        PAGES.mkdir(parents=True, exist_ok=True)
        for name in stale:
            (PAGES / name).write_text(pages[name], "utf-8")
        for name in orphans:
            (PAGES / name).unlink()
        self.stdout.write(
            str(_("共 %(n)s 页，更新 %(stale)s 页") % {"n": len(pages), "stale": len(stale)})
        )


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.exists() else ""
