"""Letters from templates: a title, a number, a body with named contents, and nothing that runs.

A county words a letter its own way on the page 文书模板 (`issuing.reword`); a wording with faults is
refused. Where it has none, the letter is as it comes.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from linli.kernel.rulings import Ruling, every, require
from linli.kernel.words import gettext_noop as _

OWN = Path(__file__).parent / "letters_zh"
ORDER, TRANSFER, TALK, FOLLOWUP = "order", "transfer", "talk", "followup"
KINDS = {
    ORDER: _("责令限期整改通知书"),
    TRANSFER: _("移交通知书"),
    TALK: _("约谈记录"),
    FOLLOWUP: _("督办单"),
}
"""The letters there are."""

_ROOM = (
    "坐落",
    "用房",
    "编码",
    "类别",
    "问题",
    "责任主体",
    "依据",
    "方案",
    "联系人",
    "收件人",
    "机关",
)
PLACEHOLDERS = {
    ORDER: (*_ROOM, "措施", "期限"),
    TRANSFER: (*_ROOM, "措施", "期限"),
    TALK: (
        *_ROOM,
        "约谈日期",
        "约谈对象",
        "参加人员",
        "约谈内容",
        "承诺",
        "承诺日期",
    ),
    FOLLOWUP: (*_ROOM, "措施", "期限", "轮次", "应办结日期"),
}
"""What a body may name, for each kind."""
IN_NUMBER = ("机关", "年", "序号")

MOST_BODY, MOST_TITLE, MOST_NUMBER = 4000, 40, 40
_HOLE = re.compile(r"\{([^{}]*)\}")
_PROGRAM = re.compile(r"<|>|\{\{|\}\}|\{%|%\}|\{#|\$|`|\\|javascript:|=\s*cmd", re.I)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A letter before it is filled in. `own`: the county's."""

    kind: str
    title: str
    number: str
    body: str
    own: bool = False


def check(template: Template) -> Ruling:
    """Every fault of a template: what is empty, too long, unknown, or could run."""
    parts = (
        ("title", template.title, MOST_TITLE, ()),
        ("number", template.number, MOST_NUMBER, IN_NUMBER),
        ("body", template.body, MOST_BODY, PLACEHOLDERS[template.kind]),
    )
    return every(_check_part(*part) for part in parts) & require(
        "序号" in _HOLE.findall(template.number),
        _("文号里没有{序号}，各份文书会同号"),
        "处置规则:9",
    ).at("number")


def _check_part(field: str, text: str, most: int, known: tuple[str, ...]) -> Ruling:
    holes = _HOLE.findall(text)
    unknown = tuple(dict.fromkeys(hole for hole in holes if hole not in known))
    rest = _HOLE.sub("", text)
    return every(
        [
            require(text.strip(), _("模板缺少内容")),
            require(len(text) <= most, _("模板不能超过%(n)s个字"), n=most),
            require(
                not _PROGRAM.search(text),
                _("模板里不能有程序、标签或转义符号"),
                "处置规则:9",
            ),
            require(
                not unknown,
                _("模板里有不认识的内容：%(names)s"),
                "处置规则:9",
                names=tuple(f"{{{name}}}" for name in unknown),
            ),
            require("{" not in rest and "}" not in rest, _("模板里的花括号没有成对"), "处置规则:9"),
        ]
    ).at(field)


@cache
def as_it_comes(kind: str) -> Template:
    """The template of a kind where a county has none of its own."""
    data = tomllib.loads((OWN / f"{kind}.toml").read_text("utf-8"))
    return Template(
        kind=kind, title=data["title"], number=data["number"], body=data["body"].strip()
    )


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the contents in. What is put in is never looked through for more."""
    return _HOLE.sub(lambda hole: values.get(hole[1], ""), text).strip()


def listed(lines: Iterable[str]) -> str:
    """Measures as a numbered list: 1．… 2．…"""
    return "\n".join(f"{n}．{line}" for n, line in enumerate(lines, 1))
